"""Who comes on a simulated day.

All that chance decides about a visitor is drawn here, before any rule is asked, so that the same
visitors can meet other rules.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum, auto
from random import Random
from typing import TypeVar

from server.domain.hall import Hall, HallService, follows_holiday
from server.domain.hours import WEEKDAYS
from server.domain.office_file import ServiceProfile
from server.domain.order import Priority

Kind = TypeVar("Kind")

SECOND_MS, HOUR_MS = 1000, 3_600_000
MISTAKES = 0.006  # part of all numbers: taken twice or for the wrong service
COMES_BACK = 0.3  # part of those who missed their call
STARTS = 0.7  # part of visits for which the officer presses start
SHORTEST_S, LONGEST_S = 40, 3 * 3600


class Fate(Enum):
    """What happens to a visitor unless something else comes first."""

    STAYS = auto()
    LEAVES = auto()  # soon, whatever the wait
    MISSES_CALL = auto()
    COMES_BACK = auto()  # misses the call, then asks to be let in again
    LACKS_PAPERS = auto()
    MISTAKE = auto()


@dataclass(frozen=True, slots=True)
class Visitor:
    """Times are Unix ms, durations seconds; `work_s` has one entry per service.

    `later_s`: when the fate strikes, after the arrival or after the missed call. `patience_s`:
    the longest wait that is borne. `walk_s`: from the call to the counter. `mood`: standard normal,
    what opinions start from.
    """

    arrives_at: int
    service_ids: tuple[int, ...]
    work_s: tuple[int, ...]
    priority: Priority
    channel: str
    language: str
    fate: Fate
    later_s: int
    patience_s: int
    walk_s: int
    starts: bool
    rates: bool
    answers: bool
    mood: float


def visitors_of(hall: Hall, day: date, chance: Random, typical: int | None = None) -> list[Visitor]:
    """The visitors of a working day in order of arrival; none when nobody takes any service.

    `typical`: mean visits of a plain day, in place of the file's.
    """
    taken = {service_id for counter in hall.counters for service_id in counter.penalties}
    services = [service for service in hall.services if service.id in taken]
    demand = [s.profile.share * s.profile.month_factor[day.month - 1] for s in services]
    hours = _hours(hall, day)
    if not any(demand) or not hours:
        return []
    arrivals = _arrivals(hours, _how_many(hall, day, chance, typical), chance)
    return [_visitor(hall, at, services, demand, chance) for at in arrivals]


def _how_many(hall: Hall, day: date, chance: Random, typical: int | None) -> int:
    plan, bounds = hall.arrivals, hall.arrivals.visits_per_day
    mean = bounds.typical if typical is None else typical
    stretch = mean / max(1, bounds.typical)
    level = mean * plan.month_factor[day.month - 1]
    level *= plan.weekday_factor.get(WEEKDAYS[day.weekday()], 1.0)
    if follows_holiday(hall.settings, day):
        level *= plan.after_holiday_factor
    level *= chance.gauss(1, plan.day_spread)
    return round(min(max(level, bounds.low * stretch), bounds.high * stretch))


def _hours(hall: Hall, day: date) -> list[tuple[int, int, float]]:
    """From when to when (Unix ms) numbers are given, hour by hour, with each hour's share."""
    hours = hall.settings.hours
    first, close = hall.at(day, hours.kiosk_from), hall.at(day, hours.close)
    last = close - hall.settings.closing.last_ticket_before_close_minutes * 60 * SECOND_MS
    found = []
    for hour, share in sorted(hall.arrivals.hour_share.items()):
        begins = hall.at(day, f"{int(hour):02}:00")
        since, until = max(first, begins), min(last, begins + HOUR_MS)
        if since < until and share:
            found.append((since, until, share))
    return found


def _arrivals(hours: list[tuple[int, int, float]], n: int, chance: Random) -> list[int]:
    """`n` different moments (Unix ms), ascending."""
    drawn = chance.choices(hours, [share for _, _, share in hours], k=n)
    moments: list[int] = []
    for at in sorted(chance.randrange(since, until) for since, until, _ in drawn):
        moments.append(at if not moments else max(at, moments[-1] + 1))
    return moments


def _visitor(
    hall: Hall, at: int, services: list[HallService], demand: list[float], chance: Random
) -> Visitor:
    plan = hall.arrivals
    wanted = chance.choices(services, demand)
    if chance.random() < plan.several_services_share:
        more = chance.choices(services, demand, k=2)
        wanted += [service for service in more[:1] if service.id != wanted[0].id]
    profile = wanted[0].profile
    fate = _fate(hall, profile, chance, several=len(wanted) > 1)
    return Visitor(
        arrives_at=at,
        service_ids=tuple(service.id for service in wanted),
        work_s=tuple(_work_s(service.profile, chance) for service in wanted),
        priority=_one_of(profile.priority_share or plan.priority_share, chance, Priority.NONE),
        channel=_one_of(plan.channel_share, chance, "kiosk"),
        language=_one_of(plan.language_share, chance, hall.settings.settings.default_language),
        fate=fate,
        later_s=_later_s(hall, fate, chance),
        patience_s=round(60 * plan.patience_minutes * chance.gammavariate(10, 0.1)),
        walk_s=round(min(100, chance.lognormvariate(math.log(24), 0.5))),
        starts=chance.random() < STARTS,
        rates=chance.random() < plan.rating_share,
        answers=chance.random() < plan.survey_share,
        mood=chance.gauss(0, 1),
    )


def _fate(hall: Hall, profile: ServiceProfile, chance: Random, *, several: bool) -> Fate:
    missing = hall.arrivals.no_show_share
    shares = {
        Fate.LEAVES: profile.abandon,
        Fate.MISSES_CALL: missing,
        Fate.COMES_BACK: missing * COMES_BACK / (1 - COMES_BACK),
        Fate.LACKS_PAPERS: hall.arrivals.turned_away_share,
        Fate.MISTAKE: MISTAKES,
    }
    # Who came for several things stays for them.
    return Fate.STAYS if several else _one_of(shares, chance, Fate.STAYS)


def _later_s(hall: Hall, fate: Fate, chance: Random) -> int:
    if fate is Fate.COMES_BACK:
        return round(60 * chance.uniform(2, 0.8 * hall.settings.settings.return_within_minutes))
    if fate is Fate.LEAVES:
        return chance.randrange(40, 480)
    return chance.randrange(30, 200)


def _work_s(profile: ServiceProfile, chance: Random) -> int:
    """Log-normal seconds with the profile's mean and standard deviation."""
    spread = math.log(1 + (profile.minutes_sd / profile.minutes_mean) ** 2)
    middle = math.log(60 * profile.minutes_mean) - spread / 2
    drawn = chance.lognormvariate(middle, math.sqrt(spread))
    return round(min(max(drawn, SHORTEST_S), LONGEST_S))


def _one_of(shares: Mapping[Kind, float], chance: Random, rest: Kind) -> Kind:
    """One of the keys by its share of 1; what the shares leave over is `rest`."""
    drawn = chance.random()
    for kind, share in shares.items():
        if drawn < share:
            return kind
        drawn -= share
    return rest
