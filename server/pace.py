"""How fast each pool moves just now: what estimates of waiting rest on."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time
from threading import Lock

from sqlalchemy import Connection

from server.domain.day import office_time, unix_ms
from server.domain.estimate import Knot, Pace, knots_of
from server.domain.lived import took_on, usual_of
from server.domain.outlook import Plan, Usual, outlook, plan_of
from server.domain.telling import REMEMBERED, came_true, forecasts, pace_of
from server.store import known
from server.store.engine import Store

FRESH_MS = 10_000
MINUTE_MS = 60_000


class Paces:
    """The pace of every pool of an office, looked up at most every few seconds.

    What the last two weeks teach is read once a day: it does not change any more.
    """

    def __init__(self, store: Store, office_id: int, clock: Callable[[], int]) -> None:
        self._store, self._office_id, self._clock = store, office_id, clock
        self._lock = Lock()
        self._kept: dict[str, Pace] = {}
        self._until = 0
        self._taught: tuple[date, Usual, tuple[Knot, ...]] | None = None

    def all(self) -> dict[str, Pace]:
        """The pace of each prefix that a counter takes; outside any transaction of the caller's."""
        now = self._clock()
        if now < self._until and self._kept:
            return self._kept
        # While one looks, others go on with what was looked up before.
        if self._lock.acquire(blocking=not self._kept):
            try:
                if now >= self._until:
                    self._until = now + FRESH_MS  # first: to forget meanwhile is not undone
                    self._kept = self._look(now)
            except BaseException:
                self._until = 0
                raise
            finally:
                self._lock.release()
        return self._kept

    def last(self) -> dict[str, Pace]:
        """What was looked up last, for use inside a transaction; may be a little old."""
        return self._kept

    def forget(self) -> None:
        """Counters opened or closed: the next look is a fresh one."""
        self._until = 0

    def _look(self, now: int) -> dict[str, Pace]:
        with self._store.reading() as db:
            hall = _Hall(db, self._office_id)
            today = office_time(now, hall.settings.zone).date()
            if self._taught is None or self._taught[0] != today:
                self._taught = (today, *hall.taught(today))
            _, usual, knots = self._taught
            return hall.paces(today, now, usual, knots)


class _Hall:
    """The office as it is set up, as of one moment."""

    def __init__(self, db: Connection, office_id: int) -> None:
        self._db, self._office_id = db, office_id
        self.settings = known.settings(db, office_id)
        services = known.services(db, office_id)
        self._standard_ms = {row.id: row.standard_minutes * MINUTE_MS for row in services}
        self._pool_of = {row.id: row.prefix for row in services}
        self._penalties = known.penalties(db, office_id)
        self._numbers = known.numbers(db, office_id)

    def taught(self, today: date) -> tuple[Usual, tuple[Knot, ...]]:
        """What the days before `today` teach: usual times, and how forecasts came true."""
        since = today - REMEMBERED
        bounds = self._begins(since), self._begins(today)
        days = known.past(self._db, self._office_id, since, today, bounds)
        usual = usual_of([took_on(lived) for lived in days.values()], self._standard_ms)
        found = []
        for day, lived in days.items():
            plan = self._plan(day, at_any_hour=False)
            found += came_true(lived.stints, list(forecasts(lived, plan, usual)))
        return usual, knots_of(found)

    def paces(
        self, today: date, now: int, usual: Usual, knots: tuple[Knot, ...]
    ) -> dict[str, Pace]:
        usual = replace(usual, took={**self._standard_ms, **usual.took})  # services of today too
        desks = known.desks(self._db, self._office_id, now)
        plan = self._plan(today, at_any_hour=self.settings.settings.always_open)
        lines = known.lines(self._db, self._office_id, set(self._pool_of.values()))
        calls = outlook(now, lines, desks, plan, usual)
        return {pool: pace_of(pool, calls[pool], plan, usual, knots) for pool in calls}

    def _plan(self, day: date, *, at_any_hour: bool) -> Plan:
        """Past days of an office that serves at any hour were lived by its hours (the demo's)."""
        counters = [(one, number, self._penalties[one]) for one, number in self._numbers.items()]
        return plan_of(self.settings, day, counters, self._pool_of, at_any_hour=at_any_hour)

    def _begins(self, day: date) -> int:
        return unix_ms(datetime.combine(day, time(), self.settings.zone))
