"""Starts the servers that are measured, and ends them by the id that was started."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

KHIU = [sys.executable, "-m", "server"]


@contextmanager
def started(command: list[str]) -> Iterator[tuple[str, int]]:
    """The server's address and process id, once it says `ready`."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            if not line.startswith("ready "):
                raise RuntimeError(f"{command}: {line!r}")
            yield line.split()[1], process.pid
        finally:
            process.terminate()
            process.wait(10)


def load(url: str, each: int, body: str = "{}", token: str = "-") -> dict[str, float]:
    """8 connections, each asking `each` times."""
    client = [sys.executable, "-m", "tests.bench.client", url, "8", str(each), body, token]
    answer = subprocess.run(client, check=True, capture_output=True, text=True, timeout=300)
    found: dict[str, float] = json.loads(answer.stdout)
    return found


def memory_mib(master: int) -> float:
    """Resident memory of a server's worker processes together."""
    children = Path(f"/proc/{master}/task/{master}/children").read_text().split()
    total = 0
    for pid in children:
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                total += int(line.split()[1])
    return total / 1024
