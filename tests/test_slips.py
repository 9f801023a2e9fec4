"""From the ticket's row to paper: the spool against a printer on a real port."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from time import monotonic
from typing import Any

import pytest

from printers.outcome import Limits, Outcome, PrinterError
from printers.send import send
from printers.slip import Slip
from server.domain.ticket import SlipState
from server.spool import Send, Spool
from server.store import schema, slips
from server.store.engine import Store
from server.store.holding import FAULT_TRIES, LONGEST_PAUSE_MS, RETRY_MS
from server.store.slips import LEASE_MS
from tests.office import PROGRAM, Office
from tests.paper import TcpPrinter, decode_qr, tcp_printer
from tests.program import Program

QUICK = replace(Limits(), status=0.3, confirm=0.1, stall=0.5, total=5)


Begin = Callable[[], None]


def quickly(slip: Slip, url: str, *, begin: Begin) -> Outcome:
    """`send`, for printers that will not answer: the waits themselves are tested elsewhere."""
    return send(slip, url, QUICK, begin)


@pytest.fixture
def with_printer(store: Store, printer: TcpPrinter) -> Office:
    return Office(store, printer_url=f"{printer.url}&rate=1000000")


def spool(office: Office, act: Send = quickly) -> Spool:
    return Spool(office.store, office.clock, act, lambda: "http://khiu.test")


def state(office: Office, ticket_id: int | str) -> SlipState:
    """As every page and the API show it."""
    return office.reads.ticket(int(ticket_id)).ticket.slip_state


def printer_row(office: Office) -> Any:
    with office.store.reading() as db:
        return db.execute(schema.printers.select().where(schema.printers.c.is_default)).one()


def test_a_number_is_queued_for_paper_and_printed_once(
    with_printer: Office, printer: TcpPrinter
) -> None:
    program, hands = Program(with_printer), spool(with_printer)
    given = program.issue()
    assert given["slip"] == {"state": "queued"}
    assert [hands.print_one(), hands.print_one()] == [True, False]
    assert program.get(f"/tickets/{given['id']}")["slip"] == {"state": "printed"}
    (slip,) = printer.slips
    assert slip.cut
    assert printer_row(with_printer).problem is None


@pytest.mark.parametrize("language", ["th", "en"])
def test_the_qr_on_paper_is_the_track_url_of_the_answer(
    with_printer: Office, printer: TcpPrinter, language: str
) -> None:
    given = Program(with_printer).issue("land-tax", language=language)
    spool(with_printer).print_one()
    assert decode_qr(printer.slips[0].image()) == given["track_url"]
    assert given["track_url"].startswith("http://khiu.test/t/")


def test_the_qr_starts_with_the_offices_own_address_where_it_has_one(
    with_printer: Office, printer: TcpPrinter
) -> None:
    with with_printer.store.writing() as db:
        offices = schema.offices
        row = db.execute(offices.select()).one()
        text = row.settings.replace('"public_url":""', '"public_url":"https://q.example.go.th/"')
        db.execute(offices.update().values(settings=text))
    given = Program(with_printer).issue()
    spool(with_printer).print_one()
    assert given["track_url"].startswith("https://q.example.go.th/t/")
    assert decode_qr(printer.slips[0].image()) == given["track_url"]


def test_a_slip_refused_prints_by_itself_when_the_printer_is_well(
    with_printer: Office, printer: TcpPrinter
) -> None:
    printer.paper_out = True
    ticket, hands = with_printer.issue().ticket, spool(with_printer)
    assert hands.print_one()
    assert (state(with_printer, ticket.id), printer.slips) == (SlipState.FAILED, [])
    assert printer_row(with_printer).problem == "paper_out"
    assert not hands.print_one()  # not at once again
    with_printer.clock.now += RETRY_MS
    assert hands.print_one()
    assert state(with_printer, ticket.id) is SlipState.FAILED
    printer.paper_out = False
    with_printer.clock.now += RETRY_MS
    assert hands.print_one()
    assert (state(with_printer, ticket.id), len(printer.slips)) == (SlipState.PRINTED, 1)
    assert printer_row(with_printer).problem is None
    with_printer.clock.minutes(60)
    assert not hands.print_one()


def test_a_printer_that_is_not_there_fails_and_the_number_stands(store: Store) -> None:
    office = Office(store, printer_url="tcp://127.0.0.1:1?profile=TM-T20II")
    ticket = office.issue().ticket
    assert spool(office).print_one()
    assert state(office, ticket.id) is SlipState.FAILED
    called = office.call_next()
    assert called is not None and called.ticket.id == ticket.id


def test_a_slip_that_may_lie_in_the_tray_is_never_printed_again_by_itself(
    with_printer: Office, printer: TcpPrinter
) -> None:
    printer.dies_after = 4096
    ticket, hands = with_printer.issue().ticket, spool(with_printer)
    assert hands.print_one()
    assert state(with_printer, ticket.id) is SlipState.UNCERTAIN
    printer.dies_after = None
    for _ in range(3):
        with_printer.clock.minutes(60)
        assert not hands.print_one()
    assert (printer.slips, state(with_printer, ticket.id)) == ([], SlipState.UNCERTAIN)


class PowerCut(BaseException):
    """The spool's process ends here."""


