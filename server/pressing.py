"""How a press at a rating device is kept: what `Satisfaction` does inside its transaction."""

import secrets
from hashlib import sha256

from server.domain.day import office_day
from server.domain.rating import Press, Pressed, check_channel, check_score, in_burst, sorted_out
from server.domain.refusals import BadField
from server.domain.typed import typed
from server.domain.wish import Actor
from server.office import Turn
from server.store import opinions, surveys
from server.store.ids import new_id

AHEAD_MS = 5 * 60_000  # how far a device's clock may be ahead of ours
BURST = "burst"
LONGEST_PRESS_ID = 64


def keep(turn: Turn, press: Press, actor: Actor) -> Pressed:
    """The press as it is kept, or the first one with its `press_id`.

    Raises `NotFound` (counter, service), `BadField`.
    """
    asked = surveys.asked_now(turn.db, turn.office_id)[1]
    check_score("score", press.score)
    check_channel(turn.settings, press.channel)
    reasons, protected = sorted_out(asked, press.reasons)
    press_id = typed("press_id", press.press_id or "", LONGEST_PRESS_ID) or None
    at = turn.now if press.at is None else press.at
    if at > turn.now + AHEAD_MS:
        raise BadField(at="in_the_future")
    kind, source_id = _source(press, actor)
    opinions.lock_source(turn.db, turn.office_id, kind, source_id)
    if first := opinions.press_of(turn.db, turn.office_id, press_id):
        return first
    source, day = f"{kind}:{source_id}", office_day(at, turn.settings.zone)
    pressed = Pressed(
        id=new_id(at),
        at=at,
        score=press.score,
        channel=press.channel,
        counter_id=press.counter_id,
        service_id=_service_of(turn, press, at, day),
        reasons=tuple(reasons),
        flag=_flag(turn, source, at),
    )
    if not opinions.add_press(turn.db, turn.office_id, pressed, day, source, press_id):
        # Another source was first with this id, a moment ago.
        return opinions.press_of(turn.db, turn.office_id, press_id) or pressed
    report(turn, secrets.token_urlsafe(24), protected, day, press.channel)
    return pressed


def report(turn: Turn, key: str, codes: list[str], day: str, channel: str) -> None:
    """Sent twice with one key it is one report; nobody else can tell whose it is."""
    hidden = [(sha256(f"report {key} {code}".encode()).digest(), code) for code in codes]
    rows = [(int.from_bytes(digest[:8]) >> 1, code) for digest, code in hidden]
    opinions.report(turn.db, turn.office_id, rows, day, channel)


def _source(press: Press, actor: Actor) -> tuple[str, int]:
    """Whose presses are one burst: the counter's, else the device's or the caller's."""
    if press.counter_id is not None:
        return "counter", press.counter_id
    return actor.kind, actor.id or 0


def _service_of(turn: Turn, press: Press, at: int, day: str) -> int | None:
    if press.service_id is not None:
        return opinions.check_service(turn.db, turn.office_id, press.service_id)
    if press.counter_id is None:
        return None
    return opinions.service_at(turn.db, turn.office_id, press.counter_id, at, day)


def _flag(turn: Turn, source: str, at: int) -> str | None:
    burst_ms = 1000 * turn.settings.settings.satisfaction.rating_burst_seconds
    counted = opinions.counted_near(turn.db, turn.office_id, source, at, burst_ms)
    return BURST if in_burst(at, counted, burst_ms) else None
