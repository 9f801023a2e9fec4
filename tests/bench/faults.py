"""How fast numbers are given while their printer makes trouble, against a printer that is well."""

import json
import sqlite3
import statistics
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from server.cli import run
from tests.bench.issuing import first_service
from tests.bench.processes import KHIU, load, started, token_for
from tests.paper import TcpPrinter, free_port, never_accepts, tcp_printer

EACH = 40  # numbers a connection
ROUNDS = 3  # of each trouble


def measure() -> list[tuple[str, str, str, str]]:
    """Rows of the table: what, in trouble, without, ratio."""
    port = free_port()
    with TemporaryDirectory() as folder:
        data = Path(folder)
        if run(["init", "--data", folder, "--office", "deploy/demo-office.toml"]) != 0:
            raise RuntimeError("no office")
        with sqlite3.connect(data / "khiu.db") as db:
            url = f"tcp://127.0.0.1:{port}?profile=TM-T20II"
            db.execute("UPDATE printers SET url = ? WHERE is_default", (url,))
        token = token_for(data)
        command = [*KHIU, "serve", "--data", folder, "--listen", "127.0.0.1:0"]
        with started(command) as server:
            body = json.dumps({"service_id": first_service(server.address, token)})

            def issue(trouble: Callable[[int, ExitStack], None]) -> float:
                with ExitStack() as around:
                    trouble(port, around)
                    took = load(f"{server.address}/api/v1/tickets", EACH, body, token)["p99_ms"]
                _forget_slips(data)
                return took

            issue(_well)
            pairs = [(issue(_well), issue(trouble)) for _ in range(ROUNDS) for trouble in TROUBLES]
    ratio = statistics.median(bad / good for good, bad in pairs)
    good, bad = (statistics.median(pair[at] for pair in pairs) for at in (0, 1))
    kinds = len(TROUBLES)
    worst = max(
        statistics.median(bad / good for good, bad in pairs[kind::kinds]) for kind in range(kinds)
    )
    words = "a number while its printer is off, hangs, dies; without: 99th percentile (ms)"
    return [
        (words, f"{bad:.0f}", f"{good:.0f}", f"{ratio:.2f}"),
        ("the same, the worst trouble", "", "", f"{worst:.2f}"),
    ]


def _forget_slips(data: Path) -> None:
    """The next round begins with an empty tray."""
    with sqlite3.connect(data / "khiu.db", timeout=30) as db:
        db.execute("UPDATE slip_jobs SET state = 'none' WHERE state IN ('queued', 'failed')")


def _printer(port: int, around: ExitStack) -> TcpPrinter:
    return around.enter_context(tcp_printer(port))


def _well(port: int, around: ExitStack) -> None:
    _printer(port, around)


def _off(_port: int, _around: ExitStack) -> None:
    return


def _hangs_in_connect(port: int, around: ExitStack) -> None:
    around.enter_context(never_accepts(port))


def _hangs_in_status(port: int, around: ExitStack) -> None:
    _printer(port, around).says_nothing = True


def _hangs_within_the_image(port: int, around: ExitStack) -> None:
    _printer(port, around).stalls_after = 4096


def _dies_within_the_image(port: int, around: ExitStack) -> None:
    printer = _printer(port, around)
    printer.dies_after, printer.resets = 4096, True


TROUBLES = (
    _off,
    _hangs_in_connect,
    _hangs_in_status,
    _hangs_within_the_image,
    _dies_within_the_image,
)
