"""Which half-year the wall is asked for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from server.domain.refusals import BadField
from server.domain.thai import FiscalYear, Period, fiscal_year_of
from server.domain.trend import half_before, half_of

LISTED = 4  # half-years to choose from, that of yesterday first


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
