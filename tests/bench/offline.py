"""A week of presses that a tablet kept without a network: 20,000, and some of them twice."""

import http.client
import json
import re
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from sqlalchemy import func, select

from server.access import Access
from server.cli import run
from server.domain.roles import DeviceKind
from server.domain.suspicion import Flag
from server.serving import unix_ms
from server.store import offices, schema
from server.store.engine import Store
from tests.bench.processes import KHIU, started

PRESSES, BATCH = 20_000, 200
AGAIN = 2_000  # whose answer was lost on the way: they come a second time
EVERY_MS = 30_000  # apart: a week and a little


def measure() -> list[tuple[str, str, str, str]]:
    """Rows of the table: what, ours, floor, ratio."""
    with TemporaryDirectory() as folder:
        data = Path(folder)
        if run(["init", "--data", str(data), "--office", "deploy/demo-office.toml"]) != 0:
            raise RuntimeError("no office")
        tablet = _tablet(data)
        with started([*KHIU, "serve", "--data", str(data), "--listen", "127.0.0.1:0"]) as server:
            line = Line(server.address, tablet)
            now = unix_ms()
            begun = time.perf_counter()
            for first in (*range(0, PRESSES, BATCH), *range(0, AGAIN, BATCH)):
                line.sends(_presses(now, first), unix_ms())
            took = time.perf_counter() - begun
        kept, right = _looked(data, now)
    if (kept, right) != (PRESSES, PRESSES):
        raise RuntimeError(f"{kept} kept, {right} at their own time")
    what = "20,000 offline presses delivered, each kept once and in its own hour (1/s)"
    return [(what, f"{(PRESSES + AGAIN) / took:.0f}", "", "")]


class Line:
    """A tablet's connection."""

    def __init__(self, address: str, tablet: str) -> None:
        self._http = http.client.HTTPConnection(urlsplit(address).netloc, timeout=60)
        self._cookies = f"khiu_device={tablet}"
        self._http.request("GET", "/tablet/state", headers={"Cookie": self._cookies})
        answer = self._http.getresponse()
        self._seal = json.loads(answer.read())["csrf"]
        session = re.match(r"khiu=[^;]+", answer.headers["Set-Cookie"])
        if session is None:
            raise RuntimeError("no session")
        self._cookies += f"; {session[0]}"

    def sends(self, presses: list[dict[str, object]], now: int) -> None:
        headers = {"Cookie": self._cookies, "X-CSRFToken": self._seal}
        headers["Content-Type"] = "application/json"
        body = json.dumps({"now": now, "presses": presses})
        self._http.request("POST", "/tablet/presses", body, headers)
        told = json.loads(self._http.getresponse().read())
        if len(told["kept"]) != len(presses):
            raise RuntimeError(told)


def _presses(now: int, first: int) -> list[dict[str, object]]:
    return [
        {"press_id": f"offline-{n:012}", "at": now - (PRESSES - n) * EVERY_MS, "score": 1 + n % 5}
        for n in range(first, first + BATCH)
    ]


def _tablet(data: Path) -> str:
    store = Store(f"sqlite:///{data / 'khiu.db'}")
    with store.reading() as db:
        office_id = offices.find(db, None)
    made = Access(store, unix_ms).add_device(office_id, DeviceKind.TABLET, "bench")
    store.close()
    return made


def _looked(data: Path, now: int) -> tuple[int, int]:
    """How many there are, and how many within a minute of when they were made, and not late."""
    store, rows = Store(f"sqlite:///{data / 'khiu.db'}"), schema.presses
    with store.reading() as db:
        kept = db.scalar(select(func.count()).select_from(rows)) or 0
        in_time = rows.c.flag.is_distinct_from(Flag.LATE)
        at = db.scalars(select(rows.c.at).where(in_time).order_by(rows.c.at)).all()
    store.close()
    made = [now - (PRESSES - n) * EVERY_MS for n in range(PRESSES)]
    return kept, sum(0 <= one - when < EVERY_MS * 2 for one, when in zip(at, made, strict=False))
