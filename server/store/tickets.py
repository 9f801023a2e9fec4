"""Tickets, their steps and their numbers."""

from collections.abc import Collection
from dataclasses import dataclass
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
    text,
    update,
)

from server.domain.estimate import Wait
from server.domain.order import Priority
from server.domain.refusals import NotFound
from server.domain.ticket import BEGUN, Outcome, SlipState, State, Step, Ticket, number_text
from server.domain.why import PASSED_OVER_BOUND, Standing
from server.store import schema
from server.store.plain import Plain, insert_into
from server.store.schema import steps, tickets

AHEAD_BOUND = 500  # nobody needs to know more exactly; it keeps a queue of thousands cheap

NEXT_NUMBER = Plain("""
    INSERT INTO numbers (office_id, day, prefix, last) VALUES (:office_id, :day, :prefix, 1)
    ON CONFLICT (office_id, day, prefix) DO UPDATE SET last = numbers.last + 1
    RETURNING last""")

# The states stand as literals, not as parameters: SQLite uses a partial index only then, and
# only where the index's own condition stands in the query word for word.
OPEN = "state IN ('planned', 'waiting', 'called', 'serving', 'held')"
AHEAD = Plain(f"""
    SELECT count(*) FROM (
        SELECT 1 FROM steps
        WHERE office_id = :office_id AND prefix = :prefix AND state = 'waiting'
          AND queue_at <= :queue_at AND (queue_at < :queue_at OR id < :id)
        LIMIT {AHEAD_BOUND}) AS before_this_one""")

# Who is at the counter already; else the first of each service it takes, by its index, and those
# sent to this very counter; then the smallest of these few.
CHOOSE = f"""
    WITH mine AS (
        SELECT service_id, penalty_s FROM counter_services
        WHERE office_id = :office_id AND counter_id = :counter_id)
    SELECT p.id, p.ticket_id, p.state, 0, -1 FROM steps p
    WHERE p.office_id = :office_id AND p.counter_id = :counter_id
      AND p.state IN ('called', 'serving') AND p.{OPEN}
    UNION ALL
    SELECT s.id, s.ticket_id, s.state, mine.penalty_s, s.queue_at + 1000 * mine.penalty_s
    FROM mine JOIN steps s ON s.office_id = :office_id AND s.id = (
        SELECT w.id FROM steps w
        WHERE w.office_id = :office_id AND w.service_id = mine.service_id
          AND w.state = 'waiting' AND (w.counter_id IS NULL OR w.counter_id = :counter_id)
          AND w.id NOT IN :tried
        ORDER BY w.queue_at, w.id LIMIT 1)
    UNION ALL
    SELECT w.id, w.ticket_id, w.state, 0, w.queue_at FROM steps w
    WHERE w.office_id = :office_id AND w.counter_id = :counter_id AND w.state = 'waiting'
      AND w.{OPEN} AND w.id NOT IN :tried
    ORDER BY 5, 1 LIMIT 1"""
CHOOSE_FIRST = Plain(CHOOSE.replace("AND w.id NOT IN :tried", ""))
CHOOSE_AGAIN = text(CHOOSE).bindparams(bindparam("tried", expanding=True))

# The first few of each service that this counter takes and those sent to it, by its index: however
# long the queue, somebody passed over stands near its front.
FEW = f"""FROM steps e
            WHERE e.office_id = c.office_id AND e.service_id = c.service_id
              AND e.state = 'waiting' AND e.queue_at < :arrived_at
              AND e.issued_at < :arrived_at AND e.id <> :id AND e.counter_id IS NULL
            ORDER BY e.queue_at, e.id LIMIT {PASSED_OVER_BOUND}"""
BY_ID = f"JOIN steps w ON w.office_id = c.office_id AND w.id IN (SELECT e.id {FEW})"
# PostgreSQL would look for those few anew at every step there ever was; SQLite has no LATERAL.
BESIDE = f"CROSS JOIN LATERAL (SELECT e.ticket_id, e.issued_at, e.queue_at {FEW}) AS w"
PASSED_OVER_SQL = f"""
    SELECT t.prefix, t.number, few.issued_at, few.queue_at, few.penalty_s FROM (
        SELECT w.ticket_id, w.issued_at, w.queue_at, c.penalty_s
        FROM counter_services c
        {BY_ID}
        WHERE c.office_id = :office_id AND c.counter_id = :counter_id
        UNION ALL
        SELECT h.ticket_id, h.issued_at, h.queue_at, 0 FROM steps h
        WHERE h.office_id = :office_id AND h.counter_id = :counter_id AND h.state = 'waiting'
          AND h.{OPEN} AND h.queue_at < :arrived_at AND h.issued_at < :arrived_at
          AND h.id <> :id) AS few
    JOIN tickets t ON t.office_id = :office_id AND t.id = few.ticket_id"""
PASSED_OVER = Plain(PASSED_OVER_SQL, postgresql=PASSED_OVER_SQL.replace(BY_ID, BESIDE))

BUSY = Plain(f"""
    SELECT ticket_id FROM steps
    WHERE office_id = :office_id AND counter_id = :counter_id
      AND state IN ('called', 'serving') AND {OPEN}""")

