"""Dates as offices write them: 31 มี.ค. 69, 31/3/2569, ต.ค. 2568 – มี.ค. 2569."""

import re
from calendar import monthrange
from datetime import date
from typing import Literal

from server.domain.thai import BE_AHEAD, MONTHS, SHORT_MONTHS, FiscalYear

EARLIEST_BE, LATEST_BE = 2400, 2700
CENTURY_BE = 2500  # of a year written with two digits
FIRST_SHORT_BE = 60  # 26 is no year of our days: who writes 31/3/26 means 2026, or mistyped
_ARABIC = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")


def _written(name: str) -> str:
    """มี.ค. also as มีค or มี. ค."""
    return r"\.?\s?".join(re.escape(part) for part in name.split(".")).strip()


_NAMES = {
    _written(name): at
    for names in (*MONTHS.values(), *SHORT_MONTHS.values())
    for at, name in enumerate(names, 1)
}
_BY_LENGTH = sorted(_NAMES, key=len, reverse=True)
_HALVES: dict[str, Literal[1, 2]] = {"1": 1, "แรก": 1, "2": 2, "หลัง": 2, "สุดท้าย": 2}
_QUARTERS: dict[str, Literal[1, 2, 3, 4]] = {
    **{"1": 1, "แรก": 1, "2": 2, "3": 3, "4": 4, "สุดท้าย": 4},
}
_A_NAME = "|".join(_BY_LENGTH)
_BE = r"\s*(?:พ\s?\.?\s?ศ\s?\.?)?\s*"
_FISCAL = rf"(?:ปีงบประมาณ|ปีงบ){_BE}"
_PLACE = (
    r"(?:ที่)?\s*(?P<{}>[1-4](?![0-9])|แรก|หลัง|สุดท้าย)"
    r"(?:\s*(?:[-–—]|ถึง|และ)\s*(?P<{}>[1-4])(?![0-9]))?"
)
_PART = r"(?<!ทุก)(?<!ทุก\s)(?<!ราย)(?P<{}>ครึ่งปี|(?<![0-9])6\s?เดือน|ไตรมาส)\s*"

_DATE = re.compile(
    r"(?P<iso>(?<![0-9])[0-9]{4}-[0-9]{2}-[0-9]{2}(?![0-9]))"
    r"|(?<![0-9])(?P<d>[0-9]{1,2})\s?[/.-]\s?(?P<m>[0-9]{1,2})\s?[/.-]\s?(?P<y>[0-9]{4}|[0-9]{2})(?![0-9])"
    rf"|(?:(?<![0-9])(?P<day>[0-9]{{1,2}})\s*)?(?P<month>{_A_NAME})\.?"
    rf"{_BE}(?P<year>[0-9]{{4}}|[0-9]{{2}})(?![0-9])",
    re.IGNORECASE,
)
# What a period names besides: half-years and quarters with their fiscal year, before or behind
# it; fiscal years; and what lacks a year or a word.
_NAMED = re.compile(
    rf"{_DATE.pattern}"
    rf"|{_PART.format('of')}{_PLACE.format('first', 'last')}"
    rf"\s*(?:ของ|ใน|ประจำ|[(,/])?\s*{_FISCAL}(?P<of_year>[0-9]{{4}})(?![0-9])"
    rf"|{_FISCAL}(?P<year_of>[0-9]{{4}})\s*[(,/]?\s*"
    rf"{_PART.format('of2')}{_PLACE.format('first2', 'last2')}"
    rf"|{_FISCAL}(?P<fiscal>[0-9]{{4}})(?:\s*(?:[-–—]|ถึง)\s*(?P<until>[0-9]{{4}}))?(?![0-9])"
    rf"|(?P<lacking>{_PART.format('no_year')}|(?<![0-9/])[0-9]{{1,2}}/[0-9]{{1,2}}(?![0-9/])"
    rf"|{'|'.join(MONTHS['th'])}|{'|'.join(re.escape(name) for name in SHORT_MONTHS['th'])}"
    rf"|(?<![a-z])(?:{'|'.join((*MONTHS['en'], *SHORT_MONTHS['en']))})(?![a-z]))",
    re.IGNORECASE,
)


def day_of(text: str) -> date | None:
    """The one date that the text is; None for anything else."""
    found = _DATE.fullmatch(text.translate(_ARABIC).strip())
    if found is None or (found["month"] and not found["day"]):
        return None
    return _day(found)


def last_day_in(text: str) -> date | None:
    """The last day that a period names; of a month, a quarter, a half or a whole fiscal year, its
    last. None where the period's end lacks its year, or a part of a fiscal year its number."""
    named = list(_NAMED.finditer(text.translate(_ARABIC)))
    nearer = [one for one in named if not one["fiscal"]]  # than the fiscal year they are in
    days = [_last_day(one) for one in nearer or named]
    if not days or days[-1] is None:
        return None
    return max(day for day in days if day is not None)


def _last_day(found: "re.Match[str]") -> date | None:
    try:
        if found["lacking"]:
            return None
        if found["fiscal"]:
            return _within(FiscalYear(int(found["until"] or found["fiscal"])).last)
        year = found["of_year"] or found["year_of"]
        if year is None:
            return _day(found)
        place = found["last"] or found["last2"] or found["first"] or found["first2"]
        whole = FiscalYear(int(year))
        if (found["of"] or found["of2"]) == "ไตรมาส":
            return _within(whole.quarter(_QUARTERS[place]).last)
        return _within(whole.half(_HALVES[place]).last)
    except (KeyError, ValueError):  # the third half, a year that no calendar has
        return None


def _day(found: "re.Match[str]") -> date | None:
    try:
        if found["iso"]:
            return _within(date.fromisoformat(found["iso"]))
        year = _year(found["y"] or found["year"])
        month = int(found["m"]) if found["m"] else _month(found["month"])
        day = int(found["d"] or found["day"] or monthrange(year, month)[1])
        return _within(date(year, month, day))
    except ValueError:  # the 31st of a short month, and the like
        return None


def _month(name: str) -> int:
    return next(at for pattern, at in _NAMES.items() if re.fullmatch(pattern, name, re.IGNORECASE))


def _year(text: str) -> int:
    """Of the common era; four digits from 2400 on, and two, are Buddhist. Raises `ValueError`."""
    year = int(text)
    if len(text) == len("69"):
        if year < FIRST_SHORT_BE:
            raise ValueError(text)
        year += CENTURY_BE
    return year - BE_AHEAD if year >= EARLIEST_BE else year


def _within(day: date) -> date | None:
    return day if EARLIEST_BE <= day.year + BE_AHEAD <= LATEST_BE else None
