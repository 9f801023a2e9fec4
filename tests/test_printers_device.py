"""Slips to device nodes and files."""

import fcntl
import os
from pathlib import Path

import pytest

from printers.raster import encode
from printers.send import Limits, Outcome, PrinterError, check, send
from printers.typeset import typeset
from tests.test_printers_typeset import EN, TH

SOON = Limits(stall=0.2, total=5)


def failure(url: str) -> tuple[str, bool]:
    with pytest.raises(PrinterError) as failed:
        send(TH, url, SOON)
    return failed.value.reason, failed.value.sent


def test_a_file_gathers_the_bytes_of_all_slips(tmp_path: Path) -> None:
    url = f"file://{tmp_path}/slips?profile=POS-5890"
    assert send(TH, url) == Outcome(confirmed=False)
    send(EN, url)
    slips = [encode(typeset(slip, 384), "POS-5890") for slip in (TH, EN)]
    assert (tmp_path / "slips").read_bytes() == b"".join(slips)
    check(url)


def test_a_missing_device_is_unreachable_and_no_file_takes_its_place() -> None:
    assert failure("file:///dev/khiu-no-printer") == ("unreachable", False)
    with pytest.raises(PrinterError):
        check("file:///dev/khiu-no-printer")
    assert not Path("/dev/khiu-no-printer").exists()


def test_a_device_that_has_no_room_is_out_of_paper() -> None:
    assert failure("file:///dev/full") == ("paper_out", False)


def test_a_device_that_nobody_serves_is_unreachable(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "lp0")
    assert failure(f"file://{tmp_path}/lp0") == ("unreachable", False)


def test_a_device_that_takes_no_more_bytes_is_given_up(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "lp0")
    idle = os.open(tmp_path / "lp0", os.O_RDONLY | os.O_NONBLOCK)
    fcntl.fcntl(idle, fcntl.F_SETPIPE_SZ, 4096)
    assert failure(f"file://{tmp_path}/lp0") == ("stalled", True)
    os.close(idle)


def test_a_device_gets_the_whole_slip(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "lp0")
    device = os.open(tmp_path / "lp0", os.O_RDONLY | os.O_NONBLOCK)
    assert send(TH, f"file://{tmp_path}/lp0", SOON) == Outcome(confirmed=False)
    assert os.read(device, 100_000) == encode(typeset(TH))
    os.close(device)
