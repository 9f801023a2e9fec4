"""The console's questions: what each one's dialog shows of a ticket and where it could go."""

from collections.abc import Collection
from dataclasses import dataclass, field

from server.counter import forms, seat
from server.counter.console import LINE_COUNTED, Console
from server.counter.visit import Planned, absent, planned, press_key
from server.domain.refusals import NotFound
from server.domain.settings import Words
from server.domain.shown import Counter, Service
from server.domain.ticket import AT_COUNTER, State, Ticket
from server.store import today
from server.web import house, reads, who

# Where the ticket is that is asked about, and what can be asked of it there.
PLACES = {
    "here": ("hold", "transfer", "cancel", "steps"),
    "parked": ("ticket", "transfer", "cancel", "steps"),
    "waiting": ("ticket", "transfer", "cancel"),
    "left": ("ticket", "transfer", "cancel"),  # parked at a counter that has closed
    "elsewhere": ("ticket",),  # another counter has it
    "no_show": ("ticket", "cancel"),
    "planned": ("ticket", "cancel"),
    "over": ("ticket",),
}
SENDS = ("transfer", "steps")
MOST_FOUND = 6
NAMED = 5


@dataclass(frozen=True, slots=True)
class Choice:
    """A service or counter to send somebody to. `open`: a counter takes it now."""

    id: int
    name: Words
    waiting: int = 0
    open: bool = True
    number: str = ""
    takes: tuple[Words, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """`what`: the dialog; `none` when the ticket asked about is not there."""

    what: str
    typed: str = ""
    found: list[Ticket] = field(default_factory=list)  # several have the typed number
    ticket: Ticket | None = None
    place: str = ""
    key: str = ""
    service: Words | None = None
    steps: tuple[Planned, ...] = ()
    counter: Counter | None = None  # which has it
    services: list[Choice] = field(default_factory=list)
    counters: list[Choice] = field(default_factory=list)
    takes: bool = True  # this counter takes its service
    ahead: int = 0  # as many who stand before it would be passed over
    first_ahead: tuple[str, ...] = ()  # the first few of them, by number
    until: int | None = None
    may_return: bool = False


def ask(show: Console, query: forms.Form) -> Question | None:
    """What the address asks; None: nothing, or what the page asks by itself (pause, keys)."""
    what, typed = query.get("ask", ""), query.get("number", "")[:20]
    if what == "leave" and show.visit is None:
        return Question("leave")
    if what == "number" and not typed:
        return Question("number")
    if what == "number":
        return _numbered(show, query, typed)
    if what not in {one for place in PLACES.values() for one in place}:
        return None
    ticket_id = forms.asked_ticket(query)
    try:
        ticket = None if ticket_id is None else reads().ticket(ticket_id).ticket
    except NotFound:
        ticket = None
    return Question("none") if ticket is None else _about(show, what, ticket)


def _numbered(show: Console, query: forms.Form, typed: str) -> Question:
    wanted = forms.asked_number(query)
    if wanted is None:
        return Question("number", typed=typed)
    prefix, place = wanted
    day = reads().today()
    with house().store.reading() as db:
        ids = today.numbered(db, who().office_id, day, prefix=prefix, place=place, limit=MOST_FOUND)
    found = [seen.ticket for seen in reads().tickets(ids)]
    if len(found) == 1:
        return _about(show, "ticket", found[0])
    return Question("number", typed=typed, found=found)


def _about(show: Console, what: str, ticket: Ticket) -> Question:
    """`what` about this ticket, or where it is and what is possible instead."""
    place = _place(show.counter, ticket)
    if what not in PLACES[place]:
        what = "ticket"
    step, services = ticket.current, {one.id: one for one in reads().services()}
    here = step.counter_id if place in ("elsewhere", "left", "waiting", "no_show") else None
    gone = absent(ticket, show.settings.settings, show.now)
    before = _before(show, ticket) if place == "waiting" else []
    return Question(
        what=what,
        ticket=ticket,
        place=place,
        key=press_key(ticket, reads().events(ticket.id)),
        service=services[step.service_id].name,
        steps=planned(ticket, show.counter, services),
        counter=next((one for one in reads().counters() if one.id == here), None),
        services=_services(ticket, services.values(), place) if what in SENDS else [],
        counters=_counters(show.counter, services, place) if what == "transfer" else [],
        takes=step.service_id in show.counter.service_ids,
        ahead=len(before),
        first_ahead=tuple(before[:NAMED]),
        until=gone.until,
        may_return=gone.may_return,
    )


def _place(counter: Counter, ticket: Ticket) -> str:
    step = ticket.current
    mine = step.counter_id == counter.id
    if step.state in AT_COUNTER:
        return "here" if mine else "elsewhere"
    if step.state is State.HELD:
        away = "left" if seat.is_left(step) else "elsewhere"
        return "parked" if mine else away
    if step.state in (State.WAITING, State.NO_SHOW, State.PLANNED):
        return str(step.state)
    return "over"


def _before(show: Console, ticket: Ticket) -> list[str]:
    """Who stands before it in this counter's line; nobody, when it waits for other counters."""
    numbers = [one.number for one in reads().line(show.counter.id, LINE_COUNTED)]
    return numbers[: numbers.index(ticket.number)] if ticket.number in numbers else []


def _services(ticket: Ticket, services: Collection[Service], place: str) -> list[Choice]:
    """Those that give numbers; the one it waits for already only where that leads elsewhere."""
    open_now = {
        one for counter in reads().counters() if counter.open for one in counter.service_ids
    }
    step = ticket.current
    again = place in ("parked", "left") or (place == "waiting" and step.counter_id is not None)
    return [
        Choice(one.id, one.name, one.waiting, one.id in open_now)
        for one in services
        if one.active and (one.id != step.service_id or again)
    ]


def _counters(mine: Counter, services: dict[int, Service], place: str) -> list[Choice]:
    """Open counters with what they take; this one too, where the ticket is not in its hands."""
    return [
        Choice(
            one.id,
            one.name,
            number=one.number,
            takes=tuple(services[s].name for s in one.service_ids if not one.penalties[s]),
        )
        for one in reads().counters()
        if one.open and (one.id != mine.id or place in ("waiting", "left"))
    ]
