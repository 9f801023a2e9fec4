"""Days that are over, as their rows tell them, and what they teach about usual times."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import fmean
from typing import NamedTuple

from server.domain.outlook import GAP_MS, Usual

FEWEST = 5  # visits of a service before their times are believed rather than the standard
FEWEST_GAPS = 20
LONGEST_GAP_MS = 10 * 60_000  # longer is an absence, not papers


class Stint(NamedTuple):
    """One step: its wait and its visit. Times are Unix ms.

    `first`: the visit's first step. `called_at`: first called; None: never. `there_at`: since when
    it was where it ended: `called_at`, or later for one who came back.
    """

    service_id: int
    queue_at: int
    issued_at: int
    called_at: int | None
    there_at: int | None
    ended_at: int | None
    counter_id: int | None
    first: bool
    served: bool


class Change(NamedTuple):
    """A counter opened, paused or closed at `at` (Unix ms)."""

    counter_id: int
    at: int
    state: str


class Visit(NamedTuple):
    """What a counter had to do, from when to when (Unix ms)."""

    since: int
    until: int
    stint: Stint


@dataclass(frozen=True, slots=True)
class Lived:
    """One day. Without `changes` counters were open from their first call to their last."""

    stints: Sequence[Stint]
    changes: Sequence[Change] = ()


@dataclass(slots=True)
class Took:
    """What a day's visits took (ms): `visits` by service, `gaps` from an end to the next call."""

    visits: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    gaps: list[int] = field(default_factory=list)
    counters: set[int] = field(default_factory=set)


def visits_at(stints: Sequence[Stint]) -> dict[int, list[Visit]]:
    """What each counter did, by its id, in order."""
    found: dict[int, list[Visit]] = defaultdict(list)
    for stint in stints:
        if stint.counter_id and stint.there_at is not None and stint.ended_at is not None:
            found[stint.counter_id].append(Visit(stint.there_at, stint.ended_at, stint))
    for visits in found.values():
        visits.sort(key=lambda visit: visit.since)
    return found


def took_on(lived: Lived) -> Took:
    took = Took()
    for counter_id, visits in visits_at(lived.stints).items():
        took.counters.add(counter_id)
        for visit in visits:
            if visit.stint.served:
                took.visits[visit.stint.service_id].append(visit.until - visit.since)
        for before, after in pairwise(visits):
            gap, waited = after.since - before.until, after.stint.issued_at < before.until
            if waited and 0 <= gap < LONGEST_GAP_MS:
                took.gaps.append(gap)
    return took


def usual_of(days: Sequence[Took], standard_ms: Mapping[int, int]) -> Usual:
    """`days`: the last ones, oldest first. `standard_ms`: of every service, until visits tell."""
    took = dict(standard_ms)
    for service_id in took:
        seen = [ms for day in days for ms in day.visits.get(service_id, ())]
        if len(seen) >= FEWEST:
            took[service_id] = round(fmean(seen))
    gaps = [ms for day in days for ms in day.gaps]
    gap = round(fmean(gaps)) if len(gaps) >= FEWEST_GAPS else GAP_MS
    return Usual(took, gap, frozenset(days[-1].counters) if days else None)
