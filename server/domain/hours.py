"""When numbers are given and counters call: weekdays, lunch, evenings in season, holidays.

A day is a list of stretches. Clock times are the office's; a day never reaches past midnight.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from server.domain.holidays import days_off
from server.domain.settings import (
    AS_THE_OFFICE,
    ExtraHours,
    ServiceRules,
    Settings,
    Weekday,
    Words,
)

WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LOOK_AHEAD = 60  # days; what opens later than this is told by a notice, not by a screen


@dataclass(frozen=True, slots=True)
class Opening:
    """One stretch of a day: numbers from `tickets_from` to `tickets_to`, counters till `close`.

    `counters`: the numbers of those that work in it; empty: all of them.
    """

    tickets_from: time
    tickets_to: time
    open: time
    close: time
    counters: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Span:
    """Minutes since midnight."""

    tickets_from: int
    open: int
    close: int
    counters: tuple[str, ...] = ()


def openings(
    settings: Settings,
    day: date,
    rules: ServiceRules = AS_THE_OFFICE,
    takers: Collection[str] | None = None,
) -> list[Opening]:
    """The day's stretches for a service of these rules, earliest first; none on a closed day.

    They never overlap. `takers`: numbers of the counters that take the service, for hours in which
    only some work; None: whoever works then takes it.
    """
    if holiday_name(settings, day) is not None:
        return []
    spans = [*_usual(settings, day, rules), *_extra(settings, day, takers)]
    last = settings.closing.last_ticket_before_close_minutes
    apart = _apart(spans)
    found = []
    for at, span in enumerate(apart):
        following = apart[at + 1] if at + 1 < len(apart) else None
        tickets_to = max(span.tickets_from, span.close - last)
        if following is not None and (
            following.open == span.close or _is_lunch(settings, span.close)
        ):
            tickets_to = span.close  # it goes on afterwards: nobody has to be turned away
        found.append(
            Opening(
                _clock(span.tickets_from),
                _clock(tickets_to),
                _clock(span.open),
                _clock(span.close),
                span.counters,
            )
        )
    return found


def gives_numbers(
    settings: Settings,
    now: datetime,
    rules: ServiceRules = AS_THE_OFFICE,
    takers: Collection[str] | None = None,
) -> bool:
    """Whether the kiosk, reception and the web give numbers at this office time."""
    if settings.settings.always_open:
        return True
    at = now.time()
    today = openings(settings, now.date(), rules, takers)
    return any(one.tickets_from <= at < one.tickets_to for one in today)


def closing_time(
    settings: Settings,
    now: datetime,
    rules: ServiceRules = AS_THE_OFFICE,
    takers: Collection[str] | None = None,
) -> Opening | None:
    """The stretch that `now` lies in or that comes next today; None when there is none."""
    at = now.time()
    today = openings(settings, now.date(), rules, takers)
    return next((one for one in today if at < one.close), None)


def coming(
    settings: Settings,
    now: datetime,
    rules: ServiceRules = AS_THE_OFFICE,
    takers: Collection[str] | None = None,
) -> Iterator[tuple[date, Opening]]:
    """The stretches that begin to give numbers after `now`, within the next weeks."""
    for ahead in range(LOOK_AHEAD):
        day = now.date() + timedelta(days=ahead)
        for one in openings(settings, day, rules, takers):
            later = ahead > 0 or one.tickets_from > now.time()
            if later and one.tickets_from < one.tickets_to:
                yield day, one


def opens_next(
    settings: Settings,
    now: datetime,
    rules: ServiceRules = AS_THE_OFFICE,
    takers: Collection[str] | None = None,
) -> datetime | None:
    """When numbers are given again, in the office's zone; None: not within the next weeks."""
    for day, one in coming(settings, now, rules, takers):
        return datetime.combine(day, one.tickets_from, now.tzinfo)
    return None


def served_today(
    settings: Settings,
    now: datetime,
    wait_s: int,
    rules: ServiceRules = AS_THE_OFFICE,
    takers: Collection[str] | None = None,
) -> bool:
    """Whether a wait that ends in so many seconds ends while somebody still calls today.

    Those with a number are called for some minutes after the last closing.
    """
    if settings.settings.always_open:
        return True
    today = openings(settings, now.date(), rules, takers)
    if not today or now.time() >= today[-1].close:
        return False
    last = datetime.combine(now.date(), today[-1].close, now.tzinfo) + _stay(settings)
    return now + timedelta(seconds=wait_s) <= last


def called_at(
    settings: Settings,
    now: datetime,
    wait_s: int,
    rules: ServiceRules = AS_THE_OFFICE,
    takers: Collection[str] | None = None,
) -> datetime:
    """When a wait of so many seconds is over; where the service is closed then, its next opening.

    The wait has the office's opening and lunch in it already. Past the last closing it runs on by
    the clock.
    """
    called = now + timedelta(seconds=wait_s)
    if settings.settings.always_open:
        return called
    for one in openings(settings, now.date(), rules, takers):
        if called <= datetime.combine(now.date(), one.close, now.tzinfo):
            return max(called, datetime.combine(now.date(), one.open, now.tzinfo))
    return called


