"""Every trouble a slip printer can make, from the number to the paper (contract, section 5).

Each goes the whole way: a number by the API, its slip by the spool, a printer on a real port that
fails as told and is well again later. No slip is lost, none comes out twice without a person's
word, and the number stands whatever the printer does.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import replace
from typing import Any

import pytest
from PIL import Image

from printers.outcome import Limits, Outcome
from printers.raster import encode
from printers.send import deliver, send
from printers.slip import Slip
from server.domain.ticket import SlipState
from server.domain.wish import Actor
from server.spool import Spool
from server.store.engine import Store
from server.store.holding import RETRY_MS
from tests.office import Office
from tests.paper import Printed, decode_qr, free_port, never_accepts, tcp_printer
from tests.program import Program

STAFF = Actor("staff", 1)
SOON = Limits(connect=0.3, status=0.5, stall=0.5, confirm=0.3, total=10)
"""Short waits, for printers that never answer."""

Slips = list[Printed]
Trouble = Callable[[int], AbstractContextManager[Slips]]
"""Stands at a port for the time of the block; gives what comes out there."""


@contextmanager
def off(_port: int) -> Iterator[Slips]:
    """Nobody at the port: the connection is refused."""
    yield []


@contextmanager
def hanging(port: int) -> Iterator[Slips]:
    with never_accepts(port):
        yield []


def told(**words: Any) -> Trouble:
    """A printer that was told so."""

    @contextmanager
    def trouble(port: int) -> Iterator[Slips]:
        with tcp_printer(port) as printer:
            for name, value in words.items():
                assert hasattr(printer, name)
                setattr(printer, name, value)
            yield printer.slips

    return trouble


NOTHING_WENT_OUT: dict[str, Trouble] = {
    "off": off,
    "hangs in connect": hanging,
    "hangs in status 1": told(silent_to=1),
    "hangs in status 4": told(silent_to=4),
    "says nothing at all": told(says_nothing=True),
    "paper out": told(paper_out=True),
    "cover open": told(cover_open=True),
    "off line": told(offline=True),
    "an error": told(error=True),
    "garbage for status": told(answers={2: b"HTTP/1.1 400 Bad Request\r\n"}),
    "greets with garbage": told(greeting=b"\xff\xfe\x80login: ", answers={1: b"\x80"}),
    "hangs up after status": told(answers={4: b""}, hangs_up_after_status=True),
    "resets after status": told(answers={4: b""}, hangs_up_after_status=True, resets=True),
}
MAY_LIE_IN_THE_TRAY: dict[str, tuple[Trouble, int]] = {  # with the slips that do
    "cut at the first byte": (told(dies_after=0), 0),
    "cut mid-image": (told(dies_after=9000), 0),
    "reset mid-image": (told(dies_after=9000, resets=True), 0),
    "stops mid-image, as when paper ends": (told(stalls_after=9000), 0),
    "paper ends with the slip": (told(paper_out_after=True), 1),
    "no answer after the image": (told(confirms=False), 1),
    "garbage after the image": (told(confirms=False, noise_within_image=b"\x00\x12\xff"), 1),
    "a status too late, and silence": (told(answers={4: b"\x12\x00"}, confirms=False), 1),
}


class Counted:
    """An office whose kiosk prints at this port; counts what came out for each number."""

    def __init__(self, store: Store) -> None:
        self.port = free_port()
        url = f"tcp://127.0.0.1:{self.port}?profile=TM-T20II&rate=9999999"
        self.office = Office(store, printer_url=url)
        self.program = Program(self.office)

    def hands(self, limits: Limits) -> Spool:
        def act(slip: Slip, url: str, *, begin: Callable[[], None]) -> Outcome:
            return send(slip, url, limits, begin)

        return Spool(self.office.store, self.office.clock, act, lambda: "http://khiu.test")

    def state(self, given: Any) -> str:
        """As the API tells it; the number itself stands and waits."""
        found = self.program.get(f"/tickets/{given['id']}")
        assert (found["number"], found["state"]) == (given["number"], "waiting")
        return str(found["slip"]["state"])

    def comes_right(self) -> Slips:
        """The printer is well again and hours pass; what came out by itself."""
        with tcp_printer(self.port) as printer:
            hands = self.hands(Limits())
            for minutes in (RETRY_MS / 60_000, 60, 60):
                self.office.clock.minutes(minutes)
                while hands.print_one():
                    pass
            return printer.slips


@pytest.fixture
def counted(sqlite_store: Store) -> Counted:
    return Counted(sqlite_store)


def urls(slips: Slips) -> list[str]:
    """Whose complete slips these are."""
    return [decode_qr(slip.image()) for slip in slips if slip.cut]


@pytest.mark.parametrize("trouble", NOTHING_WENT_OUT.values(), ids=NOTHING_WENT_OUT)
def test_what_was_refused_before_the_image_prints_once_when_the_printer_is_back(
    counted: Counted, trouble: Trouble
) -> None:
    with trouble(counted.port) as slips:
        first, hands = counted.program.issue(), counted.hands(SOON)
        assert hands.print_one()
        assert (counted.state(first), slips) == ("failed", [])
        second = counted.program.issue("land-tax")
    printed = counted.comes_right()
    assert sorted(urls(printed)) == sorted([first["track_url"], second["track_url"]])
    assert [counted.state(one) for one in (first, second)] == ["printed", "printed"]


@pytest.mark.parametrize(
    ("trouble", "whole"), MAY_LIE_IN_THE_TRAY.values(), ids=MAY_LIE_IN_THE_TRAY
)
def test_what_may_lie_in_the_tray_waits_for_a_persons_word(
    counted: Counted, trouble: Trouble, whole: int
) -> None:
    with trouble(counted.port) as slips:
        first, second = counted.program.issue(), counted.program.issue("land-tax")
        hands = counted.hands(SOON)
        assert [hands.print_one(), hands.print_one()] == [True, False]
        assert [counted.state(one) for one in (first, second)] == ["uncertain", "failed"]
        counted.office.clock.now += RETRY_MS
        assert hands.print_one()
        assert [counted.state(one) for one in (first, second)] == ["uncertain", "uncertain"]
    assert urls(slips) == [first["track_url"], second["track_url"]][: 2 * whole]
    assert counted.comes_right() == []
    paper = counted.office.rooms.paper
    paper.was_printed(int(first["id"]), STAFF)
    paper.reprint(int(second["id"]), STAFF)
    assert urls(counted.comes_right()) == [second["track_url"]]
    assert [counted.state(one) for one in (first, second)] == ["printed", "printed"]


HANGS: dict[str, Trouble] = {
    "in connect": hanging,
    "in status": told(silent_to=1),
    "mid-image": told(stalls_after=0),
    "after the image": told(confirms=False),
}


@pytest.mark.parametrize("trouble", HANGS.values(), ids=HANGS)
def test_numbers_are_given_and_called_while_the_printer_hangs(
    counted: Counted, trouble: Trouble
) -> None:
    patient = Limits(connect=20, status=20, stall=20, confirm=20, total=60)
    with ThreadPoolExecutor(1) as pool, ExitStack() as broken:
        broken.enter_context(trouble(counted.port))
        first = counted.program.issue()
        stuck = pool.submit(counted.hands(patient).print_one)
        while counted.state(first) != "printing":
            assert not stuck.done()
        more = [counted.program.issue()["number"] for _ in range(3)]
        called = counted.program.post(f"{counted.program.counter()}/next")
        assert not stuck.done()  # all that while it stood at the printer
        broken.close()
        assert stuck.result(30)
    assert more == ["A002", "A003", "A004"]
    assert called["number"] == first["number"]


@pytest.fixture(scope="module")
def at_two_kilobytes() -> Iterator[Future[Outcome]]:
    """A slip on its way to a printer that takes 2 KB a second, while the other tests go on."""
    with tcp_printer() as printer, ThreadPoolExecutor(1) as pool:
        printer.pause_s = 1.0  # for 2048 bytes
        page = encode(Image.effect_noise((576, 340), 90).convert("1"))
        yield pool.submit(deliver, page, f"{printer.url}&rate=2000")


@pytest.fixture(scope="module", autouse=True)
def under_way(at_two_kilobytes: Future[Outcome]) -> Future[Outcome]:
    return at_two_kilobytes


def test_a_printer_of_two_kilobytes_a_second_prints_within_all_limits(
    under_way: Future[Outcome],
) -> None:
    assert under_way.result(60) == Outcome(confirmed=True)


def test_a_slow_printer_whose_rate_is_not_said_is_uncertain_and_prints_no_second_slip(
    counted: Counted,
) -> None:
    with told(pause_s=0.04)(counted.port) as slips:
        given = counted.program.issue()
        assert counted.hands(replace(SOON, confirm=0)).print_one()
        assert counted.state(given) == SlipState.UNCERTAIN
    assert len(slips) <= 1
    assert counted.comes_right() == []
