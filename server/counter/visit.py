"""Who is at the counter, and who could come back to it: parked, or called in vain."""

from dataclasses import dataclass

from server.domain.returning import returns_until
from server.domain.settings import Coded, Rules, Settings, Words
from server.domain.shown import Counter, Event, Service
from server.domain.ticket import AT_COUNTER, State, Step, Ticket
from server.domain.why import Why
from server.store.services import MOST_STEPS
from server.web import reads

MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True)
class Planned:
    """One step of the visit. `here`: this counter takes it."""

    step: Step
    service: Words
    here: bool


@dataclass(frozen=True, slots=True)
class Visit:
    """Who is at the counter. `key` names what the officer sees, so that a press counts once."""

    ticket: Ticket
    service: Service
    steps: tuple[Planned, ...]  # without those taken out of the plan
    why: Why | None
    calls: int
    waited_min: int
    elapsed_s: int
    channel: Words | None
    limit_s: int  # the service's standard, or how long to wait before saying that nobody came
    gone: bool  # called often or long enough: "nobody came" is what the console offers
    may_add: bool
    key: str


@dataclass(frozen=True, slots=True)
class Parked:
    """Somebody held at this counter. `over`: for longer than the office allows."""

    ticket: Ticket
    service: Words
    reason: Words | None
    since_at: int
    minutes: int
    over: bool
    key: str


@dataclass(frozen=True, slots=True)
class Absent:
    """A no-show of today. `until`: when the office's rule ends (Unix ms); None: it ended."""

    ticket_id: int
    number: str
    until: int | None
    may_return: bool


def visit_at(
    counter: Counter, services: dict[int, Service], settings: Settings, now: int
) -> Visit | None:
    if counter.ticket_id is None:
        return None
    ticket = reads().ticket(counter.ticket_id).ticket
    step = ticket.current
    if step.state not in AT_COUNTER or step.counter_id != counter.id:
        return None  # moved between two looks: the newer version is on its way
    service = services[step.service_id]
    serving = step.state is State.SERVING
    since = (step.started_at if serving else step.called_at) or now
    begun = step.issued_at or ticket.issued_at
    rules = settings.settings
    events = reads().events(ticket.id)
    called = [event.why for event in events if event.kind == "called"]
    elapsed_s = max(0, now - since) // 1000
    return Visit(
        ticket=ticket,
        service=service,
        steps=planned(ticket, counter, services),
        why=called[-1] if called else None,
        calls=step.recalls + 1,
        waited_min=((step.first_called_at or now) - begun) // MINUTE_MS,
        elapsed_s=elapsed_s,
        channel=worded(ticket.channel, settings.channels.ticket),
        limit_s=service.standard_minutes * 60 if serving else rules.no_show_after_seconds,
        gone=not serving and is_gone(rules, step.recalls + 1, elapsed_s),
        may_add=len(ticket.steps) < MOST_STEPS,
        key=press_key(ticket, events),
    )


def is_gone(rules: Rules, calls: int, since_call_s: int) -> bool:
    """Called as often, or as long ago, as the office waits before it says that nobody came."""
    return calls >= rules.recall_limit or since_call_s >= rules.no_show_after_seconds


def press_key(ticket: Ticket, events: list[Event]) -> str:
    """Names the ticket as it stands: each move writes an event, so the same press is the same."""
    return f"{ticket.id}.{len(events)}"


def planned(ticket: Ticket, counter: Counter, services: dict[int, Service]) -> tuple[Planned, ...]:
    """The visit's steps in order; those taken out of the plan are not shown."""
    return tuple(
        Planned(step, services[step.service_id].name, step.service_id in counter.service_ids)
        for step in ticket.steps
        if step.issued_at is not None or step.state is State.PLANNED
    )


def parked_at(
    counter: Counter, services: dict[int, Service], settings: Settings, now: int
) -> list[Parked]:
    """Who is held here, the longest first."""
    rules = settings.settings
    found = []
    for ticket in reads().held_at(counter.id):
        events = reads().events(ticket.id)
        held = next((event for event in reversed(events) if event.kind == "held"), None)
        since_at = held.at if held else now
        minutes = max(0, now - since_at) // MINUTE_MS
        found.append(
            Parked(
                ticket=ticket,
                service=services[ticket.current.service_id].name,
                reason=worded(held.reason if held else None, rules.reasons.hold),
                since_at=since_at,
                minutes=minutes,
                over=minutes > rules.hold_limit_minutes,
                key=press_key(ticket, events),
            )
        )
    return sorted(found, key=lambda one: one.since_at)


def absent(ticket: Ticket, rules: Rules, now: int) -> Absent:
    until = returns_until(rules, ticket.current)
    may = until is not None and now <= until
    return Absent(ticket.id, ticket.number, until, may)


def worded(code: str | None, known: tuple[Coded, ...]) -> Words | None:
    return next((one for one in known if one.code == code), None)