def at_rest(
    settings: Settings, now: datetime, services: Iterable[ServiceRules] = (AS_THE_OFFICE,)
) -> bool:
    """Whether nobody comes any more, or yet, on this day; a lunch break is no rest.

    `services`: the rules of those given in the office.
    """
    if settings.settings.always_open:
        return False
    at = now.time()
    today = [one for rules in services for one in openings(settings, now.date(), rules)]
    return not (
        any(one.tickets_from <= at for one in today) and any(at < one.close for one in today)
    )


def is_working_day(settings: Settings, day: date) -> bool:
    """Whether the office keeps its usual hours that day."""
    return WEEKDAYS[day.weekday()] in settings.hours.days and holiday_name(settings, day) is None


def holiday_name(settings: Settings, day: date) -> Words | None:
    """What is celebrated on a day off; None where the day is none. The office's own stand first."""
    for own in settings.holidays.own:
        if own.date == day:
            return own.name
    return days_off(settings.holidays, day.year).get(day)


def day_ends_at(
    settings: Settings, day: date, services: Iterable[ServiceRules] = ()
) -> datetime | None:
    """When the last with a number has been called, in the office's zone; None on a closed day.

    `services`: the rules of those given in the office, for one of them may close later than it.
    """
    if settings.settings.always_open:
        return None
    closes = [
        one.close for rules in (AS_THE_OFFICE, *services) for one in openings(settings, day, rules)
    ]
    if not closes:
        return None
    return datetime.combine(day, max(closes), settings.zone) + _stay(settings)


def only_some_counters(settings: Settings, day: date) -> bool:
    """Whether there are hours on this day in which only some counters work."""
    return any(extra.counters for extra in _extra_of(settings, day))


# ---------------------------------------------------------------- what these share


def _usual(settings: Settings, day: date, rules: ServiceRules) -> Iterator[_Span]:
    """The service's own hours where it has some, else the office's; without a lunch not served."""
    hours, weekday = settings.hours, WEEKDAYS[day.weekday()]
    sooner = max(0, _minutes(hours.open) - _minutes(hours.kiosk_from))
    own = [(one.days, one.open, one.close) for one in rules.hours]
    for days, opens, closes in own or [(hours.days, hours.open, hours.close)]:
        if weekday in days:
            start = _minutes(opens)
            yield from _around_lunch(
                settings, rules, _Span(max(0, start - sooner), start, _minutes(closes))
            )


def _around_lunch(settings: Settings, rules: ServiceRules, span: _Span) -> Iterator[_Span]:
    lunch = settings.hours.lunch
    served = lunch is None or (lunch.served if rules.at_lunch is None else rules.at_lunch)
    if lunch is None or served:
        yield span
        return
    since, until = _minutes(lunch.from_), _minutes(lunch.to)
    yield _Span(span.tickets_from, span.open, min(span.close, since))
    yield _Span(max(span.tickets_from, until), max(span.open, until), span.close)


def _is_lunch(settings: Settings, minute: int) -> bool:
    lunch = settings.hours.lunch
    return lunch is not None and minute == _minutes(lunch.from_)


def _extra(settings: Settings, day: date, takers: Collection[str] | None) -> Iterator[_Span]:
    for one in _extra_of(settings, day):
        if takers is None or not one.counters or set(one.counters) & set(takers):
            start = _minutes(one.open)
            yield _Span(start, start, _minutes(one.close), one.counters)


def _extra_of(settings: Settings, day: date) -> list[ExtraHours]:
    weekday = WEEKDAYS[day.weekday()]
    return [
        extra
        for extra in settings.hours.extra
        if weekday in extra.days and (not extra.months or day.month in extra.months)
    ]


def _apart(spans: list[_Span]) -> list[_Span]:
    """In order; what overlaps an earlier stretch begins where that one ends."""
    found: list[_Span] = []
    for span in sorted(spans, key=lambda one: (one.open, one.close)):
        until = found[-1].close if found else 0
        start = max(span.open, until)
        if start < span.close:
            found.append(_Span(max(span.tickets_from, until), start, span.close, span.counters))
    return found


def _stay(settings: Settings) -> timedelta:
    """How long those with a number are still called after closing."""
    return timedelta(minutes=settings.closing.serve_waiting_after_close_minutes)


def _minutes(clock: str) -> int:
    hours, minutes = clock.split(":")
    return 60 * int(hours) + int(minutes)


def _clock(minutes: int) -> time:
    return time(minutes // 60, minutes % 60)
