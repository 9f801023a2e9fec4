"""What the console shows: one visit, who waits, and what this counter did last."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from server.domain.settings import Coded, Settings, Words
from server.domain.shown import Counter, InLine, Service
from server.domain.ticket import AT_COUNTER, State, Ticket, number_text
from server.domain.why import PassedOver, Why, rule_for
from server.store import printers, today
from server.store.tickets import PASSED_OVER_BOUND
from server.web import house, reads, who

MINUTE_MS = 60_000
LINE_SHOWN = 60
LINE_COUNTED = 500
ENDED_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Visit:
    """Who is at the counter. `key` names what the officer sees, so that a press counts once."""

    ticket: Ticket
    service: Service
    services: tuple[Words, ...]  # of its steps, in order
    why: Why | None
    calls: int
    waited_min: int
    elapsed_s: int
    channel: Words | None
    limit_s: int  # the service's standard, or how long to wait before saying that nobody came
    key: str


@dataclass(frozen=True, slots=True)
class Waiting:
    one: InLine
    service: Words
    waited_min: int


@dataclass(frozen=True, slots=True)
class Ended:
    """A step that ended here. `lasted_s`: its service time, where it was served."""

    ticket_id: int
    number: str
    state: State
    lasted_s: int | None


@dataclass(frozen=True, slots=True)
class Console:
    settings: Settings
    counter: Counter
    version: int
    now: int
    visit: Visit | None
    line: list[Waiting]
    total: int
    longest_min: int
    why_next: Why | None
    last: Ended | None
    no_shows: list[Ended]  # of today, the last one first
    pause_reason: Words | None
    helpers: list[str]  # numbers of open counters that call for some of this one's services
    troubled: list[Row[Any]]  # printers

    @property
    def mode(self) -> str:
        if self.visit is not None:
            return str(self.visit.ticket.state)
        return "paused" if self.counter.state == "paused" else "idle"


def console(counter: Counter) -> Console:
    """Everything on this counter's screen. The version is read first: what is shown is that new."""
    board, settings = reads().board(), reads().settings()
    services = {service.id: service for service in reads().services()}
    now = reads().now()
    calls = {call.counter: call.call_id for call in board.calls}
    line = reads().line(counter.id, LINE_COUNTED)
    with house().store.reading() as db:
        ended = today.ended_at(db, who().office_id, counter.id, reads().today(), ENDED_SHOWN)
        troubled = [p for p in printers.status(db, who().office_id) if p.problem or p.near_end]
    last = [_ended(row) for row in ended]
    return Console(
        settings=settings,
        counter=counter,
        version=board.version,
        now=now,
        visit=_visit(counter, services, settings, now, calls.get(counter.number, board.version)),
        line=[
            Waiting(one, services[one.service_id].name, (now - one.issued_at) // MINUTE_MS)
            for one in line[:LINE_SHOWN]
        ],
        total=len(line),
        longest_min=max(((now - one.issued_at) // MINUTE_MS for one in line), default=0),
        why_next=why_next(line, settings),
        last=last[0] if last else None,
        no_shows=[one for one in last if one.state is State.NO_SHOW],
        pause_reason=_worded(counter.pause_reason, settings.settings.reasons.pause),
        helpers=_helpers(counter),
        troubled=troubled,
    )


def why_next(line: list[InLine], settings: Settings) -> Why | None:
    """Why the first in line is next: what the call itself will write down."""
    if not line:
        return None
    first = line[0]
    earlier = [one for one in line[1:] if one.issued_at < first.issued_at]
    passed: list[PassedOver] = [
        {"number": one.number, "arrived_at": one.issued_at}
        for one in sorted(earlier, key=lambda one: one.issued_at)[:PASSED_OVER_BOUND]
    ]
    head_start = settings.settings.head_start_min(first.priority)
    rule = rule_for(
        passed,
        arrived_at=first.issued_at,
        queue_at=first.queue_at,
        head_start_min=head_start,
        reason=None,
    )
    return {
        "rule": rule,
        "arrived_at": first.issued_at,
        "queue_at": first.queue_at,
        "priority": first.priority,
        "head_start_min": head_start,
        "penalty_s": first.penalty_s,
        "reason": None,
        "passed_over": passed,
    }


def _visit(
    counter: Counter, services: dict[int, Service], settings: Settings, now: int, call_id: int
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
    called = [e.why for e in reads().events(ticket.id) if e.kind == "called"]
    return Visit(
        ticket=ticket,
        service=service,
        services=tuple(services[one.service_id].name for one in ticket.steps),
        why=called[-1] if called else None,
        calls=step.recalls + 1,
        waited_min=((step.first_called_at or now) - begun) // MINUTE_MS,
        elapsed_s=max(0, now - since) // 1000,
        channel=_worded(ticket.channel, settings.channels.ticket),
        limit_s=service.standard_minutes * 60 if serving else rules.no_show_after_seconds,
        key=f"{call_id}",
    )


def _ended(row: Row[Any]) -> Ended:
    state = State(row.state)
    begun = row.started_at or row.called_at
    lasted = (row.ended_at - begun) // 1000 if state is State.DONE and begun else None
    return Ended(row.ticket_id, number_text(row.prefix, row.number), state, lasted)


def _helpers(counter: Counter) -> list[str]:
    mine = set(counter.service_ids)
    return [
        other.number
        for other in reads().counters()
        if other.open and other.id != counter.id and mine & set(other.service_ids)
    ]


def _worded(code: str | None, known: tuple[Coded, ...]) -> Words | None:
    return next((one for one in known if one.code == code), None)
