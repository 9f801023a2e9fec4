"""Which numbers of a table stay hidden, so that nobody's answer can be worked out from the rest.

A cell is hidden when it counts too few people. Others are hidden with it where it would follow from
a total minus the rest: the smallest that are left. Totals are cells like any other.
"""

import heapq
from collections import defaultdict
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Cell:
    """`n` people, at least 1. `sums` names the two sums it is in; None where no total is shown.

    `total_of`: the sums among them that it is the total of.
    """

    n: int
    sums: tuple[Hashable, Hashable]
    total_of: frozenset[Hashable] = frozenset()
    shown: bool = True


def hidden_cells(table: Mapping[K, Cell], threshold: int) -> set[K]:
    """The keys of all cells to hide: those under `threshold`, then what protects them.

    A hidden cell can be worked out exactly when its edge is a bridge of the graph whose vertices
    are the sums and whose edges are the hidden cells (Gusfield 1988, "A graph theoretic approach
    to statistical data security"). So each gets a way round: the one that hides fewest people.
    """
    hiding = _Hiding(table, threshold)
    while hiding.unprotected:
        hiding.protect(hiding.unprotected.pop())
    return hiding.hidden


class _Hiding(Generic[K]):
    def __init__(self, table: Mapping[K, Cell], threshold: int) -> None:
        self._table = table
        self._sums: dict[Hashable, list[K]] = defaultdict(list)
        for key, cell in table.items():
            for name in cell.sums:
                self._sums[name].append(key)
        self.hidden = {key for key, cell in table.items() if cell.n < threshold or not cell.shown}
        # Once protected is always protected, since hiding more only adds ways round.
        self.unprotected = sorted(
            (key for key in table if table[key].n < threshold), key=lambda key: -table[key].n
        )

    def protect(self, key: K) -> None:
        for more in self._way_round(key):
            self._hide(more)
        for name in self._table[key].sums:
            if name is not None and self._is_all_ones(name):
                seen = [other for other in self._sums[name] if other not in self.hidden]
                if seen:
                    self._hide(min(seen, key=lambda other: self._table[other].n))

    def _hide(self, key: K) -> None:
        if key not in self.hidden:
            self.hidden.add(key)
            self.unprotected.append(key)

    def _is_all_ones(self, name: Hashable) -> bool:
        """Two hidden cells that together count two people are no secret either."""
        hidden = [self._table[key] for key in self._sums[name] if key in self.hidden]
        if not hidden or any(name in cell.total_of for cell in hidden):
            return False
        return sum(cell.n for cell in hidden) == len(hidden)

    def _way_round(self, key: K) -> tuple[K, ...]:
        """The cells on the cheapest path between the sums of `key` that does not use `key`.

        Hidden cells cost nothing, others what hiding them takes away (Dijkstra 1959).
        """
        start, goal = self._table[key].sums
        turn = count()
        ways: list[tuple[int, int, Hashable, tuple[K, ...]]] = [(0, next(turn), start, ())]
        reached: set[Hashable] = set()
        while ways:
            cost, _, name, way = heapq.heappop(ways)
            if name == goal:
                return way
            if name in reached:
                continue
            reached.add(name)
            for other in self._sums[name]:
                cell = self._table[other]
                first, second = cell.sums
                beyond = second if first == name else first
                if other != key and beyond not in reached:
                    price = 0 if other in self.hidden else cell.n
                    heapq.heappush(ways, (cost + price, next(turn), beyond, (*way, other)))
        return ()  # nothing else is in its sums: there is no total to subtract from
