"""How fast numbers are given, against the floor in the same run."""

import json
import statistics
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.request import Request, urlopen

from server.cli import run
from tests.bench.processes import KHIU, load, memory_mib, started

ROUNDS = 5
EACH = 60


def measure() -> list[tuple[str, str, str, str]]:
    """Rows of the table: what, ours, floor, ratio."""
    with TemporaryDirectory() as folder:
        data, bare = Path(folder) / "khiu", Path(folder) / "floor"
        bare.mkdir()
        if run(["init", "--data", str(data), "--office", "deploy/demo-office.toml"]) != 0:
            raise RuntimeError("no office")
        token = _token(data)
        ours_command = [*KHIU, "serve", "--data", str(data), "--listen", "127.0.0.1:0"]
        floor_command = [sys.executable, "-m", "tests.bench.floor", str(bare)]
        with started(floor_command) as (floor, floor_pid), started(ours_command) as (ours, pid):
            service = _first_service(ours, token)
            body = json.dumps({"service_id": service})
            load(f"{floor}/tickets", 10)
            load(f"{ours}/api/v1/tickets", 10, body, token)
            pairs = [
                (
                    load(f"{floor}/tickets", EACH),
                    load(f"{ours}/api/v1/tickets", EACH, body, token),
                )
                for _ in range(ROUNDS)
            ]
            memory = memory_mib(pid), memory_mib(floor_pid)
    ratio = statistics.median(mine["per_s"] / bare["per_s"] for bare, mine in pairs)
    rate = [statistics.median(pair[at]["per_s"] for pair in pairs) for at in (1, 0)]
    slow = [statistics.median(pair[at]["p99_ms"] for pair in pairs) for at in (1, 0)]
    return [
        ("numbers given, 8 connections (1/s)", f"{rate[0]:.0f}", f"{rate[1]:.0f}", f"{ratio:.2f}"),
        ("the same, 99th percentile (ms)", f"{slow[0]:.0f}", f"{slow[1]:.0f}", f"{slow[0] / slow[1]:.2f}"),
        ("memory of the worker (MiB)", f"{memory[0]:.0f}", f"{memory[1]:.0f}", f"{memory[0] / memory[1]:.2f}"),
    ]


def _token(data: Path) -> str:
    from server.access import Access
    from server.domain.roles import TokenRole
    from server.serving import unix_ms
    from server.store import offices
    from server.store.engine import Store

    store = Store(f"sqlite:///{data / 'khiu.db'}")
    with store.reading() as db:
        office_id = offices.find(db, None)
    token = Access(store, unix_ms).add_token(office_id, "bench", TokenRole.INTEGRATION)
    store.close()
    return token


def _first_service(address: str, token: str) -> str:
    asked = Request(f"{address}/api/v1/services", headers={"Authorization": f"Bearer {token}"})
    with urlopen(asked, timeout=10) as answer:
        return str(json.load(answer)[0]["id"])
