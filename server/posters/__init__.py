"""What hangs so that visitors rate: posters of office and mobile points, cards of counters."""

import json
import re
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from threading import Lock

import fontpkg_sarabun
import typst

from printers.qr import code_for
from server.domain.questionnaire import Questionnaire
from server.domain.settings import Settings, Words
from server.domain.shown import Counter

HERE = Path(__file__).parent
ICONS = HERE.parent / "static" / "icons.svg"
ANY_LENGTH = 10**6  # dots: on such paper the code's error correction never gives way
_FACE = re.compile(r'<symbol id="f-([1-5])" viewBox="([^"]+)">(.*?)</symbol>')
_LOOK = 'fill="none" stroke="#1c4e8a" stroke-width="2" stroke-linecap="round"'


@dataclass(frozen=True, slots=True)
class Said:
    """The sentences of the paper, both languages of each; `wifi` is empty where any network will
    do, `simulated` where the office is a real one."""

    title: str
    label: Words
    scan: Words
    once: Words
    wifi: Words
    simulated: Words


@dataclass(frozen=True, slots=True)
class Away:
    """A mobile service point: its name, and when it is there, in words by language."""

    name: str
    days: dict[str, str]


def facts_for(
    settings: Settings,
    asked: Questionnaire,
    url: str,
    said: Said,
    *,
    counter: Counter | None = None,
    away: Away | None = None,
) -> str:
    """What `poster.typ` is told, as JSON. `url` is what the QR holds."""
    code = code_for(url, ANY_LENGTH)
    assert code is not None  # an address that ends with a token is short
    facts = {
        **asdict(said),
        "office": settings.office.name,
        "question": asked.one_tap.question,
        "counter": counter and {"number": counter.number, "name": counter.name},
        "away": away and asdict(away),
        "faces": [
            {"svg": _faces()[level.score], "th": level.th, "en": level.en}
            for level in sorted(asked.levels, key=lambda one: -one.score)
        ],
        "qr": code.as_svg(),
        "modules": len(code.matrix),
    }
    return json.dumps(facts, default=Words.model_dump)


def pdf(facts: str) -> bytes:
    """The paper as PDF: A6 for a counter, A4 for the office or a mobile point."""
    return _press().pdf(facts)


class _Press:
    """A warm compiler. Compilers are not for two threads at once, hence the lock."""

    def __init__(self) -> None:
        fonts = typst.Fonts(
            include_system_fonts=False,
            include_embedded_fonts=False,
            font_paths=[str(fontpkg_sarabun.ROOT / "files")],
        )
        main = str(HERE / "poster.typ")
        self._compiler = typst.Compiler(main, root=str(HERE), font_paths=fonts)
        self._lock = Lock()

    def pdf(self, data: str) -> bytes:
        with self._lock:
            made = self._compiler.compile(format="pdf", sys_inputs={"data": data})
        assert isinstance(made, bytes)
        return made


_press = cache(_Press)


@cache
def _faces() -> dict[int, str]:
    """The faces of the screens, each as an SVG of its own."""
    text = ICONS.read_text("utf-8")
    return {
        int(score): f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}" {_LOOK}>{marks}</svg>'
        for score, box, marks in _FACE.findall(text)
    }
