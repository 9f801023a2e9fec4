"""What the house does by itself: closing a day that ended, forgetting old request keys."""

import logging
import os
import secrets
from threading import Thread
from time import sleep

from sqlalchemy import text

from server.house import House
from server.store import requests

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
        for office_id in self._house.office_ids():
            rooms = self._house.rooms(office_id)
            rooms.desk.close_days_before(rooms.reads.today())
        return True

    def _run(self) -> None:
        while True:
            try:
                self.tick()
            except Exception:  # tried again at the next look
                log.exception("the timer's work was not done")
            sleep(LOOK_S)
