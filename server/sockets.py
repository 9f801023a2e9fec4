"""How many connections this process holds: each open one keeps a thread of the server busy."""

from threading import Lock
from time import monotonic
from typing import Any

from flask_socketio import SocketIO

STRANGER_S = 10.0  # who has not been admitted to anything by then is shown out


class Sockets:
    """Refuses connections above `most` before they hold a thread, and ends idle strangers' ones.

    Without this a caller who opens websockets and asks for nothing would starve every page.
    """

    def __init__(self, socketio: SocketIO, *, most: int) -> None:
        self._engine, self._most = socketio.server.eio, most
        self._environ: dict[str, Any] = socketio.server.environ  # gone when a connection is
        self._manager = socketio.server.manager
        self._came: dict[str, float] = {}  # connection → monotonic s
        self._lock = Lock()
        self._accept = self._engine.handlers["connect"]  # Socket.IO's own
        self._engine.on("connect", self._come)

    def _come(self, connection: str, environ: dict[str, Any]) -> Any:
        with self._lock:
            if len(self._came) >= self._most and len(self._forget_gone()) >= self._most:
                return False  # answered with 401; the client tries again later and polls meanwhile
            self._came[connection] = monotonic()
        return self._accept(connection, environ)

    def _forget_gone(self) -> dict[str, float]:
        self._came = {c: at for c, at in self._came.items() if c in self._environ}
        return self._came

    def show_out(self, now: float) -> None:
        """Ends the connections that joined nothing in time. `now`: monotonic s."""
        with self._lock:
            came = dict(self._forget_gone())
        for connection, at in came.items():
            if now - at > STRANGER_S and not self._joined(connection):
                found = self._engine.sockets.get(connection)
                if found is not None:
                    found.close(wait=False)

    def _joined(self, connection: str) -> bool:
        spaces = list(self._manager.get_namespaces())
        return any(self._manager.sid_from_eio_sid(connection, space) for space in spaces)

    def alive(self, sid: str, namespace: str) -> bool:
        """Whether this listener's connection is still there.

        One that breaks off while it is being greeted is never reported as gone.
        """
        return self._manager.eio_sid_from_sid(sid, namespace) in self._environ
