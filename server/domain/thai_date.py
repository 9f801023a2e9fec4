"""Dates as offices write them: 31 มี.ค. 69, 31/3/2569, ตุลาคม 2568 – มีนาคม 2569."""

import re
from calendar import monthrange
from datetime import date

from server.domain.thai import BE_AHEAD, MONTHS, SHORT_MONTHS, FiscalYear

EARLIEST_BE, LATEST_BE = 2400, 2700
CENTURY_BE = 2500  # of a year written with two digits
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
_DATE = re.compile(
    r"(?P<iso>(?<![0-9])[0-9]{4}-[0-9]{2}-[0-9]{2}(?![0-9]))"
    r"|(?<![0-9])(?P<d>[0-9]{1,2})\s?[/.-]\s?(?P<m>[0-9]{1,2})\s?[/.-]\s?(?P<y>[0-9]{4}|[0-9]{2})(?![0-9])"
    rf"|(?:(?<![0-9])(?P<day>[0-9]{{1,2}})\s*)?(?P<month>{'|'.join(_BY_LENGTH)})\.?"
    r"\s*(?:พ\s?\.?\s?ศ\s?\.?)?\s*(?P<year>[0-9]{4}|[0-9]{2})(?![0-9])"
    r"|(?:ปีงบประมาณ|ปีงบ)\s*(?:พ\s?\.?\s?ศ\s?\.?)?\s*(?P<fiscal>[0-9]{4})(?![0-9])",
    re.IGNORECASE,
)


def day_of(text: str) -> date | None:
    """The one date that the text is; None for anything else."""
    found = _DATE.fullmatch(text.translate(_ARABIC).strip())
    if found is None or found["fiscal"] or (found["month"] and not found["day"]):
        return None
    return _day(found)


def last_day_in(text: str) -> date | None:
    """The last day that a period names; of a month alone, or a fiscal year, its last."""
    days = [day for found in _DATE.finditer(text.translate(_ARABIC)) if (day := _day(found))]
    return max(days, default=None)


def _day(found: "re.Match[str]") -> date | None:
    try:
        if found["iso"]:
            return _within(date.fromisoformat(found["iso"]))
        if found["fiscal"]:
            return _within(FiscalYear(int(found["fiscal"])).last)
        year = _year(found["y"] or found["year"])
        month = int(found["m"]) if found["m"] else _month(found["month"])
        day = int(found["d"] or found["day"] or monthrange(year, month)[1])
        return _within(date(year, month, day))
    except ValueError:  # the 31st of a short month, and the like
        return None


def _month(name: str) -> int:
    return next(at for pattern, at in _NAMES.items() if re.fullmatch(pattern, name, re.IGNORECASE))


def _year(text: str) -> int:
    """Of the common era; four digits from 2400 on, and two, are Buddhist."""
    year = int(text) if len(text) == 4 else CENTURY_BE + int(text)  # noqa: PLR2004
    return year - BE_AHEAD if year >= EARLIEST_BE else year


def _within(day: date) -> date | None:
    return day if EARLIEST_BE <= day.year + BE_AHEAD <= LATEST_BE else None
