"""How long after the network or the server is back until the hall's screen is right again."""

import statistics
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from server.store.engine import Store
from server.store.migrate import migrate
from tests.browser import chromium
from tests.hall import Hall, called, opened
from tests.office import Office
from tests.people.wall import Wall
from tests.swallowing import switch

ROUNDS = 12
CUT_S = (0.4, 3.0, 9.0)  # shorter than a beat, longer than a poll, longer than TCP's own patience
WANTED_MS = "2000"


def measure() -> list[tuple[str, str, str, str]]:
    """Rows of the table: what, ours (median, worst), wanted, nothing."""
    with TemporaryDirectory() as folder, chromium() as browser:
        store = Store(f"sqlite:///{Path(folder) / 'khiu.db'}")
        migrate(store)
        with opened(browser, Office(store)) as hall:
            rows = [*_rows("a swallowing network", _swallowed(hall))]
            rows += _rows("the server", _restarted(hall))
        store.close()
    return rows


def _swallowed(hall: Hall) -> list[float]:
    server = hall.site
    with switch(hall.port) as line:
        hall.site = f"http://127.0.0.1:{line.port}"
        hall.screens.site = hall.site
        wall, took = hall.wall(), []
        for nth in range(ROUNDS):
            line.swallow()
            missed = called(hall.office)
            time.sleep(CUT_S[nth % len(CUT_S)])
            line.mend()
            took.append(_until(wall, missed))
        wall.page.context.close()
    hall.site = hall.screens.site = server
    return took


def _restarted(hall: Hall) -> list[float]:
    wall, took = hall.wall(), []
    for nth in range(ROUNDS):
        hall.pull_the_plug()
        missed = called(hall.office)
        time.sleep(CUT_S[nth % len(CUT_S)])
        hall.plug_in()
        took.append(_until(wall, missed))
    return took


def _until(wall: Wall, number: str) -> float:
    begun = time.perf_counter()
    if not wall.comes_to(number):
        raise RuntimeError(f"the screen never showed {number}")
    return 1000 * (time.perf_counter() - begun)


def _rows(what: str, took: list[float]) -> list[tuple[str, str, str, str]]:
    return [
        (f"{what} is back → screen right, median (ms)", f"{statistics.median(took):.0f}", "", ""),
        ("the same, the worst of 12", f"{max(took):.0f}", WANTED_MS, ""),
    ]
