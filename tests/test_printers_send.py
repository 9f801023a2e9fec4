"""Slips to a printer on a real TCP port: what is said in which order, and every way to fail."""

import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest
from PIL import Image

from printers import tcp
from printers.address import Tcp, parse
from printers.press import Press
from printers.raster import WIRE_LIMIT, encode
from printers.send import Limits, Outcome, PrinterError, check, send
from printers.slip import Slip
from printers.typeset import typeset
from tests.paper import TcpPrinter, decode_qr, free_port, never_accepts, tcp_printer
from tests.test_printers_typeset import EN, FULL, TH

SOON = Limits(connect=0.3, status=0.3, stall=0.3, confirm=0.3, total=10)
"""Short waits, for printers that never answer."""
FAST = "&rate=1000000"
QUESTIONS = b"\x10\x04\x01\x10\x04\x02\x10\x04\x03\x10\x04\x04"


@pytest.fixture
def printer() -> Iterator[TcpPrinter]:
    with tcp_printer() as printer:
        yield printer
        assert not printer.not_understood


def failure(url: str, limits: Limits = SOON) -> tuple[str, bool]:
    with pytest.raises(PrinterError) as failed:
        send(TH, url, limits)
    assert str(failed.value)
    return failed.value.reason, failed.value.sent


@pytest.mark.parametrize("width", [80, 58])
@pytest.mark.parametrize("slip", [TH, EN, replace(FULL, large=True)], ids=["th", "en", "large"])
def test_the_code_that_came_out_of_the_printer_holds_the_link(
    printer: TcpPrinter, slip: Slip, width: int
) -> None:
    assert send(slip, f"{printer.url}&width={width}") == Outcome(confirmed=True)
    (printed,) = printer.slips
    assert printed.image().width == {80: 576, 58: 384}[width]
    assert decode_qr(printed.image()) == slip.url
    assert printed.cut
    assert len(printer.received) <= WIRE_LIMIT


def test_what_is_printed_is_what_was_typeset(printer: TcpPrinter) -> None:
    send(TH, printer.url)
    assert printer.slips[0].image().tobytes() == typeset(TH).tobytes()


def test_the_conversation_asks_four_questions_prints_cuts_and_asks_once_more(
    printer: TcpPrinter,
) -> None:
    send(TH, printer.url)
    told = bytes(printer.received)
    assert told.startswith(QUESTIONS + b"\x1b@\x1dv0\0")
    assert told.endswith(b"\x1dV\x01\x1dr\x01")


def test_questions_within_an_image_are_dots_and_not_answered(printer: TcpPrinter) -> None:
    picture = Image.frombytes("1", (576, 40), (b"\xef\xfb\xfe" * 960)[: 72 * 40])
    data = encode(picture)
    assert QUESTIONS[:3] in data
    address = parse(printer.url)
    assert isinstance(address, Tcp)
    assert tcp.deliver(data, address, SOON) == Outcome(confirmed=True)
    assert printer.slips[0].image().tobytes() == picture.tobytes()


@pytest.mark.parametrize("trouble", ["paper_out", "cover_open", "offline", "error"])
def test_a_printer_that_is_not_well_gets_no_image(printer: TcpPrinter, trouble: str) -> None:
    setattr(printer, trouble, True)
    assert failure(printer.url) == (trouble, False)
    with pytest.raises(PrinterError) as refused:
        check(printer.url)
    assert (refused.value.reason, refused.value.sent) == (trouble, False)
    assert printer.received == QUESTIONS * 2


def test_a_printer_that_got_well_again_prints(printer: TcpPrinter) -> None:
    printer.paper_out = True
    assert failure(printer.url) == ("paper_out", False)
    printer.paper_out = False
    assert send(TH, printer.url).confirmed
    assert len(printer.slips) == 1


def test_asking_how_a_printer_is_prints_nothing(printer: TcpPrinter) -> None:
    check(printer.url)
    assert printer.received == QUESTIONS


