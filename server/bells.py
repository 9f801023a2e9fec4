"""Rings at the agents of printers when a slip waits for one. A ring that is lost costs seconds:
agents also ask by themselves."""

import logging
from collections.abc import Callable
from threading import Condition, Thread
from time import monotonic
from typing import Any

from flask_socketio import SocketIO, join_room

from server import watchers
from server.house import House
from server.store import agents
from server.watchers import LONG_AGO, Admitted

log = logging.getLogger(__name__)

LOOK_S = 1.0  # how soon a slip is seen that another process ordered
CHECK_S = 5.0  # how soon a revoked token hears nothing more


class Bells:
    """One a process. `alive` says whether a listener is still connected."""

    def __init__(self, socketio: SocketIO, live: str, alive: Callable[[str, str], bool]) -> None:
        self._socketio, self._live, self._alive = socketio, live, alive
        self._listeners: dict[str, tuple[int, Admitted]] = {}  # connection → office
        self._wake = Condition()
        self._ordered = False
        self._checked_at = LONG_AGO
        self._thread: Thread | None = None
        self._ends = False

    def ring(self) -> None:
        """Something was ordered; never waits."""
        with self._wake:
            self._ordered = True
            self._wake.notify()

    def start(self, house: House) -> None:
        """Starts the thread that rings; in the process that holds the sockets."""
        house.when_slips_are_ordered(self.ring)
        self._ends = False
        self._thread = Thread(target=self._run, args=(house,), name="bells", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ends what `start` began."""
        with self._wake:
            self._ends = True
            self._wake.notify()
        if self._thread is not None:
            self._thread.join()

    def greet(self, house: House, sid: str, asked: dict[str, Any]) -> None:
        """Raises `ConnectionRefusedError` (Socket.IO's) for whoever is no agent."""
        office_id, still = watchers.agent_of(house, asked)
        join_room(_room(office_id))
        self._listeners[sid] = (office_id, still)

    def forget(self, sid: str) -> None:
        self._listeners.pop(sid, None)

    def _run(self, house: House) -> None:
        while not self._ends:
            with self._wake:
                if not (self._ends or self._ordered):
                    self._wake.wait(LOOK_S)
                self._ordered = False
            try:
                self.ring_due(house)
            except Exception:  # agents ask for themselves meanwhile
                log.exception("the agents were not told")

    def ring_due(self, house: House) -> None:
        """Rings where a slip waits, and forgets who may not listen any more."""
        now = monotonic()
        if now - self._checked_at >= CHECK_S:
            self._checked_at = now
            self._show_out()
        for office_id in {office_id for office_id, _ in self._listeners.copy().values()}:
            with house.store.glancing() as db:
                waits = agents.slip_waits(db, office_id, house.clock())
            if waits:
                self._socketio.emit("slip", namespace=self._live, to=_room(office_id))

    def _show_out(self) -> None:
        for sid, (_, still) in self._listeners.copy().items():
            if not self._alive(sid, self._live):
                self.forget(sid)
            elif not still():
                self.forget(sid)
                self._socketio.server.disconnect(sid, namespace=self._live)


def _room(office_id: int) -> str:
    return f"printer:{office_id}"
