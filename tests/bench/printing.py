"""How long a slip takes from its facts to the printer's bytes; the floor is an empty image."""

import statistics
import time

from PIL import Image

from printers.raster import encode
from printers.slip import Slip
from printers.typeset import typeset

SLIPS = 60
PAPER_DOTS = 576


def measure() -> list[tuple[str, str, str, str]]:
    """Rows of the table: what, ours, floor, ratio."""
    took, floor = [], []
    for nth in range(SLIPS):
        slip = Slip(
            number=f"A{nth:03}",
            office="เทศบาลตำบลตัวอย่าง",
            service="ขออนุญาตประกอบกิจการที่เป็นอันตรายต่อสุขภาพ",
            url=f"http://192.0.2.1:8080/t/{nth:022}",
            date="วันจันทร์ที่ 16 มีนาคม 2569",
            time="10:24",
            language="th",
            ahead=4,
            likely_from="10:40",
            likely_to="11:00",
        )
        begun = time.perf_counter()
        data = encode(typeset(slip, PAPER_DOTS), "default")
        took.append((time.perf_counter() - begun) * 1000)
        blank = Image.new("1", (PAPER_DOTS, len(data) // (PAPER_DOTS // 8)), 1)
        begun = time.perf_counter()
        encode(blank, "default")
        floor.append((time.perf_counter() - begun) * 1000)
    ours, bare = statistics.median(took), statistics.median(floor)
    worst = sorted(took)[int(SLIPS * 0.99) - 1]
    return [
        (
            "slip typeset and encoded, median (ms)",
            f"{ours:.0f}",
            f"{bare:.1f}",
            f"{ours / bare:.1f}",
        ),
        ("the same, 99th percentile (ms)", f"{worst:.0f}", "", ""),
    ]
