"""The hall on one day: its server, kiosks, displays and counters, and how a round of it goes."""

import json
import sqlite3
import sys
from collections.abc import Collection
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

from playwright.sync_api import Browser

from server.domain.roles import DeviceKind
from server.serving import unix_ms
from server.store import schema
from server.store.ids import new_id
from tests.day.display import TWICE_AND_LATE, Display, hung_up
from tests.day.kiosk import Kiosk
from tests.hall import WORK
from tests.office import MINUTE, MORNING, Office
from tests.paper import free_port
from tests.server import Running, serving
from tests.waiting import HAPPENS_WITHIN_S, again, until
from tests.wire import Wire

VISITS, A_ROUND, SEED = 400, 5, 7  # a round: one for each counter
OPENING = MORNING + 60 * MINUTE
BUSY = "SELECT ticket_id FROM steps WHERE counter_id = {} AND state IN ('called', 'serving')"


class Hall:
    """`data`: the folder of the office's database; `cable`: what the second display hangs on."""

    def __init__(
        self, office: Office, data: Path, browser: Browser, cable: Wire, served_at: int
    ) -> None:
        self.office, self.data, self.browser, self.cable = office, data, browser, cable
        self.served_at, self.left = served_at, VISITS
        self.shift = OPENING - unix_ms()
        self.dice = Random(SEED)
        self.bearer = office.token()
        self.services = {code: str(office.service(code).id) for code in WORK.values()}
        self.counters = {number: str(office.counter(number).id) for number in WORK}
        self.closed: set[str] = set()
        self._absent: list[str] = []
        self._held: list[tuple[str, str]] = []
        self._plug = ExitStack()
        self.threads = ThreadPoolExecutor(2)
        self._under_way: list[Future[None]] = []
        self.kiosks = [self._kiosk(default=True), self._kiosk(default=False)]
        self.running = self._served()
        self.displays = self._displays()
        for counter_id in self.counters.values():
            self.post(f"/counters/{counter_id}/open")

    def killed_and_started(self) -> None:
        """kill -9; then the same data on the same port."""
        self.running.kill()
        self._plug.close()
        self.running = self._served()

    def close(self) -> None:
        for context in self.browser.contexts:
            context.close()
        self._plug.close()
        for kiosk in self.kiosks:
            kiosk.switch_off()
        self.threads.shutdown()

    # ------------------------------------------------------------ how it is made

    def _served(self) -> Running:
        program = (sys.executable, "-m", "tests.another_day", str(self.shift))
        served = serving(self.data, port=self.served_at, program=program)
        return self._plug.enter_context(served)

    def _kiosk(self, *, default: bool) -> Kiosk:
        port, table = free_port(), schema.printers
        url = f"tcp://127.0.0.1:{port}?profile=TM-T20II&rate=100000"
        with self.office.store.writing() as db:
            row = dict(db.execute(table.select().where(table.c.is_default)).mappings().one())
            if default:
                db.execute(table.update().where(table.c.id == row["id"]).values(url=url))
            else:
                row |= {"id": new_id(OPENING), "code": "second", "is_default": False, "url": url}
                db.execute(table.insert().values(row))
        access = self.office.house.access
        token = access.add_device(self.office.id, DeviceKind.KIOSK, str(port), row["id"])
        return Kiosk(token, port, self.served_at)

    def _displays(self) -> list[Display]:
        some = {self.services["birth"], self.services["land-tax"]}
        straight, by_cable = (f"http://127.0.0.1:{at}" for at in (self.served_at, self.cable.port))
        hang = self.browser
        return [
            hung_up(hang, "left", straight, self._screen("left"), set()),
            hung_up(hang, "right", by_cable, self._screen("right"), set()),
            hung_up(hang, "taxes", straight, self._screen("taxes", some), some, TWICE_AND_LATE),
        ]

    def _screen(self, name: str, services: Collection[str] = ()) -> str:
        token = self.office.house.access.add_device(self.office.id, DeviceKind.DISPLAY, name)
        only = json.dumps(sorted(map(int, services)))
        with self.office.store.writing() as db:
            mine = schema.devices.c.name == name
            db.execute(schema.devices.update().where(mine).values(service_ids=only))
        return token

    # ------------------------------------------------------------ how it is asked

    def post(self, path: str, body: object = None) -> Any:
        """As a counter does; again with the same key until somebody answers."""
        key = f"{self.dice.getrandbits(60)}"
        status, found = again(
            lambda: self.running.ask(
                "POST", f"/api/v1{path}", self.bearer, body, Idempotency_Key=key
            )
        )
        assert status in (200, 204), f"{path}: {status} {found}"
        return found or None

    def board(self) -> dict[str, Any]:
        status, found = again(lambda: self.running.ask("GET", "/api/v1/board", self.bearer))
        assert status == 200
        return dict(found)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with sqlite3.connect(self.data / "khiu.db", timeout=30) as db:
            return db.execute(query).fetchall()

    # ------------------------------------------------------------ a round

    def people_come(self) -> int:
        """Some touch both kiosks, while the hall goes on; how many."""
        self.have_come()
        many = min(self.left, A_ROUND)
        self.left -= many
        wanted = self.dice.sample(list(self.services.values()), many)
        here = self.dice.randint(0, many)
        self._under_way = [
            self.threads.submit(kiosk.gives, part)
            for kiosk, part in zip(self.kiosks, (wanted[:here], wanted[here:]), strict=True)
        ]
        return many

    def have_come(self) -> None:
        """Everybody at the kiosks has a number."""
        for touched in self._under_way:
            touched.result(HAPPENS_WITHIN_S)
        self._under_way = []

    def call_everywhere(self) -> int:
        """Each open counter ends its visit and calls the next; how many were called."""
        called = 0
        for number, counter_id in self.counters.items():
            if number not in self.closed:
                ticket = self.post(f"/counters/{counter_id}/next", {"finish": True})
                if ticket is not None:
                    called += 1
                    self._goes_on(ticket["id"], counter_id)
        return called

    def _goes_on(self, ticket_id: str, counter_id: str) -> None:
        """Now and then otherwise than to be served at once."""
        luck = self.dice.random()
        if luck < 0.05:
            self.post(f"/tickets/{ticket_id}/recall")
        elif luck < 0.08:
            self.post(f"/tickets/{ticket_id}/no-show")
            self._absent.append(ticket_id)
        elif luck < 0.14:
            self.post(f"/tickets/{ticket_id}/start")
            if luck < 0.11:
                self.post(f"/tickets/{ticket_id}/hold", {"reason": "documents"})
                self._held.append((ticket_id, counter_id))

    def come_back(self) -> None:
        """Those who missed their call, and who was sent for something and finds a free counter."""
        while self._absent:
            self.post(f"/tickets/{self._absent.pop()}/return")
        for ticket_id, counter_id in list(self._held):
            if not self.rows(BUSY.format(counter_id)):
                self.post(f"/tickets/{ticket_id}/resume")
                self._held.remove((ticket_id, counter_id))

    def somebody_is_away(self) -> bool:
        return bool(self._absent or self._held)

    # ------------------------------------------------------------ what must be so at any time

    def calls_are_announced(self) -> None:
        """By every display that is reached, every call that stands."""
        board = self.board()
        for display in self.displays:
            if display.reached:
                mine = {call["call_id"] for call in board["calls"] if display.concerns(call)}
                display.owed |= mine
                until(
                    partial(display.has_announced, mine),
                    f"the display {display.name} does not announce all of {sorted(mine)}",
                )

    def displays_are_right(self) -> None:
        self.have_come()
        board = self.board()
        for display in self.displays:
            if display.reached:
                until(partial(display.shows, board), f"the display {display.name} is wrong")
