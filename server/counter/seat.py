"""Who sits at which counter: taking one, taking one over, leaving it."""

from dataclasses import dataclass

from server.access import SIGNED_IN_MS
from server.domain.refusals import NotAllowed, NotFound
from server.domain.seen import Seen
from server.domain.settings import Words
from server.domain.shown import Counter
from server.domain.ticket import AT_COUNTER, State, Step
from server.store import seats
from server.web import desk, house, reads, who

IN_HAND = (*AT_COUNTER, State.HELD)


@dataclass(frozen=True, slots=True)
class Seat:
    """A counter to choose. `holder`: the other officer who is signed in there."""

    counter: Counter
    services: tuple[Words, ...]
    holder: Words | None


def seats_to_choose() -> list[Seat]:
    names = {service.id: service.name for service in reads().services()}
    present = _sitting()
    return [
        Seat(
            counter,
            tuple(names[one] for one in counter.service_ids if not counter.penalties[one]),
            counter.staff if _held_by_other(counter, present) else None,
        )
        for counter in reads().counters()
    ]


def mine() -> Counter | None:
    """The counter of this sign-in; None where it has none or another officer took it over."""
    counter = remembered()
    return None if counter is None or _held_by_other(counter, _sitting()) else counter


def remembered() -> Counter | None:
    """The counter this sign-in took, whoever sits there now."""
    counter_id = who().counter_id
    try:
        return None if counter_id is None else reads().counter(counter_id)
    except NotFound:  # the office gave the counter up meanwhile
        return None


def at_work() -> Counter:
    """The counter that a press acts for. Raises `NotAllowed`."""
    counter = mine()
    if counter is not None:
        return counter
    taken = remembered()
    if taken is None:
        raise NotAllowed("no_counter_taken")
    raise NotAllowed("counter_taken", number=taken.number)


def is_here(counter: Counter, ticket_id: int) -> Seen:
    """The ticket, if this counter has or had it last: a page left open must not move anybody else.

    Raises `NotFound`, `NotAllowed`.
    """
    seen = reads().ticket(ticket_id)
    if seen.ticket.current.counter_id != counter.id:
        raise NotAllowed("not_here", number=seen.ticket.number)
    return seen


def in_reach(counter: Counter, ticket_id: int, state: State) -> Seen:
    """The ticket, if it stands as the officer saw it and no other counter has it in hand.

    One that is parked at a counter which has closed is in everybody's reach.
    Raises `NotFound`, `NotAllowed`.
    """
    seen = reads().ticket(ticket_id)
    step = seen.ticket.current
    if step.state is not state:
        raise NotAllowed("moved_meanwhile", state=step.state)
    if step.state in IN_HAND and step.counter_id != counter.id and not is_left(step):
        raise NotAllowed("not_here", number=seen.ticket.number)
    return seen


def is_left(step: Step) -> bool:
    """Whether it is parked at a counter where nobody works now."""
    return step.state is State.HELD and not any(
        counter.id == step.counter_id and counter.state != "closed"
        for counter in reads().counters()
    )


def is_present(counter: Counter, ticket_id: int) -> None:
    """Refuses unless this very ticket is called or served here. Raises `NotFound`, `NotAllowed`."""
    number = reads().ticket(ticket_id).ticket.number
    if counter.ticket_id != ticket_id:
        raise NotAllowed("not_here", number=number)


def is_held(counter_id: int) -> bool:
    """Whether another officer is signed in at this counter. Raises `NotFound`."""
    return _held_by_other(reads().counter(counter_id), _sitting())


def take(counter_id: int) -> None:
    """Opens the counter for this sign-in; the one it had before is closed first."""
    before = mine()
    if before is not None and before.id != counter_id:
        desk().close_counter(before.id, who().actor)
    # The seat first: opening is told to all windows, and one that was taken over must see by whom.
    house().access.take_counter(who(), counter_id)
    desk().open_counter(counter_id, who().actor)


def leave() -> None:
    """Closes the counter, unless another officer has it by now. Raises `NotAllowed`."""
    counter = mine()
    if counter is not None:
        desk().close_counter(counter.id, who().actor)
    house().access.take_counter(who(), None)


def _sitting() -> set[tuple[int, int]]:
    with house().store.reading() as db:
        return seats.sitting(db, who().office_id, house().clock() - SIGNED_IN_MS)


def _held_by_other(counter: Counter, present: set[tuple[int, int]]) -> bool:
    holder = counter.staff_id
    return holder is not None and holder != who().actor.id and (counter.id, holder) in present
