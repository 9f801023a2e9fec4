"""Whether a service gives a number now, and if not, why. Kiosk, reception and the desk ask this."""

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum

from server.domain.estimate import Wait
from server.domain.hours import gives_numbers, openings, opens_next, served_today
from server.domain.settings import AS_THE_OFFICE, ServiceRules, Settings


class Shut(StrEnum):
    """Why none is given: the refusal's code."""

    OFF = "service_off"  # switched off by hand
    OFFICE = "office_closed"
    SERVICE = "service_closed"  # the office is open, this service is not
    FULL = "day_limit_reached"
    LATE = "would_not_be_served"


BY_HAND = (Shut.FULL, Shut.LATE)  # staff may give a number all the same, with a reason


def closed(
    settings: Settings,
    now: datetime,
    rules: ServiceRules,
    takers: Collection[str] | None,
    *,
    override: bool = False,
) -> Shut | None:
    """Outside the hours in which this service gives numbers. `takers` as in `openings`.

    `override`: staff answer for it that a number given in the last minutes is served.
    """
    if gives_numbers(settings, now, rules, takers):
        return None
    at = now.time()
    if override and any(
        one.tickets_from <= at < one.close for one in openings(settings, now.date(), rules, takers)
    ):
        return None
    return Shut.SERVICE if gives_numbers(settings, now, AS_THE_OFFICE) else Shut.OFFICE


def full(rules: ServiceRules, given: int) -> bool:
    """`given`: today's numbers for this service, without those issued in error."""
    return rules.day_limit is not None and given >= rules.day_limit


def too_late(
    settings: Settings,
    now: datetime,
    wait: Wait | None,
    rules: ServiceRules,
    takers: Collection[str] | None,
) -> bool:
    """Whether even the likely wait is over only when nobody calls any more today."""
    return wait is not None and not served_today(settings, now, wait.likely_s, rules, takers)


def shut(
    settings: Settings,
    now: datetime,
    rules: ServiceRules,
    takers: Collection[str] | None,
    *,
    given: int,
    wait: Wait | None,
) -> Shut | None:
    """Why a visitor who comes now gets no number; None: one is given."""
    if by_hours := closed(settings, now, rules, takers):
        return by_hours
    if full(rules, given):
        return Shut.FULL
    return Shut.LATE if too_late(settings, now, wait, rules, takers) else None


def again(
    settings: Settings,
    now: datetime,
    why: Shut,
    rules: ServiceRules,
    takers: Collection[str] | None,
) -> datetime | None:
    """When a number may be had again, in the office's zone; None where nobody can say.

    A day that is full or too short stays so: then it is the next one.
    """
    if why is Shut.OFF:
        return None
    if why in BY_HAND:
        now = now.replace(hour=0, minute=0) + timedelta(days=1, minutes=-1)
    return opens_next(settings, now, rules, takers)
