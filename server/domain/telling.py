"""The waits that would have been told on a day that is over, at the moments at which they began.

The live office asks `outlook` about this moment; here it is asked about past ones, so that
forecasts can be held against the waits that followed.
"""

from bisect import bisect_left, bisect_right, insort
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from statistics import fmean
from typing import NamedTuple

from server.domain.estimate import (
    PRESUMED,
    CameTrue,
    Knot,
    Pace,
    Wait,
    foreseen_s,
    knots_of,
    wait_for,
)
from server.domain.lived import Change, Lived, Stint, Took, took_on, usual_of, visits_at
from server.domain.outlook import Desk, Plan, Usual, outlook

SECOND_MS = 1000
REMEMBERED = timedelta(days=14)
_CHANGES, _GOES, _COMES, _LEAVES, _JOINS = range(5)  # what happens first at the same moment
MANY = 5  # calls ahead whose own distances tell more than the usual times


class Forecast(NamedTuple):
    """For the stint number `stint` of a day, when `ahead` of its pool stood before it."""

    stint: int
    ahead: int
    pace: Pace


def pace_of(
    pool: str, calls: Sequence[int], plan: Plan, usual: Usual, knots: tuple[Knot, ...]
) -> Pace:
    """`calls`: the pool's outlook (ms)."""
    if len(calls) > MANY:
        each = (calls[-1] - calls[0]) / (len(calls) - 1)
    else:
        cycle = fmean(ms for s, ms in usual.took.items() if plan.pool_of.get(s) == pool)
        own = sum(place.newcomers.get(pool) == 0 for place in plan.places.values())
        each = (cycle + usual.gap) / max(1, own)
    return Pace([at / SECOND_MS for at in calls], each / SECOND_MS, knots)


def forecasts(
    lived: Lived, plan: Plan, usual: Usual, knots: tuple[Knot, ...] = PRESUMED
) -> Iterator[Forecast]:
    """One for each stint, in the order in which they began; none for a pool nobody serves."""
    hall = _Hall(lived, plan)
    for at, stint in hall.arrivals():
        joins = lived.stints[stint]
        pool = plan.pool_of[joins.service_id]
        calls = outlook(at, hall.lines, hall.desks, plan, usual, pool).get(pool)
        if calls is not None:
            ahead = hall.ahead(pool, joins.queue_at)
            yield Forecast(stint, ahead, pace_of(pool, calls, plan, usual, knots))


def came_true(stints: Sequence[Stint], made: Sequence[Forecast]) -> list[CameTrue]:
    """Forecasts for first steps that were called, with the waits that followed."""
    found = []
    for one in made:
        stint = stints[one.stint]
        if stint.first and stint.called_at is not None:
            waited_s = (stint.called_at - stint.issued_at) / SECOND_MS
            found.append(CameTrue(foreseen_s(one.ahead, one.pace), waited_s))
    return found


class Teller:
    """Tells the waits of one day after another, each with what the days before have taught."""

    def __init__(self, standard_ms: Mapping[int, int]) -> None:
        self._standard_ms = standard_ms
        self._days: deque[tuple[date, Took, list[CameTrue]]] = deque()

    def tell(self, day: date, lived: Lived, plan: Plan) -> dict[int, Wait]:
        """The wait told to each stint, by its number; days must ascend."""
        while self._days and self._days[0][0] < day - REMEMBERED:
            self._days.popleft()
        usual = usual_of([took for _, took, _ in self._days], self._standard_ms)
        knots = knots_of([one for *_, known in self._days for one in known])
        made = list(forecasts(lived, plan, usual, knots))
        self._days.append((day, took_on(lived), came_true(lived.stints, made)))
        return {one.stint: wait_for(one.ahead, one.pace) for one in made}


class _Hall:
    """Who waits and what each counter does, moved through a day."""

    def __init__(self, lived: Lived, plan: Plan) -> None:
        self._lived, self._plan = lived, plan
        self.lines: dict[int, list[int]] = {service_id: [] for service_id in plan.pool_of}
        self.desks = {counter_id: Desk() for counter_id in plan.places}
        self._there: dict[int, int] = {}  # whose visit each counter has
        self._changes = [one for one in _noted(lived) if one.counter_id in self.desks]

    def arrivals(self) -> Iterator[tuple[int, int]]:
        """Each moment at which a stint joins a line, and its number; it has not joined yet."""
        for at, what, which in sorted(self._moments()):
            if what == _JOINS:
                yield at, which
                stint = self._lived.stints[which]
                insort(self.lines[stint.service_id], stint.queue_at)
            elif what == _LEAVES:
                stint = self._lived.stints[which]
                line = self.lines[stint.service_id]
                del line[bisect_left(line, stint.queue_at)]
            else:
                self._at_desk(at, what, which)

    def ahead(self, pool: str, queue_at: int) -> int:
        lines = (line for s, line in self.lines.items() if self._plan.pool_of[s] == pool)
        return sum(bisect_right(line, queue_at) for line in lines)

    def _moments(self) -> Iterator[tuple[int, int, int]]:
        """When, what, and the number of the stint or of the change."""
        for which, stint in enumerate(self._lived.stints):
            if stint.service_id not in self.lines:
                continue
            yield stint.issued_at, _JOINS, which
            later = stint.issued_at + 1  # who is called at once did wait for a moment
            left_at = stint.called_at or stint.ended_at
            if left_at is not None:
                yield max(left_at, later), _LEAVES, which
            there_at, ended_at = stint.there_at, stint.ended_at
            if stint.counter_id in self.desks and there_at is not None and ended_at is not None:
                yield max(there_at, later), _COMES, which
                yield max(ended_at, there_at + 1, later + 1), _GOES, which
        for which, change in enumerate(self._changes):
            yield change.at, _CHANGES, which

    def _at_desk(self, at: int, what: int, which: int) -> None:
        if what == _CHANGES:
            change = self._changes[which]
            desk = self.desks[change.counter_id]
            desk.state, desk.since = change.state, at
            return
        stint = self._lived.stints[which]
        counter_id = stint.counter_id or 0
        desk = self.desks[counter_id]
        if what == _COMES:
            desk.service_id, desk.visit_since = stint.service_id, at
            self._there[counter_id] = which
        elif self._there.get(counter_id) == which:
            desk.service_id, desk.free_since = None, at


def _noted(lived: Lived) -> list[Change]:
    """Who opened and closed when: as written down, else by the first call and the last end."""
    if lived.changes:
        return list(lived.changes)
    told = []
    for counter_id, visits in visits_at(lived.stints).items():
        last = max(visit.until for visit in visits)
        told += [Change(counter_id, visits[0].since, "open"), Change(counter_id, last, "closed")]
    return told
