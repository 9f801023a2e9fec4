"""report.pdf and its charts: laid out by Typst, whose compiler is kept warm."""

import json
from dataclasses import asdict
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any, Literal

import fontpkg_sarabun
import typst

from server.reporting.document import Chart, Document
from server.reporting.emblem import Emblem

_PPI = 200.0  # of pictures
TEMPLATES = Path(__file__).parent / "templates"
_NOWHERE = "/dev/null/packages"  # a template takes no packages: they would come from the internet


def pdf(told: Document, emblem: Emblem | None) -> bytes:
    """A4, with its outline."""
    facts = {**asdict(told), "emblem": emblem.svg if emblem else ""}
    return _press("report.typ").make("pdf", facts)


def png(chart: Chart) -> bytes:
    """A chart with its words, 16.5 cm wide."""
    return _press("picture.typ").make("png", asdict(chart))


class _Press:
    """Compilers are not for two threads at once, hence the lock."""

    def __init__(self, template: str) -> None:
        fonts = typst.Fonts(
            include_system_fonts=False,
            include_embedded_fonts=False,
            font_paths=[str(fontpkg_sarabun.ROOT / "files")],
        )
        self._compiler = typst.Compiler(
            str(TEMPLATES / template),
            root=str(TEMPLATES),
            font_paths=fonts,
            package_path=_NOWHERE,
            package_cache_path=_NOWHERE,
        )
        self._lock = Lock()

    def make(self, form: Literal["pdf", "png"], facts: dict[str, Any]) -> bytes:
        data = json.dumps(facts, ensure_ascii=False)
        with self._lock:
            made = self._compiler.compile(format=form, ppi=_PPI, sys_inputs={"data": data})
        assert isinstance(made, bytes)
        return made


_press = cache(_Press)
