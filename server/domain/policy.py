"""What other head starts and penalties would have done to a month that is over."""

import re
from bisect import insort
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from server.domain.figures import percentile
from server.domain.hall import Hall
from server.domain.order import Priority
from server.domain.past import PastMonth, Stay
from server.domain.replay import replay
from server.domain.thai import BE_AHEAD, Period
from server.domain.ticket import Outcome

MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")
BUDDHIST_FROM = 2400  # a year from here on is one of the Buddhist era
LIKE_IT_WAS_S = 60  # a replay this near to the records, or this share of them, is a good one
LIKE_IT_WAS = 0.15
_Counted = tuple[Stay, tuple[int, int] | None]  # a wait; whose it is, where it was passed over


@dataclass(frozen=True, slots=True)
class Tried:
    """What differs from today's settings: minutes by priority, seconds by counter and service."""

    head_starts: Mapping[Priority, int] = field(default_factory=dict)
    penalties: Mapping[tuple[int, int], int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Waits:
    """The waits of some steps: whole or interpolated seconds; None where nobody was called.

    `passed`: visitors whom a counter passed over for somebody who came later. `left`: those who
    went, or were sent home at the end of the day, without a call.
    """

    called: int
    mean_s: float | None
    p50_s: float | None
    p90_s: float | None
    worst_s: int | None
    passed: int
    left: int


@dataclass(frozen=True, slots=True)
class Side:
    """One telling of the month: all waits, and those by priority and by service."""

    every: Waits
    by_priority: Mapping[Priority, Waits]
    by_service: Mapping[int, Waits]


@dataclass(frozen=True, slots=True)
class Comparison:
    """`really`: the records; `before`: the replay under today's settings; `after`: as tried."""

    days: int
    visits: int
    really: Side
    before: Side
    after: Side

    @property
    def is_like_it_was(self) -> bool:
        """Whether the replay comes near enough to the records to trust its level."""
        pairs = (
            (self.really.every.p50_s, self.before.every.p50_s),
            (self.really.every.p90_s, self.before.every.p90_s),
        )
        return all(
            real is not None
            and again is not None
            and abs(real - again) <= max(LIKE_IT_WAS_S, LIKE_IT_WAS * real)
            for real, again in pairs
        )

    def change_s(self, priority: Priority) -> float | None:
        """By how much the mean wait of a priority would grow; None where nobody was called."""
        waits = [side.by_priority.get(priority) for side in (self.before, self.after)]
        before, after = (one.mean_s if one else None for one in waits)
        return None if before is None or after is None else after - before


def month_of(text: str) -> Period:
    """The dates of 2569-03 or 2026-03. Raises `ValueError` for text that names no month."""
    found = MONTH.fullmatch(text)
    if found is None:
        raise ValueError(text)
    year = int(found[1]) - (BE_AHEAD if int(found[1]) >= BUDDHIST_FROM else 0)
    first = date(year, int(found[2]), 1)
    return Period(first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1))


def month_key(period: Period) -> str:
    """The Buddhist 2569-03 of March 2026."""
    return f"{period.first.year + BE_AHEAD}-{period.first.month:02}"


def compare(hall: Hall, month: PastMonth, tried: Tried) -> Comparison:
    """Replays the month twice: as the settings are, and as they are tried.

    The tried minutes are the office's: a service that has minutes of its own keeps them.
    """
    takes = {counter.id: counter.penalties for counter in hall.counters}
    other = with_tried(hall, tried)
    before = [replay(hall, day, month) for day in month.days]
    after = [replay(other, day, month) for day in month.days]
    return Comparison(
        days=len(month.days),
        visits=sum(len(day.visits) for day in month.days),
        really=side_of([day.stays for day in month.days], takes),
        before=side_of(before, takes),
        after=side_of(after, takes),
    )


def with_tried(hall: Hall, tried: Tried) -> Hall:
    """The same hall under the tried settings."""
    rules = hall.settings.settings
    minutes = {**rules.priority_head_start_minutes, **tried.head_starts}
    rules = rules.model_copy(update={"priority_head_start_minutes": minutes})
    counters = tuple(
        replace(
            counter,
            penalties={
                service_id: tried.penalties.get((counter.id, service_id), penalty_s)
                for service_id, penalty_s in counter.penalties.items()
            },
        )
        for counter in hall.counters
    )
    settings = hall.settings.model_copy(update={"settings": rules})
    return replace(hall, settings=settings, counters=counters)


def side_of(days: Sequence[Sequence[Stay]], takes: Mapping[int, Iterable[int]]) -> Side:
    """The figures of some days' waits. `takes`: the services of each counter."""
    counted: list[_Counted] = []
    for number, day in enumerate(days):
        over = _passed_over(day, takes)
        counted += [
            (stay, (number, stay.visit) if at in over else None)
            for at, stay in enumerate(day)
            if stay.outcome is not Outcome.ISSUED_IN_ERROR
        ]
    priorities: dict[Priority, list[_Counted]] = defaultdict(list)
    services: dict[int, list[_Counted]] = defaultdict(list)
    for one in counted:
        priorities[one[0].priority].append(one)
        services[one[0].service_id].append(one)
    return Side(
        every=_waits(counted),
        by_priority={one: _waits(priorities[one]) for one in Priority if one in priorities},
        by_service={one: _waits(stays) for one, stays in services.items()},
    )


def _waits(counted: Sequence[_Counted]) -> Waits:
    called = sorted(
        max(0, stay.until - stay.since) // 1000
        for stay, _ in counted
        if stay.counter_id is not None
    )
    return Waits(
        called=len(called),
        mean_s=sum(called) / len(called) if called else None,
        p50_s=percentile(called, 50),
        p90_s=percentile(called, 90),
        worst_s=called[-1] if called else None,
        passed=len({whose for _, whose in counted if whose is not None}),
        left=len(counted) - len(called),
    )


def _passed_over(day: Sequence[Stay], takes: Mapping[int, Iterable[int]]) -> set[int]:
    """Which waits of a day (by place in it) saw a counter call somebody who came later.

    Only a counter that could have called them instead passes them over.
    """
    comes = sorted(range(len(day)), key=lambda at: day[at].since)
    ends = sorted(range(len(day)), key=lambda at: (day[at].until, at))
    lines: dict[int, list[tuple[int, int]]] = defaultdict(list)  # by service: arrival and place
    over: set[int] = set()
    come = 0
    for at in ends:
        stay = day[at]
        while come < len(comes) and day[comes[come]].since <= stay.until:
            other = comes[come]
            insort(lines[day[other].service_id], (day[other].arrived_at, other))
            come += 1
        lines[stay.service_id].remove((stay.arrived_at, at))
        if stay.counter_id is None:
            continue
        for service_id in takes.get(stay.counter_id, ()):
            for arrived_at, other in lines[service_id]:
                if arrived_at >= stay.arrived_at:
                    break
                over.add(other)
    return over
