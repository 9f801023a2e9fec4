"""Who listens to this process, and what each office's listeners were told."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from flask import request
from flask_socketio import ConnectionRefusedError as Refused

from server import web
from server.access import Who
from server.domain.roles import DeviceKind, Role, TokenRole
from server.house import House
from server.links import token_hash
from server.store import tickets

log = logging.getLogger(__name__)

NOT_ADMITTED = "not admitted"  # for good; a page that hears anything else tries again
LONGEST_TOKEN = 200
SCREENS = (DeviceKind.DISPLAY, DeviceKind.KIOSK, DeviceKind.TABLET)
LONG_AGO = float("-inf")
Admitted = Callable[[], bool]  # asked again and again while a screen listens


@dataclass(slots=True)
class Hall:
    """One office's listeners. `…_at`: monotonic s; `…_due`: something changed since."""

    boards: dict[str, Admitted] = field(default_factory=dict)
    phones: dict[str, int] = field(default_factory=dict)  # listener → ticket
    board_due: bool = False
    board_version: int = 0
    board_at: float = LONG_AGO
    phones_due: bool = False
    phones_version: int = 0
    phones_at: float = LONG_AGO
    told: dict[str, dict[str, Any]] = field(default_factory=dict)  # ticket → what its phones show


class Watchers:
    """All listeners of this process, by office; at most `most`."""

    def __init__(self, most: int) -> None:
        self._most, self._lock = most, Lock()
        self._halls: dict[int, Hall] = {}
        self._office: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._office)

    def halls(self) -> dict[int, Hall]:
        with self._lock:
            return dict(self._halls)

    def hall_of(self, sid: str) -> Hall | None:
        """None for one who does not listen, or no more."""
        with self._lock:
            office_id = self._office.get(sid)
            return None if office_id is None else self._halls[office_id]

    def listeners(self) -> list[str]:
        with self._lock:
            return list(self._office)

    def enter(
        self,
        sid: str,
        office_id: int,
        ticket_id: int | None = None,
        still: Admitted = lambda: True,
    ) -> Hall:
        """Listens to the office's board, or to one ticket. Raises `Refused` when all is full."""
        with self._lock:
            if len(self._office) >= self._most:
                raise Refused("full")
            self._office[sid] = office_id
            hall = self._halls.setdefault(office_id, Hall())
            if ticket_id is None:
                hall.boards[sid] = still
            else:
                hall.phones[sid] = ticket_id
            return hall

    def show_out(self, end: Callable[[str], None]) -> None:
        """Forgets and ends those who listen to a board and may not any more."""
        for hall in self.halls().values():
            for sid, still in hall.boards.copy().items():
                try:
                    if not still():
                        self.forget(sid)
                        end(sid)
                except Exception:  # asked again soon; the others must hear their news meanwhile
                    log.exception("it is not known whether a screen may still listen")
                    return

    def forget(self, sid: str) -> None:
        with self._lock:
            office_id = self._office.pop(sid, None)
            if office_id is None:
                return
            hall = self._halls[office_id]
            hall.boards.pop(sid, None)
            hall.phones.pop(sid, None)
            if not hall.boards and not hall.phones:
                del self._halls[office_id]


def board_of(house: House, asked: dict[str, Any]) -> tuple[int, Admitted]:
    """The office whose board the caller may see, and whether it still may. Raises `Refused`.

    A revoked token and a screen switched off are let in no more, and shown out if they are in.
    Staff who signed out see no more than the hall does; their pages ask for themselves.
    """
    access, token = house.access, _bearer(asked)
    if token is not None:
        who = access.by_api_token(str(token)) if _is_token(token) else None
        if who is None:
            raise Refused(NOT_ADMITTED)
        return who.office_id, lambda: access.by_api_token(str(token)) is not None
    screen = web.device()
    if screen is not None and _may_see_board(screen):
        cookie = request.cookies[web.DEVICE_COOKIE]
        return screen.office_id, lambda: access.by_device(cookie) is not None
    who = web.caller()
    if who is None or not _may_see_board(who):
        raise Refused(NOT_ADMITTED)
    return who.office_id, lambda: True


def agent_of(house: House, asked: dict[str, Any]) -> tuple[int, Admitted]:
    """The office whose slips the caller prints, and whether it still may. Raises `Refused`."""
    token = _bearer(asked)
    who = house.access.by_api_token(str(token)) if _is_token(token) else None
    if who is None or who.role is not TokenRole.PRINTER:
        raise Refused(NOT_ADMITTED)
    return who.office_id, lambda: house.access.by_api_token(str(token)) is not None


def ticket_of(house: House, asked: dict[str, Any]) -> tuple[int, int]:
    """The office and the ticket whose link the caller holds. Raises `Refused`."""
    token, found = asked.get("token"), None
    if _is_token(token):
        with house.store.reading() as db:
            found = tickets.by_track(db, token_hash(str(token)))
    if found is None:
        raise Refused(NOT_ADMITTED)
    return found


def _bearer(asked: dict[str, Any]) -> Any:
    """The token that came with `connect`, or in its header; None without one."""
    if asked.get("token") is not None:
        return asked["token"]
    scheme, _, header = request.headers.get("Authorization", "").partition(" ")
    return header.strip() if scheme.lower() == "bearer" else None


def _may_see_board(who: Who) -> bool:
    return isinstance(who.role, Role | TokenRole) or who.role in SCREENS


def _is_token(found: object) -> bool:
    """Whether it can be a token at all: anything may come over a socket."""
    return isinstance(found, str) and found.isascii() and 0 < len(found) <= LONGEST_TOKEN
