"""When each counter was there on a past day, told from its calls.

A counter that leaves somebody waiting is busy with papers, or away: up to `AWAY_MS` it is papers
and goes with the visit before, longer is an absence of that hour. Where nobody waited, the time
until the call is how long the officer took to notice.
"""

from bisect import bisect
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median_low

from server.domain.past import Habits, Round, Seat, Shift

AWAY_MS = 10 * 60_000
USUAL_NOTICE_MS = 30_000
Penalties = Mapping[int, Mapping[int, int]]  # seconds, by counter and service
Spans = list[tuple[int, int]]


@dataclass(slots=True)
class Seen:
    """What the calls of a month tell about one counter's ways (ms).

    `unknown`: rounds whose papers no call told of, with what they took at most. `mornings`: shifts
    whose beginning no call told of, with their first call.
    """

    notices: list[int] = field(default_factory=list)
    helped_after: list[int] = field(default_factory=list)
    papers: list[int] = field(default_factory=list)
    late: list[int] = field(default_factory=list)
    unknown: list[tuple[Round, int]] = field(default_factory=list)
    mornings: list[tuple[Shift, int]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Hours:
    """A day's first and last moment at the counters (Unix ms).

    `rest`: the office's lunch, by counter that may take it.
    """

    opens: int
    ends: int
    rest: Mapping[int, tuple[int, int]] = field(default_factory=dict)


def shifts_of(
    seats: Sequence[Seat],
    waits: Sequence[tuple[int, int, int]],
    noted: Mapping[int, Spans],
    penalties: Penalties,
    hours: Hours,
    seen: dict[int, Seen],
) -> dict[int, Shift]:
    """The shifts of a day by counter; fills in `notice_ms` and `after_ms` of its rounds.

    `seats` of one day; `waits`: (service, since, until); `noted`: absences that were written down,
    by counter.
    """
    lines = _Lines(waits)
    told = {
        counter_id: _Counter(
            Shift(hours.opens, hours.ends, list(noted.get(counter_id, []))),
            seen.setdefault(counter_id, Seen()),
            penalties.get(counter_id, {}),
            lines,
        )
        for counter_id in {seat.counter_id for seat in seats} | (set(noted) & set(penalties))
    }
    for seat in sorted(seats, key=lambda seat: seat.since):
        told[seat.counter_id].enter(seat)
    for counter_id, counter in told.items():
        counter.over(hours.rest.get(counter_id))
    return {counter_id: counter.shift for counter_id, counter in told.items()}


class _Counter:
    """One counter's day, told call by call."""

    def __init__(self, shift: Shift, seen: Seen, takes: Mapping[int, int], lines: "_Lines") -> None:
        self.shift, self._seen, self._takes, self._lines = shift, seen, takes, lines
        least = min(takes.values(), default=0)
        self._own = [service_id for service_id, s in takes.items() if s == least]
        self._least = least
        self._free: int | None = None
        self._last: Round | None = None
        self._calls: list[int] = []

    def enter(self, seat: Seat) -> None:
        if self._free is None:
            self.shift.opens_at = min(self.shift.opens_at, seat.since)
        if seat.round is not None:
            self._enter_call(seat, seat.round)
            self._calls.append(seat.since)
        self._last = seat.round
        self._free = max(self._free or 0, seat.until)

    def _enter_call(self, seat: Seat, round_: Round) -> None:
        """The time from when this call could have been made to when it was."""
        free = self.shift.opens_at if self._free is None else self._free
        first = min(seat.waited_since, self._lines.first_since(self._own, seat.since))
        ready = max(free, first)
        gap = max(0, seat.since - ready - _within(self.shift.away, ready, seat.since))
        vain = self._lines.in_vain(self._takes, self._least, free, ready)
        self.shift.away += vain
        if gap > AWAY_MS:
            self.shift.away.append((ready, seat.since))
        elif first > free:
            round_.notice_ms = gap
            helps = self._takes.get(seat.service_id, self._least) > self._least
            (self._seen.helped_after if helps else self._seen.notices).append(gap)
            if self._free is None:
                self._seen.mornings.append((self.shift, seat.since))
        elif self._free is None:
            self._seen.late.append(gap)
            self.shift.away.append((ready, seat.since))
        elif self._last is not None:
            self._last.after_ms = gap
            self._seen.papers.append(gap)
            return
        if self._last is not None:
            self._seen.unknown.append((self._last, max(0, seat.since - free)))

    def over(self, rest: tuple[int, int] | None) -> None:
        """Nobody was called any more: when did it go home, and was it at lunch?"""
        shift = self.shift
        if rest is not None and not any(rest[0] <= at < rest[1] for at in self._calls):
            shift.away.append(rest)
        shift.away.sort()
        free = shift.opens_at if self._free is None else self._free
        vain = self._lines.in_vain(self._takes, self._least, free, shift.closes_at)
        shift.closes_at = min((since for since, _ in vain), default=shift.closes_at)


def habits_of(seen: Mapping[int, Seen]) -> dict[int, Habits]:
    """Each counter's usual ways; fills in the papers and mornings that no call told of."""
    everyone = _middle([gap for ways in seen.values() for gap in ways.papers], 0)
    late = _middle([gap for ways in seen.values() for gap in ways.late], 0)
    found = {}
    for counter_id, ways in seen.items():
        papers = _middle(ways.papers, everyone)
        for round_, most in ways.unknown:
            round_.after_ms = min(papers, most)
        for shift, first_call in ways.mornings:
            shift.opens_at = min(shift.opens_at + late, max(shift.opens_at, first_call))
        helped = _middle(ways.helped_after, -1)
        found[counter_id] = Habits(
            notice_ms=_middle(ways.notices, USUAL_NOTICE_MS),
            helps_after_ms=None if helped < 0 else helped,
            after_ms=papers,
        )
    return found


def absences(noted: Iterable[tuple[int, str]], first: int, last: int) -> Spans:
    """Spans in which a counter was not open, from its notes (Unix ms, state) of one day."""
    spans: Spans = []
    gone: int | None = None
    for n, (at, state) in enumerate(noted):
        if n == 0 and state == "open":
            gone = first
        if state == "open" and gone is not None:
            spans.append((gone, at))
            gone = None
        elif state != "open" and gone is None:
            gone = at
    if gone is not None:
        spans.append((gone, last))
    return spans


class _Lines:
    """The lines of a day, looked at from call to call in order of time."""

    def __init__(self, waits: Sequence[tuple[int, int, int]]) -> None:
        self._coming = sorted(waits, key=lambda wait: wait[1])
        self._next = 0
        self._open: dict[int, list[tuple[int, int]]] = {}  # by service: since and until
        self._long: dict[int, list[tuple[int, int]]] = {}  # by service: until and since
        for service_id, since, until in self._coming:
            if until - since > AWAY_MS:
                self._long.setdefault(service_id, []).append((until, since))
        for waits_of_one in self._long.values():
            waits_of_one.sort()
        self._most = max((until - since for _, since, until in waits), default=0)

    def first_since(self, own: Iterable[int], at: int) -> int:
        """Since when somebody has been waiting for these services; `at` where nobody has.

        Asked in order of time.
        """
        while self._next < len(self._coming) and self._coming[self._next][1] <= at:
            service_id, since, until = self._coming[self._next]
            self._open.setdefault(service_id, []).append((since, until))
            self._next += 1
        found = at
        for service_id in own:
            there = self._open.get(service_id, [])
            there[:] = [wait for wait in there if wait[1] >= at]
            if there:
                found = min(found, there[0][0])
        return found

    def in_vain(self, takes: Mapping[int, int], least: int, free: int, until: int) -> Spans:
        """When somebody waited in vain for a counter that should have been free, up to `until`.

        A counter that helps with a service after its penalty was not missed before that.
        """
        found: Spans = []
        for service_id, penalty_s in takes.items():
            long = self._long.get(service_id, [])
            for called, since in long[bisect(long, (free + AWAY_MS, 0)) :]:
                if called - self._most >= until:
                    break
                missed = max(free, since + (penalty_s - least) * 1000)
                if min(called, until) - missed > AWAY_MS:
                    found.append((missed, min(called, until)))
        return found


def _within(spans: Spans, since: int, until: int) -> int:
    return sum(max(0, min(until, b) - max(since, a)) for a, b in spans)


def _middle(values: list[int], otherwise: int) -> int:
    return median_low(values) if values else otherwise
