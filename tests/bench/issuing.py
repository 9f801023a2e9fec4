"""How fast numbers are given, against the floor in the same run."""

import json
import statistics
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.request import Request, urlopen

from server.cli import run
from tests.bench.processes import KHIU, load, memory_mib, started, token_for

ROUNDS = 5
EACH = 60


def measure() -> list[tuple[str, str, str, str]]:
    """Rows of the table: what, ours, floor, ratio."""
    with TemporaryDirectory() as folder:
        data, bare = Path(folder) / "khiu", Path(folder) / "floor"
        bare.mkdir()
        if run(["init", "--data", str(data), "--office", "deploy/demo-office.toml"]) != 0:
            raise RuntimeError("no office")
        token = token_for(data)
        ours_command = [*KHIU, "serve", "--data", str(data), "--listen", "127.0.0.1:0"]
        floor_command = [sys.executable, "-m", "tests.bench.floor", str(bare)]
        with started(floor_command) as bare_server, started(ours_command) as server:
            floor, ours = bare_server.address, server.address
            service = first_service(ours, token)
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
            memory = memory_mib(server.pid), memory_mib(bare_server.pid)
    ratio = statistics.median(mine["per_s"] / bare["per_s"] for bare, mine in pairs)
    rate = [statistics.median(pair[at]["per_s"] for pair in pairs) for at in (1, 0)]
    slow = [statistics.median(pair[at]["p99_ms"] for pair in pairs) for at in (1, 0)]
    rows = [
        ("the same, 99th percentile (ms)", slow[0], slow[1], slow[0] / slow[1]),
        ("memory of the worker (MiB)", memory[0], memory[1], memory[0] / memory[1]),
    ]
    first = ("numbers given, 8 connections (1/s)", f"{rate[0]:.0f}", f"{rate[1]:.0f}")
    return [(*first, f"{ratio:.2f}")] + [
        (words, f"{mine:.0f}", f"{bare:.0f}", f"{share:.2f}") for words, mine, bare, share in rows
    ]


def first_service(address: str, token: str) -> str:
    asked = Request(f"{address}/api/v1/services", headers={"Authorization": f"Bearer {token}"})
    with urlopen(asked, timeout=10) as answer:
        return str(json.load(answer)[0]["id"])