def test_a_spool_that_dies_while_printing_leaves_the_slip_to_staff(
    with_printer: Office, printer: TcpPrinter
) -> None:
    def die(slip: Slip, url: str, *, begin: Begin) -> Outcome:
        send(slip, url, QUICK, begin)
        raise PowerCut

    first, second = with_printer.issue().ticket, with_printer.issue().ticket
    with pytest.raises(PowerCut):
        spool(with_printer, die).print_one()
    assert state(with_printer, first.id) is SlipState.PRINTING
    restarted = spool(with_printer)
    with_printer.clock.now += LEASE_MS - 1
    assert not restarted.print_one()  # the other may still be talking to this printer
    with_printer.clock.now += 1
    assert restarted.print_one()
    assert state(with_printer, first.id) is SlipState.UNCERTAIN
    assert state(with_printer, second.id) is SlipState.PRINTED
    assert len(printer.slips) == 2
    with_printer.clock.minutes(60)
    assert not restarted.print_one()


def test_a_spool_that_dies_before_the_first_byte_loses_and_doubles_no_slip(
    with_printer: Office, printer: TcpPrinter
) -> None:
    def die(slip: Slip, url: str, *, begin: Begin) -> Outcome:
        del slip, url, begin
        raise PowerCut

    ticket = with_printer.issue().ticket
    with pytest.raises(PowerCut):
        spool(with_printer, die).print_one()
    restarted = spool(with_printer)
    assert not restarted.print_one()
    with_printer.clock.now += LEASE_MS
    assert restarted.print_one()
    assert state(with_printer, ticket.id) is SlipState.PRINTED
    assert len(printer.slips) == 1


@pytest.mark.parametrize("when", ["before the first byte", "after it"])
def test_a_spool_that_sleeps_through_its_lease_prints_nothing_twice(
    with_printer: Office, printer: TcpPrinter, when: str
) -> None:
    ticket = with_printer.issue().ticket
    other = spool(with_printer)

    def sleep_long(slip: Slip, url: str, *, begin: Begin) -> Outcome:
        if when == "after it":
            begin()
        with_printer.clock.now += LEASE_MS
        assert other.print_one() == (when == "before the first byte")
        return quickly(slip, url, begin=begin if when != "after it" else lambda: None)

    spool(with_printer, sleep_long).print_one()
    expected = SlipState.UNCERTAIN if when == "after it" else SlipState.PRINTED
    assert state(with_printer, ticket.id) is expected
    assert len(printer.slips) == 1
    assert printer_row(with_printer).problem is None


def any_due(office: Office) -> bool:
    """An hour later."""
    office.clock.minutes(60)
    with office.store.reading() as db:
        return slips.any_due(db, office.clock())


