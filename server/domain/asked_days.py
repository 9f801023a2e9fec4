"""Which days a page is asked for, by one word in its address: today, 2026-10, 2569-2."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from server.domain.recent import Span, spans_of
from server.domain.refusals import BadField
from server.domain.thai import BE_AHEAD, FiscalYear, Period, fiscal_year_of
from server.domain.trend import half_before, half_of, months_up_to

LISTED = 4  # half-years to choose from, that of yesterday first
MONTHS_BACK = 24
YEAR = "year"  # the last twelve months
NOW = (Span.TODAY, Span.WEEK, Span.LAST_WEEK)
_MONTH = re.compile(r"(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True)
class Half:
    """`key`: 2569-2, the half-year's address."""

    year: int
    number: Literal[1, 2]

    @property
    def key(self) -> str:
        return f"{self.year}-{self.number}"

    @property
    def period(self) -> Period:
        return FiscalYear(self.year).half(self.number)

    def year_in(self, language: str) -> int:
        """Buddhist in Thai."""
        return self.year if language == "th" else self.year - BE_AHEAD

    @classmethod
    def holding(cls, day: date) -> "Half":
        year = fiscal_year_of(day)
        return cls(year.be, 1 if day <= year.half(1).last else 2)


def halves(today: date) -> list[Half]:
    """The half-year that holds yesterday and those before it, newest first.

    Yesterday's, since on its first day a new one has nothing to show yet.
    """
    found = [half_of(today - timedelta(days=1))]
    while len(found) < LISTED:
        found.append(half_before(found[-1]))
    return [Half.holding(half.first) for half in found]


def half_asked(args: Mapping[str, str], today: date) -> Half:
    """Raises `BadField` for one that is not listed."""
    listed = halves(today)
    key = args.get("half", "")
    if not key:
        return listed[0]
    for half in listed:
        if half.key == key:
            return half
    raise BadField(half="no_such_period")


def months(today: date) -> list[str]:
    """The months offered (2026-10), the newest first."""
    return months_up_to(today, MONTHS_BACK)[::-1]


def days_of_month(month: str) -> Period:
    first = date.fromisoformat(f"{month}-01")
    return Period(first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1))


def month_asked(args: Mapping[str, str]) -> str:
    """2026-10, or empty. Raises `BadField`."""
    month = args.get("month", "")
    if month and not _MONTH.fullmatch(month):
        raise BadField(month="no_such_period")
    return month


def when_asked(args: Mapping[str, str], today: date, first: str = YEAR) -> tuple[str, Period]:
    """The word `when`, and its days; `first` where none was sent. Raises `BadField` for what is not
    offered."""
    when = args.get("when", "") or first
    if when == YEAR:
        return when, Period(days_of_month(months_up_to(today, 12)[0]).first, today)
    spans = spans_of(today)
    if when in NOW:
        return when, spans[Span(when)]
    if when in (Span.MONTH, Span.LAST_MONTH):
        when = f"{spans[Span(when)].first:%Y-%m}"
    for half in halves(today):
        if half.key == when:
            return when, half.period
    if when not in months(today):
        raise BadField(when="no_such_period")
    return when, days_of_month(when)
