"""Keeps one link from being asked without end; a whole hall behind one address is no reason."""

from collections import Counter
from collections.abc import Callable
from threading import Lock

from server.domain.refusals import TooOften

MINUTE_MS = 60_000
DAY_MS = 24 * 60 * MINUTE_MS
REMEMBERED = 100_000  # keys; somebody who makes up more than these frees everybody for a moment


class Often:
    """At most `most` times in a minute of the clock (or another span of it) for each key; kept in
    memory."""

    def __init__(self, clock: Callable[[], int], most: int, span_ms: int = MINUTE_MS) -> None:
        self._clock, self._most, self._span_ms = clock, most, span_ms
        self._span, self._asked = 0, Counter[str]()
        self._lock = Lock()

    def ask(self, key: str) -> None:
        """Raises `TooOften`."""
        now = self._clock()
        with self._lock:
            if now // self._span_ms != self._span or len(self._asked) > REMEMBERED:
                self._span = now // self._span_ms
                self._asked.clear()
            self._asked[key] += 1
            if self._asked[key] > self._most:
                left_ms = self._span_ms - now % self._span_ms
                raise TooOften("too_often", retry_after_s=-(-left_ms // 1000))
