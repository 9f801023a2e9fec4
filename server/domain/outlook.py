"""The coming calls, played forward by the office's own order: when each one is called if all goes
as usual. Nobody who is yet to come is in it.
"""

import heapq
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from server.domain.day import unix_ms
from server.domain.hours import openings
from server.domain.order import seen_from
from server.domain.settings import Settings

MINUTE_MS = 60_000
PAUSE_MS = 15 * MINUTE_MS  # an officer's absence
LATE_MS = 10 * MINUTE_MS  # after opening: until then a closed counter is about to open
LEFT_MS = 120 * MINUTE_MS  # opened that long before opening: nobody closed it the day before
SOON_MS = 5 * MINUTE_MS  # until one comes back who is away for longer than that
GAP_MS = 3 * MINUTE_MS  # from the end of a visit to the next call, where no past tells

FAR = 2**62  # later than any place in line

Away = tuple[tuple[int, int], ...]  # from, until (Unix ms)


@dataclass(frozen=True, slots=True)
class Place:
    """A counter as the office has set it up.

    `penalties` (s) by service; `newcomers`: the pools of which anybody may come here, with the
    least penalty; `away`: its planned absences of the day, ascending.
    """

    penalties: Mapping[int, int]
    newcomers: Mapping[str, int]
    away: Away = ()

    def there_from(self, at: int) -> int:
        for since, until in self.away:
            if since <= at < until:
                at = until
        return at


@dataclass(frozen=True, slots=True)
class Plan:
    """The office on one day: its counters by id, the pool of each service, and when calls begin."""

    places: Mapping[int, Place]
    pool_of: Mapping[int, str]
    opens_at: int


@dataclass(slots=True)
class Desk:
    """A counter as it stands. Times are Unix ms.

    `since`: when it opened, paused or closed. `service_id`: of whom it has, since `visit_since`;
    None: it is free, since `free_since`.
    """

    state: str = "closed"
    since: int = 0
    service_id: int | None = None
    visit_since: int = 0
    free_since: int = 0


@dataclass(frozen=True, slots=True)
class Usual:
    """Usual times (ms). `took`: from the call to the end, by service; `gap`: until the next call.

    `counters`: those that are usually at work; None: nothing is known, so all of them.
    """

    took: Mapping[int, int]
    gap: int = GAP_MS
    counters: frozenset[int] | None = None


def plan_of(
    settings: Settings,
    day: date,
    counters: Iterable[tuple[int, str, Mapping[int, int]]],
    pool_of: Mapping[int, str],
    *,
    at_any_hour: bool = False,
) -> Plan:
    """`counters`: id, number and penalties (s) by service of each.

    `at_any_hour`: no hours are kept, so neither opening nor lunch is waited for.
    """

    def at(clock: time) -> int:
        return unix_ms(datetime.combine(day, clock, settings.zone))

    lunch = settings.hours.lunch
    begins = [] if at_any_hour else [at(opening.open) for opening in openings(settings, day)]
    known = list(counters)
    open_to = _open_to([penalties for *_, penalties in known], pool_of)
    places = {}
    for (counter_id, number, penalties), newcomers in zip(known, open_to, strict=True):
        away: Away = ()
        stays = lunch and lunch.served and (not lunch.counters or number in lunch.counters)
        if lunch and not stays and not at_any_hour:
            away = ((at(time.fromisoformat(lunch.from_)), at(time.fromisoformat(lunch.to))),)
        places[counter_id] = Place(penalties, newcomers, away)
    return Plan(places, pool_of, min(begins, default=0))


def _open_to(
    counters: Sequence[Mapping[int, int]], pool_of: Mapping[int, str]
) -> list[dict[str, int]]:
    """For each counter the pools of which anybody may come there, with the least penalty (s).

    It takes half of the pool's services, or as many as any counter does.
    """
    taken: list[dict[str, list[int]]] = []
    for penalties in counters:
        found: dict[str, list[int]] = defaultdict(list)
        for service_id, penalty_s in penalties.items():
            if service_id in pool_of:
                found[pool_of[service_id]].append(penalty_s)
        taken.append(found)
    needed: dict[str, float] = {pool: n / 2 for pool, n in Counter(pool_of.values()).items()}
    for pool, half in needed.items():
        needed[pool] = min(half, max((len(found.get(pool, ())) for found in taken), default=0))
    return [
        {pool: min(some) for pool, some in found.items() if len(some) >= needed[pool]}
        for found in taken
    ]


