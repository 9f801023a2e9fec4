"""Every printer is asked how it is: trouble and its end are known within five seconds."""

import os
import select
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from time import monotonic
from typing import Any

import pytest
from sqlalchemy import event

from printers.delivery import check, deliver
from printers.outcome import Limits, Outcome, PrinterError
from printers.send import send
from printers.slip import Slip
from server.domain.ticket import SlipState
from server.spool import Spool
from server.store import boards, schema, slips
from server.store.engine import Store
from server.store.holding import RETRY_MS
from server.watching import LIMITS, LOOK_S, SEEN_MS, Watching
from tests.office import Office
from tests.paper import TcpPrinter, tcp_printer

KNOWN_WITHIN_S = 5.0


def printer_row(office: Office, code: str = "kiosk-slip") -> Any:
    with office.store.reading() as db:
        table = schema.printers
        return db.execute(table.select().where(table.c.code == code)).one()


def version(office: Office) -> int:
    with office.store.reading() as db:
        return boards.version(db, office.id)


def add_printer(office: Office, code: str, url: str) -> None:
    with office.store.writing() as db:
        row = {"office_id": office.id, "id": len(code), "code": code, "url": url}
        db.execute(schema.printers.insert().values(name_th=code, name_en=code, **row))


class Watch:
    """Looks as the server's thread does, each time when the answers to the last look are in."""

    def __init__(self, office: Office, ask: Callable[[str, Limits], bool] = check) -> None:
        self.office = office
        self.watching = Watching(office.house, ask)

    def looks(self) -> None:
        """One look, and what came of it."""
        asking = self.watching.look()
        assert asking is not None
        for one in asking:
            one.result()

    def is_(self, problem: str | None, *, near_end: bool = False) -> None:
        began = monotonic()
        self.looks()
        row = printer_row(self.office)
        assert (row.problem, bool(row.near_end)) == (problem, near_end)
        assert monotonic() - began + LOOK_S < 3 * KNOWN_WITHIN_S  # a busy one


@pytest.fixture
def with_printer(store: Store, printer: TcpPrinter) -> Office:
    return Office(store, printer_url=f"{printer.url}&rate=1000000")


