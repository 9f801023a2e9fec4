"""Visits as a press is judged by: what was served around its time, and who is at a counter now."""

from sqlalchemy import Connection

from server.domain.suspicion import Visit
from server.store.line import OPEN
from server.store.plain import Plain

LONGEST_MS = 3 * 3_600_000  # then a "finish" that was forgotten has ended the visit by itself

# The outcome stands as a literal: SQLite uses a partial index only then.
SERVED = """
    SELECT called_at, ended_at, service_id FROM steps
    WHERE office_id = :office_id AND outcome = 'served'
      AND ended_at BETWEEN :first AND :last AND called_at IS NOT NULL"""
IN_HAND = f"""
    SELECT called_at, NULL, service_id FROM steps
    WHERE office_id = :office_id AND state IN ('called', 'serving') AND {OPEN}"""
HERE = "AND counter_id = :counter_id"
AROUND_COUNTER = Plain(f"{SERVED} {HERE} UNION ALL {IN_HAND} {HERE} AND called_at <= :last")
AROUND_OFFICE = Plain(f"{SERVED} UNION ALL {IN_HAND} AND counter_id > 0 AND called_at <= :last")
LAST_SERVED = f"""
    SELECT ended_at FROM steps
    WHERE office_id = :office_id AND outcome = 'served' AND ended_at BETWEEN :first AND :last
    {HERE} ORDER BY ended_at DESC LIMIT 1"""
LAST_HERE = Plain(LAST_SERVED)
LAST_ANYWHERE = Plain(LAST_SERVED.replace(HERE, ""))


def around(
    db: Connection, office_id: int, counter_id: int | None, first: int, last: int
) -> list[Visit]:
    """Visits that ended between `first` and three hours after `last` (Unix ms), and those in hand:
    at the counter, or anywhere in the office for None."""
    key = {"office_id": office_id, "first": first, "last": last + LONGEST_MS}
    if counter_id is None:
        rows = AROUND_OFFICE.all(db, key)
    else:
        rows = AROUND_COUNTER.all(db, {**key, "counter_id": counter_id})
    return [Visit(row[0], row[1], row[2]) for row in rows if row[0] <= last]


def last_served(
    db: Connection, office_id: int, counter_id: int | None, first: int, last: int
) -> int | None:
    """When the last visit at the counter (None: in the office) ended, between these two moments
    (all Unix ms)."""
    key = {"office_id": office_id, "first": first, "last": last}
    found: int | None
    if counter_id is None:
        found = LAST_ANYWHERE.scalar(db, key)
    else:
        found = LAST_HERE.scalar(db, {**key, "counter_id": counter_id})
    return found
