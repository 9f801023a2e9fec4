"""Scores of the office's own check. Never part of satisfaction, and never without its notice."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from server.domain.self_check import NOTICE, CheckItem, Choice, SelfCheck
from server.domain.settings import Words


@dataclass(frozen=True, slots=True)
class Points:
    """The mean of points 0–100 that `n` people gave one item, or an indicator's items.

    An item's code is e1 …, an indicator's its number as text. None when suppressed.
    """

    code: str
    n: int | None
    points: float | None
    suppressed: bool = False


@dataclass(frozen=True, slots=True)
class SelfCheckFigures:
    """`total` is the mean of the indicators. Whoever shows it shows `notice`.

    `changed`: items that were asked otherwise before; those answers are left out.
    """

    items: tuple[Points, ...]
    indicators: tuple[Points, ...]
    total: float | None
    notice: Words = NOTICE
    changed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OneScale:
    """What was given to each item as it was asked last, its number, and what else was left out."""

    given: dict[str, list[int]]
    indicators: dict[str, int]
    changed: tuple[str, ...]


def of_one_scale(
    given: Mapping[tuple[str, int], Sequence[int]], asked: Sequence[tuple[int, SelfCheck]]
) -> OneScale:
    """Answers to a question that was changed since are no answers to what it became.

    `given`: the points of an item in a questionnaire (by id); `asked`: the questionnaires' checks,
    oldest first. An item is the same where its words, choices and indicator are.
    """
    of: dict[str, list[int]] = {}
    indicators: dict[str, int] = {}
    changed = []
    for _, check in asked:
        indicators |= {item.code: item.indicator for item in check.item}
    for code in indicators:
        ways = [
            (_way(check, code), given[code, version])
            for version, check in asked
            if (code, version) in given
        ]
        if ways:
            of[code] = [one for way, points in ways if way == ways[-1][0] for one in points]
            if any(way != ways[-1][0] for way, _ in ways):
                changed.append(code)
    return OneScale(of, indicators, tuple(changed))


def _way(check: SelfCheck, code: str) -> tuple[CheckItem, tuple[Choice, ...]] | None:
    for item in check.item:
        if item.code == code:
            return item, check.choices(item)
    return None


def self_check_figures(
    given: Mapping[str, Sequence[int]],
    indicators: Mapping[str, int],
    threshold: int,
    changed: tuple[str, ...] = (),
) -> SelfCheckFigures:
    """`given`: the points of each item, one for each respondent; `indicators`: an item's number.

    An indicator is the mean of its items' means, the total the mean of the indicators. Where an
    item is hidden, so is its indicator, and where an indicator is, the total: else the item could
    be worked out.
    """
    items = {code: _points(code, given[code], threshold) for code in indicators if code in given}
    parts = []
    for number in sorted(set(indicators.values())):
        mine = [items[code] for code, of in indicators.items() if of == number and code in items]
        if mine:
            parts.append(_mean(str(number), mine))
    total = _mean("total", parts) if parts else None
    return SelfCheckFigures(
        tuple(items.values()),
        tuple(parts),
        None if total is None else total.points,
        changed=changed,
    )


def _points(code: str, points: Sequence[int], threshold: int) -> Points:
    if len(points) < threshold:
        return Points(code, None, None, suppressed=True)
    return Points(code, len(points), float(Fraction(sum(points), len(points))))


def _mean(code: str, of: Iterable[Points]) -> Points:
    parts = list(of)
    means = [one.points for one in parts if one.points is not None]
    if len(means) < len(parts):
        return Points(code, None, None, suppressed=True)
    n = min(one.n for one in parts if one.n is not None)
    return Points(code, n, sum(means) / len(means))
