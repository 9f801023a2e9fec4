"""How a ticket moves: what the desk's verbs share, inside their transaction."""

from dataclasses import replace
from typing import Any

from server.domain.estimate import Pace, Wait, wait_for
from server.domain.order import head_start_of
from server.domain.refusals import BadField, NotAllowed, NotFound
from server.domain.seen import Seen
from server.domain.ticket import AT_COUNTER, EVENT_KIND, Outcome, State, Step, Ticket, Verb, after
from server.domain.why import Standing, Why, why_for
from server.domain.wish import Actor
from server.links import SURVEY, link_token, token_hash
from server.office import Turn
from server.store import boards, events, line, services, surveys, tickets
from server.store.ids import later_than, new_id

MOST_LOOKS = 200


def lock(turn: Turn, ticket_id: int) -> Ticket:
    """The ticket, which nobody else moves until this transaction ends. Raises `NotFound`."""
    ticket = tickets.lock(turn.db, turn.office_id, ticket_id)
    _go_on_from(turn, ticket_id)
    return ticket


def _go_on_from(turn: Turn, ticket_id: int) -> None:
    """Moves `turn.now` on, after all that happened to the ticket.

    Where several write at once, one who began later may have been done with the ticket sooner.
    """
    if turn.db.dialect.name != "sqlite":  # there one writes at a time
        last = events.newest(turn.db, turn.office_id, ticket_id)
        turn.now = later_than(last, turn.now)


def move(
    turn: Turn,
    ticket: Ticket,
    verb: Verb,
    actor: Actor,
    changed: dict[str, Any],
    *,
    reason: str | None = None,
    why: Why | None = None,
) -> tuple[Ticket, int]:
    """Moves the current step as `MOVES` says and writes the event; returns its id too.

    `changed` names columns of the step. Raises `NotAllowed`.
    """
    step = ticket.current
    values = {**changed, "state": after(step.state, verb)}
    tickets.change(turn.db, turn.office_id, step.id, values)
    event_id = events.add(
        turn.db,
        turn.office_id,
        ticket_id=ticket.id,
        step_id=step.id,
        kind=EVENT_KIND[verb],
        at=turn.now,
        actor=str(actor),
        counter_id=values.get("counter_id", step.counter_id) or step.counter_id,
        reason=reason,
        why=why,
    )
    return _with_step(ticket, _changed(step, values)), event_id


def call(
    turn: Turn,
    ticket: Ticket,
    counter_id: int,
    actor: Actor,
    *,
    penalty_s: int = 0,
    reason: str | None = None,
) -> tuple[Ticket, Why]:
    """Calls the ticket to the counter and puts it on the board, with why it was this one."""
    step = ticket.current
    after(step.state, Verb.CALL)  # refused before anybody is said to be passed over
    arrived = step.issued_at or ticket.issued_at
    why = why_for(
        Standing(ticket.number, arrived, step.queue_at, penalty_s),
        line.passed_over(turn.db, turn.office_id, counter_id, step),
        priority=ticket.priority,
        head_start_min=head_start_of(step.queue_at, ticket.issued_at, step.slot_at),
        reason=reason,
    )
    changed = {
        "counter_id": counter_id,
        "called_at": turn.now,
        "first_called_at": step.first_called_at or turn.now,
        "recalls": 0,
        "staff_id": actor.id if actor.kind == "staff" else None,
    }
    moved, event_id = move(turn, ticket, Verb.CALL, actor, changed, reason=reason, why=why)
    show(turn, moved, event_id, recall=False)
    return moved, why


def finish(
    turn: Turn, ticket: Ticket, actor: Actor, outcome: Outcome, paces: dict[str, Pace]
) -> Seen:
    """Ends the current step; the survey opens when it was served, the next step waits.

    Not so on a later day: then what was still planned is closed, for its number is of yesterday.
    """
    after(ticket.state, Verb.FINISH)
    if ticket.day != turn.day:
        ticket = close_planned(turn, ticket, actor, "day_end")
    over: dict[str, Any] = {"outcome": outcome, "ended_at": turn.now}
    moved, _ = move(turn, ticket, Verb.FINISH, actor, over)
    ended = next(step for step in moved.steps if step.id == ticket.current.id)
    if outcome is Outcome.SERVED:
        hidden = token_hash(link_token(turn.secret, SURVEY, ticket.id))
        open_ms = turn.settings.settings.satisfaction.survey_expires_hours * 3_600_000
        there = ended.service_id, ended.counter_id
        surveys.open_token(turn.db, turn.office_id, hidden, *there, turn.now, turn.now + open_ms)
    following = moved.current
    if following.state is not State.PLANNED:
        return Seen(moved)
    # One visit, one place in line: the next step stands where the first number stood.
    begun: dict[str, Any] = {
        "state": State.WAITING,
        "issued_at": turn.now,
        "queue_at": ended.queue_at,
    }
    now_waits = replace(following, **begun)
    ahead, wait = queue_before(turn, now_waits, paces)
    row = {**begun, "day": turn.day, **tickets.told_values(wait)}
    tickets.change(turn.db, turn.office_id, following.id, row)
    return Seen(_with_step(moved, now_waits), ahead, wait)


