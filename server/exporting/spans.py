"""How finely an answer's moment is told: never so that it points at few visits."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from server.domain.day import office_time
from server.store.exported import MOMENTS

ENOUGH = 5  # visits: as many as the respondents of a figure that is shown inside

Visits = Counter[str]  # how many of them began to wait, were called … in a span


class Spans:
    """Hour, day or month, each known by its begin in office time; of the first month `first`.

    The rule is no secret and the visits are in the file: who reads "the day" knows that it was none
    of the hours told by themselves. So what is left of a day or a month needs visits enough too.
    `visits`: service, moment, where (Unix ms), how many visits have that moment there.
    """

    def __init__(self, visits: Iterable[Sequence[Any]], first: date, zone: ZoneInfo) -> None:
        self._zone = zone
        self._first = datetime.combine(first, time(), zone)
        found: dict[int | None, dict[datetime, Visits]] = defaultdict(lambda: defaultdict(Visits))
        for service_id, moment, at, n in visits:
            hour = _hour(office_time(at, zone))
            for service in (service_id, None):  # an answer to no service may be of any visit
                found[service][hour][moment] += n
        self._told = {service_id: _told(hours) for service_id, hours in found.items()}

    def began(self, service_id: int | None, at: int) -> datetime:
        """The begin of the span that is told of an answer at `at` (Unix ms)."""
        hour = _hour(office_time(at, self._zone))
        hours, days = self._told.get(service_id, (frozenset(), frozenset()))
        if hour in hours:
            return hour
        if _day(hour) in days:
            return _day(hour)
        return max(_month(hour), self._first)


def _told(visits: Mapping[datetime, Visits]) -> tuple[frozenset[datetime], frozenset[datetime]]:
    """The hours that are told, and the days whose other hours are told as the day."""
    by_day: dict[datetime, dict[datetime, Visits]] = defaultdict(dict)
    for hour, found in visits.items():
        by_day[_day(hour)][hour] = found
    hours: set[datetime] = set()
    by_month: dict[datetime, dict[datetime, Visits]] = defaultdict(dict)
    for day, theirs in by_day.items():
        apart = _apart(theirs)
        hours |= apart
        by_month[_month(day)][day] = _all_but(apart, theirs)
    days = (_apart(rests) for rests in by_month.values())
    return frozenset(hours), frozenset[datetime]().union(*days)


def _apart(visits: Mapping[datetime, Visits]) -> set[datetime]:
    """Those told by themselves: enough visits in each, and in all the others together.

    Where the others have too few, the smallest joins them; with none to join, they stay too few.
    """
    apart = {span for span, found in visits.items() if _fewest(found) >= ENOUGH}
    if apart and _fewest(_all_but(apart, visits)) < ENOUGH:
        apart.remove(min(apart, key=lambda span: (_fewest(visits[span]), span)))
    return apart


def _all_but(apart: set[datetime], visits: Mapping[datetime, Visits]) -> Visits:
    rest = Visits()
    for span, found in visits.items():
        if span not in apart:
            rest.update(found)
    return rest


def _fewest(visits: Visits) -> int:
    """By whichever moment somebody looks for them."""
    return min(visits[moment] for moment in MOMENTS)


def _hour(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)


def _day(moment: datetime) -> datetime:
    return _hour(moment).replace(hour=0)


def _month(moment: datetime) -> datetime:
    return _day(moment).replace(day=1)
