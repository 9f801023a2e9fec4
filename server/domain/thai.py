"""The Thai calendar: Buddhist years, fiscal years, dates in words, digits."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal, NamedTuple

BE_AHEAD = 543  # years that the Buddhist era is ahead of the common one
OCTOBER = 10  # the month a fiscal year begins in

MONTHS = {
    "th": (
        *("มกราคม", "กุมภาพันธ์", "มีนาคม", "เมษายน", "พฤษภาคม", "มิถุนายน"),
        *("กรกฎาคม", "สิงหาคม", "กันยายน", "ตุลาคม", "พฤศจิกายน", "ธันวาคม"),
    ),
    "en": (
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
}
SHORT_MONTHS = {
    "th": (
        *("ม.ค.", "ก.พ.", "มี.ค.", "เม.ย.", "พ.ค.", "มิ.ย."),
        *("ก.ค.", "ส.ค.", "ก.ย.", "ต.ค.", "พ.ย.", "ธ.ค."),
    ),
    "en": tuple(name[:3] for name in MONTHS["en"]),
}
WEEKDAYS = {
    "th": ("จันทร์", "อังคาร", "พุธ", "พฤหัสบดี", "ศุกร์", "เสาร์", "อาทิตย์"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}

_THAI_DIGITS = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")


class Period(NamedTuple):
    """Office dates from `first` to `last`, both included."""

    first: date
    last: date


@dataclass(frozen=True, slots=True, order=True)
class FiscalYear:
    """1 October to 30 September, named by the Buddhist year it ends in: 2569 ends in 2026."""

    be: int

    @property
    def first(self) -> date:
        return date(self.be - BE_AHEAD - 1, OCTOBER, 1)

    @property
    def last(self) -> date:
        return date(self.be - BE_AHEAD, 9, 30)

    def half(self, number: Literal[1, 2]) -> Period:
        """October to March, or April to September. Raises `ValueError` for any other number."""
        return self._part(number, 2)

    def quarter(self, number: Literal[1, 2, 3, 4]) -> Period:
        """Three months, the first from October. Raises `ValueError` for any other number."""
        return self._part(number, 4)

    def _part(self, number: int, of: int) -> Period:
        if not 1 <= number <= of:
            raise ValueError(f"a fiscal year has parts 1 to {of}, not {number}")
        months = 12 // of
        begun = OCTOBER - 1 + (number - 1) * months  # months since January of the year it begins in
        return Period(
            _first_of_month(self.first.year, begun),
            _first_of_month(self.first.year, begun + months) - timedelta(days=1),
        )


def _first_of_month(year: int, months_since_january: int) -> date:
    return date(year + months_since_january // 12, months_since_january % 12 + 1, 1)


def fiscal_year_of(day: date) -> FiscalYear:
    return FiscalYear(be_year(day) + (1 if day.month >= OCTOBER else 0))


def be_year(day: date) -> int:
    """The Buddhist year of a date: 2569 for any day of 2026."""
    return day.year + BE_AHEAD


def long_date(day: date, language: str = "th", *, weekday: bool = True) -> str:
    """วันจันทร์ที่ 16 มีนาคม 2569, Monday 16 March 2026; without its weekday 16 มีนาคม 2569."""
    if language == "th":
        name = f"วัน{WEEKDAYS['th'][day.weekday()]}ที่ " if weekday else ""
    else:
        name = f"{WEEKDAYS['en'][day.weekday()]} " if weekday else ""
    return f"{name}{day.day} {month_words(day, language)}"


def day_and_month(day: date, language: str = "th", *, short: bool = False) -> str:
    """วันจันทร์ที่ 16 มีนาคม, Monday 16 March: for the weeks ahead, whose year nobody asks.

    `short`: วันจันทร์ 16 มี.ค., Mon 16 Mar.
    """
    if not short:
        return long_date(day, language).rpartition(" ")[0]
    tongue = "th" if language == "th" else "en"
    name, month = WEEKDAYS[tongue][day.weekday()], SHORT_MONTHS[tongue][day.month - 1]
    return f"วัน{name} {day.day} {month}" if tongue == "th" else f"{name[:3]} {day.day} {month}"


def month_words(day: date, language: str = "th") -> str:
    """มีนาคม 2569, March 2026."""
    month = MONTHS["th" if language == "th" else "en"][day.month - 1]
    return f"{month} {_year(day, language)}"


def short_date(day: date, language: str = "th") -> str:
    """16 มี.ค. 69, 16 Mar 2026."""
    if language == "th":
        return f"{day.day} {SHORT_MONTHS['th'][day.month - 1]} {be_year(day) % 100:02}"
    return f"{day.day} {SHORT_MONTHS['en'][day.month - 1]} {day.year}"


def _year(day: date, language: str) -> int:
    return be_year(day) if language == "th" else day.year


def clock(moment: datetime) -> str:
    """10:24, as screens write it."""
    return f"{moment:%H:%M}"


def document_clock(moment: datetime) -> str:
    """10.24, as Thai documents write it; " น." follows in the template."""
    return f"{moment:%H.%M}"


def thai_digits(text: str) -> str:
    """The same text with ๐–๙ for 0–9. Only for documents: machines read Arabic digits."""
    return text.translate(_THAI_DIGITS)
