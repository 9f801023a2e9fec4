"""How a number is given: what `Desk.issue` writes, inside its transaction."""

from server.admitting import admit
from server.domain.estimate import Pace, Wait, wait_for
from server.domain.order import queue_at
from server.domain.refusals import NotAllowed
from server.domain.ticket import SlipState, State, Step, Ticket
from server.domain.wish import Actor, Wish
from server.links import SURVEY, TRACK, link_token, token_hash
from server.office import Turn
from server.store import events, line, services, slips, surveys, tickets
from server.store.ids import new_id


def issue(
    turn: Turn, wish: Wish, actor: Actor, paces: dict[str, Pace]
) -> tuple[Ticket, int, Wait | None]:
    """The new ticket, how many are ahead of it, and the wait that was told.

    Raises `NotFound` (no such service), `NotAllowed` (closed, or the service is switched off).
    """
    asked = services.for_issue(turn.db, turn.office_id, wish, actor.printer_id)
    if not all(service.active for service in asked):
        raise NotAllowed("service_off")
    steps = _steps(turn, wish, asked)
    ahead = line.ahead(turn.db, turn.office_id, asked[0].prefix, steps[0])
    pace = paces.get(asked[0].prefix)
    wait = wait_for(ahead, pace) if pace else None
    admit(turn, wish, asked, wait)
    ticket_id = new_id(turn.now)
    hidden = token_hash(link_token(turn.secret, SURVEY, ticket_id))
    surveys.add_token(turn.db, turn.office_id, hidden, wish.service_id)
    ticket = _ticket(turn, wish, asked, steps, wait, ticket_id)
    events.add(
        turn.db,
        turn.office_id,
        ticket_id=ticket.id,
        step_id=steps[0].id,
        kind="issued",
        at=turn.now,
        actor=str(actor),
        reason=wish.override,
    )
    printer_id = asked[0].printer_id
    if printer_id is not None:
        told = {"low_s": wait.low_s, "high_s": wait.high_s} if wait else {}
        job = slips.order(
            turn.db,
            turn.office_id,
            ticket_id=ticket.id,
            printer_id=printer_id,
            slip={"ahead": ahead, "large": wish.large_print, **told},
            now=turn.now,
        )
        turn.ordered.append(job)
    return ticket, ahead, wait


def _steps(turn: Turn, wish: Wish, asked: list[services.Asked]) -> tuple[Step, ...]:
    """One a service: the first waits, the others are planned. One visit has one place in line."""
    head_start = turn.settings.settings.head_start_min(wish.priority, asked[0].rules)
    line = queue_at(turn.now, head_start, wish.slot_at)
    return tuple(
        Step(
            id=new_id(turn.now),
            position=at,
            service_id=service.id,
            state=State.PLANNED if at else State.WAITING,
            queue_at=line,
            issued_at=None if at else turn.now,
            slot_at=None if at else wish.slot_at,
        )
        for at, service in enumerate(asked)
    )


def _ticket(
    turn: Turn,
    wish: Wish,
    asked: list[services.Asked],
    steps: tuple[Step, ...],
    told: Wait | None,
    ticket_id: int,
) -> Ticket:
    """Writes the ticket with the day's next number of its first service.

    From the number to the commit nobody else gets one of this series: what can be done before is.
    """
    prefix = asked[0].prefix
    hidden = token_hash(link_token(turn.secret, TRACK, ticket_id))
    ticket = Ticket(
        id=ticket_id,
        day=turn.day,
        prefix=prefix,
        place=tickets.next_number(turn.db, turn.office_id, turn.day, prefix),
        priority=wish.priority,
        channel=wish.channel,
        language=wish.language,
        issued_at=turn.now,
        slip_state=SlipState.NONE if asked[0].printer_id is None else SlipState.QUEUED,
        steps=steps,
    )
    prefixes = [service.prefix for service in asked]
    tickets.add(turn.db, turn.office_id, ticket, prefixes, hidden, told)
    return ticket
