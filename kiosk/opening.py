"""What the kiosk says of the office's hours."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby, islice

from server.domain.day import office_time, unix_ms
from server.domain.hours import closing_time, coming, gives_numbers, holiday_name, openings
from server.domain.settings import AS_THE_OFFICE, Settings, Words
from server.domain.shown import Service
from server.domain.thai import day_and_month
from server.web import language, say

SHOWN = 3  # days


@dataclass(frozen=True, slots=True)
class Stretch:
    """When tickets are given, Unix ms."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Hours:
    """The office now. Times are Unix ms, None where there is none.

    `calls_from`: the counters still have to open; `closes`, `last_ticket`: of the stretch that is
    going on or comes next today; `again`: when the first of the services gives numbers; `coming`:
    the office's next days, each with its stretches; `holiday`: what today is celebrated for;
    `lunch`: the counters rest until `calls_from`.
    """

    gives_numbers: bool
    any_time: bool
    calls_from: int | None = None
    closes: int | None = None
    last_ticket: int | None = None
    again: datetime | None = None
    coming: tuple[tuple[Stretch, ...], ...] = ()
    holiday: Words | None = None
    lunch: bool = False

    @property
    def still_calling(self) -> bool:
        return not self.gives_numbers and (
            self.lunch or (not self.calls_from and bool(self.closes))
        )


def hours_at(settings: Settings, at: int, offered: list[Service]) -> Hours:
    """The office's hours as they stand at `at` (Unix ms), for a kiosk of these services.

    Numbers are given while any of them is to be had, which may be when the office is closed.
    """
    now = office_time(at, settings.zone)
    if settings.settings.always_open:
        return Hours(gives_numbers=True, any_time=True)
    opening = closing_time(settings, now)
    today = now.date()
    before = opening is not None and now.time() < opening.open
    giving = any(gives_numbers(settings, now, one.rules, one.takers) for one in offered)
    return Hours(
        gives_numbers=giving,
        any_time=False,
        calls_from=_at(settings, today, opening.open) if opening and before else None,
        closes=_at(settings, today, opening.close) if opening else None,
        last_ticket=_at(settings, today, opening.tickets_to) if opening else None,
        again=min((one.again for one in offered if one.again), default=None),
        coming=_coming(settings, now, offered),
        holiday=None if giving else holiday_name(settings, today),
        lunch=before and any(one.close <= now.time() for one in openings(settings, today)),
    )


def when_words(moment: datetime | None, now: datetime, *, short: bool = False) -> str:
    """Today, tomorrow or the day, with the time; empty where nobody can say."""
    if moment is None:
        return ""
    clock, ahead = f"{moment:%H:%M}", moment.date() - now.date()
    if ahead <= timedelta(days=1):
        return say("kiosk.when.tomorrow" if ahead else "kiosk.when.today", time=clock)
    return say(
        "kiosk.when.day", day=day_and_month(moment.date(), language(), short=short), time=clock
    )


def _coming(
    settings: Settings, now: datetime, offered: list[Service]
) -> tuple[tuple[Stretch, ...], ...]:
    """The next days: the office's, or those of the only service that this kiosk is for."""
    rules = offered[0].rules if len(offered) == 1 else AS_THE_OFFICE
    takers = offered[0].takers if len(offered) == 1 else None
    days = groupby(coming(settings, now, rules, takers), key=lambda one: one[0])
    return tuple(
        tuple(
            Stretch(
                _at(settings, day, one.tickets_from),
                _at(settings, day, one.tickets_to),
            )
            for _, one in stretches
        )
        for day, stretches in islice(days, SHOWN)
    )


def _at(settings: Settings, day: date, clock: time) -> int:
    return unix_ms(datetime.combine(day, clock, settings.zone))
