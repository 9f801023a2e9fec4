"""Models of Thai shops, by name in a printer's URL: width, cutter, and whether they answer."""

from dataclasses import replace

import pytest
from PIL import Image

from printers.address import BadAddress, File, Tcp, parse
from printers.models import OURS, model_of, profile_of, to_choose
from printers.outcome import Limits, PrinterError
from printers.raster import encode
from printers.send import check, send
from printers.slip import Slip
from tests.paper import TcpPrinter

QUICK = replace(Limits(), connect=1, status=0.3, confirm=0.2, stall=0.5, total=5)
SLIP = Slip(
    number="A001",
    office="เทศบาล",
    service="งานทะเบียน",
    url="http://khiu.test/t/1",
    date="วันจันทร์ที่ 16 มีนาคม 2569",
    time="10:24",
    language="th",
)
CUTS = (b"\x1dV\x00", b"\x1dV\x01", b"\x1dVA", b"\x1dVB", b"\x1bi", b"\x1bm")


def at(printer: TcpPrinter, model: str, more: str = "") -> str:
    return f"tcp://127.0.0.1:{printer.server_address[1]}?profile={model}&rate=1000000{more}"


@pytest.mark.parametrize(
    ("model", "width", "dots", "asked"),
    [
        ("TM-T82", 80, 576, True),
        ("TM-T82II", 80, 576, True),
        ("TM-T82III", 80, 576, True),
        ("TM-T82X", 80, 576, True),
        ("XP-80", 80, 576, True),
        ("XP-58", 58, 384, False),
        ("RP326", 80, 576, True),
    ],
)
def test_a_model_in_the_url_says_how_wide_it_prints_and_whether_it_is_asked(
    model: str, width: int, dots: int, asked: bool
) -> None:
    tcp, file = parse(f"tcp://h?profile={model}"), parse(f"file:///dev/usb/lp0?profile={model}")
    assert isinstance(tcp, Tcp)
    assert isinstance(file, File)
    assert (tcp.width, tcp.dots, tcp.ack) == (width, dots, asked)
    assert (file.width, file.dots) == (width, dots)


def test_the_table_says_only_what_the_capability_database_can_print() -> None:
    for name, model in OURS.items():
        assert model.name == name
        assert model.prints_images
        assert profile_of(name) == (model.profile, model)
    assert [name for name, model in OURS.items() if not model.cuts] == ["XP-58"]
    assert {name for name, model in OURS.items() if not model.answers} == {"XP-58"}


def test_ack_none_in_the_url_silences_any_model_and_nothing_else_may_be_said() -> None:
    quiet = parse("tcp://h?profile=XP-80&ack=none")
    assert isinstance(quiet, Tcp) and not quiet.ack
    with pytest.raises(BadAddress):
        parse("tcp://h?profile=XP-58&ack=yes")


@pytest.mark.parametrize("model", sorted(OURS))
def test_only_a_model_with_a_cutter_is_told_to_cut_and_the_others_feed_far_enough(
    model: str,
) -> None:
    # Black all over: no byte of the image can be taken for a command.
    dots = OURS[model].dots or 0
    told = encode(Image.new("1", (dots, 200), 0), model)
    assert any(cut in told for cut in CUTS) == OURS[model].cuts
    after = told[told.rindex(b"\xff") + 1 :]
    assert after.startswith(b"\x1bd")
    assert after[2] * 30 / 8 >= 20  # lines of 30 dots, 8 to the mm: past any tear bar


def test_a_model_that_never_answers_says_sent_and_waits_for_nothing(printer: TcpPrinter) -> None:
    printer.says_nothing = True
    outcome = send(SLIP, at(printer, "XP-58"), QUICK)
    assert not outcome.confirmed
    assert check(at(printer, "XP-58"), QUICK) is False
    assert b"\x10\x04" not in printer.received
    assert b"\x1dr" not in printer.received


def test_a_model_that_answers_is_asked_and_confirms(printer: TcpPrinter) -> None:
    printer.near_end_after = True
    outcome = send(SLIP, at(printer, "XP-80"), QUICK)
    assert (outcome.confirmed, outcome.near_end) == (True, True)


def test_an_answer_missing_from_a_model_that_should_give_one_leaves_the_slip_uncertain(
    printer: TcpPrinter,
) -> None:
    printer.confirms = False
    with pytest.raises(PrinterError) as failed:
        send(SLIP, at(printer, "XP-80"), QUICK)
    assert failed.value.sent


def test_who_sets_up_a_printer_chooses_from_ours_first_and_each_choice_is_taken() -> None:
    models = to_choose()
    assert [model.name for model in models[: len(OURS)]] == list(OURS)
    assert len({model.name for model in models}) == len(models) >= 30
    for model in models:
        parse(f"tcp://h?profile={model.name}")
    assert model_of("TM-T2000") is None