# Sent to this very counter and still waiting for it.
SENT_HERE = text(f"""
    SELECT ticket_id FROM steps
    WHERE office_id = :office_id AND counter_id = :counter_id AND state = 'waiting' AND {OPEN}
    ORDER BY queue_at, id""")

# What those wait for, now or later, whom any counter may call that takes it.
WAITED_FOR = text(f"""
    SELECT DISTINCT service_id FROM steps
    WHERE office_id = :office_id AND counter_id IS NULL AND state IN ('waiting', 'planned')
      AND {OPEN}""")

# With and without a counter apart: both halves are looked up in the index of who is here. Who is
# being served is left to the officer until it is plain that "finish" was forgotten; what is still
# planned behind it is not.
LEFT_OVER = text(f"""
    SELECT id FROM tickets
    WHERE office_id = :office_id AND day < :day
      AND id IN (
          SELECT ticket_id FROM steps
          WHERE office_id = :office_id AND counter_id IS NULL AND {OPEN}
          UNION ALL
          SELECT ticket_id FROM steps
          WHERE office_id = :office_id AND counter_id IS NOT NULL AND {OPEN})
      AND (
          id NOT IN (
              SELECT ticket_id FROM steps
              WHERE office_id = :office_id AND counter_id IS NOT NULL AND {OPEN}
                AND state = 'serving' AND coalesce(started_at, called_at) > :served_since)
          OR id IN (
              SELECT ticket_id FROM steps
              WHERE office_id = :office_id AND counter_id IS NULL AND {OPEN}
                AND state = 'planned'))
    ORDER BY id LIMIT 100""")

STILL_OPEN = text(f"""
    SELECT DISTINCT ticket_id FROM (
        SELECT ticket_id FROM steps
        WHERE office_id = :office_id AND counter_id IS NULL AND {OPEN}
        UNION ALL
        SELECT ticket_id FROM steps
        WHERE office_id = :office_id AND counter_id IS NOT NULL AND {OPEN}) AS here
    WHERE ticket_id > :after ORDER BY ticket_id LIMIT 100""")

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


@dataclass(frozen=True, slots=True)
class Chosen:
    """Who stands first for a counter; before all others who is there already (`present`)."""

    step_id: int
    ticket_id: int
    penalty_s: int
    present: bool


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


def left_over(db: Connection, office_id: int, day: str, served_since: int) -> list[int]:
    """Tickets of days before `day` that are still somewhere in the queue, a few at a time.

    Without those being served since later than `served_since` (Unix ms).
    """
    key = {"office_id": office_id, "day": day, "served_since": served_since}
    return list(db.scalars(LEFT_OVER, key))


def still_open(db: Connection, office_id: int, after: int) -> list[int]:
    """Tickets that are somewhere in the queue, by id, after the id `after`; a few at a time."""
    return list(db.scalars(STILL_OPEN, {"office_id": office_id, "after": after}))


def lock_counter(db: Connection, office_id: int, counter_id: int) -> Row[Any]:
    """The counter's row, held until this transaction ends. Raises `NotFound`."""
    table = schema.counters
    row = db.execute(
        select(table)
        .where(table.c.office_id == office_id, table.c.id == counter_id, table.c.active)
        .with_for_update()
    ).first()
    if row is None:
        raise NotFound("no_such_counter")
    return row


def at_counter(db: Connection, office_id: int, counter_id: int) -> int | None:
    """The ticket that is called or served there; None for a free counter."""
    found: int | None = BUSY.scalar(db, {"office_id": office_id, "counter_id": counter_id})
    return found


def sent_to(db: Connection, office_id: int, counter_id: int) -> list[int]:
    """Tickets that wait for this counter alone, in their order."""
    return list(db.scalars(SENT_HERE, {"office_id": office_id, "counter_id": counter_id}))


def waited_for(db: Connection, office_id: int) -> set[int]:
    """The services for which somebody waits, or will wait as a later step of the visit."""
    return set(db.scalars(WAITED_FOR, {"office_id": office_id}))


def choose(
    db: Connection, office_id: int, counter_id: int, tried: Collection[int] = ()
) -> Chosen | None:
    """Who is at this counter or stands first for it, leaving out steps `tried`; locks nothing."""
    key: dict[str, Any] = {"office_id": office_id, "counter_id": counter_id}
    if tried:
        row = db.execute(CHOOSE_AGAIN, {**key, "tried": list(tried)}).first()
    else:
        row = CHOOSE_FIRST.first(db, key)
    return None if row is None else Chosen(row[0], row[1], row[3], row[2] != State.WAITING)


def passed_over(db: Connection, office_id: int, counter_id: int, step: Step) -> list[Standing]:
    """Who waits for this counter and came before `step` did: those who stand first."""
    key = {
        "office_id": office_id,
        "counter_id": counter_id,
        "arrived_at": step.issued_at,
        "id": step.id,
    }
    return [
        Standing(number_text(row.prefix, row.number), row.issued_at, row.queue_at, row.penalty_s)
        for row in PASSED_OVER.all(db, key)
    ]


def ahead(db: Connection, office_id: int, prefix: str, step: Step) -> int:
    """How many of the pool are called before this step (500 means 500 or more)."""
    key = {"office_id": office_id, "prefix": prefix, "queue_at": step.queue_at, "id": step.id}
    return int(AHEAD.scalar(db, key) or 0)


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
