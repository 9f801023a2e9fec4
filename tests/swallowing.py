"""A switch between screens and server that can swallow everything, as a dead one does: nobody is
told, connections stay open and nothing comes through any more."""

import selectors
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock, Thread

PIECE = 65_536


@dataclass(eq=False, slots=True)
class _Pair:
    near: socket.socket
    far: socket.socket
    dead: bool  # something of it was swallowed: nobody will ever tell


class Switch:
    """Listens on `port`, leads to `to`."""

    def __init__(self, to: int) -> None:
        self._to = to
        self._door = socket.create_server(("127.0.0.1", 0), backlog=200)
        self.port: int = self._door.getsockname()[1]
        self._bell, self._rope = socket.socketpair()
        self._watch = selectors.DefaultSelector()
        self._watch.register(self._door, selectors.EVENT_READ)
        self._watch.register(self._bell, selectors.EVENT_READ)
        self._pairs: set[_Pair] = set()
        self._swallows = False
        self._lock = Lock()
        self._thread = Thread(target=self._run, daemon=True)
        self._thread.start()

    def swallow(self) -> None:
        """From now on nothing comes through, on old connections or new ones."""
        with self._lock:
            self._swallows = True
            for pair in self._pairs:
                pair.dead = True

    def mend(self) -> None:
        """New connections work again; those that lost something stay dead."""
        with self._lock:
            self._swallows = False

    def close(self) -> None:
        self._rope.send(b".")
        self._thread.join()
        for pair in self._pairs:
            pair.near.close()
            pair.far.close()
        for one in (self._door, self._bell, self._rope):
            one.close()

    def _run(self) -> None:
        while True:
            for key, _ in self._watch.select():
                if key.fileobj is self._bell:
                    return
                with self._lock:
                    if key.data is None:
                        self._accept()
                    elif key.data[0] in self._pairs:  # else its other end closed in this very round
                        self._pass_on(*key.data)

    def _accept(self) -> None:
        near, _ = self._door.accept()
        pair = _Pair(near, socket.create_connection(("127.0.0.1", self._to)), self._swallows)
        self._pairs.add(pair)
        for end, other in ((pair.near, pair.far), (pair.far, pair.near)):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._watch.register(end, selectors.EVENT_READ, (pair, end, other))

    def _pass_on(self, pair: _Pair, end: socket.socket, other: socket.socket) -> None:
        try:
            piece = end.recv(PIECE)
            if piece and not pair.dead:
                other.sendall(piece)
        except OSError:
            piece = b""
        if not piece:
            self._pairs.discard(pair)
            for one in (end, other):
                self._watch.unregister(one)
                one.close()


@contextmanager
def switch(to: int) -> Iterator[Switch]:
    """To the server on this port of our own machine."""
    made = Switch(to)
    yield made
    made.close()
