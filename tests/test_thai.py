"""Buddhist years, fiscal years, dates in words."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.thai import (
    FiscalYear,
    Period,
    be_year,
    clock,
    document_clock,
    fiscal_year_of,
    long_date,
    month_words,
    short_date,
    thai_digits,
)

days = st.dates(date(1950, 1, 1), date(2200, 12, 31))


def test_fiscal_2569_runs_from_october_2025_to_september_2026() -> None:
    year = FiscalYear(2569)
    assert (year.first, year.last) == (date(2025, 10, 1), date(2026, 9, 30))
    assert year.half(1) == Period(date(2025, 10, 1), date(2026, 3, 31))
    assert year.half(2) == Period(date(2026, 4, 1), date(2026, 9, 30))
    assert year.quarter(1) == Period(date(2025, 10, 1), date(2025, 12, 31))
    assert year.quarter(2) == Period(date(2026, 1, 1), date(2026, 3, 31))
    assert year.quarter(4) == Period(date(2026, 7, 1), date(2026, 9, 30))


@given(days)
def test_every_day_lies_in_one_half_and_one_quarter_of_its_fiscal_year(day: date) -> None:
    year = fiscal_year_of(day)
    assert year.first <= day <= year.last
    assert sum(half.first <= day <= half.last for half in (year.half(1), year.half(2))) == 1
    quarters = [year.quarter(1), year.quarter(2), year.quarter(3), year.quarter(4)]
    assert sum(quarter.first <= day <= quarter.last for quarter in quarters) == 1


@given(st.integers(2500, 2700))
def test_a_fiscal_year_has_no_gap_and_the_next_begins_the_day_after(be: int) -> None:
    year = FiscalYear(be)
    parts = [year.quarter(1), year.quarter(2), year.quarter(3), year.quarter(4)]
    ends = [part.last + timedelta(days=1) for part in parts]
    assert ends == [part.first for part in parts[1:]] + [FiscalYear(be + 1).first]
    assert year < FiscalYear(be + 1)


@pytest.mark.parametrize("number", [0, 3, -1])
def test_there_is_no_third_half(number: int) -> None:
    with pytest.raises(ValueError, match="parts 1 to 2"):
        FiscalYear(2569).half(number)  # type: ignore[arg-type]


def test_a_fiscal_year_turns_with_october() -> None:
    assert fiscal_year_of(date(2026, 9, 30)) == FiscalYear(2569)
    assert fiscal_year_of(date(2026, 10, 1)) == FiscalYear(2570)
    assert be_year(date(2026, 10, 1)) == 2569


def test_dates_in_words() -> None:
    day = date(2026, 3, 16)
    assert long_date(day) == "วันจันทร์ที่ 16 มีนาคม 2569"
    assert long_date(day, "en") == "Monday 16 March 2026"
    assert long_date(date(2026, 4, 1), weekday=False) == "1 เมษายน 2569"
    assert long_date(date(2026, 4, 1), "en", weekday=False) == "1 April 2026"
    assert (short_date(day), short_date(day, "en")) == ("16 มี.ค. 69", "16 Mar 2026")
    assert short_date(date(1957, 5, 2)) == "2 พ.ค. 00"
    assert (month_words(day), month_words(day, "en")) == ("มีนาคม 2569", "March 2026")


def test_a_language_without_its_own_months_reads_english_ones() -> None:
    assert long_date(date(2026, 3, 16), "my") == "Monday 16 March 2026"


def test_screens_and_documents_write_the_clock_differently() -> None:
    assert clock(datetime(2026, 3, 16, 9, 5)) == "09:05"
    assert document_clock(datetime(2026, 3, 16, 16, 30)) == "16.30"


def test_thai_digits_change_digits_and_nothing_else() -> None:
    assert thai_digits("1 เมษายน 2569 น้ำ A012") == "๑ เมษายน ๒๕๖๙ น้ำ A๐๑๒"
