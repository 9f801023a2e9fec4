"""Asks every printer how it is, so that trouble and its end are known before a slip needs it."""

import logging
import os
import secrets
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock, Thread
from time import sleep
from typing import Any

from sqlalchemy import Row, text

from printers.address import answers
from printers.outcome import STUCK, Limits, PrinterError
from server.house import House
from server.store import printers

log = logging.getLogger(__name__)

LOOK_S = 1.5
HANDS = 16  # printers that may hang at one time before any other is asked later
LIMITS = Limits(connect=1.5, status=0.7, total=2.2)  # with a look's and a page's pause: 5 s
LEASE_MS = 6_000
SEEN_MS = 60_000  # that a printer goes on answering is written down once a minute

LEASE = text("""
    INSERT INTO leases (name, holder, until_at) VALUES ('watching', :holder, :until)
    ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until_at = excluded.until_at
    WHERE leases.holder = :holder OR leases.until_at <= :now
    RETURNING holder""")

Key = tuple[int, int]  # office and printer
State = tuple[str | None, bool]  # the problem, and whether the roll nears its end


class Watching:
    """`check` asks the printer at a URL as `printers.delivery.check` does."""

    def __init__(self, house: House, check: Callable[[str, Limits], bool]) -> None:
        self._house, self._check = house, check
        self._holder = f"{os.getpid()}-{secrets.token_hex(4)}"
        self._hands = ThreadPoolExecutor(HANDS, thread_name_prefix="watching")
        self._lock = Lock()
        self._asked: set[Key] = set()  # printers that are being asked now
        self._shown: dict[Key, State] = {}  # what the consoles were told of each last

    def start(self) -> None:
        Thread(target=self._run, name="watching", daemon=True).start()

    def look(self) -> list[Future[None]] | None:
        """Has every printer asked that is not busy, and waits for none; None when another process
        does all this."""
        if not self._leads():
            return None
        with self._house.store.glancing() as db:
            rows = printers.watched(db)
        self._tell_what_others_found(rows)
        asking = []
        for row in rows:
            with self._lock:
                if row.printing or _is_agents(row) or _key(row) in self._asked:
                    continue
                self._asked.add(_key(row))
            asking.append(self._hands.submit(self._ask, row))
        return asking

    def _leads(self) -> bool:
        if self._house.store.is_sqlite:
            return True  # there is one process only, and a lease would be written for nothing
        now = self._house.clock()
        with self._house.store.writing() as db:
            key = {"holder": self._holder, "until": now + LEASE_MS, "now": now}
            return db.execute(LEASE, key).first() is not None

    def _tell_what_others_found(self, rows: list[Row[Any]]) -> None:
        """A slip's own conversation or an agent found something: the consoles ask again."""
        news: dict[int, list[int]] = {}  # office → its printers that became well
        for row in rows:
            state = (row.problem, bool(row.near_end))
            if self._shown.setdefault(_key(row), state) != state:
                self._shown[_key(row)] = state
                well = news.setdefault(row.office_id, [])
                if row.problem is None:
                    well.append(row.id)
        for office_id, well in news.items():
            self._house.rooms(office_id).paper.tell(well)

    def _ask(self, row: Row[Any]) -> None:
        try:
            state = self._state_of(row)
            if state is not None:
                self._write(row, state)
        except Exception:  # asked again at the next look
            log.exception("printer %s was not asked", row.id)
        finally:
            with self._lock:
                self._asked.discard(_key(row))

    def _state_of(self, row: Row[Any]) -> State | None:
        """How it is now; None: not known."""
        try:
            near_end = self._check(row.url, LIMITS)
        except PrinterError as error:
            return None if error.reason == "busy" else (error.reason, False)
        if row.problem in STUCK and not answers(row.url):
            return None  # it is there, as it was when it got stuck: a slip tells
        return None, near_end

    def _write(self, row: Row[Any], state: State) -> None:
        problem, near_end = state
        if state != (row.problem, bool(row.near_end)):
            paper = self._house.rooms(row.office_id).paper
            if paper.found(row, problem=problem, near_end=near_end):
                self._shown[_key(row)] = state
        now = self._house.clock()
        if problem is None and (row.seen_at is None or abs(now - row.seen_at) >= SEEN_MS):
            with self._house.store.writing() as db:
                printers.seen(db, row.office_id, row.id, now)

    def _run(self) -> None:
        while True:
            try:
                self.look()
            except Exception:  # tried again at the next look
                log.exception("the printers were not asked")
            sleep(LOOK_S)


def _key(row: Row[Any]) -> Key:
    return row.office_id, row.id


def _is_agents(row: Row[Any]) -> bool:
    """Its agent says how it is, and `agents` notices when that one falls silent."""
    return bool(row.url.lower().startswith("agent://"))
