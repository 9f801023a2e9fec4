"""When a press was, by the clock of a device that may be wrong."""

MOST_AHEAD_MS = 5_000  # a clock that was nudged while presses waited
OUT_OF_ORDER_MS = 10 * 60_000  # a press is kept for a moment while others, or none, are being sent
OLDEST_MS = 60 * 24 * 3_600_000  # no device keeps presses for longer


def corrected(at: int, device_now: int, now: int) -> int | None:
    """The moment (Unix ms) of what the device saw at `at`, when it says `device_now` and we `now`.

    However wrong its clock is, how long ago something was is right. None where that cannot be:
    after its own present, or longer ago than presses are kept.
    """
    ago = device_now - at
    return now - max(0, ago) if -MOST_AHEAD_MS <= ago <= OLDEST_MS else None


def too_late(at: int, heard_until: int) -> bool:
    """Whether a device that sends its oldest presses first would have sent this one before."""
    return at < heard_until - OUT_OF_ORDER_MS
