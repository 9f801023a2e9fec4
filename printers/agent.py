"""`khiu-printer`: takes slips from the server to a printer here, and says how they ended.

A slip is printed once: before the first byte of its image the journal says so on the disk, and
after a restart what stands there is told to the server before anything else is asked for.
"""

import argparse
import logging
import signal
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread
from time import monotonic
from types import FrameType
from typing import Any

from printers.address import Tcp
from printers.agent_bell import Bell
from printers.agent_journal import Journal, JournalTaken, Report
from printers.agent_server import Away, BadServer, Job, NotTaken, Place, Refused, Server
from printers.delivery import DEFAULT, check, deliver, driven
from printers.outcome import FAULT, PrinterError

log = logging.getLogger("khiu-printer")

LOOK_S = 2.0  # between two looks at the printer
SPEAK_S = 4.0  # a server that hears nothing for ten seconds shows that the agent is away
SHORTEST_REST_S, LONGEST_REST_S = 0.5, 2.0
LOOKING = replace(DEFAULT, connect=1.5)  # trouble is at the server within five seconds
DEFAULT_PRINTER = "file:///dev/usb/lp0"
DEFAULT_JOURNAL = Path.home() / ".local" / "state" / "khiu-printer" / "journal.json"


class Agent:
    """One printer, one server. `stop` ends it after the slip in hand."""

    def __init__(self, printer: str, server: Server, journal: Journal, bell: Bell) -> None:
        self._printer, self._server, self._journal, self._bell = printer, server, journal, bell
        self._stop = Event()
        self._away = self._more = False  # more: perhaps another slip waits behind the last one
        self._spoke_at, self._said = float("-inf"), dict[str, Any]()

    def stop(self) -> None:
        self._stop.set()
        self._bell.ring()

    def run(self) -> None:
        """Works until stopped. Raises `Refused`."""
        if self._journal.report is not None:  # of the run before this one
            self._tell(self._journal.report)
        rest = SHORTEST_REST_S
        while not self._stop.is_set():
            try:
                job = self._next()
            except Away as error:
                self._is_away(str(error))
                self._stop.wait(rest)
                rest = min(2 * rest, LONGEST_REST_S)
                continue
            rest = SHORTEST_REST_S
            if job is not None:
                self._tell(self._print(job))

    def _next(self) -> Job | None:
        """The next slip; None after a short while without one."""
        rings = self._bell.heard
        slip_waits = self._more or (rings and self._bell.wait(LOOK_S))
        state = self._said if slip_waits and self._said else self._look()
        news = state != self._said or monotonic() - self._spoke_at >= SPEAK_S
        if rings and not slip_waits and not news:
            return None
        job = self._ask(state, 0 if rings else LOOK_S)
        self._more = job is not None
        return job

    def _ask(self, state: dict[str, Any], wait_s: float, *, busy: bool = False) -> Job | None:
        job = self._server.ask(state, wait_s, busy=busy)
        self._spoke_at = monotonic()
        self._is_there()
        self._has_said(state)
        return job

    def _look(self) -> dict[str, Any]:
        try:
            return {"problem": None, "near_end": check(self._printer, LOOKING)}
        except PrinterError as error:
            return {"problem": error.reason, "near_end": False}

    # ------------------------------------------------------------ one slip

    def _print(self, job: Job) -> Report:
        """Prints it, and tells the server meanwhile that we live."""
        ended: list[Report] = []
        work = Thread(target=lambda: ended.append(self._deliver(job)), name="printing")
        work.start()
        while work.is_alive():
            work.join(SPEAK_S)
            if work.is_alive():
                self._say_busy()
        (report,) = ended
        if self._journal.report is not None:
            self._journal.end(report)
        return report

    def _deliver(self, job: Job) -> Report:
        def begin() -> None:
            try:
                self._journal.begin(job.job_id, job.attempt)
            except OSError as error:
                message = f"the journal cannot be written: {error}"
                raise PrinterError(message, sent=False, reason="error") from error

        slip = (job.job_id, job.attempt)
        try:
            outcome = deliver(job.data, self._printer, DEFAULT, begin)
        except PrinterError as error:
            log.warning("slip %s: %s", job.job_id, error)
            return Report(*slip, "uncertain" if error.sent else "failed", error.reason)
        except Exception:  # a fault of ours: the journal says whether anything can have gone out
            log.exception("slip %s", job.job_id)
            begun = self._journal.report is not None
            return Report(*slip, "uncertain" if begun else "failed", FAULT)
        return Report(*slip, "printed" if outcome.confirmed else "sent", None, outcome.near_end)

    def _say_busy(self) -> None:
        try:
            self._ask({"problem": None, "near_end": False}, 0, busy=True)
        except (Away, Refused) as error:
            self._is_away(str(error))  # the report will tell

    def _tell(self, report: Report) -> None:
        """Tells how a slip ended, until the server has heard it. Stopped, it tries once more."""
        rest = SHORTEST_REST_S
        while True:
            try:
                self._server.report(report)
            except NotTaken as error:
                log.warning("slip %s (%s): %s", report.job_id, report.state, error)
            except Away as error:
                self._is_away(str(error))
                if self._stop.is_set():
                    return  # it stands in the journal
                self._stop.wait(rest)
                rest = min(2 * rest, LONGEST_REST_S)
                continue
            self._is_there()
            if self._journal.report is not None:
                self._journal.forget()
            self._has_said({"problem": report.problem, "near_end": report.near_end})
            return

    # ------------------------------------------------------------ said once, not every second

    def _is_away(self, why: str) -> None:
        if not self._away:
            log.warning("waiting for the server: %s", why)
        self._away = True

    def _is_there(self) -> None:
        if self._away:
            log.warning("the server is back")
        self._away = False

    def _has_said(self, state: dict[str, Any]) -> None:
        if state["problem"] != self._said.get("problem"):
            log.warning("the printer: %s", state["problem"] or "well")
        self._said = state


