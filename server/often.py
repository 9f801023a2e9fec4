"""Keeps one link from being asked without end; a whole hall behind one address is no reason."""

from collections import Counter
from collections.abc import Callable
from threading import Lock

from server.domain.refusals import TooOften

MINUTE_MS = 60_000
REMEMBERED = 100_000  # keys; somebody who makes up more than these frees everybody for a moment


class Often:
    """At most `most` times in a minute of the clock for each key; kept in memory."""

    def __init__(self, clock: Callable[[], int], most: int) -> None:
        self._clock, self._most = clock, most
        self._minute, self._asked = 0, Counter[str]()
        self._lock = Lock()

    def ask(self, key: str) -> None:
        """Raises `TooOften`."""
        now = self._clock()
        with self._lock:
            if now // MINUTE_MS != self._minute or len(self._asked) > REMEMBERED:
                self._minute = now // MINUTE_MS
                self._asked.clear()
            self._asked[key] += 1
            if self._asked[key] > self._most:
                left_ms = MINUTE_MS - now % MINUTE_MS
                raise TooOften("too_often", retry_after_s=-(-left_ms // 1000))
