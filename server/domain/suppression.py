"""Which numbers stay hidden, so that nobody's answer can be worked out from the rest.

A number is hidden when it counts too few people. Others are hidden with it where it would follow
from those that are shown, by any adding and subtracting: totals are numbers like any other, and
several tables may share them (months beside channels, say). Nor may hidden numbers be told as a
group that counts too few: two hidden cells of two people each, beside a total, are four people.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Generic, TypeVar

from server.domain.elimination import Line, Told, few_together, reduced

K = TypeVar("K", bound=Hashable)


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
    taken over hidden numbers only (complementary suppression as in Cox 1980, by linear algebra);
    a group of them is told exactly when that space holds a vector without negative factors over
    it. What gives them away is a combination of sums, and the smallest shown number in that hides
    too, until no hidden number follows and no group is told that counts under `threshold`.
    """
    hidden = {key for key, n in counts.items() if n < threshold} | beside | unseen
    system = _System(counts, sums)
    while more := system.to_hide(hidden, unseen, threshold):
        hidden |= more
    return hidden - unseen


def follows(
    counts: Mapping[K, int],
    sums: Sequence[Sum[K]],
    hidden: AbstractSet[K],
    threshold: int = 1,
) -> set[K]:
    """Those of `hidden` that anybody can work out from the sums and from all that is not hidden.

    Also those that can be worked out together with others, where all of these count fewer than
    `threshold` people.
    """
    system = _System(counts, sums)
    lines = system.lines(hidden)
    groups = [system.keys(line) for line in system.few(lines, threshold)]
    return {key for key, _ in system.alone(lines)}.union(*groups)


class _System(Generic[K]):
    """Numbers are columns: the larger first, so that small ones are left to stand together."""

    def __init__(self, counts: Mapping[K, int], sums: Sequence[Sum[K]]) -> None:
        self._keys = sorted(counts, key=lambda key: -counts[key])
        self._people = [counts[key] for key in self._keys]
        self._column = {key: column for column, key in enumerate(self._keys)}
        self._sums: list[Line] = [
            {**{self._column[part]: 1 for part in one.parts}, self._column[one.total]: -1}
            for one in sums
            if one.parts != (one.total,)
        ]

    def to_hide(self, hidden: AbstractSet[K], unseen: AbstractSet[K], threshold: int) -> set[K]:
        """One more number for each that is told, unless another's protects it too."""
        lines = self.lines(hidden)
        told = [line for key, line in self.alone(lines) if key not in unseen]
        more: set[K] = set()
        for line in [*told, *self.few(lines, threshold)]:
            shown = [column for column in line.whole if self._keys[column] not in hidden]
            if shown and more.isdisjoint(self._keys[column] for column in shown):
                more.add(self._keys[max(shown)])
        return more

    def lines(self, hidden: AbstractSet[K]) -> dict[int, Told]:
        return reduced(self._sums, {self._column[key] for key in hidden})

    def alone(self, lines: Mapping[int, Told]) -> Iterable[tuple[K, Told]]:
        """Each hidden number that follows, with the combination of sums that tells it."""
        for first, line in lines.items():
            if len(line.unknown) == 1:
                yield self._keys[first], line

    def few(self, lines: Mapping[int, Told], threshold: int) -> list[Told]:
        """Each group of too few hidden people that is told, in the same way."""
        begin = {first: line for first, line in lines.items() if self._people[first] < threshold}
        return few_together(begin, self._people, threshold)

    def keys(self, line: Told) -> set[K]:
        return {self._keys[column] for column in line.unknown}