@contextmanager
def hanging() -> Iterator[str]:
    """A printer that accepts nobody: its queue of connections is full."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as server:
        address = server.getsockname()
        waiting = [socket.socket() for _ in range(3)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(address)
        yield f"tcp://127.0.0.1:{address[1]}?profile=TM-T20II"
        for one in waiting:
            one.close()


def test_a_look_and_the_longest_answer_stay_within_five_seconds() -> None:
    assert LOOK_S + LIMITS.total < KNOWN_WITHIN_S
    assert LIMITS.connect + LIMITS.status <= LIMITS.total


@pytest.mark.parametrize("trouble", ["cover_open", "paper_out", "error", "offline"])
def test_trouble_and_its_end_are_known_and_the_screens_are_told(
    with_printer: Office, printer: TcpPrinter, trouble: str
) -> None:
    watch = Watch(with_printer)
    watch.is_(None)
    before = version(with_printer)
    setattr(printer, trouble, True)
    with_printer.clock.now += 2000
    watch.is_(trouble)
    row, told = printer_row(with_printer), version(with_printer)
    assert told > before
    assert row.problem_at == with_printer.clock()
    with_printer.clock.now += 2000
    watch.is_(trouble)
    assert printer_row(with_printer).problem_at == row.problem_at  # since when, not until
    setattr(printer, trouble, False)
    watch.is_(None)
    assert printer_row(with_printer).problem_at is None
    assert version(with_printer) > told


def test_a_printer_that_is_off_is_known_and_known_to_be_back(store: Store) -> None:
    with tcp_printer() as printer:
        office, port = Office(store, printer_url=printer.url), printer.server_address[1]
        watch = Watch(office)
        watch.is_(None)
    printer.socket.close()
    watch.is_("unreachable")
    with socket.create_server(("127.0.0.1", port)):
        watch.is_("silent")  # something is there, and says nothing


def test_the_roll_near_its_end_warns_before_it_runs_out(
    with_printer: Office, printer: TcpPrinter
) -> None:
    watch = Watch(with_printer)
    printer.near_end = True
    before = version(with_printer)
    watch.is_(None, near_end=True)
    assert version(with_printer) > before
    printer.near_end, printer.paper_out = False, True
    watch.is_("paper_out")
    printer.paper_out = False
    watch.is_(None)


def test_one_that_hangs_does_not_delay_the_others(
    with_printer: Office, printer: TcpPrinter
) -> None:
    with hanging() as url:
        add_printer(with_printer, "hangs", url)
        printer.paper_out = True
        watching = Watching(with_printer.house, check)
        began = monotonic()
        asking = watching.look()
        assert asking is not None
        while printer_row(with_printer).problem != "paper_out":
            assert monotonic() - began < 20, "it was never asked"
        assert printer_row(with_printer, "hangs").problem is None, (
            "it waited for the one that hangs"
        )
        for one in asking:
            one.result()
        assert printer_row(with_printer, "hangs").problem == "unreachable"
        assert monotonic() - began < LIMITS.total + 5


def test_nobody_is_asked_twice_at_once(with_printer: Office) -> None:
    asked, answer = [], Event()

    def slow(url: str, _limits: Limits) -> bool:
        asked.append(url)
        answer.wait()
        return False

    watching = Watching(with_printer.house, slow)
    looks = [watching.look() for _ in range(3)]
    assert [len(asking or []) for asking in looks] == [1, 0, 0]
    answer.set()
    for one in looks[0] or []:
        one.result()
    assert len(asked) == 1


def test_nothing_is_written_while_nothing_changes(sqlite_store: Store, printer: TcpPrinter) -> None:
    office = Office(sqlite_store, printer_url=printer.url)
    printer.paper_out = True
    watch = Watch(office)
    watch.looks()
    printer.paper_out = False
    watch.looks()
    written: list[str] = []
    event.listen(
        sqlite_store.engine,
        "before_cursor_execute",
        lambda *told: written.append(told[2]) if "SELECT" not in told[2][:12] else None,
    )
    for _ in range(5):
        office.clock.now += round(1000 * LOOK_S)
        watch.looks()
    assert [statement for statement in written if "printers" in statement] == []
    office.clock.now += SEEN_MS
    watch.looks()
    assert printer_row(office).seen_at == office.clock()
    assert len([statement for statement in written if "printers" in statement]) == 1


def test_a_printer_with_a_slip_in_hand_is_left_alone(
    with_printer: Office, printer: TcpPrinter
) -> None:
    with_printer.issue()
    with with_printer.store.writing() as db:
        assert slips.lease(db, with_printer.clock()) is not None
    Watch(with_printer).looks()
    assert printer.received == b""


def test_what_a_printer_refused_prints_as_soon_as_it_is_well(
    with_printer: Office, printer: TcpPrinter
) -> None:
    woken = Event()
    with_printer.house.when_slips_are_ordered(woken.set)
    hands = Spool(with_printer.store, with_printer.clock, send, lambda: "http://khiu.test")
    watch, ticket = Watch(with_printer), with_printer.issue().ticket
    printer.paper_out = True
    assert hands.print_one()
    assert not hands.print_one()  # not before its time
    printer.paper_out = False
    woken.clear()
    watch.is_(None)
    assert woken.is_set()
    assert hands.print_one()
    state = with_printer.reads.ticket(ticket.id).ticket.slip_state
    assert (state, len(printer.slips)) == (SlipState.PRINTED, 1)


def test_what_a_slip_found_out_is_told_to_the_screens_too(
    with_printer: Office, printer: TcpPrinter
) -> None:
    hands = Spool(with_printer.store, with_printer.clock, send, lambda: "http://khiu.test")
    watch = Watch(with_printer)
    watch.is_(None)
    printer.paper_out = True
    with_printer.issue()
    assert hands.print_one()
    before = version(with_printer)
    watch.is_("paper_out")
    assert version(with_printer) > before


def test_a_printer_that_never_answers_is_only_asked_whether_it_is_there(store: Store) -> None:
    with tcp_printer() as printer:
        office = Office(store, printer_url=printer.url.replace("TM-T20II", "XP-58"))
        printer.says_nothing = True
        watch = Watch(office)
        watch.is_(None)
        assert printer.received == b""
    printer.socket.close()
    watch.is_("unreachable")


def test_one_process_of_many_watches_and_another_takes_over(
    postgres_store: Store, printer: TcpPrinter
) -> None:
    office = Office(postgres_store, printer_url=printer.url)
    first, second = Watching(office.house, check), Watching(office.house, check)

    def leads(watching: Watching) -> bool:
        asking = watching.look()
        for one in asking or []:
            one.result()
        return asking is not None

    assert [leads(first), leads(second), leads(first)] == [True, False, True]
    office.clock.now += 10_000
    assert [leads(second), leads(first)] == [True, False]


def test_a_newer_finding_is_not_overruled_by_an_older_answer(
    with_printer: Office, printer: TcpPrinter
) -> None:
    """The slip's own conversation found the cover open while an older question was on its way."""

    def late(url: str, limits: Limits) -> bool:
        well = check(url, limits)
        with with_printer.store.writing() as db:
            db.execute(schema.printers.update().values(problem="cover_open"))
        return well

    printer.near_end = True
    Watch(with_printer, late).looks()
    assert printer_row(with_printer).problem == "cover_open"


