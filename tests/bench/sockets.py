"""How long from a call until the last of 500 screens heard of it, against the barest such app."""

import json
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.request import Request, urlopen

from server.cli import run
from tests.bench.processes import KHIU, started, token_for

SCREENS = 500
CALLS = 120
COUNTERS = 5  # with calls standing, as at noon


class Crowd:
    """The process that holds the screens of both servers."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def ask(self, *words: str) -> dict[str, float]:
        said, heard = self._process.stdin, self._process.stdout
        assert said is not None and heard is not None
        said.write(" ".join(words) + "\n")
        said.flush()
        answer: dict[str, float] = json.loads(heard.readline())
        return answer


@contextmanager
def crowd() -> Iterator[Crowd]:
    command = [sys.executable, "-m", "tests.bench.crowd"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, text=True, **pipes) as process:  # type: ignore[call-overload]
        yield Crowd(process)
        process.stdin.close()


def measure() -> list[tuple[str, str, str, str]]:
    """Rows of the table: what, ours, bare, ratio; the calls of both alternate."""
    with TemporaryDirectory() as folder, crowd() as screens:
        data, payload = Path(folder) / "khiu", Path(folder) / "board.json"
        if run(["init", "--data", str(data), "--office", "deploy/demo-office.toml"]) != 0:
            raise RuntimeError("no office")
        token = token_for(data)
        serve = [*KHIU, "serve", "--data", str(data), "--listen", "127.0.0.1:0"]
        with started(serve) as ours:
            hall = Hall(ours.address, token)
            payload.write_text(json.dumps(hall.ask("/api/v1/board")), "utf-8")
            with started([sys.executable, "-m", "tests.bench.bare", str(payload)]) as bare:
                screens.ask("open", "bare", bare.address, str(SCREENS), "-")
                screens.ask("open", "ours", ours.address, str(SCREENS), token)
                took: dict[str, list[float]] = {"ours": [], "bare": []}
                for nth in range(2 * CALLS):
                    name = ("ours", "bare")[(nth + nth // 2) % 2]
                    press = hall.press(nth) if name == "ours" else f"{bare.address}/call"
                    took[name].append(screens.ask("call", name, press, BODY, token)["last_ms"])
                for name in took:
                    screens.ask("close", name)
    return [
        _row(f"call → last of {SCREENS} screens, median (ms)", took, 0.5),
        _row("the same, 99th percentile (ms)", took, 0.99),
    ]


BODY = '{"finish":true}'


class Hall:
    """Our server: people wait, and counters in turn call the next one."""

    def __init__(self, address: str, token: str) -> None:
        self._address, self._token = address, token
        services = self.ask("/api/v1/services")
        work = {one["id"]: one for one in services}
        self._counters = [
            one for one in self.ask("/api/v1/counters") if set(one["service_ids"]) & set(work)
        ][:COUNTERS]
        for counter in self._counters:
            for _ in range(2 * CALLS // COUNTERS + 2):
                self.ask("/api/v1/tickets", {"service_id": counter["service_ids"][0]})
            self.ask(f"/api/v1/counters/{counter['id']}/next", {"finish": True})

    def press(self, nth: int) -> str:
        """The address of the next call."""
        return f"{self._address}/api/v1/counters/{self._counters[nth % COUNTERS]['id']}/next"

    def ask(self, path: str, body: object = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        with urlopen(Request(self._address + path, data, headers), timeout=30) as answer:
            return json.load(answer)


def _row(what: str, took: dict[str, list[float]], share: float) -> tuple[str, str, str, str]:
    ours, bare = (_at(sorted(took[name]), share) for name in ("ours", "bare"))
    return what, f"{ours:.0f}", f"{bare:.0f}", f"{ours / bare:.2f}"


def _at(times: list[float], share: float) -> float:
    if share == 0.5:
        return statistics.median(times)
    return times[min(int(len(times) * share), len(times) - 1)]


if __name__ == "__main__":
    for row in measure():
        print(row)
