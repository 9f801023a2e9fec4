"""How a press at a rating device is kept: what `Satisfaction` does inside its transaction."""

import secrets
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from hashlib import sha256
from types import MappingProxyType

from server import alerting, judging
from server.domain.day import office_day
from server.domain.device_clock import too_late
from server.domain.rating import Press, Pressed, check_channel, check_score, sorted_out
from server.domain.refusals import BadField, Expired, NotFound
from server.domain.suspicion import Flag, Judged
from server.domain.typed import typed
from server.domain.wish import Actor
from server.office import Turn
from server.store import devices, opinions, surveys
from server.store.ids import new_id

EXPLAINED_WITHIN_MS = 30 * 60_000
AHEAD_MS = 5 * 60_000  # how far a device's clock may be ahead of ours
LONGEST_PRESS_ID = 64
NO_MESSAGES: Mapping[str, str] = MappingProxyType({})


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
    found = _judged(turn, press, actor, source, at)
    pressed = Pressed(
        id=new_id(at),
        at=at,
        score=press.score,
        channel=press.channel,
        counter_id=press.counter_id,
        service_id=_service_of(turn, press, found, at, day),
        reasons=tuple(reasons),
        flag=found.flag,
    )
    received_at = None if press.at is None else turn.now
    row = (pressed, day, source, press_id, received_at)
    if not opinions.add_press(turn.db, turn.office_id, *row):
        # Another source was first with this id, a moment ago.
        return opinions.press_of(turn.db, turn.office_id, press_id) or pressed
    report(turn, secrets.token_urlsafe(24), protected, day)
    alerting.after_press(turn, pressed)
    return pressed


def keep_some(
    turn: Turn, some: Sequence[Press], actor: Actor, heard_until: int
) -> list[str | None]:
    """What a device kept. For each None, or the code of its refusal, when nothing was kept.

    It sends the oldest first, so what is older than what it sent earlier (`heard_until`, Unix ms)
    is none that it kept. None at all: it keeps nothing.
    """
    _lock_sources(turn, some, actor)
    told = [_keep_late(turn, press, actor, heard_until) for press in some]
    until = max((press.at or turn.now for press in some if not press.wrong_clock), default=None)
    if until is not None or not some:
        newest = turn.now if until is None else until
        devices.hear(turn.db, turn.office_id, actor.id, newest, turn.now)
    return told


def _lock_sources(turn: Turn, some: Sequence[Press], actor: Actor) -> None:
    """Always in one order: else two tablets that moved between two counters, each with presses of
    both, would wait for each other without end."""
    for kind, source_id in sorted({_source(press, actor) for press in some}):
        with suppress(NotFound):  # a counter that is not there: its presses are refused one by one
            opinions.lock_source(turn.db, turn.office_id, kind, source_id)


def _keep_late(turn: Turn, press: Press, actor: Actor, heard_until: int) -> str | None:
    try:
        press = replace(press, late=too_late(press.at or turn.now, heard_until))
        kept = keep(turn, press, actor)
        if press.press_id and press.reasons and not kept.reasons:
            give_reasons(turn, press.press_id, press.reasons, press.channel)
    except (BadField, NotFound) as refused:
        return refused.code
    return None


def explain(turn: Turn, press_id: str, codes: Collection[str], channel: str) -> None:
    """As `give_reasons`, by whoever has the address of the page that asked for them.

    An address stays in histories and logs, so it is of use for a while only. Raises `Expired`.
    """
    pressed = opinions.press_of(turn.db, turn.office_id, press_id)
    if pressed is not None and turn.now > pressed.at + EXPLAINED_WITHIN_MS:
        raise Expired("continue_expired")
    give_reasons(turn, press_id, codes, channel)


def give_reasons(turn: Turn, press_id: str, codes: Collection[str], channel: str) -> None:
    """Reasons for a press of this channel that was kept before; the first ones given stay.

    Raises `NotFound` (no such press), `BadField`.
    """
    asked = surveys.asked_now(turn.db, turn.office_id)[1]
    reasons, protected = sorted_out(asked, codes)
    pressed = opinions.press_of(turn.db, turn.office_id, press_id)
    if pressed is None or pressed.channel != channel:
        raise NotFound("no_such_survey")
    day = office_day(pressed.at, turn.settings.zone)
    report(turn, press_id, protected, day)
    if reasons and not pressed.reasons:
        opinions.add_press_reasons(turn.db, turn.office_id, pressed.id, reasons)
        alerting.after_reasons(turn, pressed, tuple(reasons))


def report(
    turn: Turn,
    key: str,
    codes: list[str],
    day: str,
    messages: Mapping[str, str] = NO_MESSAGES,
) -> None:
    """Sent twice with one key it is one report; nobody else can tell whose it is."""
    hidden = [(sha256(f"report {key} {code}".encode()).digest(), code) for code in codes]
    rows = [(int.from_bytes(digest[:8]) >> 1, code, messages.get(code)) for digest, code in hidden]
    opinions.report(turn.db, turn.office_id, rows, day)


def _source(press: Press, actor: Actor) -> tuple[str, int]:
    """Whose presses are one burst: the counter's, else the device's or the caller's."""
    if press.counter_id is not None:
        return "counter", press.counter_id
    return actor.kind, actor.id or 0


def _judged(turn: Turn, press: Press, actor: Actor, source: str, at: int) -> Judged:
    if press.wrong_clock:
        return Judged(None, Flag.LATE_CLOCK)
    if press.late:
        return Judged(None, Flag.LATE)
    return judging.judged(
        turn,
        actor,
        source=source,
        channel=press.channel,
        counter_id=press.counter_id,
        at=at,
    )


def _service_of(turn: Turn, press: Press, found: Judged, at: int, day: str) -> int | None:
    """What was asked for at that counter: of the visit that the press is taken to be of, where one
    is; the one called since then is somebody else."""
    if press.service_id is not None:
        return opinions.check_service(turn.db, turn.office_id, press.service_id)
    if press.counter_id is None:
        return None
    if found.grant is not None:
        return found.grant.service_id
    return opinions.service_at(turn.db, turn.office_id, press.counter_id, at, day)
