"""Screens and phones on real sockets: what each heard, when, and which worker holds its line."""

import json
from collections.abc import Callable
from threading import Condition, Event, Thread
from time import monotonic
from typing import Any

import simple_websocket  # type: ignore[import-untyped]

from tests.server import Running
from tests.workers import children, worker_of

HEARS_WITHIN_S = 30.0
MOST = 60  # tries until every worker has one: whichever accepts first gets the next


class Screen:
    """One listener. `auth` as the contract has it; a page of it hears `board` or `ticket`."""

    def __init__(self, running: Running, auth: dict[str, str]) -> None:
        address = f"ws://127.0.0.1:{running.port}/socket.io/?EIO=4&transport=websocket"
        self._line = simple_websocket.Client.connect(address)
        self._line.send(f"40/live,{json.dumps(auth)}")
        self._heard: list[tuple[float, dict[str, Any]]] = []
        self._news, self._ended = Condition(), Event()
        own = self._line.sock.getsockname()[1]
        Thread(target=self._listen, daemon=True).start()
        self.wait_for(lambda _: True)  # the greeting: whoever greets has accepted
        self.worker = worker_of(running.process.pid, running.port, own)

    def wait_for(self, true: Callable[[dict[str, Any]], bool], at: float = 0.0) -> float:
        """When it first heard (monotonic s), not before `at`, what this is true of."""
        with self._news:
            until = monotonic() + HEARS_WITHIN_S
            while True:
                for when, told in self._heard:
                    if when >= at and true(told):
                        return when
                assert self._news.wait(until - monotonic()), f"it only heard {self._heard[-1:]}"

    def heard(self) -> list[dict[str, Any]]:
        """All of it so far."""
        with self._news:
            return [told for _, told in self._heard]

    def close(self) -> None:
        self._line.close()

    def _listen(self) -> None:
        try:
            while True:
                said = self._line.receive()
                if said == "2":  # Engine.IO asks whether we are there
                    self._line.send("3")
                elif said.startswith("42/live,"):
                    with self._news:
                        self._heard.append((monotonic(), json.loads(said[8:])[1]))
                        self._news.notify_all()
        except simple_websocket.ConnectionClosed:
            return


def at_every_worker(running: Running, auth: dict[str, str]) -> list[Screen]:
    """As many screens as it takes until each worker holds one."""
    workers = set(children(running.process.pid))
    found: list[Screen] = []
    while not workers <= {screen.worker for screen in found}:
        assert len(found) < MOST, f"of {workers} only {[one.worker for one in found]} accept"
        found.append(Screen(running, auth))
    return found


def shows_call(number: str) -> Callable[[dict[str, Any]], bool]:
    """Whether a board shows this number called."""
    return lambda board: any(call["number"] == number for call in board["calls"])
