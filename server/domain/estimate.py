"""How long it will take: an interval, never a promise.

`outlook` foresees a call as if all went as usual. What is told is corrected by how such forecasts
came true lately: of the waits that followed forecasts of about this length, one in ten was
shorter than `low_s`, half were shorter than `likely_s`, nine in ten were shorter than `high_s`.
"""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

LONGEST_S = 8 * 3600  # nobody is told more than a working day, nor half of it for certain
LEAST_S = 120.0  # added to a forecast before comparing: a free officer takes a moment too
NEAR = 60  # waits at least that stand for a forecast
PART_NEAR = 8  # or this part of all of them
DOUBT = 60  # waits that weigh as much as what is presumed of an office without a past
SHARES = (0.09, 0.5, 0.91)  # a little outside 10 and 90 %: tomorrow differs from the last weeks


@dataclass(frozen=True, slots=True)
class Wait:
    """Whole seconds: one in ten is called before `low_s`, nine in ten before `high_s`."""

    low_s: int
    likely_s: int
    high_s: int


class Knot(NamedTuple):
    """What follows a forecast of `foreseen_s`. Seconds."""

    foreseen_s: float
    low_s: float
    likely_s: float
    high_s: float


class CameTrue(NamedTuple):
    """A forecast, and the wait that followed. Seconds."""

    foreseen_s: float
    waited_s: float


# Measured on simulated days of the demo office: for each forecast (s) the three waits (s).
PRESUMED = (
    Knot(0, 30, 110, 330),
    Knot(120, 50, 210, 620),
    Knot(300, 100, 330, 960),
    Knot(600, 320, 710, 1450),
    Knot(1200, 790, 1300, 2100),
    Knot(2400, 1350, 2150, 3100),
    Knot(4800, 2500, 4100, 6000),
)


@dataclass(frozen=True, slots=True)
class Pace:
    """How a pool moves just now: when whoever has 0, 1, 2 … people ahead is foreseen to be called.

    `calls_s` ascends; behind its end each one more adds `each_s`. `knots` ascend in all four.
    """

    calls_s: Sequence[float]
    each_s: float
    knots: tuple[Knot, ...] = PRESUMED


def foreseen_s(ahead: int, pace: Pace) -> float:
    """When one with `ahead` people before is called if all goes as usual, in seconds from now."""
    behind = ahead - len(pace.calls_s) + 1
    return pace.calls_s[-1] + behind * pace.each_s if behind > 0 else pace.calls_s[ahead]


def wait_for(ahead: int, pace: Pace) -> Wait:
    """The wait behind `ahead` people of the pool. It never falls as `ahead` grows."""
    foreseen = foreseen_s(ahead, pace)
    knots = pace.knots
    at = bisect_right(knots, foreseen, key=_foreseen_s)
    if at == 0 or at == len(knots):  # outside: in proportion to the knot at that end
        end = knots[max(0, at - 1)]
        part = (foreseen + LEAST_S) / (end.foreseen_s + LEAST_S)
        low, likely, high = end.low_s * part, end.likely_s * part, end.high_s * part
    else:
        one, two = knots[at - 1], knots[at]
        part = (foreseen - one.foreseen_s) / (two.foreseen_s - one.foreseen_s)
        low = one.low_s + part * (two.low_s - one.low_s)
        likely = one.likely_s + part * (two.likely_s - one.likely_s)
        high = one.high_s + part * (two.high_s - one.high_s)
    return Wait(
        int(min(low, LONGEST_S / 2)), int(min(likely, LONGEST_S)), math.ceil(min(high, LONGEST_S))
    )


def knots_of(past: Iterable[CameTrue]) -> tuple[Knot, ...]:
    """How forecasts came true, for `Pace`; what is presumed as long as there are few.

    Around each knot the waits that followed the nearest forecasts, each in proportion to its own
    forecast (split conformal prediction, with the ratio as its score).
    """
    known = sorted(past, key=_foreseen_s)
    if not known:
        return PRESUMED
    made: list[Knot] = []
    trust = len(known) / (len(known) + DOUBT)
    for presumed in PRESUMED:
        shares = sorted(
            one.waited_s / (one.foreseen_s + LEAST_S) for one in _nearest(known, presumed)
        )
        scale = presumed.foreseen_s + LEAST_S
        waits = [
            trust * _quantile(shares, share) * scale + (1 - trust) * usual
            for share, usual in zip(SHARES, presumed[1:], strict=True)
        ]
        if made:  # a longer forecast never means a shorter wait
            waits = [max(*pair) for pair in zip(waits, made[-1][1:], strict=True)]
        made.append(Knot(presumed.foreseen_s, *waits))
    return tuple(made)


def _nearest(known: list[CameTrue], knot: Knot) -> list[CameTrue]:
    """Those whose forecast is nearest, with all that have the same one. `known` ascends."""
    wanted = min(len(known), max(NEAR, len(known) // PART_NEAR))
    middle = bisect_left(known, knot.foreseen_s, key=_foreseen_s)
    first = min(max(0, middle - wanted // 2), len(known) - wanted)
    since, until = known[first].foreseen_s, known[first + wanted - 1].foreseen_s
    low = bisect_left(known, since, key=_foreseen_s)
    return known[low : bisect_right(known, until, key=_foreseen_s)]


def _foreseen_s(one: Knot | CameTrue) -> float:
    return one.foreseen_s


def _quantile(ascending: list[float], share: float) -> float:
    """Between the two values around it (R's type 7)."""
    at = share * (len(ascending) - 1)
    below = int(at)
    above = min(below + 1, len(ascending) - 1)
    return ascending[below] + (at - below) * (ascending[above] - ascending[below])
