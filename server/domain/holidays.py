"""The country's public holidays, as the package `holidays` computes them, in Thai and English.

Lunar days ahead are forecasts and the cabinet adds days at short notice: what the office itself
declares (its own days, the days on which it works all the same) stands above this.
"""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache

from server.domain.settings import Holidays, Words

BETWEEN = "; "  # the package's own mark between two names of one day


def country_days(holidays: Holidays, year: int) -> Mapping[date, Words]:
    """The year's days off as the country has them, earliest first; none for a country that is not
    known here. Days on which the office works all the same are among them."""
    return _days(holidays.country, holidays.categories, year)


def days_off(holidays: Holidays, year: int) -> Mapping[date, Words]:
    """The country's days off that are days off here, earliest first.

    A day in lieu of one on which the office works is none either.
    """
    return _days_off(holidays.country, holidays.categories, holidays.work_anyway, year)


def works_anyway(work_anyway: tuple[str, ...], day: date) -> bool:
    """Whether the office works on this holiday: named as 05-01 for every year, or in full."""
    return f"{day:%m-%d}" in work_anyway or day.isoformat() in work_anyway


@lru_cache(maxsize=64)
def _days_off(
    country: str, categories: tuple[str, ...], work_anyway: tuple[str, ...], year: int
) -> Mapping[date, Words]:
    all_days = _days(country, categories, year)
    worked = {
        name
        for day, words in all_days.items()
        if works_anyway(work_anyway, day)
        for name in words.th.split(BETWEEN)
    }

    def off(day: date, words: Words) -> bool:
        names = words.th.split(BETWEEN)
        instead = all(any(one != name and one in name for one in worked) for name in names)
        return not works_anyway(work_anyway, day) and not instead

    return {day: words for day, words in all_days.items() if off(day, words)}


@lru_cache(maxsize=64)
def _days(country: str, categories: tuple[str, ...], year: int) -> Mapping[date, Words]:
    if country != "TH":
        return {}
    # Half a second of imports, which an office that never closes should not wait for.
    from holidays.countries.thailand import Thailand  # noqa: PLC0415

    known = tuple(one for one in categories if one in Thailand.supported_categories)
    if not known:
        return {}
    th, en = (
        Thailand(years=year, categories=known, language=language)  # type: ignore[no-untyped-call]
        for language in ("th", "en_US")
    )
    return {day: Words(th=th[day], en=en[day]) for day in sorted(th)}
