"""The websockets this process holds: never more than it has threads for, none forgotten."""

from threading import Lock
from time import monotonic
from typing import Any

from flask_socketio import SocketIO
from socketio import Manager

STRANGER_S = 10.0  # who has been admitted to nothing by then is shown out


class Listeners(Manager):  # type: ignore[misc] # Socket.IO is untyped
    """Who is in which room. Socket.IO's own looks first and writes later, without a lock: of two
    screens that come at the same moment one could be left out of its room for ever."""

    def __init__(self) -> None:
        super().__init__()
        self._one_by_one = Lock()

    def basic_enter_room(self, *args: Any, **named: Any) -> None:
        with self._one_by_one:
            super().basic_enter_room(*args, **named)

    def basic_leave_room(self, *args: Any, **named: Any) -> None:
        with self._one_by_one:
            super().basic_leave_room(*args, **named)


class Sockets:
    """Refuses connections above `most`, and ends those that ask for nothing.

    Each open one keeps a thread of the server: who only opens them would starve every page.
    """

    def __init__(self, socketio: SocketIO, *, most: int) -> None:
        self._server, self._engine, self._most = socketio.server, socketio.server.eio, most
        if type(self._server.manager) is Manager:
            self._server.manager = Listeners()
            self._server.manager.set_server(self._server)
        self._server.async_handlers = False  # no thread a word: nothing said to us takes long
        self._came: dict[str, float] = {}  # connection → monotonic s
        self._lock = Lock()
        self._accept = self._engine.handlers["connect"]  # Socket.IO's own
        self._engine.on("connect", self._come)

    def _come(self, connection: str, environ: dict[str, Any]) -> Any:
        with self._lock:
            if len(self._came) >= self._most:
                self._forget_gone()
            if len(self._came) >= self._most:
                return False  # a 401 before it holds a thread; the client polls and tries again
            accepted = self._accept(connection, environ)
            self._came[connection] = monotonic()
            return accepted

    def _forget_gone(self) -> None:
        there = self._server.environ
        self._came = {one: at for one, at in self._came.items() if one in there}

    def show_out(self, now: float) -> None:
        """Ends the connections that were admitted to nothing in time. `now`: monotonic s."""
        with self._lock:
            self._forget_gone()
            came = dict(self._came)
        for connection, at in came.items():
            found = self._engine.sockets.get(connection)
            if now - at > STRANGER_S and found is not None and not self._admitted(connection):
                found.close(wait=False)

    def _admitted(self, connection: str) -> bool:
        manager = self._server.manager
        return any(
            manager.sid_from_eio_sid(connection, namespace)
            for namespace in list(manager.get_namespaces())
        )

    def alive(self, sid: str, namespace: str) -> bool:
        """Whether this listener is still connected.

        Socket.IO does not tell of one that breaks off in the middle of being greeted.
        """
        return self._server.manager.eio_sid_from_sid(sid, namespace) in self._server.environ
