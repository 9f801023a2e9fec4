"""The figures of satisfaction, each defined once (contract section 6).

A respondent's score in an aspect is the mean of the items answered; it is kept as (sum, items), so
that means and roundings are exact.
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

Z_95 = 1.959963984540054  # standard normal quantile of 0.975

NOWHERE = ""  # in place of a service's code: a press at a device that serves several

Scores = Counter[tuple[int, int]]  # how many respondents gave this sum over so many items


@dataclass(frozen=True, slots=True)
class WithFlagged:
    """The same figures had nothing been left out."""

    n: int
    percent: float
    top2: float
    top2_low: float
    top2_high: float


@dataclass(frozen=True, slots=True)
class SatisfactionRow:
    """One aspect of one service in one channel. Numbers are None when suppressed.

    `percent` 0–100, `top2` and its interval 0–1, `level` 5 (best) to 1; `flagged` respondents are
    counted here and in `with_flagged`, which is None where it would tell of too few.
    """

    service_code: str
    channel: str
    aspect: str
    n: int | None
    mean: float | None
    sd: float | None
    percent: float | None
    top2: float | None
    top2_low: float | None
    top2_high: float | None
    suppressed: bool
    level: int | None = None
    flagged: int | None = None
    with_flagged: WithFlagged | None = None


def mean_of(scores: Scores) -> Fraction:
    """The mean of respondents' scores. Raises `ZeroDivisionError` when there are none."""
    total = sum(Fraction(s, items) * n for (s, items), n in scores.items())
    return total / Fraction(scores.total())


def sd_of(scores: Scores) -> float | None:
    """Sample standard deviation (n − 1); None for fewer than two respondents."""
    if scores.total() < 2:  # noqa: PLR2004
        return None
    mean = mean_of(scores)
    squares = sum((Fraction(s, items) - mean) ** 2 * n for (s, items), n in scores.items())
    return math.sqrt(squares / (scores.total() - 1))


def top_two(scores: Scores) -> int:
    """How many scores round half up to 4 or 5: those of 3.5 and more."""
    return sum(n for (s, items), n in scores.items() if 2 * s >= 7 * items)


def wilson(successes: int, n: int) -> tuple[float, float]:
    """The 95 % score interval of a share (Wilson 1927), within 0 and 1. `n` is at least 1."""
    share, z2 = successes / n, Z_95**2
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = Z_95 / (1 + z2 / n) * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    low = 0.0 if successes == 0 else max(0.0, middle - half)
    high = 1.0 if successes == n else min(1.0, middle + half)
    return low, high


def level_of(mean: Fraction, bands: Sequence[float]) -> int:
    """5 to 1 by the lower bounds of 5, 4, 3, 2, on the mean rounded half up to 0.01."""
    hundredths = math.floor(mean * 100 + Fraction(1, 2))
    for level, bound in zip((5, 4, 3, 2), bands, strict=True):
        if hundredths >= Fraction(str(bound)) * 100:
            return level
    return 1
