"""Who is to be praised: by the lower end of the interval, so that few kind answers do not win."""

from collections.abc import Iterable
from dataclasses import dataclass

from server.domain.change import Verdict, change_of
from server.domain.cube import Figure


@dataclass(frozen=True, slots=True)
class Unit:
    """One service and what was said of it."""

    code: str
    figure: Figure


@dataclass(frozen=True, slots=True)
class Praise:
    """`best` comes first among `ranked`; None where fewer than two units had enough answers.

    `tied`: those that do not clearly differ from the best one: chance may have placed them.
    `hidden`: those that nobody could compare, since their figures stay hidden.
    """

    best: Unit | None
    ranked: tuple[Unit, ...]
    tied: tuple[str, ...]
    least: int
    hidden: tuple[str, ...] = ()


def praise_of(units: Iterable[Unit], least: int) -> Praise:
    """`least`: answers that a unit needs to take part."""
    every = list(units)
    hidden = tuple(unit.code for unit in every if unit.figure.suppressed)
    able = [unit for unit in every if (unit.figure.n or 0) >= least]
    ranked = sorted(able, key=_place)
    if len(ranked) < 2:  # noqa: PLR2004
        return Praise(None, tuple(ranked), (), least, hidden)
    best, *others = ranked
    tied = (unit.code for unit in others if not _differs(unit, best))
    return Praise(best, tuple(ranked), tuple(tied), least, hidden)


def _differs(unit: Unit, best: Unit) -> bool:
    return change_of(unit.code, unit.figure, best.figure).verdict is not Verdict.UNCLEAR


def _place(unit: Unit) -> tuple[float, int, str]:
    return -(unit.figure.top2_low or 0.0), -(unit.figure.n or 0), unit.code
