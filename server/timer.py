"""What the house does by itself: closing a day that ended, forgetting old request keys."""

import logging
import os
import secrets
from threading import Thread
from time import sleep

from sqlalchemy import text

from server.day_end import OFFICE
from server.domain.day import office_time, unix_ms
from server.domain.hours import day_ends_at
from server.house import House, Rooms
from server.store import offices, opinions, requests

log = logging.getLogger(__name__)

LOOK_S = 30.0
LEASE_MS = 90_000

# One of N processes at a time: whoever holds the lease goes on, another takes it when it lapses.
LEASE = text("""
    INSERT INTO leases (name, holder, until_at) VALUES ('timer', :holder, :until)
    ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until_at = excluded.until_at
    WHERE leases.holder = :holder OR leases.until_at <= :now
    RETURNING holder""")


class Timer:
    def __init__(self, house: House) -> None:
        self._house = house
        self._holder = f"{os.getpid()}-{secrets.token_hex(4)}"
        self._shown: dict[int, tuple[int, object]] = {}  # office → version and what stood there
        self._forgot: dict[int, str] = {}  # office → the day on which it was last looked through

    def start(self) -> None:
        Thread(target=self._run, name="timer", daemon=True).start()

    def tick(self) -> bool:
        """Does what is due; False when another process has the lease."""
        now = self._house.clock()
        with self._house.store.writing() as db:
            key = {"holder": self._holder, "until": now + LEASE_MS, "now": now}
            if db.execute(LEASE, key).first() is None:
                return False
            requests.purge(db, now)
            for office_id in offices.ids(db):
                opinions.forget_keys(db, office_id, now)
        for office_id in self._house.office_ids():
            try:
                self._look_after(office_id)
            except Exception:  # one office's trouble is not another's; tried at the next look
                log.exception("the timer's work for office %s was not done", office_id)
        return True

    def _look_after(self, office_id: int) -> None:
        rooms = self._house.rooms(office_id)
        rooms.desk.close_days_before(rooms.reads.today())
        rooms.callbacks.erase_due()
        rooms.alerts.forget_messages()
        self._end_day(rooms)
        self._refresh(office_id)
        if self._forgot.get(office_id) != (today := rooms.reads.today()):
            rooms.satisfaction.forget_due()
            self._forgot[office_id] = today

    def _end_day(self, rooms: Rooms) -> None:
        """At closing, and the while after it in which who waits is still called, the day ends."""
        settings, now = rooms.reads.settings(), self._house.clock()
        if settings.settings.always_open:
            return
        services = [service.rules for service in rooms.reads.services() if service.active]
        ends = day_ends_at(settings, office_time(now, settings.zone).date(), services)
        if ends is not None and now >= unix_ms(ends):
            # Numbers that a program gave after closing stand until midnight.
            rooms.desk.close_day(OFFICE, until=unix_ms(ends))

    def _refresh(self, office_id: int) -> None:
        """Time alone moves estimates and closes services: then the screens get a new board."""
        rooms = self._house.rooms(office_id)
        board = rooms.reads.board()
        shown = (board.calls, board.waiting, board.notices)
        version, before = self._shown.get(office_id, (0, shown))
        if version == board.version and before != shown:
            rooms.desk.refresh_board()
        self._shown[office_id] = (board.version, shown)

    def _run(self) -> None:
        while True:
            try:
                self.tick()
            except Exception:  # tried again at the next look
                log.exception("the timer's work was not done")
            sleep(LOOK_S)