@pytest.mark.parametrize("when", ["near_end", "near_end_after"])
def test_a_roll_nearly_used_up_is_told_with_the_printed_slip(
    printer: TcpPrinter, when: str
) -> None:
    setattr(printer, when, True)
    assert send(TH, printer.url) == Outcome(confirmed=True, near_end=True)


def test_a_roll_that_ends_with_the_slip_leaves_it_uncertain(printer: TcpPrinter) -> None:
    printer.paper_out_after = True
    assert failure(printer.url) == ("paper_out_after", True)


@pytest.mark.parametrize("kind", [1, 2, 3, 4])
def test_silence_to_any_question_is_a_failure_before_the_image(
    printer: TcpPrinter, kind: int
) -> None:
    printer.silent_to = kind
    assert failure(printer.url) == ("silent", False)
    assert printer.image_bytes == 0


def test_a_printer_that_lets_connect_and_says_nothing_is_silent(printer: TcpPrinter) -> None:
    printer.says_nothing = True
    assert failure(printer.url) == ("silent", False)


@pytest.mark.parametrize("answer", [b"\xff", b"\0", b"H", b"\x92", b"\x02", b"\x13H"])
@pytest.mark.parametrize("kind", [1, 4])
def test_an_answer_without_the_fixed_bits_is_an_error_before_the_image(
    printer: TcpPrinter, kind: int, answer: bytes
) -> None:
    printer.answers[kind] = answer
    assert failure(printer.url) == ("error", False)
    assert printer.image_bytes == 0


def test_bytes_that_trail_an_answer_do_not_answer_the_next_question(printer: TcpPrinter) -> None:
    printer.answers[1] = b"\x16\xff\x1a"
    assert send(TH, printer.url).confirmed


def test_what_a_printer_says_unasked_is_no_answer(printer: TcpPrinter) -> None:
    printer.greeting = b"\x11"
    printer.reports = True
    assert send(TH, printer.url) == Outcome(confirmed=True)
    printer.confirms = False
    assert failure(printer.url + FAST) == ("silent", True)


def test_a_late_status_answer_does_not_confirm_a_slip(printer: TcpPrinter) -> None:
    printer.noise_before_confirming = b"\x12\x13\x92"
    printer.paper_out_after = True
    assert failure(printer.url) == ("paper_out_after", True)


def test_an_answer_that_was_there_before_its_question_confirms_nothing(
    printer: TcpPrinter,
) -> None:
    printer.noise_within_image = b"\0"
    printer.confirms = False
    assert failure(printer.url + FAST) == ("silent", True)


def test_a_printer_that_does_not_confirm_leaves_the_slip_uncertain(printer: TcpPrinter) -> None:
    printer.confirms = False
    assert failure(printer.url + FAST) == ("silent", True)
    assert len(printer.slips) == 1


def test_a_slow_printer_gets_the_time_its_rate_needs(printer: TcpPrinter) -> None:
    printer.pause_s = 0.01  # 2048 bytes at a time
    hurried = replace(SOON, confirm=0)
    assert failure(printer.url + "&rate=9999999", hurried) == ("silent", True)
    assert send(TH, printer.url + "&rate=20000", hurried).confirmed


@pytest.mark.parametrize("resets", [False, True], ids=["closes", "resets"])
@pytest.mark.parametrize("after", [0, 2048, 40000])
def test_a_printer_that_dies_within_the_image_leaves_the_slip_uncertain(
    printer: TcpPrinter, after: int, resets: bool
) -> None:
    printer.dies_after, printer.resets = after, resets
    assert failure(printer.url) == ("hung_up", True)
    assert not printer.slips


@pytest.mark.parametrize("resets", [False, True], ids=["closes", "resets"])
def test_a_printer_that_hangs_up_before_it_tells_all_got_no_image(
    printer: TcpPrinter, resets: bool
) -> None:
    printer.answers[4] = b""
    printer.hangs_up_after_status, printer.resets = True, resets
    assert failure(printer.url) == ("hung_up", False)


