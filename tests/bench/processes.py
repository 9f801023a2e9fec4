"""Starts the servers that are measured, and ends them by the id that was started."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from server.access import Access
from server.domain.roles import TokenRole
from server.serving import unix_ms
from server.store import offices
from server.store.engine import Store

KHIU = [sys.executable, "-m", "server"]


@dataclass(frozen=True, slots=True)
class Started:
    """A server that answers. `links`: face → its one-time link (a demo's)."""

    address: str
    pid: int
    links: dict[str, str]


@contextmanager
def started(command: list[str], lines: int = 1) -> Iterator[Started]:
    """Waits for the `ready` line and the `lines` that come with it."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            told = [process.stdout.readline().split() for _ in range(lines)]
            if told[0][:1] != ["ready"]:
                raise RuntimeError(f"{command}: {told}")
            yield Started(told[0][1], process.pid, {one[0]: one[1] for one in told[1:]})
        finally:
            process.terminate()
            process.wait(10)


def token_for(data: Path) -> str:
    """A program's token for the office in this data directory."""
    store = Store(f"sqlite:///{data / 'khiu.db'}")
    with store.reading() as db:
        office_id = offices.find(db, None)
    token = Access(store, unix_ms).add_token(office_id, "bench", TokenRole.INTEGRATION)
    store.close()
    return token


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
