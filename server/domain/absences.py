"""When officers are away from their counters on a simulated day."""

from datetime import date
from random import Random
from typing import NamedTuple

from server.domain.hall import Hall, HallCounter

MINUTE_MS = 60_000
ABSENCES = 3  # a day and counter, beside lunch
SHORTEST_MS, LONGEST_MS = 8 * MINUTE_MS, 30 * MINUTE_MS


class Absence(NamedTuple):
    """From when to when (Unix ms), and the office's code of the reason."""

    since: int
    until: int
    reason: str | None


def absences(hall: Hall, day: date, counter: HallCounter, chance: Random) -> list[Absence]:
    """Its lunch, unless it is on the rota, then breaks and work at the back."""
    hours = hall.settings.hours
    opens, closes = hall.at(day, hours.open), hall.at(day, hours.close)
    codes: list[str | None] = [one.code for one in hall.settings.settings.reasons.pause]
    reasons, away = codes or [None], []
    lunch = hours.lunch
    if lunch is not None:
        stays = lunch.served and (not lunch.counters or counter.number in lunch.counters)
        if not stays:
            since, until = (hall.at(day, clock) for clock in (lunch.from_, lunch.to))
            away.append(Absence(since, until, reasons[0]))
    for _ in range(ABSENCES):
        since = chance.randrange(opens, max(opens + 1, closes))
        until = since + chance.randrange(SHORTEST_MS, LONGEST_MS)
        away.append(Absence(since, until, chance.choice(reasons)))
    return away


def absent(away: list[Absence], at: int) -> Absence | None:
    """The absence that lasts longest of those that `at` lies in."""
    now = [absence for absence in away if absence.since <= at < absence.until]
    return max(now, key=lambda absence: absence.until, default=None)
