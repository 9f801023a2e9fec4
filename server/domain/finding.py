"""What was found wanting in a half-year: the figure as it stood, and how it stands since."""

import json
from dataclasses import asdict, dataclass
from enum import StrEnum

from server.domain.change import Verdict, newcombe
from server.domain.satisfaction import wilson


class Kind(StrEnum):
    STANDARD = "standard"  # a service under its standard time too often
    ASPECT = "aspect"  # an aspect that too few call good
    REASON = "reason"  # a reason that is given more and more often
    OWN = "own"  # written by hand


class Name(StrEnum):
    """Which share a figure is."""

    WITHIN_STANDARD = "within_standard"  # of served steps that were timed
    TOP2 = "top2"  # of respondents who gave 4 or 5
    REASON_SHARE = "reason_share"  # of respondents who gave the reason


FIGURE_OF = {
    Kind.STANDARD: Name.WITHIN_STANDARD,
    Kind.ASPECT: Name.TOP2,
    Kind.REASON: Name.REASON_SHARE,
}
FEWER_IS_BETTER = {Name.REASON_SHARE}


@dataclass(frozen=True, slots=True)
class Stood:
    """A share (0–1) of `n` with its Wilson 95 % interval, as it stood when it was written down.

    `target`: the share it was held against; `before`: the half-year before, of a reason.
    """

    name: Name
    value: float
    n: int
    low: float
    high: float
    target: float | None = None
    before: float | None = None

    def text(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def read(cls, text: str | None) -> "Stood | None":
        if text is None:
            return None
        kept = json.loads(text)
        return cls(**(kept | {"name": Name(kept["name"])}))


def stood(
    name: Name, top: int, n: int, *, target: float | None = None, before: float | None = None
) -> Stood:
    """`top` of `n`, at least one."""
    low, high = wilson(top, n)
    return Stood(name, top / n, n, low, high, target, before)


@dataclass(frozen=True, slots=True)
class Effect:
    """The figure before and after; `difference` -1 to 1 with its interval, or nothing to compare.

    `better` and `worse` are for residents: a reason given less often is better.
    """

    before: Stood
    after: Stood | None
    verdict: Verdict
    difference: float | None = None
    low: float | None = None
    high: float | None = None


def effect_of(before: Stood, after: Stood | None) -> Effect:
    """Newcombe's interval of the difference; "unclear" while it holds 0."""
    if after is None:
        return Effect(before, None, Verdict.UNKNOWN)
    tops = round(after.value * after.n), round(before.value * before.n)
    low, high = newcombe(tops[0], after.n, tops[1], before.n)
    verdict = Verdict.UNCLEAR
    if low > 0 or high < 0:
        better = (low > 0) != (before.name in FEWER_IS_BETTER)
        verdict = Verdict.BETTER if better else Verdict.WORSE
    return Effect(before, after, verdict, after.value - before.value, low, high)


@dataclass(frozen=True, slots=True)
class About:
    """What a finding is about, by codes: a service (empty: all of them), an aspect, a reason."""

    kind: Kind
    service: str = ""
    aspect: str = ""
    reason: str = ""

    @property
    def key(self) -> str:
        """Whatever has the same key is the same finding."""
        return f"{self.kind}:{self.service}:{self.aspect}:{self.reason}"


@dataclass(frozen=True, slots=True)
class Drawn:
    """A finding that the figures propose."""

    about: About
    stood: Stood


def under_target(about: About, figure: Stood, *, surely: bool) -> Drawn | None:
    """`surely`: the interval's upper end lies below the target, not the share alone."""
    assert figure.target is not None
    seen = figure.high if surely else figure.value
    return Drawn(about, figure) if seen < figure.target else None


def grown(about: About, now: tuple[int, int], before: tuple[int, int]) -> Drawn | None:
    """A reason given by so many of so many respondents, clearly more often than before."""
    if not (now[1] and before[1]) or now[0] > now[1] or before[0] > before[1]:
        return None
    low, _ = newcombe(*now, *before)
    if low <= 0:
        return None
    return Drawn(about, stood(Name.REASON_SHARE, *now, before=before[0] / before[1]))
