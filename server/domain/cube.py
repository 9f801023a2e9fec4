"""All that was said in a period, by service, channel, month and counter, and what is shown of it.

Every number that any page shows of one period is one cell of one cube, and which of them stay
hidden is settled for all at once: services by channels, services by months, divisions, counters.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from server.domain.figures import ALL, Service
from server.domain.satisfaction import (
    NOWHERE,
    Scores,
    WithFlagged,
    level_of,
    mean_of,
    sd_of,
    top_two,
    wilson,
)
from server.domain.suppression import Sum, hidden_among


class Tally(NamedTuple):
    """So many respondents (`n`) gave this sum over so many items of one aspect."""

    service_id: int | None
    channel: str
    counter_id: int | None
    month: str  # 2026-03
    aspect: str
    flagged: bool
    sum: int
    items: int
    n: int


class Cell(NamedTuple):
    """What is counted together; `all` where it is not told apart. `division`: its id as text."""

    service: str = ALL
    channel: str = ALL
    month: str = ALL
    counter: str = ALL
    division: str = ALL


@dataclass(frozen=True, slots=True)
class Figure:
    """What so many respondents said. Nobody: `n` is 0 and the rest None; suppressed: all None.

    `percent` 0–100; `top2` and its interval 0–1; `level` 5 (best) to 1. `flagged` are left out of
    all but `with_flagged`, which is None where it would tell of too few.
    """

    n: int | None
    mean: float | None = None
    sd: float | None = None
    percent: float | None = None
    top2: float | None = None
    top2_low: float | None = None
    top2_high: float | None = None
    level: int | None = None
    flagged: int | None = None
    suppressed: bool = False
    with_flagged: WithFlagged | None = None


HIDDEN = Figure(None, suppressed=True)


class Cube:
    """One period. `divisions`: the services' codes by division.

    `thresholds`: the fewest people that each circle of readers may see, the innermost first; what
    one circle does not see, no wider one does. The figures are those for the last.
    """

    def __init__(
        self,
        services: Sequence[Service],
        tallies: Iterable[Tally],
        bands: Sequence[float],
        thresholds: Sequence[int],
        divisions: Mapping[str, Collection[str]] | None = None,
    ) -> None:
        codes: dict[int | None, str] = {service.id: service.code for service in services}
        self.services = [service.code for service in services]
        self._bands, self._thresholds = bands, tuple(thresholds)
        self.threshold = self._thresholds[-1]
        self._division = {
            code: name for name, members in (divisions or {}).items() for code in members
        }
        self._scores: dict[tuple[str, bool], dict[Cell, Scores]] = defaultdict(
            lambda: defaultdict(Counter)
        )
        for tally in tallies:
            code = codes.get(tally.service_id, NOWHERE)
            scores = self._scores[tally.aspect, tally.flagged]
            for cell in self._cells(code, tally):
                scores[cell][tally.sum, tally.items] += tally.n
        self._hidden: dict[tuple[str, bool], set[Cell]] = {}

    def _cells(self, code: str, tally: Tally) -> Iterable[Cell]:
        counter = NOWHERE if tally.counter_id is None else str(tally.counter_id)
        yield Cell()
        yield Cell(service=code)
        yield Cell(channel=tally.channel)
        yield Cell(month=tally.month)
        yield Cell(counter=counter)
        yield Cell(service=code, channel=tally.channel)
        yield Cell(service=code, month=tally.month)
        yield Cell(service=code, counter=counter)
        yield Cell(division=self._division.get(code, NOWHERE))

    @cached_property
    def aspects(self) -> list[str]:
        return sorted({aspect for aspect, flagged in self._scores if not flagged})

    def values(self, name: str) -> list[str]:
        """All channels, months or counters that anything came from."""
        found = {getattr(cell, name) for cells in self._scores.values() for cell in cells}
        return sorted(found - {ALL, NOWHERE})

    def answered(self, aspect: str) -> list[Cell]:
        """The services and channels, apart and together, of which somebody counts; also who named
        no service."""
        return [
            cell for cell in self._scores[aspect, False] if cell == Cell(cell.service, cell.channel)
        ]

    def figure(self, cell: Cell, aspect: str) -> Figure:
        """The figure of one cell, or that it is hidden."""
        return HIDDEN if cell in self.hidden(aspect, flagged=False) else self.unhidden(cell, aspect)

    def unhidden(self, cell: Cell, aspect: str) -> Figure:
        """The figure as it is: for whoever sees to its hiding."""
        scores = self._scores[aspect, False].get(cell)
        flagged = self._scores[aspect, True].get(cell, Counter())
        if not scores:
            return Figure(0, flagged=flagged.total())
        n, mean, top = scores.total(), mean_of(scores), top_two(scores)
        low, high = wilson(top, n)
        return Figure(
            n=n,
            mean=float(mean),
            sd=sd_of(scores),
            percent=float(mean * 20),
            top2=top / n,
            top2_low=low,
            top2_high=high,
            level=level_of(mean, self._bands),
            flagged=flagged.total(),
            with_flagged=self._with_flagged(cell, aspect, scores, flagged),
        )

    def _with_flagged(
        self, cell: Cell, aspect: str, scores: Scores, flagged: Scores
    ) -> WithFlagged | None:
        # The two figures' difference is what the flagged ones said.
        if cell in self.hidden(aspect, flagged=True):
            return None
        every = scores + flagged
        n, top = every.total(), top_two(every)
        return WithFlagged(n, float(mean_of(every) * 20), top / n, *wilson(top, n))

    def hidden(self, aspect: str, *, flagged: bool) -> set[Cell]:
        """Settled once for all cells of an aspect."""
        if (aspect, flagged) not in self._hidden:
            counts = self.counts(aspect, flagged=flagged)
            sums, unseen, found = self.sums(counts), unseen_of(counts), set[Cell]()
            for threshold in self._thresholds:
                found = hidden_among(counts, sums, threshold, unseen=unseen, beside=found)
            self._hidden[aspect, flagged] = found
        return self._hidden[aspect, flagged]

    def counts(self, aspect: str, *, flagged: bool = False) -> dict[Cell, int]:
        """How many people are behind each number, hidden or not: never to be shown."""
        return {cell: found.total() for cell, found in self._scores[aspect, flagged].items()}

    def sums(self, cells: Collection[Cell]) -> list[Sum[Cell]]:
        """Which of these numbers add up to which."""
        return sums_of(cells, self._division)


def circles(inside: int, below: int) -> tuple[int, ...]:
    """The thresholds of a cube for readers who may see `below` people: whoever works `inside`
    reads what is public too."""
    return (inside, below) if below > inside else (below,)


def codes_by_division(
    services: Iterable[Service], divisions: Mapping[int, Collection[int]]
) -> dict[str, frozenset[str]]:
    """The services' codes by their division's id as text, from ids by ids."""
    codes = {service.id: service.code for service in services}
    return {str(name): frozenset(codes[one] for one in ids) for name, ids in divisions.items()}


def unseen_of(cells: Iterable[Cell]) -> set[Cell]:
    """What no page shows: services by counters. Who named no service or counter is a number like
    any other: whoever subtracts the others from the total has it."""
    return {cell for cell in cells if ALL not in (cell.service, cell.counter)}


def sums_of(cells: Collection[Cell], division: Mapping[str, str]) -> list[Sum[Cell]]:
    """Every total among these cells with its parts. `division`: of each service, by its code."""
    parts: dict[tuple[Cell, str], list[Cell]] = defaultdict(list)
    for cell in cells:
        if cell.service == ALL:
            continue
        total = Cell(service=cell.service)
        if cell == total:
            parts[Cell(), "service"].append(cell)
            parts[Cell(division=division.get(cell.service, NOWHERE)), "service"].append(cell)
        for kind in ("channel", "month", "counter"):
            if getattr(cell, kind) != ALL:
                parts[total, kind].append(cell)
                parts[cell._replace(service=ALL), "service"].append(cell)
    return [Sum(total, tuple(found)) for (total, _), found in parts.items()]