def outlook(
    now: int,
    lines: Mapping[int, Sequence[int]],
    desks: Mapping[int, Desk],
    plan: Plan,
    usual: Usual,
    only: str | None = None,
) -> dict[str, list[int]]:
    """For each pool the moments (ms from now) of its coming calls; the last one is a newcomer's.

    There is one for each who waits and one more; who is called after the newcomer, for a service
    of the pool that other counters take, has the newcomer's.
    `lines`: the places of all who wait (Unix ms, ascending), by service. Pools that no counter
    takes are left out; `only` leaves out all but one.
    """
    agenda: list[tuple[int, int, Place]] = []
    covered: set[str] = set()
    closed: list[int] = []
    for counter_id, desk in desks.items():
        place = plan.places[counter_id]
        free_at = _free_at(now, counter_id, desk, plan, usual)
        if free_at is None:
            closed.append(counter_id)
        else:
            covered.update(place.newcomers)
            agenda.append((place.there_from(free_at), counter_id, place))
    for counter_id in closed:  # opens some time, where nobody else takes its pools
        place = _without(plan.places[counter_id], covered, plan)
        opens_at = max(now + PAUSE_MS, plan.opens_at)
        agenda.append((place.there_from(opens_at), counter_id, place))
    pools = {pool for _, _, place in agenda for pool in place.newcomers}
    return _played(now, lines, agenda, plan, usual, pools if only is None else pools & {only})


def _free_at(now: int, counter_id: int, desk: Desk, plan: Plan, usual: Usual) -> int | None:
    """When it can call again; None for one that is closed."""
    if desk.service_id is not None:
        took = usual.took[desk.service_id]
        return max(desk.visit_since + took, now + took // 3) + usual.gap
    closed_still = now < plan.opens_at
    if desk.state == "open" and not (closed_still and desk.since < now - LEFT_MS):
        return max(now, desk.free_since + usual.gap)
    if desk.state == "paused":
        return max(desk.since + PAUSE_MS, now + SOON_MS, plan.opens_at)
    comes = usual.counters is None or counter_id in usual.counters
    return max(now, plan.opens_at) if comes and now < plan.opens_at + LATE_MS else None


def _without(place: Place, covered: set[str], plan: Plan) -> Place:
    penalties = {s: p for s, p in place.penalties.items() if plan.pool_of.get(s) not in covered}
    newcomers = {pool: p for pool, p in place.newcomers.items() if pool not in covered}
    return Place(penalties, newcomers, place.away)


def _played(
    now: int,
    lines: Mapping[int, Sequence[int]],
    agenda: list[tuple[int, int, Place]],
    plan: Plan,
    usual: Usual,
    to_come: set[str],
) -> dict[str, list[int]]:
    """`agenda`: when each counter looks for its next visitor. `to_come`: pools with a newcomer."""
    ends = {service_id: iter(line) for service_id, line in lines.items() if line}
    fronts = {service_id: next(line) for service_id, line in ends.items()}
    calls: dict[str, list[int]] = {pool: [] for pool in to_come}
    heapq.heapify(agenda)
    while agenda and to_come:
        at, counter_id, place = heapq.heappop(agenda)
        first, service_id = FAR, None
        for waited, front in fronts.items():
            if waited in place.penalties:
                seen = seen_from(front, place.penalties[waited])
                if seen < first:
                    first, service_id = seen, waited
        newcomers = to_come & place.newcomers.keys()
        for pool in newcomers:
            if seen_from(now, place.newcomers[pool]) < first:
                calls[pool].append(at - now)  # takes no time: each pool's newcomer comes alone
                to_come.discard(pool)
        if service_id is not None:
            following = next(ends[service_id], None)
            if following is None:
                del fronts[service_id]
            else:
                fronts[service_id] = following
            pool = plan.pool_of[service_id]
            if pool in to_come:
                calls[pool].append(at - now)
            free_at = at + usual.took[service_id] + usual.gap
            heapq.heappush(agenda, (place.there_from(free_at), counter_id, place))
    found = {pool: moments for pool, moments in calls.items() if pool not in to_come}
    for pool, moments in found.items():
        waiting = sum(len(line) for s, line in lines.items() if plan.pool_of[s] == pool)
        moments.extend([moments[-1]] * (waiting + 1 - len(moments)))
    return found