def queue_before(turn: Turn, step: Step, paces: dict[str, Pace]) -> tuple[int, Wait | None]:
    """How many are called before this step, and how long that will take."""
    prefix = services.prefix_of(turn.db, turn.office_id, step.service_id)
    ahead = line.ahead(turn.db, turn.office_id, prefix, step)
    pace = paces.get(prefix)
    return ahead, wait_for(ahead, pace) if pace else None


def to_service(
    turn: Turn,
    ticket: Ticket,
    service: services.Asked,
    counter_id: int | None,
    actor: Actor,
    reason: str | None,
    paces: dict[str, Pace],
) -> Seen:
    """Ends the step as transferred; one for `service` follows it and keeps its place in line."""
    old = ticket.current
    after(old.state, Verb.TRANSFER)
    over: dict[str, Any] = {
        "state": State.DONE,
        "outcome": Outcome.TRANSFERRED,
        "ended_at": turn.now,
    }
    tickets.change(turn.db, turn.office_id, old.id, over)
    tickets.make_room(turn.db, turn.office_id, ticket.id, old.position)
    new = Step(
        id=new_id(turn.now),
        position=old.position + 1,
        service_id=service.id,
        state=State.WAITING,
        queue_at=old.queue_at,
        counter_id=counter_id,
        issued_at=turn.now,
    )
    ahead, wait = queue_before(turn, new, paces)
    tickets.add_steps(turn.db, turn.office_id, ticket.id, [(new, service.prefix)], turn.day, wait)
    events.add(
        turn.db,
        turn.office_id,
        ticket_id=ticket.id,
        step_id=old.id,
        kind=EVENT_KIND[Verb.TRANSFER],
        at=turn.now,
        actor=str(actor),
        counter_id=old.counter_id,
        reason=reason,
    )
    before = [step for step in ticket.steps if step.position < old.position]
    later = [step for step in ticket.steps if step.position > old.position]
    moved_on = [replace(step, position=step.position + 1) for step in later]
    steps = (*before, replace(old, **over), new, *moved_on)
    return Seen(replace(ticket, steps=steps), ahead, wait)


def plan(turn: Turn, ticket: Ticket, service: services.Asked, actor: Actor) -> Ticket:
    """One more step behind the others. Raises `NotAllowed` (the visit is over), `BadField`."""
    here = ticket.current
    if here.state not in (State.PLANNED, State.WAITING, State.HELD, *AT_COUNTER):
        raise NotAllowed("visit_is_over", number=ticket.number)
    wanted = [step for step in ticket.steps if step.state is not State.CANCELLED]
    if len(wanted) >= services.MOST_STEPS:
        raise BadField(service_id="too_many_services")
    new = Step(
        id=new_id(turn.now),
        position=ticket.steps[-1].position + 1,
        service_id=service.id,
        state=State.PLANNED,
        queue_at=here.queue_at,
    )
    tickets.add_steps(turn.db, turn.office_id, ticket.id, [(new, service.prefix)], turn.day)
    _note(turn, ticket, new, "issued", actor, "added_step")
    return replace(ticket, steps=(*ticket.steps, new))


def drop(turn: Turn, ticket: Ticket, step_id: int, actor: Actor) -> Ticket:
    """Takes out a planned step. Raises `NotFound`, `NotAllowed` (its turn has come)."""
    step = next((one for one in ticket.steps if one.id == step_id), None)
    if step is None:
        raise NotFound("no_such_step")
    if step.state is not State.PLANNED or ticket.state is State.PLANNED:
        raise NotAllowed("no_such_move", state=step.state, verb=Verb.CANCEL)
    dropped = replace(step, state=after(step.state, Verb.CANCEL))
    tickets.change(turn.db, turn.office_id, step.id, {"state": dropped.state})
    _note(turn, ticket, step, EVENT_KIND[Verb.CANCEL], actor, "dropped_step")
    return _with_step(ticket, dropped)


