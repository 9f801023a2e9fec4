"""Where shares stand in a picture. Shapes only: words and numbers are HTML around them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from server.domain.cube import Figure
from server.domain.trend import Month

STEP = 20  # percent between two lines
FULL = 100
HIGHEST_START = 60  # a scale that began higher would make little of much


@dataclass(frozen=True, slots=True)
class Scale:
    """From `first` percent to a hundred."""

    first: int

    @property
    def ticks(self) -> tuple[int, ...]:
        return tuple(range(self.first, FULL + 1, STEP))

    @property
    def fine_ticks(self) -> tuple[int, ...]:
        """For a picture with room: twice as many, unless the scale is long."""
        step = STEP // 2 if self.first >= FULL // 2 else STEP
        return tuple(range(self.first, FULL + 1, step))

    def at(self, share: float) -> str:
        """A share's (0–1) place from the left, as SVG takes it."""
        return f"{self._part(share):.2f}%"

    def down(self, share: float) -> str:
        """Its place from the top."""
        return f"{FULL - self._part(share):.2f}%"

    def _part(self, share: float) -> float:
        return max(0.0, (share * FULL - self.first) / (FULL - self.first) * FULL)


def scale_of(figures: Iterable[Figure]) -> Scale:
    """One for all the figures that are shown together: it begins below their lowest interval."""
    lows = [figure.top2_low for figure in figures if figure.top2_low is not None]
    lowest = int(min(lows, default=1.0) * FULL) // STEP * STEP
    return Scale(min(HIGHEST_START, lowest))


@dataclass(frozen=True, slots=True)
class Point:
    """One month: its places in the picture, in percent of width and height."""

    month: Month
    x: str
    share: str
    low: str
    high: str


@dataclass(frozen=True, slots=True)
class Trend:
    """`lines` join months that follow each other; a month without a figure leaves a gap."""

    scale: Scale
    months: Sequence[Month]
    points: tuple[Point, ...]
    lines: tuple[tuple[Point, Point], ...]


def trend_of(months: Sequence[Month]) -> Trend:
    scale = scale_of(month.figure for month in months)
    found: dict[int, Point] = {}
    for n, month in enumerate(months):
        figure = month.figure
        if figure.top2 is None or figure.top2_low is None or figure.top2_high is None:
            continue
        found[n] = Point(
            month=month,
            x=f"{(n + 0.5) / len(months) * FULL:.2f}%",
            share=scale.down(figure.top2),
            low=scale.down(figure.top2_low),
            high=scale.down(figure.top2_high),
        )
    lines = tuple((found[n], found[n + 1]) for n in found if n + 1 in found)
    return Trend(scale, months, tuple(found.values()), lines)