def test_a_fault_of_ours_does_not_stop_the_slips_behind_and_is_not_tried_for_ever(
    with_printer: Office, caplog: pytest.LogCaptureFixture
) -> None:
    bad, good = with_printer.issue().ticket, with_printer.issue("land-tax").ticket
    with with_printer.store.writing() as db:
        jobs = schema.slip_jobs
        db.execute(jobs.update().where(jobs.c.ticket_id == bad.id).values(slip='{"high_s": 1}'))
    hands = spool(with_printer)
    assert hands.print_one()
    assert hands.print_one()
    assert state(with_printer, bad.id) is SlipState.FAILED
    assert state(with_printer, good.id) is SlipState.PRINTED
    tried = 1
    while tried < 9 and any_due(with_printer):
        assert hands.print_one()
        tried += 1
    assert tried == FAULT_TRIES
    with with_printer.store.reading() as db:
        (job,) = db.execute(jobs.select().where(jobs.c.ticket_id == bad.id))
    assert (job.state, job.problem, job.tries) == ("failed", "fault", FAULT_TRIES)
    assert printer_row(with_printer).problem is None  # nor is the printer said to be at fault
    assert [one.levelname for one in caplog.records if f"{job.id}" in one.message] == ["ERROR"]


def test_a_fault_while_sending_is_uncertain(with_printer: Office, printer: TcpPrinter) -> None:
    def stumble(slip: Slip, url: str, *, begin: Begin) -> Outcome:
        del slip, url
        begin()
        raise ZeroDivisionError

    ticket = with_printer.issue().ticket
    assert spool(with_printer, stumble).print_one()
    assert state(with_printer, ticket.id) is SlipState.UNCERTAIN
    assert printer.slips == []


def test_a_printer_that_cannot_confirm_says_sent(store: Store, printer: TcpPrinter) -> None:
    office = Office(store, printer_url=f"{printer.url}&ack=none")
    printer.says_nothing = True
    ticket = office.issue().ticket
    assert spool(office).print_one()
    assert state(office, ticket.id) is SlipState.SENT


def test_without_a_printer_no_slip_is_ordered(office: Office) -> None:
    ticket = office.issue().ticket
    assert state(office, ticket.id) is SlipState.NONE
    assert not spool(office).print_one()


def test_the_roll_near_its_end_is_remembered(with_printer: Office, printer: TcpPrinter) -> None:
    printer.near_end_after = True
    ticket = with_printer.issue().ticket
    spool(with_printer).print_one()
    assert state(with_printer, ticket.id) is SlipState.PRINTED
    assert printer_row(with_printer).near_end


def test_slips_print_in_the_order_of_the_numbers(with_printer: Office, printer: TcpPrinter) -> None:
    program, hands = Program(with_printer), spool(with_printer)
    urls = [program.issue()["track_url"] for _ in range(4)]
    while hands.print_one():
        pass
    assert [decode_qr(slip.image()) for slip in printer.slips] == urls


def test_two_hands_never_talk_to_one_printer_at_once(
    with_printer: Office, printer: TcpPrinter
) -> None:
    for _ in range(6):
        with_printer.issue()
    talking: list[int] = []
    together: list[int] = []

    def watched(slip: Slip, url: str, *, begin: Begin) -> Outcome:
        talking.append(1)
        together.append(len(talking))
        try:
            return send(slip, url, begin=begin)
        finally:
            talking.pop()

    def work(hands: Spool) -> None:
        until = monotonic() + 30
        while len(printer.slips) < 6 and monotonic() < until:
            hands.print_one()

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(work, [spool(with_printer, watched) for _ in range(3)]))
    assert len(printer.slips) == 6
    assert max(together) == 1


