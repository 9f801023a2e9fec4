"""When numbers are given: days, hours and the last ticket before closing.

Public holidays of the country come with the opening calendar; the office's own are known here.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from server.domain.settings import Settings, Weekday

WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class Opening:
    """One stretch of a day: numbers from `tickets_from` to `tickets_to`, counters till `close`."""

    tickets_from: time
    tickets_to: time
    open: time
    close: time


def openings(settings: Settings, day: date) -> list[Opening]:
    """The day's stretches, earliest first; none on a closed day."""
    weekday = WEEKDAYS[day.weekday()]
    if any(day == holiday.date for holiday in settings.holidays.own):
        return []
    last = timedelta(minutes=settings.closing.last_ticket_before_close_minutes)
    found = []
    hours = settings.hours
    if weekday in hours.days:
        found.append(_opening(hours.kiosk_from, hours.open, hours.close, last))
    for extra in hours.extra:
        if weekday in extra.days and (not extra.months or day.month in extra.months):
            found.append(_opening(extra.open, extra.open, extra.close, last))
    return sorted(found, key=lambda opening: opening.open)


def gives_numbers(settings: Settings, now: datetime) -> bool:
    """Whether the kiosk, reception and the web give numbers at this office time."""
    if settings.settings.always_open:
        return True
    at = now.time()
    return any(o.tickets_from <= at < o.tickets_to for o in openings(settings, now.date()))


def closing_time(settings: Settings, now: datetime) -> Opening | None:
    """The stretch that `now` lies in or that comes next today; None when there is none."""
    at = now.time()
    return next((o for o in openings(settings, now.date()) if at < o.close), None)


def _opening(tickets_from: str, opens: str, closes: str, last: timedelta) -> Opening:
    close = time.fromisoformat(closes)
    end = (datetime.combine(date.min, close) - last).time()
    return Opening(time.fromisoformat(tickets_from), end, time.fromisoformat(opens), close)
