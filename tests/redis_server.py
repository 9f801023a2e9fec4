"""A Redis of the tests' own on a free port, that can be killed, held still and started again."""

import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event
from time import monotonic

from redis import Redis, RedisError

from tests.postgres import free_port

STARTS_WITHIN_S = 10.0


class RedisServer:
    """Keeps nothing on disk; always on the same port. Its processes end by their own id."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Answers when this returns."""
        words = ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1"]
        self._process = subprocess.Popen(
            [*words, "--save", "", "--appendonly", "no"], stdout=subprocess.DEVNULL, cwd="/"
        )
        until, waited = monotonic() + STARTS_WITHIN_S, Event()
        with Redis(port=self.port) as asked:
            while True:
                with suppress(RedisError):
                    asked.ping()
                    return
                assert monotonic() < until, "redis-server did not start"
                waited.wait(0.02)

    def kill(self) -> None:
        """kill -9: everybody's line breaks at once."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(10)
            self._process = None

    def hold_still(self) -> None:
        """It accepts and says nothing, as a machine that swaps does."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)


@contextmanager
def redis_server() -> Iterator[RedisServer]:
    server = RedisServer()
    server.start()
    try:
        yield server
    finally:
        server.kill()
