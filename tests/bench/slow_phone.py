"""Tap and reason on a plain phone with a slow line: from opening the QR's address to "thank you".

The machine's part is measured; a person's is added by the keystroke-level model (Card, Moran and
Newell, 1980): deciding 1.35 s, pointing and tapping 1.3 s, and reading at 180 words a minute.
"""

import json
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from playwright.sync_api import Page

from tests.bench.processes import KHIU, started, token_for
from tests.browser import chromium

WANTED_S = 40.0
LATENCY_MS, BITS_A_SECOND, SLOWER_CPU = 400, 400_000, 4
DECIDE_S, TAP_S, READ_S = 1.35, 1.3, 60 / 180
# Words on the page of the tap, and on that of the reasons; there one scrolls, ticks and sends.
TAP_PAGE_S = 16 * READ_S + DECIDE_S + TAP_S
REASONS_PAGE_S = 42 * READ_S + DECIDE_S + 3 * TAP_S


def measure() -> list[tuple[str, str, str, str]]:
    """Rows of the table: what, ours, floor, ratio."""
    with TemporaryDirectory() as data, chromium() as browser:
        listen = ["--listen", "127.0.0.1:0", "--history", "0"]
        with started([*KHIU, "demo", "--data", data, *listen], lines=7) as demo:
            survey = _served(demo.address, token_for(Path(data)))
            page = browser.new_page(viewport={"width": 390, "height": 844})
            _slow(page)
            machine = _walked(page, survey)
    total = machine + TAP_PAGE_S + REASONS_PAGE_S
    if total > WANTED_S:
        raise RuntimeError(f"tap and reason took {total:.1f} s")
    what = "tap and reason, QR opened → thanked, slow phone and line (s; wanted: 40)"
    return [(f"{what} / the machine's part", f"{total:.1f}", f"{machine:.1f}", "")]


def _walked(page: Page, survey: str) -> float:
    """Seconds from each press until the page that follows can be read."""
    begun = time.perf_counter()
    page.goto(survey, wait_until="commit")
    lowest = page.get_by_role("button", name="น้อยที่สุด", exact=True)
    lowest.wait_for()
    lowest.click(no_wait_after=True)
    reason = page.get_by_label("รอนาน")
    reason.wait_for()
    why = time.perf_counter()
    reason.check()
    send = page.get_by_role("button", name="ส่งเท่านี้")
    sent = time.perf_counter()
    send.click(no_wait_after=True)
    page.get_by_role("heading", name="ขอบคุณ").wait_for()
    return (why - begun) + (time.perf_counter() - sent)


def _slow(page: Page) -> None:
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    throughput = BITS_A_SECOND / 8
    line.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": LATENCY_MS,
            "downloadThroughput": throughput,
            "uploadThroughput": throughput,
        },
    )
    line.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER_CPU})


def _served(address: str, token: str) -> str:
    """The survey's address of somebody who came and was served."""
    service = _ask(f"{address}/api/v1/services", token)[0]["id"]
    ticket = _ask(f"{address}/api/v1/tickets", token, {"service_id": service})
    counters = _ask(f"{address}/api/v1/counters", token)
    counter = next(one["id"] for one in counters if service in one["service_ids"])
    _ask(f"{address}/api/v1/counters/{counter}/next", token, {})
    _ask(f"{address}/api/v1/tickets/{ticket['id']}/finish", token, {})
    return f"{address}{urlsplit(ticket['survey_url']).path}"


def _ask(url: str, token: str, body: dict[str, object] | None = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    with urlopen(Request(url, data, headers), timeout=10) as answer:
        return json.load(answer)
