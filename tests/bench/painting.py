"""How long from pressing "next" until the hall's screen has painted the number, while 200 others
listen, too."""

import json
import statistics
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.request import Request, urlopen

from playwright.sync_api import Page

from tests.bench.processes import KHIU, started, token_for
from tests.bench.sockets import crowd
from tests.browser import chromium

CALLS = 100
LISTENERS = 200
# Runs in the page: once the awaited number is there, the second frame after it has been painted.
WATCH = """number => { window.painted = new Promise(done => {
  const look = () => document.querySelector(".newest")?.innerText.includes(number)
    ? requestAnimationFrame(() => requestAnimationFrame(() => done(Date.now())))
    : requestAnimationFrame(look)
  look()
}) }"""


def measure() -> list[tuple[str, str, str, str]]:
    """Rows of the table: what, ours, floor, ratio. The floor is an answer of /healthz."""
    with TemporaryDirectory() as data, chromium() as browser, crowd() as others:
        listen = ["--listen", "127.0.0.1:0", "--history", "0"]
        with started([*KHIU, "demo", "--data", data, *listen], lines=7) as demo:
            address, token = demo.address, token_for(Path(data))
            page = browser.new_page(viewport={"width": 1920, "height": 1080})
            page.goto(demo.links["display"])
            page.locator("[data-mounted]").first.wait_for(state="attached")
            service = _ask(f"{address}/api/v1/services", token)[0]["id"]
            counters = _ask(f"{address}/api/v1/counters", token)
            counter = next(c["id"] for c in counters if service in c["service_ids"])
            for _ in range(CALLS):
                _ask(f"{address}/api/v1/tickets", token, {"service_id": service})
            others.ask("open", "hall", address, str(LISTENERS), token)
            took = [_one(page, address, token, counter, n) for n in range(1, CALLS + 1)]
            others.ask("close", "hall")
            bare = [_timed(f"{address}/healthz") for _ in range(CALLS)]
    ours, floor = statistics.median(took), statistics.median(bare)
    worst, least = (_near_worst(times) for times in (took, bare))
    return [
        (f"call → painted, {LISTENERS} more listen, median (ms)", *_row(ours, floor)),
        ("the same, 99th percentile (ms)", *_row(worst, least)),
    ]


def _near_worst(times: list[float]) -> float:
    return sorted(times)[int(len(times) * 0.99) - 1]


def _row(ours: float, floor: float) -> tuple[str, str, str]:
    return f"{ours:.0f}", f"{floor:.1f}", f"{ours / floor:.0f}"


def _one(page: Page, address: str, token: str, counter: str, nth: int) -> float:
    page.evaluate(WATCH, f"A{nth:03}")
    begun = time.time() * 1000
    _ask(f"{address}/api/v1/counters/{counter}/next", token, {"finish": True})
    painted: float = page.evaluate("() => window.painted")
    return painted - begun


def _timed(url: str) -> float:
    begun = time.perf_counter()
    with urlopen(url, timeout=10):
        return (time.perf_counter() - begun) * 1000


def _ask(url: str, token: str, body: dict[str, object] | None = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    asked = Request(url, data, {"Authorization": f"Bearer {token}"})
    with urlopen(asked, timeout=10) as answer:
        return json.load(answer)
