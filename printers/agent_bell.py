"""The server's ring: it says over Socket.IO that a slip waits. Without it the agent asks often.

Only the few words that are needed of Engine.IO 4, so that nothing but a websocket is installed.
"""

import json
import logging
import ssl
from functools import partial
from threading import Event, Thread
from time import sleep
from typing import Any

from printers.agent_server import Place

try:
    import simple_websocket  # type: ignore[import-untyped]
except ImportError:  # the long poll does alone
    simple_websocket = None

log = logging.getLogger("khiu-printer")

SHORTEST_REST_S, LONGEST_REST_S = 1.0, 30.0
OPEN, PING, PONG, JOIN, LEFT, RING = "0", "2", "3", "40/live,", "41/live,", '42/live,["slip"'


class Bell:
    """Rings when a slip waits. `heard`: whether it can be relied on just now."""

    def __init__(self, place: Place, token: str) -> None:
        scheme = "wss" if place.https else "ws"
        query = "EIO=4&transport=websocket"
        self._url = f"{scheme}://{place.netloc}{place.path}/socket.io/?{query}"
        self._tls = ssl.create_default_context() if place.https else None
        self._token, self._rung = token, Event()
        self.heard = False

    def start(self) -> None:
        if simple_websocket is not None:
            Thread(target=self._run, name="bell", daemon=True).start()

    def wait(self, seconds: float) -> bool:
        """Waits for a ring; whether there was one."""
        rung = self._rung.wait(seconds)
        self._rung.clear()
        return rung

    def ring(self) -> None:
        """Ends a waiting."""
        self._rung.set()

    def _run(self) -> None:
        rest = SHORTEST_REST_S
        while True:
            try:
                self._listen()
            except Exception as error:  # whatever it is, slips are printed without a ring too
                log.debug("no ring: %s", error)
            rest = SHORTEST_REST_S if self.heard else min(2 * rest, LONGEST_REST_S)
            self.heard = False
            self.ring()  # whoever waits for one must ask for itself again
            sleep(rest)

    def _listen(self) -> None:
        line = simple_websocket.Client(self._url, ssl_context=self._tls, thread_class=_Daemon)
        try:
            opened = json.loads(_said(line, SHORTEST_REST_S * 10, OPEN).removeprefix(OPEN))
            silence_s = (opened["pingInterval"] + opened["pingTimeout"]) / 1000
            line.send(JOIN + json.dumps({"topic": "printer", "token": self._token}))
            while True:
                word = _said(line, silence_s)
                if word == PING:
                    line.send(PONG)
                elif word.startswith(JOIN):
                    self.heard = True
                elif word.startswith(RING):
                    self.ring()
                elif word.startswith((LEFT, "44/live,", "1")):
                    raise ConnectionError(word[:200])
        finally:
            if line.connected:
                line.close()


_Daemon = partial(Thread, daemon=True)  # one that is left over must not keep the agent from ending


def _said(line: Any, seconds: float, begins: str = "") -> str:
    word = line.receive(timeout=seconds)
    if not isinstance(word, str) or not word.startswith(begins):
        raise ConnectionError("it says nothing that can be understood")
    return word
