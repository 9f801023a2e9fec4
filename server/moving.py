"""How a ticket moves: what the desk's verbs share, inside their transaction."""

from dataclasses import replace
from typing import Any

from server.domain.refusals import NotFound
from server.domain.ticket import AT_COUNTER, EVENT_KIND, Outcome, State, Step, Ticket, Verb, after
from server.domain.why import Why, rule_for
from server.domain.wish import Actor
from server.links import SURVEY, link_token, token_hash
from server.office import Turn
from server.store import boards, events, services, surveys, tickets
from server.store.ids import new_id

MOST_LOOKS = 200


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
    return _with_step(ticket, replace(step, **values)), event_id


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
    head_start = turn.settings.settings.head_start_min(ticket.priority)
    passed = tickets.passed_over(turn.db, turn.office_id, counter_id, step)
    rule = rule_for(
        passed,
        arrived_at=arrived,
        queue_at=step.queue_at,
        head_start_min=head_start,
        reason=reason,
    )
    why: Why = {
        "rule": rule,
        "arrived_at": arrived,
        "queue_at": step.queue_at,
        "priority": ticket.priority,
        "head_start_min": head_start,
        "penalty_s": penalty_s,
        "reason": reason,
        "passed_over": passed,
    }
    changed = {
        "counter_id": counter_id,
        "called_at": turn.now,
        "first_called_at": step.first_called_at or turn.now,
        "recalls": 0,
    }
    moved, event_id = move(turn, ticket, Verb.CALL, actor, changed, reason=reason, why=why)
    show(turn, moved, event_id, recall=False)
    return moved, why


def finish(turn: Turn, ticket: Ticket, actor: Actor, outcome: Outcome) -> Ticket:
    """Ends the current step; the survey opens when it was served, the next step waits."""
    over: dict[str, Any] = {"outcome": outcome, "ended_at": turn.now}
    moved, _ = move(turn, ticket, Verb.FINISH, actor, over)
    ended = next(step for step in moved.steps if step.id == ticket.current.id)
    if outcome is Outcome.SERVED:
        hidden = token_hash(link_token(turn.secret, SURVEY, ticket.id))
        open_ms = turn.settings.settings.satisfaction.survey_expires_hours * 3_600_000
        service_id, until = ended.service_id, turn.now + open_ms
        surveys.open_token(turn.db, turn.office_id, hidden, service_id, turn.now, until)
    following = moved.current
    if following.state is not State.PLANNED:
        return moved
    # One visit, one place in line: the next step stands where the first number stood.
    begun: dict[str, Any] = {
        "state": State.WAITING,
        "issued_at": turn.now,
        "queue_at": ended.queue_at,
    }
    tickets.change(turn.db, turn.office_id, following.id, {**begun, "day": turn.day})
    return _with_step(moved, replace(following, **begun))


def to_service(
    turn: Turn,
    ticket: Ticket,
    service: services.Asked,
    counter_id: int | None,
    actor: Actor,
    reason: str | None,
) -> Ticket:
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
    tickets.add_steps(turn.db, turn.office_id, ticket.id, [(new, service.prefix)], turn.day)
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
    return replace(ticket, steps=(*before, replace(old, **over), new, *moved_on))


def drop_planned(turn: Turn, ticket: Ticket, state: State = State.CANCELLED) -> Ticket:
    """A visit that ends takes its later steps with it; never begun, they count nowhere."""
    for step in ticket.steps:
        if step.state is State.PLANNED:
            tickets.change(turn.db, turn.office_id, step.id, {"state": state})
            ticket = _with_step(ticket, replace(step, state=state))
    return ticket


def lock_first(
    turn: Turn, counter_id: int, chosen: tickets.Chosen | None
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
                return found, chosen.penalty_s
            if found is None:
                held.add(chosen.step_id)
            tried.append(chosen.step_id)
        chosen = tickets.choose(turn.db, turn.office_id, counter_id, tried)
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


def _with_step(ticket: Ticket, changed: Step) -> Ticket:
    steps = tuple(changed if step.id == changed.id else step for step in ticket.steps)
    return replace(ticket, steps=steps)
