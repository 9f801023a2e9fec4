"""How many of those who were asked have answered: what the figures do not know is said too."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from server.domain.cube import Cell, Cube, unseen_of
from server.domain.figures import ALL
from server.domain.questionnaire import OVERALL
from server.domain.satisfaction import NOWHERE, wilson
from server.domain.suppression import Sum, follows


@dataclass(frozen=True, slots=True)
class Visits:
    """So many visits (`n`) were served; no counter: an empty text."""

    service: str
    counter: str
    n: int


@dataclass(frozen=True, slots=True)
class Surveys:
    """Surveys that visits opened; of those that nobody can answer any more, `closed_answered`."""

    service: str
    counter: str
    asked: int
    answered: int
    closed: int
    closed_answered: int


@dataclass(frozen=True, slots=True)
class Asked:
    """One service, counter, or `all`: surveys opened by a visit, and what came of them.

    `visits` were served there. `asked` = `answered` + `open` + `silent`: an open one may still be
    answered. `rate` is that of surveys that are closed, answered ones among them, with its interval
    (0–1): those answered early would else count before those who stay silent. None while none is
    closed. Suppressed: all None but visits and asked.
    """

    code: str
    visits: int
    asked: int
    answered: int | None
    open: int | None
    silent: int | None
    rate: float | None
    low: float | None
    high: float | None
    suppressed: bool = False


@dataclass(frozen=True, slots=True)
class Came:
    """What one channel brought that counts, against all visits served (0–1).

    Shares of channels do not add up: one person may press at the counter and answer at home.
    """

    code: str
    n: int | None
    share: float | None
    suppressed: bool = False


@dataclass(frozen=True, slots=True)
class Response:
    """`counters` are for the roles that may see staff's figures."""

    total: Asked
    services: tuple[Asked, ...]
    counters: tuple[Asked, ...]
    channels: tuple[Came, ...]


@dataclass(frozen=True, slots=True)
class _Answered:
    """How many answered there: a number beside those of the cube."""

    cell: Cell


Number = Cell | _Answered


def response_of(
    cube: Cube, visits: Sequence[Visits], surveys: Sequence[Surveys], by_survey: Collection[str]
) -> Response:
    """Nothing here tells a number that `cube` hides. `by_survey`: channels that answers come by."""
    counters = sorted({one.counter for one in visits} - {NOWHERE}, key=int)
    cells = [Cell(), *(Cell(code) for code in cube.services), *(Cell(counter=k) for k in counters)]
    counts = {cell: sum(one.answered for one in surveys if _here(cell, one)) for cell in cells}
    answered = {cell: n for cell, n in counts.items() if n > 0}
    unsafe = answered.keys() - _safe(cube, answered, by_survey)
    total, *rows = [_asked(cell, cell not in unsafe, visits, surveys) for cell in cells]
    return Response(
        total=total,
        services=tuple(rows[: len(cube.services)]),
        counters=tuple(rows[len(cube.services) :]),
        channels=tuple(_came(cube, name, total.visits) for name in cube.values("channel")),
    )


def _safe(cube: Cube, answered: Mapping[Cell, int], by_survey: Collection[str]) -> set[Cell]:
    """Where the number of those who answered may be shown; nobody's silence is no secret.

    Such a number is about what the channels that answers come by count together. Shown one by
    one, the largest first, it stays only while no hidden number follows, and no group of few.
    """
    counts: dict[Number, int] = dict(cube.counts(OVERALL).items())
    hidden, unseen = cube.hidden(OVERALL, flagged=False), unseen_of(cube.counts(OVERALL))
    sums: list[Sum[Number]] = [Sum(one.total, one.parts) for one in cube.sums(cube.counts(OVERALL))]
    for cell in answered:
        if cell.counter == ALL:
            parts = (cell._replace(channel=name) for name in by_survey)
            sums.append(Sum(_Answered(cell), tuple(part for part in parts if part in counts)))
    counters = {cell: n for cell, n in answered.items() if cell.counter != ALL}
    nowhere = answered.get(Cell(), 0) - sum(counters.values())
    every = {**answered, **({Cell(counter=NOWHERE): nowhere} if nowhere > 0 else {})}
    if Cell() in answered:
        at = (_Answered(cell) for cell in every if cell.counter != ALL)
        sums.append(Sum(_Answered(Cell()), tuple(at)))
    for cell, n in every.items():
        counts[_Answered(cell)] = n
    unknown: set[Number] = {*hidden, *unseen, *map(_Answered, every)}
    secret = {*hidden, *(one for one in unknown if counts[one] < cube.threshold)}
    safe = set()
    for cell in sorted(answered, key=lambda one: -answered[one]):
        without = unknown - {_Answered(cell)}
        told = follows(counts, sums, without, cube.threshold)
        if answered[cell] >= cube.threshold and secret.isdisjoint(told):
            unknown = without
            safe.add(cell)
    return safe


def _here(cell: Cell, one: Visits | Surveys) -> bool:
    return cell.service in (ALL, one.service) and cell.counter in (ALL, one.counter)


def _asked(cell: Cell, shown: bool, visits: Sequence[Visits], surveys: Sequence[Surveys]) -> Asked:
    code = next((name for name in (cell.service, cell.counter) if name != ALL), ALL)
    came = sum(one.n for one in visits if _here(cell, one))
    mine = [one for one in surveys if _here(cell, one)]
    asked = sum(one.asked for one in mine)
    if not shown:
        return Asked(code, came, asked, None, None, None, None, None, None, suppressed=True)
    answered = sum(one.answered for one in mine)
    closed, given = sum(one.closed for one in mine), sum(one.closed_answered for one in mine)
    low, high = wilson(given, closed) if closed else (None, None)
    return Asked(
        code=code,
        visits=came,
        asked=asked,
        answered=answered,
        open=asked - answered - (closed - given),
        silent=closed - given,
        rate=given / closed if closed else None,
        low=low,
        high=high,
    )


def _came(cube: Cube, channel: str, visits: int) -> Came:
    n = cube.figure(Cell(channel=channel), OVERALL).n
    return Came(channel, n, n / visits if n is not None and visits else None, n is None)
