"""Ids: 63-bit whole numbers, ordered by time, made without asking anybody."""

from secrets import randbits
from threading import Lock

EPOCH_MS = 1_704_067_200_000  # 2024-01-01 UTC; 41 bits of milliseconds last until 2093
LOW_BITS = 22
REMEMBERED = 1000  # moments; an hour, by which answers go, stays among them while it lasts

_lock = Lock()
_last: dict[int, int] = {}


def later_than(made: int, at: int) -> int:
    """`at`, or the first moment after it whose ids come after the id `made` (Unix ms)."""
    return at if new_id(at) > made else (made >> LOW_BITS) + EPOCH_MS + 1


def first_of(at: int) -> int:
    """No id made at `at` (Unix ms) or later is smaller: where a day's rows begin."""
    return max(0, at - EPOCH_MS) << LOW_BITS


def new_id(at: int) -> int:
    """An id for something that happens at `at` (Unix ms): never twice in one process.

    Within one millisecond ids keep the order in which they were asked for. The first of each is
    random in its low bits, so that processes that know nothing of each other do not collide
    (one in four million; the primary key then refuses the second).
    """
    moment = max(0, at - EPOCH_MS)
    with _lock:
        made = _last.pop(moment, None)
        # Half the range is left free above the random start: room for what follows in this ms.
        made = (moment << LOW_BITS) | randbits(LOW_BITS - 1) if made is None else made + 1
        _last[moment] = made  # behind all others: the longest unused is forgotten
        if len(_last) > REMEMBERED:
            del _last[next(iter(_last))]
    return made
