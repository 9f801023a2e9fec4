"""The server is killed at each point of a conversation with a printer, and started again.

One office goes through all of it. Each time a slip is in hand the server is first frozen, so that
the point is certain, then killed as by a power cut.
"""

import os
import signal
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import Any

from tests.paper import Printed, TcpPrinter, decode_qr, free_port, never_accepts, tcp_printer
from tests.server import Running, init, khiu, serving, token
from tests.waiting import until
from tests.workers import alive, children

SYN_SENT = "02"
Reached = Callable[[], bool]


@dataclass
class Day:
    """One office on SQLite, what its numbers were promised, and what came out of its printer."""

    data: Path
    bearer: str
    port: int
    given: list[dict[str, Any]] = field(default_factory=list)
    slips: list[Printed] = field(default_factory=list)

    @contextmanager
    def printer(self) -> Iterator[TcpPrinter]:
        with tcp_printer(self.port) as printer:
            yield printer
        self.slips += printer.slips

    def issue(self, running: Running) -> None:
        _, services = running.ask("GET", "/api/v1/services", self.bearer)
        wish = {"service_id": services[0]["id"]}
        status, given = running.ask("POST", "/api/v1/tickets", self.bearer, wish)
        assert status == 201
        self.given.append(given)

    def state(self, given: dict[str, Any]) -> str:
        """Of its slip, from the file: the server may be frozen."""
        with sqlite3.connect(self.data / "khiu.db") as db:
            wanted = (int(given["id"]),)
            row = db.execute("SELECT state FROM slip_jobs WHERE ticket_id = ?", wanted).fetchone()
        return str(row[0])

    def in_hand(self) -> bool:
        return "printing" in self._states()

    def settles(self) -> None:
        """With a printer that is well, until nothing more comes out by itself."""
        with self.printer():
            until(lambda: self._states() <= {"printed", "uncertain"})

    def _states(self) -> set[str]:
        with sqlite3.connect(self.data / "khiu.db") as db:
            return {row[0] for row in db.execute("SELECT state FROM slip_jobs")}


def freeze_and_kill(running: Running, reached: Reached) -> None:
    """Ends the server just when `reached` is true."""
    (worker,) = children(running.process.pid)
    while True:
        until(reached)
        os.kill(worker, signal.SIGSTOP)
        if reached():
            break
        os.kill(worker, signal.SIGCONT)
    running.kill()
    until(lambda: not alive(worker))


def connecting(port: int) -> bool:
    """Whether somebody on this machine waits for this port to take the call."""
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return any(row[3] == SYN_SENT and int(row[2].rpartition(":")[2], 16) == port for row in rows)


@contextmanager
def nobody_writes(data: Path) -> Iterator[None]:
    """What the server would commit now has to wait."""
    file = data / "khiu.db"
    other = sqlite3.connect(file, isolation_level=None, timeout=30, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    yield
    other.close()


# ---------------------------------------------------------------- the points


@contextmanager
def in_connect(day: Day) -> Iterator[Reached]:
    with never_accepts(day.port):
        yield lambda: connecting(day.port) and day.in_hand()


@contextmanager
def in_status(day: Day) -> Iterator[Reached]:
    with day.printer() as printer:
        printer.silent_to = 3
        yield lambda: printer.received.endswith(b"\x10\x04\x03") and day.in_hand()


@contextmanager
def before_the_first_byte(day: Day) -> Iterator[Reached]:
    """All is well at the printer; that the image begins is not written down yet."""
    with day.printer() as printer, ExitStack() as held:
        told = Event()

        def hold(what: str) -> None:
            if what == "status 4" and day.in_hand() and not told.is_set():
                held.enter_context(nobody_writes(day.data))
                told.set()

        printer.before_answering = hold
        yield told.is_set


@contextmanager
def mid_image(day: Day) -> Iterator[Reached]:
    with day.printer() as printer:
        printer.stalls_after = 2048
        yield lambda: printer.image_bytes >= 2048 and day.in_hand()


@contextmanager
def before_the_answer(day: Day) -> Iterator[Reached]:
    with day.printer() as printer:
        printer.confirms = False
        yield lambda: bool(printer.slips) and day.in_hand()


@contextmanager
def before_the_commit(day: Day) -> Iterator[Reached]:
    """It was told that the slip is printed, and cannot write it down any more."""
    with day.printer() as printer, ExitStack() as held:
        told: list[int] = []

        def hold(what: str) -> None:
            if what == "printed":
                held.enter_context(nobody_writes(day.data))
                told.append(printer.ended)

        printer.before_answering = hold
        yield lambda: bool(told) and printer.ended > told[0]


POINTS = {  # what stands when it is served again, and how often that slip came out whole
    in_connect: ("printed", 1),
    in_status: ("printed", 1),
    before_the_first_byte: ("printed", 1),
    mid_image: ("uncertain", 0),
    before_the_answer: ("uncertain", 1),
    before_the_commit: ("uncertain", 1),
}


def test_a_server_killed_at_any_point_loses_no_slip_and_prints_none_twice(tmp_path: Path) -> None:
    data, served_at = tmp_path / "data", free_port()
    init(data)
    day = Day(data, token(data), free_port())
    with sqlite3.connect(data / "khiu.db") as db:
        url = f"tcp://127.0.0.1:{day.port}?profile=TM-T20II"
        db.execute("UPDATE printers SET url = ? WHERE is_default", (url,))
    for point in POINTS:
        with serving(data, port=served_at) as running:
            day.settles()
            with point(day) as reached:
                day.issue(running)
                freeze_and_kill(running, reached)
    with serving(data, port=served_at):
        day.settles()
    came_out = [decode_qr(slip.image()) for slip in day.slips if slip.cut]
    found = [(day.state(one), came_out.count(one["track_url"])) for one in day.given]
    assert dict(zip(POINTS, found, strict=True)) == POINTS
    assert khiu("check", "--data", data).returncode == 0
