"""Linear algebra over sums of which some numbers are unknown: what they tell, and of how few."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from fractions import Fraction
from itertools import product
from typing import NamedTuple

Line = dict[int, int | Fraction]  # column → factor, without zeros: they add up to nothing

MOST = 10000  # pairs looked at in one step; beyond, more is hidden than would be needed


class Told(NamedTuple):
    """A combination of sums: its unknown columns, and the whole with those that are known."""

    unknown: Line
    whole: Line


class Ray(NamedTuple):
    """A combination, and which of the columns looked at it has: in those no factor is negative."""

    seen: frozenset[int]
    told: Told


def reduced(sums: Iterable[Line], unknown: AbstractSet[int]) -> dict[int, Told]:
    """The sums in reduced echelon form over the unknown columns (Gauss-Jordan, exact).

    By the column that each has alone, which is the lowest unknown one in it; what tells of high
    columns only is a combination of those that begin with them.
    """
    done: dict[int, Line] = {}
    uses: dict[int, set[int]] = {}  # unknown column → the first columns of lines that have it
    for one in sums:
        line = dict(one)
        for first in [column for column in line if column in done]:
            _add(line, done[first], -line[first])
        mine = [column for column in line if column in unknown]
        if not mine:
            continue
        pivot = min(mine)
        if (factor := line[pivot]) != 1:
            line = {column: _over(value, factor) for column, value in line.items()}
        for first in list(uses.get(pivot, ())):
            changed = done[first]
            _add(changed, line, -changed[pivot])
            for column in mine:
                users = uses.setdefault(column, set())
                (users.add if column in changed else users.discard)(first)
        done[pivot] = line
        for column in mine:
            uses.setdefault(column, set()).add(pivot)
    return {
        pivot: Told({column: value for column, value in line.items() if column in unknown}, line)
        for pivot, line in done.items()
    }


def few_together(lines: Mapping[int, Told], people: Sequence[int], limit: int) -> list[Told]:
    """The combinations that tell of a group which counts under `limit` people.

    `lines`: those of the reduced form that begin with a column of under `limit` people. Such a
    combination has no negative factor, and every one is made of extreme ones, which the double
    description method finds (Motzkin et al. 1953; Fukuda and Prodon 1996).
    """
    found: list[Told] = []
    needed = {first: line for first, line in lines.items() if not _repeats(first, line)}
    for part in _connected(needed):
        if not all(_of_unknown_only(line) for line in part.values()):
            found += _extreme(part, people, limit)
    return found


def _repeats(first: int, line: Told) -> bool:
    """Whether the first column is what the others are together: a group that has it counts no
    fewer than one that has them in its place."""
    others = (factor for column, factor in line.unknown.items() if column != first)
    return _of_unknown_only(line) and all(factor <= -1 for factor in others)


def _of_unknown_only(line: Told) -> bool:
    return len(line.whole) == len(line.unknown)


def _extreme(lines: Mapping[int, Told], people: Sequence[int], limit: int) -> list[Told]:
    rays = [Ray(frozenset([first]), line) for first, line in lines.items()]
    done = set(lines)
    while sides := _sides(rays, done):
        column = min(sides, key=lambda one: (len(sides[one][0]) * len(sides[one][1]), one))
        done.add(column)
        above, below = sides[column]
        if len(above) * len(below) > MOST:
            return list(lines.values())
        found = [ray for ray in rays if column not in ray.told.unknown]
        found += [Ray(ray.seen | {column}, ray.told) for ray in above]
        for one, other in product(above, below):
            seen = one.seen | other.seen
            if sum(people[at] for at in seen) < limit and _next_to_each_other(one, other, rays):
                found.append(Ray(seen, _without(column, one.told, other.told)))
        # What a combination has in the columns looked at, none with others takes away again.
        rays = [ray for ray in found if sum(people[at] for at in ray.seen) < limit]
    return [ray.told for ray in rays]


def _next_to_each_other(one: Ray, other: Ray, rays: Iterable[Ray]) -> bool:
    """Whether no third ray lies between: what two others make is made of those then."""
    seen = one.seen | other.seen
    return not any(ray.seen <= seen for ray in rays if ray is not one and ray is not other)


def _sides(rays: Iterable[Ray], done: AbstractSet[int]) -> dict[int, tuple[list[Ray], list[Ray]]]:
    """By column that is not done: the rays where its factor is above none, and those below."""
    sides: dict[int, tuple[list[Ray], list[Ray]]] = {}
    for ray in rays:
        for column, factor in ray.told.unknown.items():
            if column not in done:
                sides.setdefault(column, ([], []))[factor < 0].append(ray)
    return sides


def _without(column: int, line: Told, other: Told) -> Told:
    factor = _over(-line.unknown[column], other.unknown[column])
    unknown, whole = dict(line.unknown), dict(line.whole)
    _add(unknown, other.unknown, factor)
    _add(whole, other.whole, factor)
    return Told(unknown, whole)


def _connected(lines: Mapping[int, Told]) -> Iterator[dict[int, Told]]:
    """The lines in parts that share no unknown column."""
    users: dict[int, list[int]] = {}
    for first, line in lines.items():
        for column in line.unknown:
            users.setdefault(column, []).append(first)
    left = dict(lines)
    while left:
        ahead = [next(iter(left))]
        part: dict[int, Told] = {}
        while ahead:
            first = ahead.pop()
            if first in left:
                part[first] = left.pop(first)
                ahead += [user for column in part[first].unknown for user in users[column]]
        yield part


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
