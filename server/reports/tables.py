"""A report's rows, laid out as the page's tables and charts show them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from server.domain.cube import Figure
from server.domain.figures import ALL, HourRow, ServiceRow
from server.domain.questionnaire import OVERALL
from server.domain.satisfaction import SatisfactionRow, wilson
from server.figures import Report

SHADES = 8  # steps of the heat map's colour, --q-0 to --q-7
FEW = 30  # fewer respondents than this are drawn hollow: their interval is wide


@dataclass(frozen=True, slots=True)
class Share:
    """`part` of `n`, with the Wilson 95 % interval (0–1)."""

    part: int
    n: int
    low: float
    high: float

    @property
    def value(self) -> float:
        return self.part / self.n

    @classmethod
    def of(cls, part: int, n: int) -> "Share | None":
        """None where there is nobody to be a part of."""
        return cls(part, n, *wilson(part, n)) if n else None


def kept_standard(row: ServiceRow) -> Share | None:
    """The steps served within the standard time, of those whose time is known."""
    return Share.of(round((row.within_standard or 0) * row.timed), row.timed)


def pleased(rows: Iterable[SatisfactionRow], every: bool) -> tuple[Share | None, bool]:
    """The one tap's top two over the report's services, and whether a hidden service is missing.

    `every`: of the whole office, whose row is in the table. Else the shown services are added up,
    which tells nothing that their own rows do not.
    """
    taps = [row for row in rows if row.channel == ALL and row.aspect == OVERALL]
    taps = [row for row in taps if (row.service_code == ALL) == every]
    shown = [row for row in taps if row.n is not None and row.top2 is not None]
    n = sum(row.n or 0 for row in shown)
    part = sum(round((row.top2 or 0) * (row.n or 0)) for row in shown)
    return Share.of(part, n), len(shown) < len(taps)


# ---------------------------------------------------------------- the week's hours


@dataclass(frozen=True, slots=True)
class HeatRow:
    """One weekday (Monday is 0): the mean of its `days` days for each hour, and its shade."""

    weekday: int
    days: int
    cells: tuple[tuple[float, int], ...]


@dataclass(frozen=True, slots=True)
class Heat:
    """Numbers given in each hour of the week, as means over the days that had any."""

    hours: tuple[int, ...]
    rows: tuple[HeatRow, ...]
    most: float


def heat_of(found: Sequence[HourRow], weekdays: Mapping[int, int]) -> Heat | None:
    """None where no number was given. `weekdays`: how many of each the office had."""
    if not found:
        return None
    means = {(row.weekday, row.hour): row.issued / row.days for row in found}
    hours = tuple(range(min(row.hour for row in found), max(row.hour for row in found) + 1))
    most = max(means.values())
    rows = []
    for weekday, days in sorted(weekdays.items()):
        of_day = [means.get((weekday, hour), 0.0) for hour in hours]
        cells = tuple((mean, round(mean / most * (SHADES - 1))) for mean in of_day)
        rows.append(HeatRow(weekday, days, cells))
    return Heat(hours, tuple(rows), most)


# ---------------------------------------------------------------- satisfaction


@dataclass(frozen=True, slots=True)
class Axis:
    """Where the drawn shares begin (percent), so that the differences can be seen."""

    first: int

    @property
    def ticks(self) -> tuple[int, ...]:
        return tuple(range(self.first, 101, 20))

    def at(self, share: float) -> str:
        """A share's place on the axis, as SVG takes it."""
        return f"{max(0.0, (share * 100 - self.first) / (100 - self.first) * 100):.2f}%"

    @property
    def tick_places(self) -> tuple[str, ...]:
        return tuple(self.at(tick / 100) for tick in self.ticks)


def axis_of(drawn: Iterable[SatisfactionRow | Figure]) -> Axis:
    """It begins below the lowest interval, and never so high that much looks like little."""
    lows = [one.top2_low for one in drawn if one.top2_low is not None]
    return Axis(min(60, int(min(lows, default=1) * 100) // 20 * 20))


@dataclass(frozen=True, slots=True)
class Opinions:
    """Rows of satisfaction by service, channel and aspect. `apart`: the service (or `all`) whose
    channels stand apart."""

    rows: tuple[SatisfactionRow, ...]
    axis: Axis
    aspects: tuple[str, ...]
    apart: str

    @property
    def any_flagged(self) -> bool:
        return any(row.flagged for row in self.rows)

    def of(self, service_code: str, channel: str = ALL) -> dict[str, SatisfactionRow]:
        """By aspect; an aspect that nobody answered is not in it."""
        return {
            row.aspect: row
            for row in self.rows
            if row.service_code == service_code and row.channel == channel
        }

    def channels(self, order: Sequence[str]) -> list[str]:
        """Those that were used, in the office's order; all of them together first."""
        used = {row.channel for row in self.rows} - {ALL}
        known = [code for code in order if code in used]
        return [ALL, *known, *sorted(used - set(known))]


def opinions_of(report: Report, asked: Sequence[str]) -> Opinions:
    """`asked`: the questionnaire's aspects in their order; others that were answered follow."""
    rows = report.satisfaction_with_totals + report.satisfaction_nowhere
    answered = {row.aspect for row in rows}
    order = [aspect for aspect in asked if aspect in answered]
    order += sorted(answered - set(order) - {OVERALL})
    codes = {row.service_code for row in rows}
    apart = ALL if ALL in codes else min(codes, default="")  # whose channels are drawn apart
    drawn = [row for row in rows if row.aspect == OVERALL]
    drawn = [row for row in drawn if row.channel == ALL or row.service_code == apart]
    aspects = (*order, OVERALL)
    place = {
        key: n for n, key in enumerate(dict.fromkeys((r.service_code, r.channel) for r in rows))
    }
    ordered = sorted(
        rows, key=lambda row: (place[row.service_code, row.channel], aspects.index(row.aspect))
    )
    return Opinions(tuple(ordered), axis_of(drawn), aspects, apart)


# ---------------------------------------------------------------- services and months


def shown_services(report: Report, active: Iterable[str]) -> list[ServiceRow]:
    """Services in use, and those switched off since that somebody came for."""
    known = set(active)
    return [row for row in report.services if row.issued or row.service_code in known]


def month_totals(report: Report) -> list[tuple[str, ServiceRow]]:
    """Each month with all the report's services together; none for a period within one month."""
    totals = [(row.month, row.figures) for row in report.months if row.figures.service_code == ALL]
    return totals if len(totals) > 1 else []
