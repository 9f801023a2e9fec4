"""Who is next. One number orders everybody, so the answer fits in a sentence."""

from enum import StrEnum


class Priority(StrEnum):
    NONE = "none"
    ELDERLY = "elderly"
    DISABLED = "disabled"
    PREGNANT = "pregnant"
    INFANT = "infant"
    MONK = "monk"
    OTHER = "other"


LONGEST_HEAD_START_MIN = 30


MINUTE_MS = 60_000


def queue_at(arrived_at: int, head_start_min: int, slot_at: int | None = None) -> int:
    """Where a ticket stands (Unix ms, lowest first): its arrival less its head start (minutes).

    A booking stands at its slot. One who comes later than the longest head start after the slot
    stands at the arrival, and nobody stands further ahead of the arrival than the longest head
    start, so that nobody is passed by more than that.
    """
    furthest = arrived_at - LONGEST_HEAD_START_MIN * MINUTE_MS
    since = slot_at if slot_at is not None and slot_at >= furthest else arrived_at
    return max(since - head_start_min * MINUTE_MS, furthest)


def head_start_of(queue_at: int, issued_at: int, slot_at: int | None = None) -> int:
    """The minutes that a ticket standing at `queue_at` was given when its number was."""
    since = issued_at if slot_at is None else slot_at
    return max(0, since - queue_at) // MINUTE_MS


def seen_from(queue_at: int, penalty_s: int) -> int:
    """Where a step stands for a counter that takes its service with this penalty (Unix ms)."""
    return queue_at + penalty_s * 1000