def test_a_printer_that_takes_no_more_bytes_is_given_up(printer: TcpPrinter) -> None:
    printer.stalls_after = 2048
    assert failure(printer.url) == ("stalled", True)


def test_a_printer_that_always_takes_a_little_is_given_up_in_the_end(printer: TcpPrinter) -> None:
    printer.pause_s = 0.1
    began = time.monotonic()
    assert failure(printer.url, Limits(total=0.6)) == ("too_slow", True)
    assert time.monotonic() - began < 2


def test_nobody_at_the_port_is_unreachable() -> None:
    assert failure(f"tcp://127.0.0.1:{free_port()}") == ("unreachable", False)


def test_a_printer_that_does_not_take_the_call_is_unreachable_within_the_limit() -> None:
    with never_accepts() as port:
        began = time.monotonic()
        assert failure(f"tcp://127.0.0.1:{port}") == ("unreachable", False)
        assert time.monotonic() - began < 2


def test_a_host_without_address_is_unreachable() -> None:
    assert failure("tcp://printer.invalid") == ("unreachable", False)


def test_a_name_that_nobody_resolves_in_time_is_unreachable_within_the_limit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked, over = [], Event()

    def hangs(host: str, *_: object, **__: object) -> None:
        asked.append(host)
        over.wait()
        raise socket.gaierror

    with monkeypatch.context() as patched:
        patched.setattr(socket, "getaddrinfo", hangs)
        began = time.monotonic()
        for _ in range(2):
            with pytest.raises(PrinterError) as failed:
                check("tcp://printer.example", SOON)
            assert (failed.value.reason, failed.value.sent) == ("unreachable", False)
        assert 2 * SOON.connect <= time.monotonic() - began < 5
        over.set()
    assert asked == ["printer.example"]  # who hangs is not asked once more


def test_a_printer_that_cannot_confirm_is_asked_nothing(printer: TcpPrinter) -> None:
    printer.says_nothing = True
    assert send(TH, printer.url + "&ack=none") == Outcome(confirmed=False)
    assert decode_qr(printer.slips[0].image()) == TH.url
    assert printer.received.startswith(b"\x1b@")
    assert printer.received.endswith(b"\x1dV\x01")
    check(printer.url + "&ack=none")


def test_a_printer_that_cannot_confirm_and_dies_leaves_the_slip_uncertain(
    printer: TcpPrinter,
) -> None:
    printer.dies_after, printer.resets = 2048, True
    assert failure(printer.url + "&ack=none") == ("hung_up", True)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("none", "none"),
        ("agent://kiosk-2", "no_driver"),
        ("lpt1", "no_driver"),
        ("tcp://h?profile=x", "no_driver"),
    ],
)
def test_without_a_driver_nothing_is_sent(url: str, reason: str) -> None:
    assert failure(url) == (reason, False)
    with pytest.raises(PrinterError):
        check(url)


def test_a_template_that_is_broken_is_an_error_before_the_image(
    printer: TcpPrinter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "layout.typ").write_text("#nothing")
    monkeypatch.setattr("printers.press.TEMPLATES", tmp_path)
    broken = Press()
    monkeypatch.setattr("printers.typeset.press_of", lambda *_: broken)
    assert failure(printer.url) == ("fault", False)
    assert not printer.received


def test_slips_sent_at_once_all_come_out(printer: TcpPrinter) -> None:
    slips = [replace(TH, url=f"https://example.go.th/{n}") for n in range(6)]
    with ThreadPoolExecutor(6) as spools:
        outcomes = list(spools.map(lambda slip: send(slip, printer.url), slips))
    assert all(outcome.confirmed for outcome in outcomes)
    printed = sorted(decode_qr(slip.image()) for slip in printer.slips)
    assert printed == [slip.url for slip in slips]