def test_giving_a_number_waits_for_no_printer(with_printer: Office, printer: TcpPrinter) -> None:
    printer.stalls_after = 0
    with_printer.issue()
    with ThreadPoolExecutor(1) as pool:
        stuck = pool.submit(spool(with_printer, send).print_one)
        while b"\x1dv0" not in printer.received:
            assert not stuck.done()
        numbers = [with_printer.issue().ticket.number for _ in range(5)]
        called = with_printer.call_next()
        assert not stuck.done()  # all that while it stood at the printer
        printer.closing.set()
    assert numbers == ["A002", "A003", "A004", "A005", "A006"]
    assert called is not None and called.ticket.number == "A001"


def test_while_its_day_lasts_a_slip_comes_out_however_late(
    with_printer: Office, printer: TcpPrinter
) -> None:
    cancelled, served = with_printer.issue().ticket, with_printer.issue().ticket
    with_printer.desk.cancel(cancelled.id, "กดผิด", PROGRAM)
    called = with_printer.call_next()
    assert called is not None and called.ticket.id == served.id
    with_printer.desk.finish(served.id, PROGRAM)
    hands = spool(with_printer)
    assert hands.print_one() and hands.print_one()
    assert {state(with_printer, one.id) for one in (cancelled, served)} == {SlipState.PRINTED}
    assert len(printer.slips) == 2


def test_what_staff_have_printed_after_closing_comes_out(
    with_printer: Office, printer: TcpPrinter
) -> None:
    ticket = with_printer.issue().ticket
    with_printer.clock.minutes(9 * 60)
    with_printer.desk.close_day(PROGRAM)
    hands = spool(with_printer)
    assert not hands.print_one()
    assert state(with_printer, ticket.id) is SlipState.NONE
    assert not printer.received
    with_printer.clock.minutes(1)
    with_printer.rooms.paper.reprint(ticket.id, PROGRAM)
    assert hands.print_one()
    assert (state(with_printer, ticket.id), len(printer.slips)) == (SlipState.PRINTED, 1)


@pytest.mark.parametrize("off", ["at closing", "before it"])
def test_a_number_of_yesterday_does_not_come_out_in_the_morning(
    with_printer: Office, printer: TcpPrinter, off: str
) -> None:
    printer.paper_out = True
    old, hands = with_printer.issue().ticket, spool(with_printer)
    assert hands.print_one()
    reprinted = with_printer.issue().ticket
    assert hands.print_one()
    with_printer.rooms.paper.reprint(reprinted.id, PROGRAM)
    if off == "at closing":
        with_printer.clock.minutes(9 * 60)
        with_printer.desk.close_day(PROGRAM)
        assert state(with_printer, old.id) is SlipState.NONE
    with_printer.clock.minutes(24 * 60)  # the spool looks before the office's own clock does
    printer.paper_out = False
    new = with_printer.issue().ticket
    while hands.print_one():
        pass
    assert {state(with_printer, one.id) for one in (old, reprinted)} == {SlipState.NONE}
    assert (state(with_printer, new.id), len(printer.slips)) == (SlipState.PRINTED, 1)


def test_when_a_new_day_begins_the_old_ones_slips_wait_no_more(with_printer: Office) -> None:
    tickets = [with_printer.issue().ticket for _ in range(3)]
    with_printer.clock.minutes(24 * 60)
    new = with_printer.issue().ticket
    with_printer.desk.close_days_before(with_printer.reads.today())
    assert {state(with_printer, one.id) for one in tickets} == {SlipState.NONE}
    assert state(with_printer, new.id) is SlipState.QUEUED


def test_what_is_due_is_found_in_every_state(with_printer: Office) -> None:
    ticket = with_printer.issue().ticket
    now = with_printer.clock()
    jobs = schema.slip_jobs
    due = {SlipState.QUEUED: True, SlipState.FAILED: True, SlipState.PRINTING: False}
    for kind in SlipState:
        with with_printer.store.writing() as db:
            mine = jobs.c.ticket_id == ticket.id
            values = {"state": kind, "leased_until": now + 1}
            db.execute(jobs.update().where(mine).values(values))
        with with_printer.store.reading() as db:
            assert slips.any_due(db, now) == due.get(kind, False), kind
            assert slips.any_due(db, now + 1) == (kind in due), kind
            assert not slips.any_due(db, now - 1)


