"""How fast each pool moves just now: what estimates of waiting rest on."""

import math
from collections.abc import Callable
from datetime import UTC, datetime
from threading import Lock

from sqlalchemy import Connection, text

from server.domain.estimate import Pace
from server.store.engine import Store

FRESH_MS = 10_000
RECENT_MS = 14 * 24 * 3600 * 1000
FEWEST = 5  # served visits before their times are believed rather than the standard

# Means and mean squares (s, s²) of recent service times, by pool.
SERVED = text("""
    SELECT prefix, count(*) AS n, avg(took) AS mean, avg(took * took) AS square FROM (
        SELECT prefix, (ended_at - coalesce(started_at, called_at)) / 1000.0 AS took
        FROM steps
        WHERE office_id = :office_id AND day >= :since AND outcome = 'served'
          AND coalesce(started_at, called_at) IS NOT NULL) AS recent
    GROUP BY prefix""")
STANDARD = text("""
    SELECT prefix, avg(standard_minutes * 60.0) AS mean FROM services
    WHERE office_id = :office_id GROUP BY prefix""")
# An open counter counts whole for a pool of its own work, half where it only helps.
AT_WORK = text("""
    SELECT prefix, sum(share) AS counters FROM (
        SELECT s.prefix, c.counter_id, max(CASE WHEN c.penalty_s = 0 THEN 1.0 ELSE 0.5 END) AS share
        FROM counter_services c
        JOIN services s ON s.office_id = c.office_id AND s.id = c.service_id
        JOIN counters k ON k.office_id = c.office_id AND k.id = c.counter_id
        WHERE c.office_id = :office_id AND k.state = 'open' AND k.active
        GROUP BY s.prefix, c.counter_id) AS sharing
    GROUP BY prefix""")


class Paces:
    """The pace of every pool of an office, looked up at most every few seconds."""

    def __init__(self, store: Store, office_id: int, clock: Callable[[], int]) -> None:
        self._store, self._office_id, self._clock = store, office_id, clock
        self._lock = Lock()
        self._kept: dict[str, Pace] = {}
        self._until = 0

    def all(self) -> dict[str, Pace]:
        """The pace of each prefix; outside any transaction of the caller's."""
        now = self._clock()
        if now < self._until:
            return self._kept
        with self._lock:
            if now >= self._until:
                with self._store.reading() as db:
                    self._kept = read_paces(db, self._office_id, now)
                self._until = now + FRESH_MS
        return self._kept

    def last(self) -> dict[str, Pace]:
        """What was looked up last, for use inside a transaction; may be a little old."""
        return self._kept

    def forget(self) -> None:
        """Counters opened or closed: the next look is a fresh one."""
        self._until = 0


def read_paces(db: Connection, office_id: int, now: int) -> dict[str, Pace]:
    since = datetime.fromtimestamp((now - RECENT_MS) / 1000, UTC).date().isoformat()
    key = {"office_id": office_id}
    at_work = {row.prefix: float(row.counters) for row in db.execute(AT_WORK, key)}
    served = {row.prefix: row for row in db.execute(SERVED, {**key, "since": since})}
    paces = {}
    for row in db.execute(STANDARD, key):
        mean, spread = float(row.mean), float(row.mean) / 2
        seen = served.get(row.prefix)
        if seen is not None and seen.n >= FEWEST:
            mean = float(seen.mean)
            spread = math.sqrt(max(0.0, float(seen.square) - mean * mean))
        paces[row.prefix] = Pace(mean, spread, at_work.get(row.prefix, 1.0))
    return paces