def run(arguments: list[str]) -> int:
    """Runs until SIGTERM; returns the exit code: 0 ended, 1 refused, 2 wrong usage."""
    logging.basicConfig(level=logging.WARNING, format="khiu-printer: %(message)s", force=True)
    usage = parser()
    asked = usage.parse_args(arguments)
    try:
        place = Place.of(asked.server, insecure=asked.insecure)
        address = driven(asked.printer)
    except (BadServer, PrinterError) as error:
        usage.error(str(error))
    ack = isinstance(address, Tcp) and address.ack
    about = {"dots": address.dots, "profile": address.profile, "ack": ack}
    try:
        journal = Journal(asked.journal)
        server = Server(place, asked.token, journal.instance, about)
        bell = Bell(place, asked.token)
        agent = Agent(asked.printer, server, journal, bell)
        _when_ended(agent.stop)
        bell.start()
        agent.run()
    except (Refused, JournalTaken, OSError) as error:
        where = f"{asked.server}: " if isinstance(error, Refused) else ""
        log.error("%s%s", where, error)
        return 1
    return 0


def main() -> None:
    """Entry of `khiu-printer`."""
    sys.exit(run(sys.argv[1:]))


def _when_ended(stop: Callable[[], None]) -> None:
    def end(_number: int, _frame: FrameType | None) -> None:
        stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)


def _token(text: str) -> str:
    if not text.isascii() or not text.isprintable() or not text.strip():
        raise argparse.ArgumentTypeError("that is no token; `khiu token` prints one")
    return text.strip()


class _Usage(argparse.ArgumentParser):
    def convert_arg_line_to_args(self, arg_line: str) -> list[str]:
        """What a line of @FILE says: one word, or nothing where it is empty or a note."""
        word = arg_line.strip()
        return [word] if word and not word.startswith("#") else []


def parser() -> argparse.ArgumentParser:
    """What the command line, and a @FILE, may say."""
    usage = _Usage(
        "khiu-printer",
        description="Prints a Khiu server's slips for agent://NAME at a printer of this machine.",
        epilog="@FILE stands for the lines of FILE, so that a token is in no process list.",
        fromfile_prefix_chars="@",
    )
    usage.add_argument("--server", required=True, metavar="URL", help="https://queue.example.go.th")
    usage.add_argument(
        "--token", required=True, type=_token, help="of `khiu token NAME --role printer`"
    )
    usage.add_argument(
        "--printer", default=DEFAULT_PRINTER, metavar="URL", help="tcp:// or file://"
    )
    usage.add_argument("--journal", type=Path, default=DEFAULT_JOURNAL, metavar="FILE")
    words = "send the token over http:// to any host"
    usage.add_argument("--insecure", action="store_true", help=words)
    return usage


if __name__ == "__main__":
    main()
