"""Who is given a number: opening hours, the day's limits, and what can still be served today."""

from collections.abc import Collection

from server.domain.admission import Shut, again, closed, full, too_late
from server.domain.estimate import Wait
from server.domain.hours import only_some_counters
from server.domain.refusals import NotAllowed
from server.domain.wish import Wish
from server.office import Turn
from server.store import services


def admit(turn: Turn, wish: Wish, asked: list[services.Asked], wait: Wait | None) -> None:
    """Raises `NotAllowed` when no number is given now. `wait`: for the first service asked.

    Hours and the forecast bind those who come to the office; the day's limit binds everybody. A
    reason in `wish.override` passes the limit, the forecast and the last minutes before closing.
    """
    bound = wish.bound_by_hours and not turn.settings.settings.always_open
    if bound:
        for service in asked:
            _while_open(turn, wish, service)
    if wish.override:
        return
    _within_the_limits(turn, asked)
    if bound:
        first, now = asked[0], turn.time
        if too_late(turn.settings, now, wait, first.rules, _takers(turn, first)):
            raise _refusal(turn, Shut.LATE, first)


def _while_open(turn: Turn, wish: Wish, service: services.Asked) -> None:
    takers, override = _takers(turn, service), bool(wish.override)
    if why := closed(turn.settings, turn.time, service.rules, takers, override=override):
        raise _refusal(turn, why, service)


def _within_the_limits(turn: Turn, asked: list[services.Asked]) -> None:
    limited = {one.id: one for one in asked if one.rules.day_limit is not None}
    if not limited:
        return
    given = services.given_today(turn.db, turn.office_id, turn.day, list(limited), to_add=True)
    for service_id, service in limited.items():
        if full(service.rules, given.get(service_id, 0)):
            raise _refusal(turn, Shut.FULL, service)


def _takers(turn: Turn, service: services.Asked) -> Collection[str] | None:
    """Asked for only on days on which it may matter: the issue path has none to spare."""
    if not only_some_counters(turn.settings, turn.time.date()):
        return None
    return services.takers(turn.db, turn.office_id).get(service.id, frozenset())


def _refusal(turn: Turn, why: Shut, service: services.Asked) -> NotAllowed:
    names, takers = services.naming(turn.db, turn.office_id, service.id)
    opens = again(turn.settings, turn.time, why, service.rules, takers)
    facts: dict[str, object] = {"service": names, "opens": opens}
    if why is Shut.FULL:
        facts["limit"] = service.rules.day_limit
    return NotAllowed(str(why), **facts)
