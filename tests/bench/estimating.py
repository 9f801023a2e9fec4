"""How true the waits are that are told, on simulated days that nothing was tuned on.

Beside them, told at the same moments, what other systems tell: the average of today's waits so
far, and the length of the queue times the mean time at the counter.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import islice
from statistics import fmean

from server.domain.chronicle import Chronicle, lived
from server.domain.daybook import Day
from server.domain.estimate import Wait
from server.domain.hall import Hall
from server.domain.hours import is_working_day
from server.domain.lived import took_on
from server.domain.simulate import simulated_day
from server.domain.ticket import Step
from tests.simulated import file, hall_of

SEED, FIRST = 2570, date(2027, 6, 1)  # not those with which anything was tuned
LEARNING, HELD_OUT = 10, 60  # working days
LOADS = {65: "demo load", 72: "110 % of it", 165: "40,000 visits a year"}  # visits a day
SECOND_MS, MINUTE_S = 1000, 60


@dataclass
class Judged:
    """Waits in seconds of first steps that were called: how the told ones met the real ones."""

    within: list[bool] = field(default_factory=list)
    waited: list[float] = field(default_factory=list)
    errors: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    @property
    def share_within(self) -> float:
        return fmean(self.within)

    def mean_error_s(self, of: str = "told") -> float:
        return fmean(self.errors[of])


def judged(visits_a_day: int, days: int = HELD_OUT, seed: int = SEED) -> Judged:
    """What is told on `days` working days, after those from which the first of them has learnt."""
    hall = hall_of(file())
    chronicle, found, plain = Chronicle(hall), Judged(), Plain(hall)
    for nth, day in enumerate(islice(_days(hall, seed, visits_a_day), LEARNING + days)):
        told = chronicle.tell(day)
        if nth >= LEARNING:
            _judge(found, day, told, plain)
        plain.learn(day)
    return found


def _days(hall: Hall, seed: int, visits_a_day: int) -> Iterator[Day]:
    dates = (FIRST + timedelta(days=n) for n in range(1000))
    for day in dates:
        if is_working_day(hall.settings, day):
            yield simulated_day(hall, day, seed, visits_a_day).day


def _judge(found: Judged, day: Day, told: Mapping[int, Wait], plain: "Plain") -> None:
    plain.begin(day)
    for ticket in day.tickets:
        step = ticket.steps[0]
        if step.first_called_at is None:
            continue
        wait, waited = told[step.id], (step.first_called_at - ticket.issued_at) / SECOND_MS
        found.waited.append(waited)
        found.within.append(wait.low_s <= waited <= wait.high_s)
        guesses = {"told": float(wait.likely_s), **plain.guesses(step, ticket.issued_at)}
        for name, guess in guesses.items():
            found.errors[name].append(abs(guess - waited))


class Plain:
    """The estimates of others, as well as they can be made.

    `average`: of all waits that ended today in a call, `pool's average`: in this pool; without
    any, that of the days before. `queue`: those ahead in the pool times the mean time from call
    to end there on the days before; `shared`: by the counters at work that take the pool.
    `… from opening`: with the time until the office opens.
    """

    def __init__(self, hall: Hall) -> None:
        self._hall = hall
        self._pool_of = {service.id: service.prefix for service in hall.services}
        self._takes = {c.id: {self._pool_of[s] for s in c.penalties} for c in hall.counters}
        self._took: dict[str, list[float]] = defaultdict(list)
        self._waits: list[float] = [0.0]
        self._day: Day

    def learn(self, day: Day) -> None:
        for service_id, took in took_on(lived(day)).visits.items():
            self._took[self._pool_of[service_id]] += [ms / SECOND_MS for ms in took]
        steps = (ticket.steps[0] for ticket in day.tickets)
        self._waits += [_waited(step) for step in steps if step.first_called_at is not None]

    def begin(self, day: Day) -> None:
        self._day = day
        self._steps = [s for ticket in day.tickets for s in ticket.steps if s.issued_at]
        calls = [t.steps[0] for t in day.tickets if t.steps[0].first_called_at is not None]
        self._calls = sorted(calls, key=lambda step: step.first_called_at or 0)
        self._called_at = [step.first_called_at or 0 for step in self._calls]

    def guesses(self, step: Step, at: int) -> dict[str, float]:
        pool = self._pool_of[step.service_id]
        today = self._calls[: bisect_right(self._called_at, at)]
        office = [_waited(one) for one in today] or self._waits
        mine = [_waited(one) for one in today if self._pool_of[one.service_id] == pool]
        ahead = sum(self._is_before(one, step, pool, at) for one in self._steps)
        queue = ahead * fmean(self._took[pool])
        shared = queue / max(1, self._at_work(pool, at))
        opens = self._hall.at(self._day.date, self._hall.settings.hours.open)
        closed = max(0, opens - at) / SECOND_MS
        return {
            "average": fmean(office),
            "pool's average": fmean(mine or office),
            "queue": queue,
            "queue from opening": queue + closed,
            "shared": shared,
            "shared from opening": shared + closed,
        }

    def _is_before(self, one: Step, step: Step, pool: str, at: int) -> bool:
        if self._pool_of[one.service_id] != pool or one.id == step.id:
            return False
        left_at = one.first_called_at or one.ended_at or at
        return (one.issued_at or 0) <= at < left_at and one.queue_at <= step.queue_at

    def _at_work(self, pool: str, at: int) -> int:
        states = {one.counter_id: one.state for one in self._day.sittings if one.at <= at}
        return sum(state == "open" and pool in self._takes[c] for c, state in states.items())


def _waited(step: Step) -> float:
    return ((step.first_called_at or 0) - (step.issued_at or 0)) / SECOND_MS


def measure() -> list[tuple[str, str, str, str]]:
    """Rows of the table: what, told, the other estimate, ratio."""
    rows = []
    for visits_a_day, words in LOADS.items():
        found = judged(visits_a_day)
        within = f"{100 * found.share_within:.1f}"
        rows.append((f"waits told, {words}: within the interval (%)", within, "80", ""))
        mine = found.mean_error_s() / MINUTE_S
        for name in [name for name in found.errors if name != "told"]:
            other = found.mean_error_s(name) / MINUTE_S
            what = f"mean error of the likely wait, {words}: beside {name} (min)"
            rows.append((what, f"{mine:.1f}", f"{other:.1f}", f"{mine / other:.2f}"))
    return rows
