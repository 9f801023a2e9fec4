"""How long a slip takes to the printer's first byte, and how large it gets; the floors are bare."""

import socket
import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image

from printers.outcome import Outcome
from printers.raster import WIRE_LIMIT, encode
from printers.send import deliver, laid_out
from printers.slip import Slip
from printers.typeset import typeset
from server.spool import Spool
from server.store.engine import Store
from server.store.migrate import migrate
from tests.office import Office
from tests.paper import TcpPrinter, tcp_printer

SLIPS = 60
PAPER_DOTS = {80: 576, 58: 384}
AN_EMPTY_IMAGE = b"\x1b@\x1dv0\0\x01\0\x01\0\0\x1dV\x01"
SLIP = Slip(
    number="A000",
    office="เทศบาลตำบลตัวอย่าง",
    service="ขออนุญาตประกอบกิจการที่เป็นอันตรายต่อสุขภาพ",
    url="http://192.0.2.1:8080/t/0000000000000000000000",
    date="วันจันทร์ที่ 16 มีนาคม 2569",
    time="10:24",
    language="th",
    ahead=4,
    likely_from="10:40",
    likely_to="11:00",
)
LONGEST = replace(
    SLIP,
    number="W1000",
    office="องค์การบริหารส่วนตำบลตัวอย่างที่มีชื่อยาวมาก" * 2,
    service="ขออนุญาตประกอบกิจการที่เป็นอันตรายต่อสุขภาพและสิ่งแวดล้อม" * 2,
    next_services=("ชำระค่าธรรมเนียมขยะ", "ลงทะเบียนเบี้ยยังชีพผู้สูงอายุ") * 3,
    documents=("บัตรประจำตัวประชาชนและสำเนาทะเบียนบ้านของผู้แจ้ง",) * 5,
    documents_left=4,
    wifi="Municipality-Free-Wi-Fi",
    reprint=True,
    demo=True,
    large=True,
)


def measure() -> list[tuple[str, str, str, str]]:
    """Rows of the table: what, ours, floor, ratio."""
    return [*_typeset(), _first_byte(), _size()]


def _typeset() -> list[tuple[str, str, str, str]]:
    took, floor = [], []
    for nth in range(SLIPS):
        slip = replace(SLIP, number=f"A{nth:03}", url=f"http://192.0.2.1:8080/t/{nth:022}")
        begun = time.perf_counter()
        data = encode(typeset(slip, PAPER_DOTS[80]), "default")
        took.append((time.perf_counter() - begun) * 1000)
        blank = Image.new("1", (PAPER_DOTS[80], len(data) // (PAPER_DOTS[80] // 8)), 1)
        begun = time.perf_counter()
        encode(blank, "default")
        floor.append((time.perf_counter() - begun) * 1000)
    ours, bare = statistics.median(took), statistics.median(floor)
    words = "slip typeset and encoded, median (ms)"
    return [
        (words, f"{ours:.0f}", f"{bare:.1f}", f"{ours / bare:.1f}"),
        ("the same, 99th percentile (ms)", f"{_p99(took):.0f}", "", ""),
    ]


def _first_byte() -> tuple[str, str, str, str]:
    """From the rendered slip to its first byte at the printer: connected, asked, written down."""
    rendered_at: list[float] = []

    def act(slip: Slip, url: str, *, begin: Callable[[], None]) -> Outcome:
        data = laid_out(slip, PAPER_DOTS[80], "TM-T20II")
        rendered_at.append(time.monotonic())
        return deliver(data, url, begin=begin)

    took, floor = [], []
    with TemporaryDirectory() as folder, tcp_printer() as printer:
        store = Store(f"sqlite:///{Path(folder) / 'khiu.db'}")
        migrate(store)
        office = Office(store, printer_url=printer.url)
        hands = Spool(store, office.clock, act, lambda: "http://khiu.test")
        for _ in range(SLIPS):
            office.issue()
            if not hands.print_one() or printer.first_byte_at is None:
                raise RuntimeError("no slip came out")
            took.append((printer.first_byte_at - rendered_at[-1]) * 1000)
            floor.append(_bare(printer))
        store.close()
    ours, bare = _p99(took), _p99(floor)
    words = "rendered slip to its first byte at the printer, 99th percentile (ms)"
    return words, f"{ours:.1f}", f"{bare:.1f}", f"{ours / bare:.1f}"


def _bare(printer: TcpPrinter) -> float:
    """A connection, and the first byte of an image at once (ms)."""
    before, begun = printer.ended, time.monotonic()
    with socket.create_connection(("127.0.0.1", printer.port)) as line:
        line.sendall(AN_EMPTY_IMAGE)
    while printer.ended == before:
        time.sleep(0.0005)
    assert printer.first_byte_at is not None
    return (printer.first_byte_at - begun) * 1000


def _size() -> tuple[str, str, str, str]:
    sizes = [
        len(encode(typeset(replace(LONGEST, language=language), dots), "default"))
        for dots in PAPER_DOTS.values()
        for language in ("th", "en")
    ]
    words = "largest slip on the wire: every text long, large print (bytes; at most)"
    return words, f"{max(sizes)}", f"{WIRE_LIMIT}", f"{max(sizes) / WIRE_LIMIT:.2f}"


def _p99(took: list[float]) -> float:
    return sorted(took)[int(len(took) * 0.99) - 1]