def test_a_printer_at_a_device_node_is_looked_after_too(store: Store, tmp_path: Path) -> None:
    office = Office(store, printer_url=f"file://{tmp_path}/usb/lp0?profile=XP-58")
    watch = Watch(office)
    watch.is_("unreachable")
    (tmp_path / "usb").mkdir()
    watch.is_(None)


def test_a_look_at_a_device_never_takes_the_place_of_a_slip(tmp_path: Path) -> None:
    """The kernel lets one at a time open a USB printer."""
    node = tmp_path / "lp0"
    os.mkfifo(node)
    reader = os.open(node, os.O_RDONLY | os.O_NONBLOCK)
    with ThreadPoolExecutor(1) as pool:
        slip = pool.submit(deliver, b"\0" * 200_000, f"file://{node}")
        while not select.select([reader], [], [], 0)[0]:
            assert not slip.done()
        with pytest.raises(PrinterError) as busy:
            check(f"file://{node}", LIMITS)
        taken = 0
        while taken < 200_000:
            select.select([reader], [], [], 5)
            taken += len(os.read(reader, 65536))
    os.close(reader)
    assert busy.value.reason == "busy"
    assert not slip.result().confirmed


@pytest.mark.parametrize(("ack", "problem"), [("", None), ("&ack=none", "stalled")])
def test_a_printer_that_got_stuck_is_well_when_it_says_so_or_has_taken_a_slip(
    store: Store, printer: TcpPrinter, ack: str, problem: str | None
) -> None:
    office = Office(store, printer_url=printer.url + ack)

    def stalls(slip: Slip, url: str, *, begin: Callable[[], None]) -> Outcome:
        del slip, url
        begin()
        raise PrinterError("it takes no more", sent=True, reason="stalled")

    behind = [office.issue().ticket for _ in range(2)][1]
    hands = Spool(office.store, office.clock, stalls, lambda: "http://khiu.test")
    assert hands.print_one()
    assert printer_row(office).problem == "stalled"
    Watch(office).is_(problem)
    assert office.reads.ticket(behind.id).ticket.slip_state is SlipState.FAILED
    hands = Spool(office.store, office.clock, send, lambda: "http://khiu.test")
    assert hands.print_one() == (problem is None)  # it was asked, so those behind go on at once
    office.clock.now += RETRY_MS
    hands.print_one()
    assert printer_row(office).problem is None
    assert len(printer.slips) == 1
