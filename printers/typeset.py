"""A slip as an image: black and white dots, typeset by Typst."""

import json
import re
import threading
import unicodedata
from functools import cache
from io import BytesIO
from pathlib import Path

import fontpkg_sarabun
import typst
from PIL import Image

from printers.address import LAYOUTS
from printers.qr import code_for
from printers.raster import WIRE_LIMIT
from printers.slip import Slip

PPI = 203.2
"""8 dots per millimetre, as nearly all slip printers have."""

TEMPLATES = Path(__file__).parent / "templates"

_MAIN = dict(zip(LAYOUTS, ("slip-80.typ", "slip-58.typ"), strict=True))
_NORMAL = (1, 0.85, 0.7, 0.55)
_LARGE = (1.35, 1.2, 1.1, *_NORMAL)
# Latin, Thai, punctuation, currency, arrows. Scripts that run leftwards would leave the paper.
_SARABUN = re.compile(
    "[ -~\u00a0-\u036f\u0e01-\u0e5b\u1e00-\u1eff"
    "\u200b-\u200d\u2010-\u2027\u2030-\u205e\u20a0-\u20bf\u2190-\u2193]"
)
_GAPS = ("Cc", "Zl", "Zp", "Zs")
_EDGE = 8  # dots: the margin is 16, so ink out here belongs to something that did not fit
_COMMANDS = 200  # bytes: what the wire carries beside the image

# The longest texts that are still a name, and what is left of them where even that is too much.
_LONGEST = {"office": 90, "service": 150, "date": 60, "time": 20, "wifi": 40}
_SHORTEST = {"office": 40, "service": 60, "date": 30, "time": 10, "wifi": 32}
_LATER_SERVICES, _LATER_SERVICE = 6, 60

# What may be broken anywhere where it would leave the paper. Not the number: it is narrowed.
_BREAKABLE = (*_LONGEST, "next_services", "ahead", "likely_from", "likely_to")


def typeset(slip: Slip, dots: int = LAYOUTS[0]) -> Image.Image:
    """The slip as a 1-bit image (0 is black), `dots` wide: 576 for 80 mm paper, 384 for 58 mm.

    Large print, and texts longer than any name, give way until the image fits the wire
    (`raster.WIRE_LIMIT`); the number's height never does. May be called from many threads.
    """
    scales = _LARGE if slip.large else _NORMAL
    fields = _fields(slip, dots)
    rows = (WIRE_LIMIT - _COMMANDS) // (dots // 8)
    for scale in scales:
        image = _within_edges(fields | {"scale": scale}, dots)
        if image.height <= rows:
            return image
    least = {name: _cut(str(fields[name]), length) for name, length in _SHORTEST.items()}
    return _within_edges(fields | least | {"next_services": [], "scale": scales[-1]}, dots)


def _fields(slip: Slip, dots: int) -> dict[str, object]:
    kept = slip.as_json()
    fields = {
        name: _clean(value) if isinstance(value, str) else value for name, value in kept.items()
    }
    fields |= {name: _cut(str(fields[name]), length) for name, length in _LONGEST.items()}
    later = slip.next_services[:_LATER_SERVICES]
    fields["next_services"] = [_cut(_clean(name), _LATER_SERVICE) for name in later]
    fields["ahead"] = None if slip.ahead is None else str(slip.ahead)
    code = code_for(slip.url, dots)
    del fields["url"]
    fields["qr"] = code and {"svg": code.as_svg(), "modules": len(code.matrix), "dots": code.dots}
    return fields


class _Press:
    """A warm compiler for one width. Compilers are not for two threads at once, hence the lock."""

    def __init__(self, dots: int) -> None:
        fonts = typst.Fonts(
            include_system_fonts=False,
            include_embedded_fonts=False,
            font_paths=[str(fontpkg_sarabun.ROOT / "files")],
        )
        main = str(TEMPLATES / _MAIN[dots])
        self._compiler = typst.Compiler(main, root=str(TEMPLATES), font_paths=fonts)
        self._lock = threading.Lock()

    def png(self, data: str) -> bytes:
        with self._lock:
            page = self._compiler.compile(format="png", ppi=PPI, sys_inputs={"data": data})
        if not isinstance(page, bytes):
            raise TypeError("a slip is one page")
        return page


_presses = cache(_Press)


def _within_edges(fields: dict[str, object], dots: int) -> Image.Image:
    image = _render(fields, dots)
    if _touches_edge(image):
        image = _render(fields | {name: _loosened(fields[name]) for name in _BREAKABLE}, dots)
    return image


def _render(fields: dict[str, object], dots: int) -> Image.Image:
    png = _presses(dots).png(json.dumps(fields))
    with Image.open(BytesIO(png)) as page:
        return page.convert("L").point(lambda grey: 255 * (grey >= 128), "1")  # noqa: PLR2004


def _touches_edge(image: Image.Image) -> bool:
    left, _, right, _ = image.point(lambda dot: 255 - dot).getbbox() or (_EDGE, 0, 0, 0)
    return left < _EDGE or right > image.width - _EDGE


def _clean(text: str) -> str:
    """One line of what Sarabun can draw; a box stands for any other character."""
    shown = (" " if unicodedata.category(c) in _GAPS else c for c in text)
    drawn = "".join(c if _SARABUN.fullmatch(c) else "\ufffd" for c in shown)
    return " ".join(_based(word) for word in drawn.split())


def _based(word: str) -> str:
    # A mark without a letter before it would hang out of the paper to the left.
    while word and (unicodedata.category(word[0]).startswith("M") or word[0] == "ำ"):
        word = word[1:]
    return word


def _cut(text: str, length: int) -> str:
    while length and len(text) > length and not _may_break(text, length):
        length -= 1
    return text if len(text) <= length else text[:length] + "…"


def _loosened(value: object) -> object:
    """Texts with leave to break within words, for those that no dictionary can break."""
    if isinstance(value, list):
        return [_loosened(part) for part in value]
    if not isinstance(value, str):
        return value
    marks = ("\u200b" if _may_break(value, i) else "" for i in range(len(value)))
    return "".join(mark + c for mark, c in zip(marks, value, strict=True))


def _may_break(text: str, at: int) -> bool:
    # Grapheme borders, near enough: marks and Thai vowels stay with the consonant they belong to.
    if at == 0:
        return False
    before, after = text[at - 1], text[at]
    return not (
        unicodedata.category(after).startswith(("M", "Cf", "Sk"))
        or after in "ะาำๅๆ"
        or before in "เแโใไ\u200d"
    )
