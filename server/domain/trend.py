"""Months in a row, each with its interval."""

from dataclasses import dataclass
from datetime import date

from server.domain.cube import Figure
from server.domain.thai import Period, fiscal_year_of


@dataclass(frozen=True, slots=True)
class Month:
    """What was said in one month, written as 2026-03; `whole` false for the one under way."""

    month: str
    figure: Figure
    whole: bool


def months_up_to(last: date, n: int) -> list[str]:
    """The month of `last` and those before it, oldest first: `n` in all."""
    at = last.year * 12 + last.month - 1
    return [f"{m // 12}-{m % 12 + 1:02}" for m in range(at - n + 1, at + 1)]


def half_of(day: date) -> Period:
    """The fiscal half-year that holds the day."""
    year = fiscal_year_of(day)
    first = year.half(1)
    return first if first.first <= day <= first.last else year.half(2)


def half_before(half: Period) -> Period:
    return half_of(date.fromordinal(half.first.toordinal() - 1))
