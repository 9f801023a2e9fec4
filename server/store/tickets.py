"""Tickets, their steps and their numbers."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import (
    Connection,
    Row,
    ScalarSelect,
    Table,
    bindparam,
    case,
    func,
    select,
    update,
)

from server.domain.estimate import Wait
from server.domain.order import Priority
from server.domain.refusals import NotFound
from server.domain.ticket import BEGUN, Outcome, SlipState, State, Step, Ticket
from server.store.plain import Plain, insert_into
from server.store.schema import steps, tickets

NEXT_NUMBER = Plain("""
    INSERT INTO numbers (office_id, day, prefix, last) VALUES (:office_id, :day, :prefix, 1)
    ON CONFLICT (office_id, day, prefix) DO UPDATE SET last = numbers.last + 1
    RETURNING last""")

_TICKET = select(tickets).where(
    tickets.c.office_id == bindparam("office_id"), tickets.c.id == bindparam("id")
)
_STEPS = (
    select(steps)
    .where(steps.c.office_id == bindparam("office_id"), steps.c.ticket_id == bindparam("id"))
    .order_by(steps.c.position, steps.c.id)
)
_LOCK = _TICKET.with_for_update()
_LOCK_IF_FREE = _TICKET.with_for_update(skip_locked=True)
_ADD_TICKET = insert_into(
    "tickets",
    *("office_id", "id", "day", "prefix", "number", "priority", "channel", "language"),
    *("issued_at", "slip_state", "track_hash"),
)
_ADD_STEPS = insert_into(
    "steps",
    *("office_id", "ticket_id", "id", "position", "service_id", "prefix", "counter_id", "state"),
    *("queue_at", "day", "issued_at", "slot_at", "told_low_s", "told_likely_s", "told_high_s"),
)


def next_number(db: Connection, office_id: int, day: str, prefix: str) -> int:
    """The day's next number of this prefix; it locks its row, so a rollback leaves no gap."""
    key = {"office_id": office_id, "day": day, "prefix": prefix}
    return int(NEXT_NUMBER.scalar(db, key) or 0)


def add(
    db: Connection,
    office_id: int,
    ticket: Ticket,
    prefixes: list[str],
    track_hash: str,
    told: Wait | None,
) -> None:
    """Writes a new ticket and its steps; `prefixes` are the pools of its steps, in order."""
    row = {
        "office_id": office_id,
        "id": ticket.id,
        "day": ticket.day,
        "prefix": ticket.prefix,
        "number": ticket.place,
        "priority": ticket.priority,
        "channel": ticket.channel,
        "language": ticket.language,
        "issued_at": ticket.issued_at,
        "slip_state": ticket.slip_state,
        "track_hash": track_hash,
    }
    _ADD_TICKET.run(db, row)
    pairs = list(zip(ticket.steps, prefixes, strict=True))
    add_steps(db, office_id, ticket.id, pairs, ticket.day, told)


def add_steps(
    db: Connection,
    office_id: int,
    ticket_id: int,
    rows: list[tuple[Step, str]],
    day: str,
    told: Wait | None = None,
) -> None:
    """Writes new steps, each with its pool; those that have begun count in `day`.

    `told`: the wait that the one which waits was told.
    """
    written = [
        {
            "office_id": office_id,
            "ticket_id": ticket_id,
            "id": step.id,
            "position": step.position,
            "service_id": step.service_id,
            "prefix": prefix,
            "counter_id": step.counter_id,
            "state": step.state,
            "queue_at": step.queue_at,
            "day": None if step.issued_at is None else day,
            "issued_at": step.issued_at,
            "slot_at": step.slot_at,
            **told_values(told if step.state is State.WAITING else None),
        }
        for step, prefix in rows
    ]
    _ADD_STEPS.run_each(db, written)


def told_values(wait: Wait | None) -> dict[str, int | None]:
    """The columns that keep the wait which was told when a step began to wait."""
    return {
        "told_low_s": None if wait is None else wait.low_s,
        "told_likely_s": None if wait is None else wait.likely_s,
        "told_high_s": None if wait is None else wait.high_s,
    }


