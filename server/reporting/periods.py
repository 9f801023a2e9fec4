"""The periods that a report can be of: parts of the fiscal year."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Literal, cast

from server.domain.thai import FiscalYear, Period, fiscal_year_of, month_words

OCTOBER = 10


class Kind(StrEnum):
    HALF = "half-year"
    YEAR = "fiscal-year"
    QUARTER = "quarter"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Span:
    """`number`: which half (1, 2), quarter (1–4) or calendar month (1–12); 0 for the whole year.

    `fiscal_year` is the Buddhist year it ends in.
    """

    kind: Kind
    fiscal_year: int
    number: int

    @property
    def period(self) -> Period:
        """Raises `ValueError` for what no fiscal year has."""
        year = FiscalYear(self.fiscal_year)
        if self.kind is Kind.HALF:
            return year.half(cast(Literal[1, 2], self.number))
        if self.kind is Kind.QUARTER:
            return year.quarter(cast(Literal[1, 2, 3, 4], self.number))
        if self.kind is Kind.YEAR:
            return Period(year.first, year.last)
        begun = year.first if self.number >= OCTOBER else year.last
        first = date(begun.year, self.number, 1)
        return Period(first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1))

    @property
    def public(self) -> bool:
        """Periods that overlap could be subtracted from each other, so only halves are."""
        return self.kind is Kind.HALF

    def before(self) -> "Span":
        """The one just before it, of the same length."""
        day = self.period.first - timedelta(days=1)
        year = fiscal_year_of(day).be
        months_in = (day.month - OCTOBER) % 12
        number = {
            Kind.HALF: months_in // 6 + 1,
            Kind.QUARTER: months_in // 3 + 1,
            Kind.YEAR: 0,
            Kind.MONTH: day.month,
        }
        return Span(self.kind, year, number[self.kind])

    def month_name(self, language: str) -> str:
        return month_words(self.period.first, language)
