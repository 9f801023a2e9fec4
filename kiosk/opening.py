"""What the kiosk says of the office's hours."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice

from server.domain.day import office_time, unix_ms
from server.domain.hours import closing_time, gives_numbers, openings
from server.domain.settings import Settings

LOOK_AHEAD = 30  # days; an office closed for longer says so by its own notice
SHOWN = 4


@dataclass(frozen=True, slots=True)
class Stretch:
    """When tickets are given, Unix ms."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Hours:
    """The office now. Times are Unix ms, None where there is none.

    `calls_from`: the counters still have to open; `closes`, `last_ticket`, `last_call`: of the
    stretch that is going on or comes next today; `coming`: the next ones that give tickets.
    """

    gives_numbers: bool
    any_time: bool
    calls_from: int | None = None
    closes: int | None = None
    last_ticket: int | None = None
    last_call: int | None = None
    coming: tuple[Stretch, ...] = ()

    @property
    def still_calling(self) -> bool:
        return not self.gives_numbers and self.calls_from is None and self.closes is not None


def hours_at(settings: Settings, at: int) -> Hours:
    """The office's hours as they stand at `at` (Unix ms)."""
    now = office_time(at, settings.zone)
    if settings.settings.always_open:
        return Hours(gives_numbers=True, any_time=True)
    opening = closing_time(settings, now)
    today = now.date()
    before = opening is not None and now.time() < opening.open
    closes = _at(settings, today, opening.close) if opening else None
    return Hours(
        gives_numbers=gives_numbers(settings, now),
        any_time=False,
        calls_from=_at(settings, today, opening.open) if opening and before else None,
        closes=closes,
        last_ticket=_at(settings, today, opening.tickets_to) if opening else None,
        last_call=closes + _stay_ms(settings) if closes else None,
        coming=tuple(islice(_coming(settings, at, today), SHOWN)),
    )


def _coming(settings: Settings, at: int, today: date) -> Iterator[Stretch]:
    for ahead in range(LOOK_AHEAD):
        day = today + timedelta(days=ahead)
        for opening in openings(settings, day):
            start = _at(settings, day, opening.tickets_from)
            if start > at:
                yield Stretch(start, _at(settings, day, opening.tickets_to))


def _stay_ms(settings: Settings) -> int:
    """How long those with a number are still called after closing."""
    return settings.closing.serve_waiting_after_close_minutes * 60_000


def _at(settings: Settings, day: date, clock: time) -> int:
    return unix_ms(datetime.combine(day, clock, settings.zone))
