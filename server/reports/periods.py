"""The periods that a report can be asked for, and what they are called."""

from datetime import date, timedelta
from enum import StrEnum
from typing import Literal, cast

from server.domain.thai import (
    BE_AHEAD,
    WEEKDAYS,
    FiscalYear,
    Period,
    fiscal_year_of,
    month_words,
    short_date,
)
from server.web import say

EARLIEST = date(2000, 1, 1)
AHEAD = timedelta(days=366)  # plans may look a year ahead; what lies further is a slip of the pen
LONGEST = timedelta(days=731)  # own dates: two years, one of them a leap year


class Length(StrEnum):
    TODAY = "today"
    MONTH = "month"
    QUARTER = "quarter"
    HALF = "half"
    YEAR = "year"
    OWN = "own"


LISTED = {Length.MONTH: 24, Length.QUARTER: 12, Length.HALF: 8, Length.YEAR: 6}
PARTS = {Length.QUARTER: 4, Length.HALF: 2, Length.YEAR: 1}  # of a fiscal year


def key_of(length: Length, day: date) -> str:
    """The month (2026-03), part of a fiscal year (2569-1) or year (2569) that holds a day."""
    if length is Length.MONTH:
        return f"{day:%Y-%m}"
    year = fiscal_year_of(day).be
    if length is Length.YEAR:
        return str(year)
    since_october = (day.month + 2) % 12
    return f"{year}-{since_october * PARTS[length] // 12 + 1}"


def period_of(length: Length, key: str) -> Period:
    """The dates behind a key. Raises `ValueError` for one that names no period."""
    year, _, part = key.partition("-")
    # isdigit alone would take Thai digits, and int() more than digits.
    if not key.isascii() or len(year) != 4 or not year.isdigit():  # noqa: PLR2004
        raise ValueError(key)
    if length is Length.MONTH:
        first = date.fromisoformat(f"{key}-01")
        return Period(first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1))
    fiscal = FiscalYear(int(year))
    if length is Length.YEAR and not part:
        return Period(fiscal.first, fiscal.last)
    if length is Length.HALF and part in ("1", "2"):
        return fiscal.half(cast(Literal[1, 2], int(part)))
    if length is Length.QUARTER and part in ("1", "2", "3", "4"):
        return fiscal.quarter(cast(Literal[1, 2, 3, 4], int(part)))
    raise ValueError(key)


def listed(length: Length, today: date) -> list[str]:
    """The keys to choose from: the period that holds today, then those before it."""
    keys: list[str] = []
    day = today
    while len(keys) < LISTED.get(length, 0):
        keys.append(key_of(length, day))
        day = period_of(length, keys[-1]).first - timedelta(days=1)
    return keys


def period_words(length: Length, key: str, period: Period, language: str) -> str:
    """ "ครึ่งปีแรก ปีงบ 2569", "มีนาคม 2569"; own dates are named by their length alone."""
    if length is Length.MONTH:
        return month_words(period.first, language)
    if length in PARTS:
        year = fiscal_year_of(period.last).be - (0 if language == "th" else BE_AHEAD)
        part = key.partition("-")[2]
        name = f"reports.period.{length}.{part}" if part else "reports.period.year"
        return say(name, year=year)
    return say(f"reports.length.{length}")


def range_words(period: Period, language: str) -> str:
    """1 ต.ค. 68 – 31 มี.ค. 69; one date where it is one day."""
    first, last = short_date(period.first, language), short_date(period.last, language)
    return first if period.first == period.last else f"{first} – {last}"


def short_month(month: str, language: str) -> str:
    """ต.ค. 68, Oct 2025 for 2025-10."""
    return short_date(date.fromisoformat(f"{month}-01"), language).removeprefix("1 ")


def weekday_words(weekday: int, language: str) -> str:
    """จันทร์, Monday for 0."""
    return WEEKDAYS["th" if language == "th" else "en"][weekday]