def make_room(db: Connection, office_id: int, ticket_id: int, position: int) -> None:
    """Moves the ticket's steps behind `position` one further back."""
    db.execute(
        update(steps)
        .where(
            steps.c.office_id == office_id,
            steps.c.ticket_id == ticket_id,
            steps.c.position > position,
        )
        .values(position=steps.c.position + 1)
    )


def get(db: Connection, office_id: int, ticket_id: int) -> Ticket:
    """The ticket as it stands. Raises `NotFound`."""
    return _read(db, office_id, ticket_id, _TICKET)


def lock(db: Connection, office_id: int, ticket_id: int) -> Ticket:
    """`get`, with nobody else moving the ticket until this transaction ends."""
    return _read(db, office_id, ticket_id, _LOCK)


def lock_if_free(db: Connection, office_id: int, ticket_id: int) -> Ticket | None:
    """`lock`, but None at once where another transaction holds the ticket."""
    try:
        return _read(db, office_id, ticket_id, _LOCK_IF_FREE)
    except NotFound:
        return None


def many(db: Connection, office_id: int, ids: Collection[int]) -> list[Ticket]:
    """These tickets, oldest first, in two statements."""
    rows = db.execute(
        select(tickets)
        .where(tickets.c.office_id == office_id, tickets.c.id.in_(ids))
        .order_by(tickets.c.id)
    ).all()
    found: dict[int, list[Step]] = {row.id: [] for row in rows}
    for step in db.execute(
        select(steps)
        .where(steps.c.office_id == office_id, steps.c.ticket_id.in_(ids))
        .order_by(steps.c.position, steps.c.id)
    ):
        found[step.ticket_id].append(_step(step))
    return [_ticket(row, tuple(found[row.id])) for row in rows]


def current_position(of: Table) -> ScalarSelect[int]:
    """Where the step stands that counts now, of the tickets in `of`: `Ticket.current` in SQL."""
    one = steps.alias("one")
    at = one.c.position
    return (
        select(
            func.coalesce(
                func.min(case((one.c.state.in_(BEGUN), at))),
                func.min(case((one.c.state == State.PLANNED, at))),
                func.max(case((one.c.issued_at.is_not(None), at))),
                func.max(at),
            )
        )
        .where(one.c.office_id == of.c.office_id, one.c.ticket_id == of.c.id)
        .correlate(of)
        .scalar_subquery()
    )


def by_track(db: Connection, track_hash: str) -> tuple[int, int] | None:
    """The office and the ticket whose live page this is."""
    row = db.execute(
        select(tickets.c.office_id, tickets.c.id).where(tickets.c.track_hash == track_hash)
    ).first()
    return None if row is None else (row.office_id, row.id)


def change(db: Connection, office_id: int, step_id: int, values: dict[str, Any]) -> None:
    """Writes what a move changed; the caller has locked the ticket and asked `MOVES`."""
    db.execute(
        update(steps).where(steps.c.office_id == office_id, steps.c.id == step_id).values(values)
    )


def _read(db: Connection, office_id: int, ticket_id: int, ticket: Any) -> Ticket:
    key = {"office_id": office_id, "id": ticket_id}
    row = db.execute(ticket, key).first()
    if row is None:
        raise NotFound("no_such_ticket")
    return _ticket(row, tuple(_step(step) for step in db.execute(_STEPS, key)))


def _ticket(row: Row[Any], its_steps: tuple[Step, ...]) -> Ticket:
    return Ticket(
        id=row.id,
        day=row.day,
        prefix=row.prefix,
        place=row.number,
        priority=Priority(row.priority),
        channel=row.channel,
        language=row.language,
        issued_at=row.issued_at,
        slip_state=SlipState(row.slip_state),
        steps=its_steps,
    )


def _step(row: Row[Any]) -> Step:
    return Step(
        id=row.id,
        position=row.position,
        service_id=row.service_id,
        state=State(row.state),
        queue_at=row.queue_at,
        counter_id=row.counter_id,
        outcome=None if row.outcome is None else Outcome(row.outcome),
        issued_at=row.issued_at,
        slot_at=row.slot_at,
        first_called_at=row.first_called_at,
        called_at=row.called_at,
        started_at=row.started_at,
        ended_at=row.ended_at,
        recalls=row.recalls,
        returns=row.returns,
    )
