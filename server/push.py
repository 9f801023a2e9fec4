"""Tells the screens: the whole board and each phone's ticket, after every change.

A lost push costs a screen nothing: the next one, a reconnect or its own poll repairs it. Every
process also looks at the board's version once a second, so a change made elsewhere is seen too.
"""

import logging
from threading import Condition, Lock, Thread
from time import monotonic
from typing import Any

from flask import request
from flask_socketio import ConnectionRefusedError as Refused
from flask_socketio import SocketIO, emit, join_room

from server import shapes, web
from server.access import Who
from server.domain.roles import DeviceKind, Role, TokenRole
from server.house import House
from server.links import token_hash
from server.phone import PhoneTicket, phone_ticket
from server.store import boards, tickets

log = logging.getLogger(__name__)

GATHER_S = 0.5  # changes of counts are sent at most twice a second
LOOK_S = 1.0
PHONES_S = 1.0  # a phone is told at most once a second


class Push:
    """One a process. `announce` may be called from any thread and never waits."""

    def __init__(self, socketio: SocketIO, *, most_sockets: int) -> None:
        self._socketio, self._most = socketio, most_sockets
        self._wake = Condition()
        self._changed: dict[int, bool] = {}  # office → at once?
        self._sent: dict[int, int] = {}  # office → version
        self._sent_at: dict[int, float] = {}
        self._lock = Lock()
        self._sockets: dict[str, tuple[int, int | None]] = {}  # sid → office, ticket
        self._house: House | None = None
        socketio.on_event("connect", self._greet, namespace="/live")
        socketio.on_event("disconnect", self._leave, namespace="/live")

    def bind(self, house: House) -> None:
        self._house = house

    @property
    def sockets(self) -> int:
        """How many screens and phones are connected to this process."""
        return len(self._sockets)

    def announce(self, office_id: int, *, at_once: bool) -> None:
        """Only sets a flag: the ticket stands whatever the screens do."""
        with self._wake:
            self._changed[office_id] = self._changed.get(office_id, False) or at_once
            self._wake.notify()

    def start(self) -> None:
        """Starts the one thread that sends; in the process that holds the sockets."""
        Thread(target=self._run, name="push", daemon=True).start()

    # ------------------------------------------------------------ sending

    def _run(self) -> None:
        while True:
            try:
                self.send_due()
            except Exception:  # the screens poll meanwhile; the next look tries again
                log.exception("the screens were not told")
                with self._wake:
                    self._wake.wait(LOOK_S)

    def send_due(self) -> None:
        """Waits for a change or a second, then tells every office's screens what rose."""
        with self._wake:
            if not any(self._changed.values()):
                self._wake.wait(GATHER_S if self._changed else LOOK_S)
            changed, self._changed = self._changed, {}
        soon = monotonic()
        for office_id in {office for office, _ in list(self._sockets.values())}:
            fresh = soon - self._sent_at.get(office_id, 0.0) < GATHER_S
            if office_id in changed and fresh and not changed[office_id]:
                with self._wake:  # gathered: the next round sends it
                    self._changed.setdefault(office_id, False)
                continue
            if self._version(office_id) > self._sent.get(office_id, 0):
                self._tell(office_id)
                self._sent_at[office_id] = soon

    def _tell(self, office_id: int) -> None:
        payload = self._board(office_id)
        self._socketio.emit("board", payload, namespace="/live", to=f"board:{office_id}")
        self._sent[office_id] = payload["version"]
        watched = {t for office, t in list(self._sockets.values()) if office == office_id and t}
        if watched:
            for told in self._phones(office_id, sorted(watched), payload["version"]):
                room = f"ticket:{told.id}"
                self._socketio.emit("ticket", told.model_dump(), namespace="/live", to=room)

    # ------------------------------------------------------------ who listens

    def _greet(self, auth: Any = None) -> None:
        asked: dict[str, Any] = auth if isinstance(auth, dict) else {}
        with self._lock:
            if len(self._sockets) >= self._most:
                raise Refused("full")
        sid: str = request.sid  # type: ignore[attr-defined] # Flask-SocketIO adds it
        if asked.get("topic") == "ticket":
            office_id, ticket_id = self._whose_ticket(str(asked.get("token", "")))
            self._sockets[sid] = (office_id, ticket_id)
            join_room(f"ticket:{ticket_id}")
            version = self._version(office_id)
            emit("ticket", self._phones(office_id, [ticket_id], version)[0].model_dump())
            return
        who = self._who(asked)
        if asked.get("topic") != "board" or who is None or not _may_see_board(who):
            raise Refused("not admitted")
        self._sockets[sid] = (who.office_id, None)
        join_room(f"board:{who.office_id}")
        emit("board", self._board(who.office_id))

    def _leave(self, *_reason: Any) -> None:
        self._sockets.pop(request.sid, None)  # type: ignore[attr-defined]

    def _who(self, asked: dict[str, Any]) -> Who | None:
        scheme, _, header = request.headers.get("Authorization", "").partition(" ")
        token = str(asked.get("token") or (header if scheme.lower() == "bearer" else ""))
        if token:
            return self._rooms.access.by_api_token(token)
        return web.device() or web.caller()

    def _whose_ticket(self, token: str) -> tuple[int, int]:
        with self._rooms.store.reading() as db:
            found = tickets.by_track(db, token_hash(token))
        if found is None:
            raise Refused("not admitted")
        return found

    # ------------------------------------------------------------ what is told

    @property
    def _rooms(self) -> House:
        if self._house is None:
            raise RuntimeError("push is not bound to a house")
        return self._house

    def _version(self, office_id: int) -> int:
        with self._rooms.store.reading() as db:
            return boards.version(db, office_id)

    def _board(self, office_id: int) -> dict[str, Any]:
        reads = self._rooms.rooms(office_id).reads
        return shapes.board(reads.board(), reads.settings().zone).model_dump()

    def _phones(self, office_id: int, ids: list[int], version: int) -> list[PhoneTicket]:
        reads = self._rooms.rooms(office_id).reads
        settings = reads.settings()
        counters = {counter.id: counter for counter in reads.counters()}
        services = {service.id: service for service in reads.services()}
        return [
            phone_ticket(seen, settings, counters, services, version) for seen in reads.tickets(ids)
        ]


def _may_see_board(who: Who) -> bool:
    return isinstance(who.role, Role | TokenRole) or who.role in (
        DeviceKind.DISPLAY,
        DeviceKind.KIOSK,
    )
