"""How long a year of a busy office takes to simulate; the office's data are checked afterwards."""

import time
from pathlib import Path
from tempfile import TemporaryDirectory

from server.cli import run

YEAR = ["--from", "2025-01-01", "--to", "2025-12-31", "--visits-per-day", "165", "--seed", "5"]
AIM_S = 20


def measure() -> list[tuple[str, str, str, str]]:
    """Rows of the table: what, ours, the aim, ratio."""
    with TemporaryDirectory() as folder:
        data = ["--data", str(Path(folder) / "khiu")]
        if run(["init", *data, "--office", "deploy/demo-office.toml"]) != 0:
            raise RuntimeError("no office")
        begun = time.perf_counter()
        if run(["simulate", *data, *YEAR]) != 0:
            raise RuntimeError("nothing simulated")
        took = time.perf_counter() - begun
        if run(["check", *data]) != 0:
            raise RuntimeError("what was simulated does not agree with itself")
    what = "a year of 40,000 visits simulated and written (s)"
    return [(what, f"{took:.0f}", str(AIM_S), f"{took / AIM_S:.2f}")]
