"""Typst, kept warm: a layout and a ticket's facts become dots."""

import threading
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any

import fontpkg_sarabun
import typst
from PIL import Image

PPI = 203.2
"""8 dots per millimetre, as nearly all slip printers have."""

TEMPLATES = Path(__file__).parent / "templates"
LAYOUT = "layout.typ"
"""Khiu's own layout; it finds `slip.typ` beside it, as an office's does."""

WARM = 8  # compilers kept; one takes some 40 MB

_NOWHERE = "/dev/null/packages"  # a layout takes no packages: they would come from the internet
_WHITE = 128  # of 255


class NotOnePage(ValueError):
    """A slip is one page; this layout gave several."""


class Press:
    """A warm compiler for one layout; the empty text is Khiu's own.

    Compilers are not for two threads at once, hence the lock.
    """

    def __init__(self, layout: str = "") -> None:
        fonts = typst.Fonts(
            include_system_fonts=False,
            include_embedded_fonts=False,
            font_paths=[str(fontpkg_sarabun.ROOT / "files")],
        )
        # As text or as a path; Typst's stubs want it to be known which.
        self._main: Any = layout.encode() if layout else TEMPLATES / LAYOUT
        self._compiler = typst.Compiler(
            root=str(TEMPLATES),
            font_paths=fonts,
            package_path=_NOWHERE,
            package_cache_path=_NOWHERE,
        )
        self._lock = threading.Lock()

    def image(self, data: str) -> Image.Image:
        """The page as a 1-bit image (0 is black). Raises `TypstError`, `NotOnePage`."""
        with self._lock:
            page = self._compiler.compile(
                self._main, format="png", ppi=PPI, sys_inputs={"data": data}
            )
        if not isinstance(page, bytes):
            raise NotOnePage("a slip is one page")
        with Image.open(BytesIO(page)) as drawn:
            return drawn.convert("L").point(lambda grey: 255 * (grey >= _WHITE), "1")


@lru_cache(WARM)
def press_of(layout: str = "", dots: int = 0) -> Press:
    """The warm compiler of a layout, one for each width so that two printers need not wait."""
    del dots
    return Press(layout)
