"""Which presses can hardly be another visitor's: judged against the visits served there.

Each visit that was served lets one press count, within the time in which its visitor may press.
Presses are points and visits stretches of time, so "does every press that counts have a visit of
its own" is a matching of points to intervals. Taking for each press, in order of time, the visit
whose time is over first finds one wherever there is one (earliest deadline first).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from heapq import heapify, heappop, heappush

MINUTE_MS = 60_000
GRACE_MS = 3 * MINUTE_MS  # after a visit's end, at a device that stands at the counter
LINK_GRACE_MS = 60 * MINUTE_MS  # and for a link on paper, which may be opened on the way out
DOOR_GRACE_MS = 30 * MINUTE_MS  # and by the door, or back at the kiosk
# Who was called just now has not been served yet: a press so soon is of the one before, unless
# the whole visit was as short.
SETTLED_MS = 2 * MINUTE_MS
BEFORE_END_MS = MINUTE_MS  # a visitor may be done a little before the officer says so
NEAR_MS = 30 * MINUTE_MS  # presses so far apart do not compete for one visit at a counter
SWAMPED_FROM = 3  # of a crowd: as many too many, and more than count, and nobody can tell which


class Flag(StrEnum):
    """Why a press does not count. Flagged ones are counted beside the figures, never deleted."""

    BURST = "burst"  # seconds after another one
    UNSERVED = "unserved"  # nobody was served there
    AGAIN = "again"  # every visit that it could be of has its press
    CROWD = "crowd"  # by a link, more presses in an hour than visits
    LATE_CLOCK = "late_clock"  # the device's clock cannot have been right
    LATE = "late"  # the device had sent all that it kept from then


@dataclass(frozen=True, slots=True)
class Visit:
    """A step served, or in hand (`ended_at` None). Times are Unix ms."""

    called_at: int
    ended_at: int | None
    service_id: int


@dataclass(frozen=True, slots=True)
class Grant:
    """From `first` to `last` (Unix ms, both included) one press may be of this visit."""

    first: int
    last: int
    service_id: int


@dataclass(frozen=True, slots=True)
class Judged:
    """`grant`: the visit that a press is taken to be of; `flag`: why it is none's."""

    grant: Grant | None
    flag: Flag | None


def at_counter(visit: Visit, now: int) -> Grant:
    """When this visitor may press at the counter's device. `now`: Unix ms, for one in hand."""
    if visit.ended_at is None:
        return Grant(visit.called_at + SETTLED_MS, max(now, visit.called_at), visit.service_id)
    settled = min(visit.called_at + SETTLED_MS, visit.ended_at - BEFORE_END_MS)
    first = max(visit.called_at, settled)
    return Grant(first, visit.ended_at + GRACE_MS, visit.service_id)


def elsewhere(visit: Visit, now: int, grace_ms: int) -> Grant:
    """When this visitor may press by a link, by the door or at the kiosk."""
    over = now if visit.ended_at is None else visit.ended_at
    return Grant(visit.called_at, over + grace_ms, visit.service_id)


def judge_at_counter(at: int, counted: Iterable[int], visits: Iterable[Visit], now: int) -> Judged:
    """A press at the device of a counter. `counted`: when presses there counted, around it."""
    grants = [at_counter(visit, now) for visit in visits]
    if not any(grant.first <= at <= grant.last for grant in grants):
        return Judged(None, Flag.UNSERVED)
    found = place_for(at, counted, grants)
    return Judged(found, None if found else Flag.AGAIN)


def judge_elsewhere(
    at: int, counted: Iterable[int], visits: Iterable[Visit], now: int, grace_ms: int
) -> Judged:
    """A press of which all that is known is how many visits it could be of, within `grace_ms`."""
    found = place_for(at, counted, [elsewhere(visit, now, grace_ms) for visit in visits])
    return Judged(found, None if found else Flag.CROWD)


def place_for(at: int, counted: Iterable[int], grants: Iterable[Grant]) -> Grant | None:
    """The visit that is left for a press at `at` when those that counted have theirs, if any."""
    kept, offered = list(counted), list(grants)
    before = matched(kept, offered)
    after = matched([*kept, at], offered)
    if len(after) == len(before):
        return None
    return next((grant for when, grant in after if when == at), None)


def matched(times: Iterable[int], grants: Iterable[Grant]) -> list[tuple[int, Grant]]:
    """As many presses as can have a visit of their own, each with it, in the order of time."""
    coming = [(grant.first, at, grant) for at, grant in enumerate(grants)]
    heapify(coming)
    ready: list[tuple[int, int, Grant]] = []
    found = []
    for time in sorted(times):
        while coming and coming[0][0] <= time:
            _, at, grant = heappop(coming)
            heappush(ready, (grant.last, at, grant))
        while ready and ready[0][0] < time:
            heappop(ready)
        if ready:
            found.append((time, heappop(ready)[2]))
    return found


def swamped(flagged: int, counted: int) -> bool:
    """Whether a crowd is so large that those who counted before it are hardly all real either."""
    return flagged >= SWAMPED_FROM and flagged > counted
