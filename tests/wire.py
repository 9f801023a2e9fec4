"""A network cable between a browser and the house, which can be pulled."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class Wire:
    """Passes on what comes to its `port`; `cut` ends every connection, new ones are taken."""

    def __init__(self, goal: int) -> None:
        self._goal = goal
        self._open: set[socket.socket] = set()
        self._door = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = int(self._door.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> int:
        """How many connections it ended."""
        ended = list(self._open)
        for one in ended:
            self._close(one)
        return len(ended)

    def close(self) -> None:
        self._door.close()
        self.cut()

    def _accept(self) -> None:
        with suppress(OSError):  # the door was closed
            while True:
                here, _ = self._door.accept()
                try:
                    there = socket.create_connection(("127.0.0.1", self._goal), timeout=10)
                except OSError:
                    here.close()
                    continue
                there.settimeout(None)
                self._open |= {here, there}
                for pair in ((here, there), (there, here)):
                    threading.Thread(target=self._pass_on, args=pair, daemon=True).start()

    def _pass_on(self, source: socket.socket, goal: socket.socket) -> None:
        with suppress(OSError):
            while piece := source.recv(65536):
                goal.sendall(piece)
        self._close(source)
        self._close(goal)

    def _close(self, one: socket.socket) -> None:
        self._open.discard(one)
        with suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)
        one.close()


@contextmanager
def wire(goal: int) -> Iterator[Wire]:
    laid = Wire(goal)
    try:
        yield laid
    finally:
        laid.close()
