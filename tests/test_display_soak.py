"""A screen that nobody looks after: twenty thousand calls later it is right, and no larger."""

from collections import deque
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from playwright.sync_api import Browser, CDPSession

from server import shapes
from tests.hall import Hall, called, opened
from tests.listener import LIVE
from tests.office import Office

EARLY, ALL, AT_ONCE = 2_000, 20_000, 100
GROWTH = 1.10
UNDER_WAY = 10  # listeners of the call that is just being announced
RECENT = 12  # calls of the last minutes on each board


@pytest.fixture
def hall(browser: Browser, small_office: Office) -> Iterator[Hall]:
    with opened(browser, small_office) as hall:
        yield hall


class Calls:
    """Boards as the server makes them, each with one call more, told to whoever listens."""

    def __init__(self, office: Office) -> None:
        for counter in ("1", "2", "3"):
            called(office, counter)
        made = shapes.board(office.reads.board(), office.reads.settings().zone).model_dump()
        self._board, self._office = made, office
        self._standing: deque[Any] = deque(made["calls"], maxlen=5)
        self._recent: deque[Any] = deque(made["recent"], maxlen=RECENT)
        self._nth = count(1)
        self._last = int(made["calls"][0]["call_id"])

    def make(self, calls: int) -> str:
        """The last number called."""
        for _ in range(calls):
            nth = next(self._nth)
            number = f"{'ABCD'[nth % 4]}{nth % 2000:03}"
            self._told = self._made(nth, number)
            self.tell()
        return number

    def tell(self) -> None:
        """The last board; again for a screen that was not there just then."""
        socketio = self._office.app.extensions["socketio"]
        socketio.emit("board", self._told, namespace=LIVE, to=f"board:{self._office.id}")

    def _made(self, nth: int, number: str) -> dict[str, Any]:
        call = {
            **self._standing[0],
            "call_id": str(self._last + nth),
            "number": number,
            "counter": str(nth % 5 + 1),
            "recall": nth % 9 == 0,
        }
        self._standing.appendleft(call)
        self._recent.appendleft(call)
        pools = self._board["waiting"]
        for place, pool in enumerate(pools):
            pool["waiting"] = (nth * (place + 1)) % 60
        return {
            **self._board,
            "version": self._board["version"] + nth,
            "calls": list(self._standing),
            "recent": list(self._recent),
            "waiting": pools[: 1 + nth % len(pools)],
        }


def weight(box: CDPSession) -> dict[str, float]:
    """What the page holds once all that is not needed any more is thrown away."""
    for _ in range(2):
        box.send("HeapProfiler.collectGarbage")
    found = {one["name"]: one["value"] for one in box.send("Performance.getMetrics")["metrics"]}
    return {name: found[name] for name in ("JSHeapUsedSize", "Nodes", "JSEventListeners")}


def test_after_twenty_thousand_calls_a_screen_is_right_and_no_larger(hall: Hall) -> None:
    office = hall.office
    voice = office.reads.settings().settings.voice
    office.set(voice=voice.model_copy(update={"chime_ms": 200}))
    feeding = Calls(office)
    wall = hall.wall()
    page = wall.page
    page.set_viewport_size({"width": 960, "height": 540})
    page.emulate_media(reduced_motion="reduce")
    page.evaluate("window.neverReloaded = true")
    box = page.context.new_cdp_session(page)
    box.send("Performance.enable")
    early: dict[str, float] = {}
    for done in range(AT_ONCE, ALL + 1, AT_ONCE):
        number = feeding.make(AT_ONCE)
        while not wall.comes_to(number, within_ms=3_000):
            feeding.tell()
        if done == EARLY:
            early = weight(box)
    late = weight(box)
    early["JSEventListeners"] += UNDER_WAY
    grown = {name: (early[name], now) for name, now in late.items() if now > GROWTH * early[name]}
    assert grown == {}
    assert int(wall.screen.get_attribute("data-announced") or 0) > 20
    office.clock.minutes(24 * 60)
    wall.shows(called(office, "5"), "5")
    wall.is_live()
    assert page.evaluate("window.neverReloaded")
    assert wall.overflows() == []
