"""Whether people are more content than before, or whether nobody can say so."""

import math
from dataclasses import dataclass
from enum import StrEnum

from server.domain.cube import Figure
from server.domain.satisfaction import wilson


class Verdict(StrEnum):
    BETTER = "better"
    WORSE = "worse"
    UNCLEAR = "unclear"  # no clear difference
    UNKNOWN = "unknown"  # nobody answered, or too few to show


@dataclass(frozen=True, slots=True)
class Change:
    """The top-two share of a period against the one before: `difference` -1 to 1, its interval."""

    code: str
    before: Figure
    after: Figure
    difference: float | None
    low: float | None
    high: float | None
    verdict: Verdict


def newcombe(top: int, n: int, before_top: int, before_n: int) -> tuple[float, float]:
    """The 95 % interval of a share less an earlier one: Newcombe (1998), hybrid score, method 10.

    Both `n` are at least 1.
    """
    share, before = top / n, before_top / before_n
    (low, high), (before_low, before_high) = wilson(top, n), wilson(before_top, before_n)
    difference = share - before
    return (
        difference - math.hypot(share - low, before_high - before),
        difference + math.hypot(high - share, before - before_low),
    )


def change_of(code: str, before: Figure, after: Figure) -> Change:
    """What is hidden or nobody answered cannot be compared."""
    if not (before.n and after.n) or before.top2 is None or after.top2 is None:
        return Change(code, before, after, None, None, None, Verdict.UNKNOWN)
    tops = round(after.top2 * after.n), round(before.top2 * before.n)
    low, high = newcombe(tops[0], after.n, tops[1], before.n)
    verdict = Verdict.UNCLEAR
    if low > 0:
        verdict = Verdict.BETTER
    elif high < 0:
        verdict = Verdict.WORSE
    return Change(code, before, after, after.top2 - before.top2, low, high, verdict)
