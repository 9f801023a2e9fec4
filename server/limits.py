"""How often one caller may come: a bucket that fills at a steady pace, in this process."""

from collections import OrderedDict
from threading import Lock
from time import monotonic

from server.domain.refusals import TooOften

REMEMBERED = 10_000  # callers; the one unseen longest is forgotten first


class Limit:
    """`most` at once, and as many again in `per_s` seconds."""

    def __init__(self, *, most: int, per_s: float) -> None:
        self._most, self._per_s = most, per_s
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = Lock()

    def take(self, caller: str) -> None:
        """One more by this caller. Raises `TooOften`."""
        now = monotonic()
        with self._lock:
            left, at = self._left.pop(caller, (float(self._most), now))
            left = min(self._most, left + (now - at) * self._most / self._per_s)
            allowed = left >= 1
            self._left[caller] = (left - 1 if allowed else left, now)
            if len(self._left) > REMEMBERED:
                self._left.popitem(last=False)
        if not allowed:
            wait_s = (1 - left) * self._per_s / self._most
            raise TooOften("too_often", retry_after_s=max(1, round(wait_s)))
