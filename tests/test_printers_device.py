"""Slips to device nodes and files."""

import fcntl
import os
import select
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from printers.delivery import deliver
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
    whole, came = encode(typeset(TH)), b""
    with ThreadPoolExecutor(1) as pool:
        slip = pool.submit(send, TH, f"file://{tmp_path}/lp0")
        while len(came) < len(whole) and select.select([device], [], [], 10)[0]:
            came += os.read(device, 100_000)
        assert slip.result() == Outcome(confirmed=False)
    assert came == whole
    os.close(device)


BLOCK = 4096


@pytest.fixture
def one_block(tmp_path: Path) -> Iterator[tuple[str, int]]:
    """A node like the kernel's usblp: it takes one block at once, and says that it can be written
    to again only when that is through. What reads there, too."""
    os.mkfifo(tmp_path / "lp0")
    device = os.open(tmp_path / "lp0", os.O_RDONLY | os.O_NONBLOCK)
    fcntl.fcntl(device, fcntl.F_SETPIPE_SZ, BLOCK)
    yield f"file://{tmp_path}/lp0", device
    os.close(device)


def test_a_device_is_closed_only_when_the_last_bytes_are_through(
    one_block: tuple[str, int],
) -> None:
    url, device = one_block
    with ThreadPoolExecutor(1) as pool:
        slip = pool.submit(deliver, b"\0" * (2 * BLOCK), url)
        for _ in range(2):
            select.select([device], [], [])
            assert not slip.done()
            os.read(device, BLOCK)
        assert slip.result() == Outcome(confirmed=False)


def test_a_device_that_keeps_the_end_of_a_slip_to_itself_leaves_it_uncertain(
    one_block: tuple[str, int],
) -> None:
    with pytest.raises(PrinterError) as failed:
        deliver(b"\0" * BLOCK, one_block[0], SOON)
    assert (failed.value.reason, failed.value.sent) == ("stalled", True)
