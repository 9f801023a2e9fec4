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

from server import shapes, watchers
from server.bells import Bells
from server.house import House
from server.phone import Phones
from server.shout import Shout
from server.sockets import Sockets
from server.store import boards
from server.watchers import LONG_AGO, Hall, Watchers

log = logging.getLogger(__name__)

LIVE = "/live"
GATHER_S = 0.5  # changes of counts are sent at most twice a second
LOOK_S = 1.0
CHECK_S = 5.0  # how soon a screen that was switched off hears nothing more
PHONES_S = 1.0  # a phone is told at most once a second


class Push:
    """One a process. `announce` may be called from any thread and never waits."""

    def __init__(self, socketio: SocketIO, *, most_sockets: int) -> None:
        self._socketio = socketio
        self._connections = Sockets(socketio, most=most_sockets)
        self._shout = Shout(socketio)
        self._watchers = Watchers(most_sockets)
        self._bells = Bells(socketio, LIVE, self._connections.alive)
        self._wake = Condition()
        self._changed: dict[int, bool] = {}  # office → at once?
        self._looked_at = self._checked_at = LONG_AGO
        self._ill: set[int] = set()  # offices whose screens could not be told last time
        self._phones: dict[int, Phones] = {}
        self._starting = Lock()
        self._thread: Thread | None = None
        self._ends = False
        self._bound: House | None = None
        socketio.on_event("connect", self._greet, namespace=LIVE)
        socketio.on_event("disconnect", self._leave, namespace=LIVE)
        # Past Flask: every screen asks this twice a second, and it needs nothing of a request.
        socketio.server.on("still", self._still, namespace=LIVE)

    def bind(self, house: House) -> None:
        self._bound = house

    @property
    def sockets(self) -> int:
        """How many screens and phones listen to this process."""
        return len(self._watchers)

    def announce(self, office_id: int, *, at_once: bool) -> None:
        """Only sets a flag: the ticket stands whatever the screens do."""
        if not len(self._watchers):
            return  # whoever comes next is greeted with the whole board
        with self._wake:
            self._changed[office_id] = self._changed.get(office_id, False) or at_once
            self._wake.notify()

    def start(self) -> None:
        """Starts the one thread that sends; in the process that holds the sockets."""
        with self._starting:
            if self._thread is None:
                self._ends = False
                self._thread = Thread(target=self._run, name="push", daemon=True)
                self._thread.start()
                self._bells.start(self._house)

    def stop(self) -> None:
        """Ends what `start` began."""
        with self._starting:
            if self._thread is None:
                return
            with self._wake:
                self._ends = True
                self._wake.notify()
            self._thread.join()
            self._thread = None
            self._bells.stop()

    # ------------------------------------------------------------ sending

    def _run(self) -> None:
        rest = 0.0
        while not self._ends:
            with self._wake:
                if not (self._ends or any(self._changed.values())):  # a call does not wait
                    self._wake.wait(rest)
            try:
                rest = self.send_due(monotonic())
            except Exception:  # the screens poll meanwhile
                log.exception("the screens were not told")
                rest = LOOK_S

    def send_due(self, now: float) -> float:
        """Tells every office's screens what is due. `now`: monotonic s.

        Returns after how many seconds it must be called again at the latest.
        """
        with self._wake:
            changed, self._changed = self._changed, {}
        halls = self._watchers.halls()
        for office_id in changed.keys() & halls.keys():
            halls[office_id].board_due = halls[office_id].phones_due = True
        if now - self._looked_at >= LOOK_S:
            self._looked_at = now
            self._forget_gone(now)
            for office_id, hall in halls.items():
                self._look(office_id, hall)
        rest = self._looked_at + LOOK_S - now
        for office_id, hall in halls.items():
            at_once = changed.get(office_id, False)
            rest = min(rest, self._serve(office_id, hall, now, at_once=at_once))
        return rest

    def _look(self, office_id: int, hall: Hall) -> None:
        """Finds what other processes changed, and what could not be sent before."""
        try:
            with self._house.store.glancing() as db:
                version = boards.version(db, office_id)
            hall.board_due |= version > hall.board_version
            hall.phones_due |= version > hall.phones_version
        except Exception:
            self._failed(office_id)

    def _serve(self, office_id: int, hall: Hall, now: float, *, at_once: bool) -> float:
        """Sends what is due here; returns in how many seconds something else will be."""
        try:
            if hall.board_due and (at_once or now - hall.board_at >= GATHER_S):
                hall.board_due, hall.board_at = False, now
                self._tell_boards(office_id, hall)
            if hall.phones_due and now - hall.phones_at >= PHONES_S:
                hall.phones_due, hall.phones_at = False, now
                self._tell_phones(office_id, hall)
        except Exception:  # one office's trouble is not another's; the next look tries again
            self._failed(office_id)
        board = hall.board_at + GATHER_S - now if hall.board_due else LOOK_S
        phones = hall.phones_at + PHONES_S - now if hall.phones_due else LOOK_S
        return min(board, phones)

    def _tell_boards(self, office_id: int, hall: Hall) -> None:
        if not hall.boards:
            return
        payload = self._board(office_id)
        if payload["version"] > hall.board_version:
            self._shout.say("board", payload, LIVE, f"board:{office_id}")
            hall.board_version = payload["version"]
        self._ill.discard(office_id)

    def _tell_phones(self, office_id: int, hall: Hall) -> None:
        watched = set(hall.phones.copy().values())
        if not watched:
            return
        version, shown = self._phones_of(office_id).look(sorted(watched))
        told = {}
        for phone in shown:
            told[phone.id] = content = phone.model_dump(exclude={"version"})
            if content != hall.told.get(phone.id):
                room = f"ticket:{phone.id}"
                self._socketio.emit("ticket", phone.model_dump(), namespace=LIVE, to=room)
        hall.told, hall.phones_version = told, version
        self._ill.discard(office_id)

    def _failed(self, office_id: int) -> None:
        if office_id not in self._ill:  # said once, not every second of a night
            self._ill.add(office_id)
            log.exception("the screens of office %s were not told", office_id)

    def _forget_gone(self, now: float) -> None:
        for sid in self._watchers.listeners():
            if not self._connections.alive(sid, LIVE):
                self._watchers.forget(sid)
        self._connections.show_out(now)
        if now - self._checked_at >= CHECK_S:
            self._checked_at = now
            self._watchers.show_out(self._end)

    def _end(self, sid: str) -> None:
        self._socketio.server.disconnect(sid, namespace=LIVE)

    # ------------------------------------------------------------ who listens

    def _greet(self, auth: Any = None) -> None:
        sid: str = request.sid  # type: ignore[attr-defined] # Flask-SocketIO adds it
        asked: dict[str, Any] = auth if isinstance(auth, dict) else {}
        try:
            if asked.get("topic") == "board":
                self._greet_board(sid, asked)
            elif asked.get("topic") == "ticket":
                self._greet_phone(sid, asked)
            elif asked.get("topic") == "printer":
                self._bells.greet(self._house, sid, asked)
            else:
                raise Refused(watchers.NOT_ADMITTED)
        except Refused:
            self._watchers.forget(sid)
            raise
        except Exception:  # unanswered, the page would wait for ever
            self._watchers.forget(sid)
            log.exception("a screen was not greeted")
            raise Refused("try again") from None

    def _greet_board(self, sid: str, asked: dict[str, Any]) -> None:
        office_id, still = watchers.board_of(self._house, asked)
        hall = self._watchers.enter(sid, office_id, still=still)
        join_room(f"board:{office_id}")  # first, so that nothing is missed in between
        payload = self._board(office_id)
        hall.board_version = hall.board_version or payload["version"]
        emit("board", payload)

    def _greet_phone(self, sid: str, asked: dict[str, Any]) -> None:
        office_id, ticket_id = watchers.ticket_of(self._house, asked)
        hall = self._watchers.enter(sid, office_id, ticket_id)
        join_room(f"ticket:{ticket_id}")
        version, (phone,) = self._phones_of(office_id).look([ticket_id])
        # What an earlier phone of this ticket was told stands: it may be older than this.
        hall.told.setdefault(phone.id, phone.model_dump(exclude={"version"}))
        hall.phones_version = hall.phones_version or version
        emit("ticket", phone.model_dump())

    def _still(self, sid: str, *_anything: Any) -> int | None:
        """The version that this screen was sent at least; None when it is sent nothing any more.

        A screen that hears no answer knows its line is dead, one that has less lost something.
        """
        hall = self._watchers.hall_of(sid)
        return hall.board_version if hall else None

    def _leave(self, *_reason: Any) -> None:
        self._watchers.forget(request.sid)  # type: ignore[attr-defined]
        self._bells.forget(request.sid)  # type: ignore[attr-defined]

    # ------------------------------------------------------------ what is told

    @property
    def _house(self) -> House:
        if self._bound is None:
            raise RuntimeError("push is not bound to a house")
        return self._bound

    def _board(self, office_id: int) -> dict[str, Any]:
        reads = self._house.rooms(office_id).reads
        return shapes.board(reads.board(), reads.settings().zone).model_dump()

    def _phones_of(self, office_id: int) -> Phones:
        house = self._house
        if office_id not in self._phones:
            reads = house.rooms(office_id).reads
            self._phones[office_id] = Phones(house.store, reads, house.clock)
        return self._phones[office_id]