def _note(turn: Turn, ticket: Ticket, step: Step, kind: str, actor: Actor, reason: str) -> None:
    events.add(
        turn.db,
        turn.office_id,
        ticket_id=ticket.id,
        step_id=step.id,
        kind=kind,
        at=turn.now,
        actor=str(actor),
        reason=reason,
    )


def drop_planned(turn: Turn, ticket: Ticket, state: State = State.CANCELLED) -> Ticket:
    """A visit that ends takes its later steps with it; never begun, they count nowhere."""
    for step in ticket.steps:
        if step.state is State.PLANNED:
            tickets.change(turn.db, turn.office_id, step.id, {"state": state})
            ticket = _with_step(ticket, replace(step, state=state))
    return ticket


def close_planned(turn: Turn, ticket: Ticket, actor: Actor, reason: str) -> Ticket:
    """The day is over for the visit's later services, though not yet for the one under way."""
    for step in ticket.steps:
        if step.state is State.PLANNED:
            closed = replace(step, state=after(step.state, Verb.CLOSE))
            tickets.change(turn.db, turn.office_id, step.id, {"state": closed.state})
            _note(turn, ticket, step, EVENT_KIND[Verb.CLOSE], actor, reason)
            ticket = _with_step(ticket, closed)
    return ticket


def release(turn: Turn, counter_id: int, actor: Actor) -> None:
    """Who was sent to a counter that closes waits for any counter again, at the old place.

    The caller has locked the counter.
    """
    for ticket_id in sorted(line.sent_to(turn.db, turn.office_id, counter_id)):
        ticket = lock(turn, ticket_id)
        if ticket.state is State.WAITING and ticket.current.counter_id == counter_id:
            free: dict[str, Any] = {"counter_id": None}
            move(turn, ticket, Verb.TRANSFER, actor, free, reason="counter_closed")


def lock_first(
    turn: Turn, counter_id: int, chosen: line.Chosen | None
) -> tuple[Ticket, int] | None:
    """Who is called next, locked, and the penalty (s) with which; None when nobody waits.

    `chosen` was found without a lock, so it is looked at again under one: it may be gone. Waiting
    for a lock here could end in a deadlock; whoever holds one (a counter that calls, the spool
    that writes a slip's state) is done in milliseconds.
    """
    tried: list[int] = []
    held: set[int] = set()  # steps whose ticket another transaction has just now
    for _ in range(MOST_LOOKS):
        if chosen is None and not held:
            return None
        if chosen is None:
            tried, held = [step_id for step_id in tried if step_id not in held], set()
        else:
            found = tickets.lock_if_free(turn.db, turn.office_id, chosen.ticket_id)
            if found is not None and _still_waits(found.current, chosen.step_id, counter_id):
                _go_on_from(turn, found.id)
                return found, chosen.penalty_s
            if found is None:
                held.add(chosen.step_id)
            tried.append(chosen.step_id)
        chosen = line.choose(turn.db, turn.office_id, counter_id, tried)
    return None


def _still_waits(step: Step, chosen_id: int, counter_id: int) -> bool:
    mine = step.counter_id in (None, counter_id)
    return step.id == chosen_id and step.state is State.WAITING and mine


def show(turn: Turn, ticket: Ticket, call_id: int, *, recall: bool) -> None:
    """Puts the ticket's call on the board, in place of its counter's last one."""
    step = ticket.current
    if step.state not in AT_COUNTER or step.counter_id is None:
        raise NotFound("no_such_counter")
    boards.show_call(
        turn.db,
        turn.office_id,
        counter_id=step.counter_id,
        call_id=call_id,
        ticket_id=ticket.id,
        service_id=step.service_id,
        number=ticket.number,
        at=turn.now,
        recall=recall,
    )


def _changed(step: Step, values: dict[str, Any]) -> Step:
    """The step as it stands now; who called it is kept in its row only."""
    return replace(step, **{name: at for name, at in values.items() if name != "staff_id"})


def _with_step(ticket: Ticket, changed: Step) -> Ticket:
    steps = tuple(changed if step.id == changed.id else step for step in ticket.steps)
    return replace(ticket, steps=steps)