def test_slips_of_two_offices_go_to_their_own_printers(
    store: Store, printer: TcpPrinter, other_printer: TcpPrinter
) -> None:
    ours = Office(store, printer_url=f"{printer.url}&rate=1000000")
    with store.writing() as db:
        db.execute(schema.offices.update().values(slug="other"))
    theirs = Office(store)
    with store.writing() as db:
        table = schema.printers
        mine = table.c.office_id == theirs.id
        db.execute(table.update().where(mine).values(url=f"{other_printer.url}&rate=1000000"))
    here, there = Program(ours).issue(), Program(theirs).issue()
    hands = spool(ours)
    while hands.print_one():
        pass
    assert [decode_qr(slip.image()) for slip in printer.slips] == [here["track_url"]]
    assert [decode_qr(slip.image()) for slip in other_printer.slips] == [there["track_url"]]


@pytest.fixture
def other_printer() -> Iterator[TcpPrinter]:
    with tcp_printer() as printer:
        yield printer


def test_slips_behind_one_that_is_refused_wait_with_it_and_come_out_in_order(
    with_printer: Office, printer: TcpPrinter
) -> None:
    printer.cover_open = True
    program, hands = Program(with_printer), spool(with_printer)
    given = [program.issue() for _ in range(5)]
    assert [hands.print_one(), hands.print_one()] == [True, False]  # one conversation for all
    assert {str(state(with_printer, one["id"])) for one in given} == {"failed"}
    printer.cover_open = False
    later = program.issue()
    with_printer.clock.now += RETRY_MS
    while hands.print_one():
        pass
    urls = [decode_qr(slip.image()) for slip in printer.slips]
    assert urls == [one["track_url"] for one in [later, *given]]


@dataclass
class Stuck:
    """A printer that swallows the beginning of each slip until somebody mends it."""

    mended: bool = False
    tried: list[str] = field(default_factory=list)

    def __call__(self, slip: Slip, url: str, *, begin: Begin) -> Outcome:
        del url
        begin()
        self.tried.append(slip.number)
        if not self.mended:
            raise PrinterError("it takes no more", sent=True, reason="stalled")
        return Outcome(confirmed=False)


def slip_states(office: Office) -> list[str]:
    return [str(one.ticket.slip_state) for one in office.reads.find_tickets()]


def test_one_that_is_stuck_makes_no_queue_uncertain(with_printer: Office) -> None:
    stuck = Stuck()
    first, *_ = (with_printer.issue().ticket for _ in range(6))
    hands = spool(with_printer, stuck)
    assert [hands.print_one(), hands.print_one()] == [True, False]
    with_printer.issue()
    assert not hands.print_one()  # nor does a new one go there meanwhile
    assert slip_states(with_printer) == ["uncertain"] + ["failed"] * 6
    for _ in range(60):  # five minutes: each time it was tried in vain the next pause is longer
        with_printer.clock.now += RETRY_MS
        hands.print_one()
    assert slip_states(with_printer).count("uncertain") == len(stuck.tried) <= 7
    stuck.mended = True
    with_printer.rooms.paper.reprint(first.id, PROGRAM)  # whoever mended it stands there
    stuck.tried.clear()
    while hands.print_one():
        pass
    assert stuck.tried[0] == first.number
    assert set(slip_states(with_printer)) <= {"sent", "uncertain"}


def test_one_that_stays_stuck_is_tried_every_five_minutes_at_the_latest(
    with_printer: Office,
) -> None:
    stuck = Stuck()
    for _ in range(3):
        with_printer.issue()
    hands = spool(with_printer, stuck)
    assert hands.print_one()
    with_printer.clock.minutes(60)
    assert hands.print_one()
    with_printer.clock.now += LONGEST_PAUSE_MS - 1
    assert not hands.print_one()
    with_printer.clock.now += 1
    assert hands.print_one()
