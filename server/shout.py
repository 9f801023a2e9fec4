"""One word to all screens of a room: framed once, written to every line by the thread that says it.

Socket.IO wakes a thread for each listener, which frames the same words again; with five hundred
of them the last one hears of a call a fifth of a second after the first.
"""

from contextlib import suppress
from socket import MSG_DONTWAIT
from threading import Lock
from typing import Any

from engineio.async_drivers.threading import SimpleWebSocketWSGI  # type: ignore[import-untyped]
from engineio.packet import MESSAGE, NOOP  # type: ignore[import-untyped]
from engineio.packet import Packet as Frame
from flask_socketio import SocketIO
from socketio.packet import EVENT

TEXT = 0x81  # a whole text frame; uncompressed, which every client takes
SHORT, MIDDLE = 125, 65_535  # bytes that a frame's head tells in one byte, in three


class Line(SimpleWebSocketWSGI):  # type: ignore[misc] # Engine.IO is untyped
    """A websocket that the shout and its own writing thread share."""

    def __init__(self, handler: Any, server: Any, **named: Any) -> None:
        super().__init__(handler, server, **named)
        self._writing = Lock()
        self._rest = b""  # of a frame that did not fit at once
        handler.__self__.line = self

    def send(self, message: str | bytes) -> None:
        """Waits until the line takes it; called by its own thread only."""
        with self._writing:
            if self._rest:
                self.ws.sock.sendall(self._rest)
                self._rest = b""
            super().send(message)

    def take(self, frame: bytes) -> bool:
        """Writes the frame unless that would have to wait. Its own thread writes the rest."""
        if not self._writing.acquire(blocking=False):
            return False
        try:
            if self._rest:
                return False
            self._rest = frame[self.ws.sock.send(frame, MSG_DONTWAIT) :]
            return True
        except BlockingIOError:
            return False
        finally:
            self._writing.release()

    def close(self) -> None:
        with suppress(OSError):  # whoever broke off does not hear the farewell
            super().close()

    @property
    def unfinished(self) -> bool:
        return bool(self._rest)


class Shout:
    """Says a word to a room of a namespace."""

    def __init__(self, socketio: SocketIO) -> None:
        self._server, self._engine = socketio.server, socketio.server.eio
        self._engine._async = {**self._engine._async, "websocket": Line}

    def say(self, event: str, payload: object, namespace: str, room: str) -> None:
        """Never waits for a listener: a slow one's own thread does."""
        words = self._server.packet_class(EVENT, namespace=namespace, data=[event, payload])
        packet = Frame(MESSAGE, words.encode())
        frame = _framed(packet.encode().encode())
        for _, connection in self._server.manager.get_participants(namespace, room):
            socket = self._engine.sockets.get(connection)
            line = getattr(socket, "line", None)
            with suppress(OSError):  # it broke off; its reader is about to notice
                if line is None or not line.take(frame):
                    self._server._send_eio_packet(connection, packet)
                elif line.unfinished:
                    socket.send(Frame(NOOP))


def _framed(text: bytes) -> bytes:
    size = len(text)
    if size <= SHORT:
        return bytes((TEXT, size)) + text
    if size <= MIDDLE:
        return bytes((TEXT, 126)) + size.to_bytes(2) + text
    return bytes((TEXT, 127)) + size.to_bytes(8) + text
