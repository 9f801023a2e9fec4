"""Screens that listen, hundreds in one thread; run as a process of its own, they time calls.

Lines on stdin: `open NAME URL N TOKEN` connects N screens to a server; `call NAME URL BODY` presses
and waits until each of that server's screens heard a board, newer than all before. Answers one
JSON line each: {"open": N} or {"last_ms": …, "first_ms": …}, counted from the press.
"""

import base64
import json
import os
import selectors
import socket
import sys
import time
from dataclasses import dataclass, field
from http.client import HTTPConnection
from urllib.parse import urlsplit

HEARS_WITHIN_S = 30.0
REST_S = 0.1  # before each call: what is under way arrives
PING, PONG = b"2", b"3"


@dataclass(slots=True)
class Screen:
    """One raw websocket: reads frames, hardly looks at them."""

    line: socket.socket
    got: bytearray = field(default_factory=bytearray)

    def frames(self) -> list[bytes]:
        """What came whole by now. Raises `RuntimeError` when the server has ended it."""
        piece = self.line.recv(262_144)
        if not piece:
            raise RuntimeError("a screen was shown out")
        self.got += piece
        found = []
        while (frame := _frame(self.got)) is not None:
            begin, end = frame
            found.append(bytes(self.got[begin:end]))
            del self.got[:end]
        return found

    def say(self, text: bytes) -> None:
        """A client's frame is masked; with zeros, which change nothing."""
        size = len(text)
        head = bytes([0x81, 0x80 | size]) if size < 126 else b"\x81\xfe" + size.to_bytes(2)
        self.line.sendall(head + bytes(4) + text)

    def hear(self, wanted: bytes) -> bool:
        """Takes what came; whether it was wanted. Says that it is there when it is asked."""
        found = False
        for said in self.frames():
            if said == PING:
                self.say(PONG)
            found |= bool(wanted) and wanted in said[:24]
        return found


def _frame(got: bytearray) -> tuple[int, int] | None:
    """Where the first frame's content begins and ends, once it is whole."""
    if len(got) < 2:
        return None
    size, begin = got[1] & 0x7F, 2
    if size == 126:
        size, begin = int.from_bytes(got[2:4]), 4
    elif size == 127:
        size, begin = int.from_bytes(got[2:10]), 10
    end = begin + size
    return (begin, end) if len(got) >= max(begin, end) else None


class Crowd:
    """All screens of one server. `watch` is of all servers: each asks now and then who lives."""

    def __init__(self, watch: selectors.BaseSelector, url: str, wanted: int, token: str) -> None:
        at = urlsplit(url)
        self._watch = watch
        self._screens: list[Screen] = []
        hello = json.dumps({"topic": "board", "token": token})
        for _ in range(wanted):  # one after another: Socket.IO's own list of rooms has no lock
            screen = self._come(at.hostname or "", at.port or 80)
            self._screens.append(screen)
            screen.say(f"40/live,{hello}".encode())
            self._until_hear([screen], b'["board"')

    def _come(self, host: str, port: int) -> Screen:
        line = socket.create_connection((host, port))
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        key = base64.b64encode(os.urandom(16)).decode()
        line.sendall(
            f"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: {host}:{port}\r\n"
            "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Key: {key}\r\n\r\n".encode()
        )
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += line.recv(1)
        if not head.startswith(b"HTTP/1.1 101"):
            raise RuntimeError(f"a screen was refused: {head[:80]!r}")
        screen = Screen(line)
        self._watch.register(line, selectors.EVENT_READ, screen)
        return screen

    def call(self, url: str, body: str, token: str) -> dict[str, float]:
        """Presses, then listens until the last screen heard of it."""
        at = urlsplit(url)
        door = HTTPConnection(at.hostname or "", at.port, timeout=30)
        door.connect()
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        begun = time.perf_counter()
        door.request("POST", at.path, body, headers)
        first, last = self._until_hear(self._screens, b'["board"')
        answer = door.getresponse()
        answer.read()
        if answer.status >= 300:
            raise RuntimeError(f"{url} answered {answer.status}")
        door.close()
        return {"first_ms": (first - begun) * 1000, "last_ms": (last - begun) * 1000}

    def rest(self, seconds: float) -> None:
        """Answers what the server asks meanwhile."""
        until = time.perf_counter() + seconds
        while (left := until - time.perf_counter()) > 0:
            for key, _ in self._watch.select(left):
                if key.data is not None:
                    key.data.hear(b"")

    def _until_hear(self, screens: list[Screen], wanted: bytes) -> tuple[float, float]:
        """When the first and the last of these heard it."""
        waiting = {id(screen) for screen in screens}
        first, until = 0.0, time.perf_counter() + HEARS_WITHIN_S
        while waiting:
            if time.perf_counter() > until:
                raise RuntimeError(f"{len(waiting)} screens heard nothing")
            for key, _ in self._watch.select(1.0):
                if key.data is None:
                    continue
                if key.data.hear(wanted) and id(key.data) in waiting:
                    waiting.discard(id(key.data))
                    first = first or time.perf_counter()
        return first, time.perf_counter()

    def close(self) -> None:
        for screen in self._screens:
            self._watch.unregister(screen.line)
            screen.line.close()


def main() -> None:
    crowds: dict[str, Crowd] = {}
    watch = selectors.DefaultSelector()
    watch.register(sys.stdin, selectors.EVENT_READ)
    while line := _next(watch):
        what, name, *rest = line.split()
        if what == "open":
            url, wanted, token = rest
            crowds[name] = Crowd(watch, url, int(wanted), token)
            said: object = {"open": int(wanted)}
        elif what == "close":
            crowds.pop(name).close()
            said = {"open": 0}
        else:
            url, body, token = rest
            crowds[name].rest(REST_S)
            said = crowds[name].call(url, body, token)
        print(json.dumps(said), flush=True)


def _next(watch: selectors.BaseSelector) -> str:
    """The next line; the screens are listened to until it comes."""
    while True:
        for key, _ in watch.select():
            if key.data is None:
                return sys.stdin.readline()
            key.data.hear(b"")


if __name__ == "__main__":
    main()
