"""Whether a press counts: what `pressing` asks inside its transaction. Rules: domain.suspicion."""

from server.domain.day import day_began
from server.domain.rating import in_burst
from server.domain.rating_place import CHANNEL, Place
from server.domain.settings import CARD, COUNTER_QR
from server.domain.suspicion import (
    DOOR_GRACE_MS,
    GRACE_MS,
    LINK_GRACE_MS,
    MINUTE_MS,
    NEAR_MS,
    Flag,
    Judged,
    judge_at_counter,
    judge_elsewhere,
    swamped,
)
from server.domain.wish import Actor
from server.office import Turn
from server.store import opinions, visits

COUNTS = Judged(None, None)
DAY_MS = 24 * 3_600_000
# A counter that served within so long uses the queue: also on a Sunday, and before a day's first.
USED_WITHIN_MS = 30 * DAY_MS
LINKS = (CARD.code, COUNTER_QR.code)
OFF_SITE = CHANNEL[Place.OUTREACH]  # no queue of ours there


def judged(
    turn: Turn, actor: Actor, *, source: str, channel: str, counter_id: int | None, at: int
) -> Judged:
    """A press of this source at `at` (Unix ms). Of programs only bursts are known: the counter
    that they rate need not use the queue at all."""
    if _burst(turn, actor, source, at):
        return Judged(None, Flag.BURST)
    if actor.kind not in ("device", "resident") or channel == OFF_SITE:
        return COUNTS
    if actor.kind == "device" and counter_id is not None:
        return _at_counter(turn, source, counter_id, at)
    return _elsewhere(turn, source, channel, counter_id, at)


def _burst(turn: Turn, actor: Actor, source: str, at: int) -> bool:
    """At our own faces a burst goes on while its presses follow each other so closely; a program's
    is measured from the last press that counted."""
    burst_ms = 1000 * turn.settings.settings.satisfaction.rating_burst_seconds
    pressed = opinions.near(turn.db, turn.office_id, source, at, burst_ms)
    part = {None} if actor.kind == "token" else {None, Flag.BURST}
    return in_burst(at, [when for when, flag in pressed if flag in part], burst_ms)


def _at_counter(turn: Turn, source: str, counter_id: int, at: int) -> Judged:
    span = (at - NEAR_MS - GRACE_MS, at + NEAR_MS)
    there = visits.around(turn.db, turn.office_id, counter_id, *span)
    counted = opinions.counted_near(
        turn.db, turn.office_id, source, at, NEAR_MS, but_channels=LINKS
    )
    found = judge_at_counter(at, counted, there, turn.now)
    if found.flag and not there and not _uses_the_queue(turn, counter_id, at):
        return COUNTS
    return found


def _elsewhere(turn: Turn, source: str, channel: str, counter_id: int | None, at: int) -> Judged:
    """At a counter's card, on the office's poster, at its exit or on its kiosk."""
    grace_ms = _grace_ms(turn, channel)
    there = visits.around(turn.db, turn.office_id, counter_id, at - 2 * grace_ms, at + grace_ms)
    # Whoever scans the tablet's QR may have had no card; a picture of the card, pressed from
    # anywhere, uses up no visit of those who stood before the tablet.
    channels = LINKS if channel == CARD.code else (channel,)
    where = (turn.db, turn.office_id, source, at, grace_ms, channels)
    others = [(when, flag) for when, flag in opinions.near(*where) if flag in (None, Flag.CROWD)]
    # Those of a crowd have used up its visits, whoever of them was real.
    found = judge_elsewhere(at, [when for when, _ in others], there, turn.now, grace_ms)
    if found.flag is None:
        return found
    if not there and not _uses_the_queue(turn, counter_id, at):
        return COUNTS
    crowd = sum(flag is not None for _, flag in others)
    if swamped(1 + crowd, len(others) - crowd):
        # Only by this way: the card's crowd says nothing about the tablet's QR.
        opinions.flag_near(*where[:-1], (channel,), Flag.CROWD)
    return found


def _grace_ms(turn: Turn, channel: str) -> int:
    """A tablet's QR works while it is shown and one turn longer."""
    if channel == COUNTER_QR.code:
        return 2 * turn.settings.settings.satisfaction.qr_minutes * MINUTE_MS
    return LINK_GRACE_MS if channel == CARD.code else DOOR_GRACE_MS


def _uses_the_queue(turn: Turn, counter_id: int | None, at: int) -> bool:
    """Whether anybody was served there on that day or not long before: else nothing is known of
    its visits."""
    began = day_began(at, turn.settings.zone)
    days = (began - USED_WITHIN_MS, began + DAY_MS)
    return visits.last_served(turn.db, turn.office_id, counter_id, *days) is not None
