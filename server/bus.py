"""What changed here is said to the other processes over Redis, and what changed there is heard.

Redis keeps nothing of ours, and no request ever waits for it: a word that is lost costs a screen a
second, because every process also looks at the board's version once a second.
"""

import logging
import re
import secrets
from threading import Condition, Thread
from time import monotonic, sleep

from redis import Redis
from redis.backoff import NoBackoff
from redis.client import PubSub
from redis.retry import Retry

from server.office import Announce

log = logging.getLogger(__name__)

CHANNEL = "khiu:changed"
WORDS = re.compile(rb"(\w+) (\d{1,19}) ([01])")  # who says it, of which office, is it a call
ANSWERS_S = 1.0  # a Redis that takes longer counts as lost
ASK_S = 1.0  # after so long a silence it is asked whether it is still there
GATHER_S = 0.1  # counts are said at most ten times a second; a call is said at once
SHORTEST_REST_S, LONGEST_REST_S = 0.1, 1.0  # between two tries to reach a lost Redis


class Bus:
    """One a process, in place of `near`, which tells this process's own screens.

    `announce` may be called from any thread and never waits. What is not yet said is one flag an
    office, so a lost Redis fills no memory.
    """

    def __init__(self, url: str, near: Announce) -> None:
        self._near = near
        self._redis = Redis.from_url(
            url,
            protocol=2,
            socket_timeout=ANSWERS_S,
            socket_connect_timeout=ANSWERS_S,
            retry=Retry(NoBackoff(), 0),  # its own would try for half a minute
        )
        self._me = secrets.token_hex(4)
        self._wake = Condition()
        self._unsaid: dict[int, bool] = {}  # office → at once?
        self._said_at = float("-inf")
        self._speaks, self._hears = True, False
        self._lost = False  # said in the log once, not every second of a night

    @property
    def well(self) -> bool:
        """Whether others hear this process and it hears them, as of the last second or two."""
        return self._speaks and self._hears

    def announce(self, office_id: int, *, at_once: bool) -> None:
        self._near(office_id, at_once=at_once)
        with self._wake:
            waits = self._unsaid.get(office_id)
            if waits is None or (at_once and not waits):
                self._unsaid[office_id] = at_once
                self._wake.notify()

    def start(self) -> None:
        """Starts the threads that speak and hear; in the process that holds the sockets."""
        Thread(target=self._speak, name="bus-speaks", daemon=True).start()
        Thread(target=self._hear, name="bus-hears", daemon=True).start()

    # ------------------------------------------------------------ speaking

    def _speak(self) -> None:
        rest = SHORTEST_REST_S
        while True:
            words = self._next_words()
            try:
                for office_id, at_once in words.items():
                    self._redis.publish(CHANNEL, f"{self._me} {office_id} {int(at_once)}")
            except Exception:  # whatever it is, it must not end the thread; hearing logs it
                self._speaks = False
                with self._wake:  # said again later: that is how it shows that Redis is back
                    self._unsaid = words | self._unsaid
                sleep(rest)
                rest = min(2 * rest, LONGEST_REST_S)
            else:
                self._speaks, rest = True, SHORTEST_REST_S

    def _next_words(self) -> dict[int, bool]:
        """Waits until there is something to say, and a moment longer unless it is a call."""
        with self._wake:
            while not any(self._unsaid.values()):
                left = self._said_at + GATHER_S - monotonic() if self._unsaid else None
                if left is not None and left <= 0:
                    break
                self._wake.wait(left)
            self._said_at = monotonic()
            words, self._unsaid = self._unsaid, {}
            return words

    # ------------------------------------------------------------ hearing

    def _hear(self) -> None:
        rest = SHORTEST_REST_S
        while True:
            try:
                with self._redis.pubsub() as line:  # type: ignore[no-untyped-call]
                    line.subscribe(CHANNEL)
                    self._follow(line)
            except Exception as error:
                rest = SHORTEST_REST_S if self._hears else min(2 * rest, LONGEST_REST_S)
                self._hears = False
                if not self._lost:
                    self._lost = True
                    log.warning("Redis is lost, other processes are heard late: %s", error)
            sleep(rest)

    def _follow(self, line: PubSub) -> None:
        """Passes on what is heard, until Redis is lost: then it raises."""
        silent = False
        while True:
            message = line.get_message(timeout=ASK_S)
            if message is not None:
                silent = False
                self._found()
                if message["type"] == "message":
                    self._pass_on(message["data"])
            elif silent:
                raise TimeoutError("it does not answer")
            else:
                silent = True
                line.ping()

    def _found(self) -> None:
        if self._lost:
            self._lost = False
            log.warning("Redis is back")
        self._hears = True

    def _pass_on(self, said: bytes) -> None:
        words = WORDS.fullmatch(said)
        if words is not None and words[1] != self._me.encode():  # else our own, or nobody's of ours
            self._near(int(words[2]), at_once=words[3] == b"1")
