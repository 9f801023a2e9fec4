"""What the simulator knows of an office: its services, counters and hours on one day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from server.domain.day import unix_ms
from server.domain.hours import WEEKDAYS, is_working_day
from server.domain.office_file import ServiceProfile
from server.domain.questionnaire import Questionnaire
from server.domain.settings import AS_THE_OFFICE, Arrivals, ServiceRules, Settings


@dataclass(frozen=True, slots=True)
class HallService:
    id: int
    prefix: str
    standard_minutes: int
    profile: ServiceProfile
    rules: ServiceRules = AS_THE_OFFICE


@dataclass(frozen=True, slots=True)
class HallCounter:
    """`penalties`: the services it takes, with the seconds each counts as having come later.

    `staff_id`: who sits there.
    """

    id: int
    number: str
    penalties: Mapping[int, int]
    staff_id: int | None = None


@dataclass(frozen=True, slots=True)
class Hall:
    """Services and counters stand in the office's order, which ids do not decide."""

    settings: Settings
    arrivals: Arrivals
    services: tuple[HallService, ...]
    counters: tuple[HallCounter, ...]
    questionnaire: Questionnaire | None

    def at(self, day: date, clock: str | time) -> int:
        """Unix ms of an office time such as 08:30."""
        wall = time.fromisoformat(clock) if isinstance(clock, str) else clock
        return unix_ms(datetime.combine(day, wall, self.settings.zone))


def follows_holiday(settings: Settings, day: date) -> bool:
    """Whether more than a plain weekend lies between this working day and the one before."""
    day -= timedelta(days=1)
    for _ in range(31):  # an office that never works has no day before
        if is_working_day(settings, day):
            return False
        if WEEKDAYS[day.weekday()] in settings.hours.days:
            return True
        day -= timedelta(days=1)
    return False
