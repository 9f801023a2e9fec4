"""What a low press does besides being kept: an alert, in the same transaction."""

import json
from typing import Any

from server.domain.alerting import Raised, counted, enough, gathers, is_low, window_ms
from server.domain.day import office_day, rfc3339
from server.domain.rating import Pressed
from server.office import Turn
from server.store import alerts, webhooks
from server.store.places import place_named

RAISED, ANSWERED, TEST = "alert.raised", "alert.answered", "test"


def after_press(turn: Turn, pressed: Pressed) -> None:
    """Raises an alert when this press was one low one too many, or adds it to the one that stands.

    A place has one alert until it is answered or its window has passed, and no press counts for
    two: one that a device kept belongs to the alert of its own time. Presses of an earlier day call
    nobody any more.
    """
    rule = turn.settings.settings.satisfaction.alerting
    if not is_low(rule, pressed) or office_day(pressed.at, turn.settings.zone) != turn.day:
        return
    place = alerts.place_of(turn.db, turn.office_id, pressed.id)
    first, last = pressed.at - window_ms(rule), pressed.at + window_ms(rule)
    for alert_id, raised in _near(turn, place, pressed.at):
        begins, ends = gathers(raised, rule)
        if begins <= pressed.at <= ends:
            if raised.answered_at is None:
                _grow(turn, alert_id, 1, pressed.reasons)
            return
        if ends < pressed.at:
            first = max(first, ends + 1)
        else:
            last = min(last, begins - 1)
    lows = alerts.lows(turn.db, turn.office_id, place, (first, last), rule.low_up_to)
    if enough([at for at, _ in lows], pressed.at, rule):
        _raise(turn, place, pressed, lows)


def after_reasons(turn: Turn, pressed: Pressed, added: tuple[str, ...]) -> None:
    """Reasons that came a moment after their press: the alert that stands counts them too."""
    rule = turn.settings.settings.satisfaction.alerting
    if not added or not is_low(rule, pressed):
        return
    place = alerts.place_of(turn.db, turn.office_id, pressed.id)
    for alert_id, raised in _near(turn, place, pressed.at):
        begins, ends = gathers(raised, rule)
        if begins <= pressed.at <= ends:
            if raised.answered_at is None:
                _grow(turn, alert_id, 0, added)
            return


def tell(turn: Turn, event: str, facts: dict[str, Any]) -> None:
    """Puts a message for the other system into the outbox, where the office named one."""
    if turn.settings.settings.satisfaction.alerting.webhook:
        about = {"event": event, "office": turn.settings.office.slug, "at": _time(turn, turn.now)}
        body = json.dumps(about | facts, ensure_ascii=False)
        webhooks.queue(turn.db, turn.office_id, turn.now, body)


def _near(turn: Turn, place: str, at: int) -> list[tuple[int, Raised]]:
    """The alerts of a place, the oldest first, whose presses or whose window could be near `at`."""
    reach = 2 * window_ms(turn.settings.settings.satisfaction.alerting)
    return alerts.near(turn.db, turn.office_id, place, (at - reach, at + reach))


def _grow(turn: Turn, alert_id: int, presses: int, reasons: tuple[str, ...]) -> None:
    row = alerts.find(turn.db, turn.office_id, alert_id)
    if row is not None:
        found = counted(reasons, json.loads(row.reasons))
        alerts.grow(turn.db, turn.office_id, alert_id, row.presses + presses, found)


def _raise(turn: Turn, place: str, pressed: Pressed, lows: list[tuple[int, list[str]]]) -> None:
    """Its time is that of its newest press, which may have come late."""
    reasons = counted([code for _, codes in lows for code in codes])
    alert_id = alerts.add(
        turn.db,
        turn.office_id,
        at=max(at for at, _ in lows),
        day=turn.day,
        place=place,
        counter_id=pressed.counter_id,
        presses=len(lows),
        reasons=reasons,
    )
    facts = facts_of(turn, alert_id, place, len(lows), reasons)
    tell(turn, RAISED, facts)


def facts_of(
    turn: Turn, alert_id: int, place: str, presses: int, reasons: dict[str, int]
) -> dict[str, Any]:
    """An alert as the other system is told of it."""
    where = place_named(turn.db, turn.office_id, [place])[place]
    return {
        "id": str(alert_id),
        "place": {
            "kind": where.kind,
            "number": where.mark or None,
            "name": where.name.model_dump() if where.name else None,
        },
        "presses": presses,
        "minutes": turn.settings.settings.satisfaction.alerting.minutes,
        "reasons": reasons,
    }


def _time(turn: Turn, at: int) -> str:
    return rfc3339(at, turn.settings.zone) or ""
