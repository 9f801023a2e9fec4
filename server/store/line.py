"""The line: who waits for whom, who stands first, who is still here."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select, text

from server.domain.refusals import NotFound
from server.domain.ticket import State, Step, number_text
from server.domain.why import PASSED_OVER_BOUND, Standing
from server.store import schema
from server.store.plain import Plain

AHEAD_BOUND = 500  # nobody needs to know more exactly; it keeps a queue of thousands cheap

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


@dataclass(frozen=True, slots=True)
class Chosen:
    """Who stands first for a counter; before all others who is there already (`present`)."""

    step_id: int
    ticket_id: int
    penalty_s: int
    present: bool


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


def sent_to(db: Connection, office_id: int, counter_id: int) -> list[int]:
    """Tickets that wait for this counter alone, in their order."""
    return list(db.scalars(SENT_HERE, {"office_id": office_id, "counter_id": counter_id}))


def waited_for(db: Connection, office_id: int) -> set[int]:
    """The services for which somebody waits, or will wait as a later step of the visit."""
    return set(db.scalars(WAITED_FOR, {"office_id": office_id}))


def left_over(db: Connection, office_id: int, day: str, served_since: int) -> list[int]:
    """Tickets of days before `day` that are still somewhere in the queue, a few at a time.

    Without those being served since later than `served_since` (Unix ms).
    """
    key = {"office_id": office_id, "day": day, "served_since": served_since}
    return list(db.scalars(LEFT_OVER, key))


def still_open(db: Connection, office_id: int, after: int) -> list[int]:
    """Tickets that are somewhere in the queue, by id, after the id `after`; a few at a time."""
    return list(db.scalars(STILL_OPEN, {"office_id": office_id, "after": after}))
