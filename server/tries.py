"""Slows down whoever guesses: after a few failures each further try waits longer.

Kept in memory, in this process: a restart forgives, and several workers forgive a little more.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from threading import Lock

from server.domain.refusals import TooOften

REMEMBERED = 10_000  # who tried last; the longest silent are forgotten first
FORGIVEN_MS = 15 * 60 * 1000


@dataclass
class _Tried:
    times: int = 0
    last_at: int = 0
    until: int = 0


class Tries:
    """`free` tries at once, then waits of 2, 4, 8 … seconds, never more than `longest_s`."""

    def __init__(self, clock: Callable[[], int], free: int, longest_s: int) -> None:
        self._clock, self._free, self._longest_s = clock, free, longest_s
        self._tried: OrderedDict[Hashable, _Tried] = OrderedDict()
        self._lock = Lock()

    def begin(self, key: Hashable) -> None:
        """Counts a try as failed until `succeeded`, so that many at once count too.

        Raises `TooOften`; a refused try is not counted, so the wait is never prolonged by it.
        """
        now = self._clock()
        with self._lock:
            tried = self._tried.setdefault(key, _Tried())
            self._tried.move_to_end(key)
            while len(self._tried) > REMEMBERED:
                self._tried.popitem(last=False)
            if now < tried.until:
                left_s = -(-(tried.until - now) // 1000)
                raise TooOften("wait_to_try", retry_after_s=left_s, seconds=left_s)
            if now - tried.last_at > FORGIVEN_MS:
                tried.times = 0
            tried.times, tried.last_at = tried.times + 1, now
            over = tried.times - self._free
            if over >= 0:
                tried.until = now + 1000 * min(self._longest_s, 2 ** min(over + 1, 10))

    def succeeded(self, key: Hashable) -> None:
        """All is forgiven."""
        with self._lock:
            self._tried.pop(key, None)

    def give_back(self, key: Hashable) -> None:
        """That one try was no failure; those of others at the same key stay counted."""
        with self._lock:
            if (tried := self._tried.get(key)) and tried.times > 0:
                tried.times -= 1
                if tried.times < self._free:
                    tried.until = 0
