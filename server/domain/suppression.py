"""Which numbers stay hidden, so that nobody's answer can be worked out from the rest.

A number is hidden when it counts too few people. Others are hidden with it where it would follow
from those that are shown, by any adding and subtracting: totals are numbers like any other, and
several tables may share them (months beside channels, say).
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from fractions import Fraction
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
Line = dict[int, int | Fraction]  # column → factor, without zeros


@dataclass(frozen=True, slots=True)
class Sum(Generic[K]):
    """`total` is what all `parts` count together."""

    total: K
    parts: tuple[K, ...]


def hidden_among(
    counts: Mapping[K, int],
    sums: Sequence[Sum[K]],
    threshold: int,
    *,
    unseen: AbstractSet[K] = frozenset(),
    beside: AbstractSet[K] = frozenset(),
) -> set[K]:
    """The keys to hide: those that count under `threshold`, `beside`, and what protects them.

    `counts`: people, at least 1 each. `unseen` numbers are in sums and shown nowhere. A hidden
    number follows from the rest exactly when its unit vector lies in the row space of the sums
    taken over hidden numbers only (complementary suppression as in Cox 1980, by linear algebra).
    What gives it away is a combination of sums, and the smallest shown number in that hides too,
    until none follows.
    """
    hidden = {key for key, n in counts.items() if n < threshold} | beside | unseen
    system = _System(counts, sums, unseen)
    while more := system.to_hide(hidden):
        hidden |= more
    return hidden - unseen


def follows(counts: Mapping[K, int], sums: Sequence[Sum[K]], hidden: AbstractSet[K]) -> set[K]:
    """Those of `hidden` that anybody can work out from the sums and from all that is not hidden."""
    system = _System(counts, sums, frozenset())
    return {key for key, _ in system.formulas(hidden)}


class _System(Generic[K]):
    def __init__(
        self, counts: Mapping[K, int], sums: Sequence[Sum[K]], unseen: AbstractSet[K]
    ) -> None:
        self._keys = list(counts)
        self._column = {key: column for column, key in enumerate(self._keys)}
        self._counts, self._unseen = counts, unseen
        self._lines: list[Line] = [
            {**{self._column[part]: 1 for part in one.parts}, self._column[one.total]: -1}
            for one in sums
            if one.parts != (one.total,)
        ]

    def to_hide(self, hidden: AbstractSet[K]) -> set[K]:
        """One more number for each that follows, unless another's protects it too."""
        more: set[K] = set()
        for key, used in self.formulas(hidden):
            if key in self._unseen:
                continue
            shown = [self._keys[column] for column in used if self._keys[column] not in hidden]
            if shown and more.isdisjoint(shown):
                more.add(min(shown, key=lambda one: (self._counts[one], self._column[one])))
        return more

    def formulas(self, hidden: AbstractSet[K]) -> Iterable[tuple[K, Line]]:
        """Each hidden number that follows, with all numbers of the sum that gives it away."""
        for unknown, whole in self._reduced(hidden):
            if len(unknown) == 1:
                yield self._keys[next(iter(unknown))], whole
            elif self._all_ones(unknown):
                yield self._keys[min(unknown)], whole
        for line in self._lines:
            unknown = {c: f for c, f in line.items() if self._keys[c] in hidden}
            if len(unknown) > 1 and self._all_ones(unknown):
                yield self._keys[min(unknown)], line

    def _all_ones(self, unknown: Line) -> bool:
        """Two hidden numbers that together count two people are no secret either."""
        keys = [self._keys[column] for column in unknown]
        return (
            len({factor > 0 for factor in unknown.values()}) == 1
            and self._unseen.isdisjoint(keys)
            and all(self._counts[key] == 1 for key in keys)
        )

    def _reduced(self, hidden: AbstractSet[K]) -> Iterable[tuple[Line, Line]]:
        """The sums in reduced echelon form over the hidden columns (Gauss-Jordan, exact).

        Each with its hidden part and, beside it, the whole: shown columns too.
        """
        unknown = {self._column[key] for key in hidden}
        done: dict[int, Line] = {}  # by the column that it alone has, among hidden ones
        uses: dict[int, set[int]] = {}  # hidden column → pivots whose lines have it
        for first in self._lines:
            line = dict(first)
            for pivot in [column for column in line if column in done]:
                _add(line, done[pivot], -line[pivot])
            pivot_at = _pivot(line, unknown)
            if pivot_at is None:
                continue
            if (factor := line[pivot_at]) != 1:
                line = {column: _over(value, factor) for column, value in line.items()}
            for pivot in list(uses.get(pivot_at, ())):
                changed = done[pivot]
                _add(changed, line, -changed[pivot_at])
                for column in line:
                    if column in unknown:
                        users = uses.setdefault(column, set())
                        (users.add if column in changed else users.discard)(pivot)
            done[pivot_at] = line
            for column in line:
                if column in unknown:
                    uses.setdefault(column, set()).add(pivot_at)
        for line in done.values():
            yield {column: factor for column, factor in line.items() if column in unknown}, line


def _pivot(line: Line, unknown: AbstractSet[int]) -> int | None:
    """A hidden column, of factor 1 or -1 where there is one: so numbers stay whole."""
    best = None
    for column, factor in line.items():
        if column in unknown:
            if abs(factor) == 1:
                return column
            best = column
    return best


def _add(line: Line, other: Line, factor: int | Fraction) -> None:
    for column, value in other.items():
        changed = line.get(column, 0) + factor * value
        if changed:
            line[column] = changed
        else:
            del line[column]


def _over(value: int | Fraction, factor: int | Fraction) -> int | Fraction:
    found = Fraction(value) / Fraction(factor)
    return int(found) if found.denominator == 1 else found
