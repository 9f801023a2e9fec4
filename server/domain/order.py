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


def queue_at(arrived_at: int, head_start_min: int) -> int:
    """Where a ticket stands (Unix ms, lowest first): its arrival less its head start (minutes)."""
    return arrived_at - head_start_min * 60_000


def seen_from(queue_at: int, penalty_s: int) -> int:
    """Where a step stands for a counter that takes its service with this penalty (Unix ms)."""
    return queue_at + penalty_s * 1000
