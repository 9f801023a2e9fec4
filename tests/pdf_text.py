"""The words of a PDF as readers copy them: where text says what it stands for (`ActualText`), that.

Thai letters are drawn by several glyphs each, so Typst says what they are; pypdf alone would give
the glyphs.
"""

import re
from io import BytesIO
from typing import Any

from pypdf import PageObject, PdfReader
from pypdf.generic import ContentStream

# Typst 0.15 says a letter with its marks twice where one of these is raised: ครั้รั้ง.
_TWICE = re.compile(r"([ก-ฮ][ัิีึืำ][่้๊๋])\1")
_PAIR = re.compile(r"<([0-9A-Fa-f]+)> <([0-9A-Fa-f]+)>")


def pages(pdf: bytes) -> list[str]:
    """Of each page, without any space."""
    reader = PdfReader(BytesIO(pdf))
    return [_TWICE.sub(r"\1", "".join(_text(page, reader).split())) for page in reader.pages]


def headings(pdf: bytes) -> list[str]:
    """The outline's, all levels."""

    def named(found: Any) -> list[str]:
        if isinstance(found, list):
            return [name for one in found for name in named(one)]
        return [str(found.title)]

    return named(PdfReader(BytesIO(pdf)).outline)


def _text(page: PageObject, reader: PdfReader) -> str:
    fonts = {name: _letters(font.get_object()) for name, font in _fonts(page).items()}
    contents = page.get_contents()
    assert contents is not None
    said: list[str] = []
    letters: dict[int, str] = {}
    inside: list[bool] = []  # whether each marked part says its own words
    for operands, operator in ContentStream(contents, reader).operations:
        if operator == b"Tf":
            letters = fonts[operands[0]]
        elif operator in (b"BDC", b"BMC"):
            facts = operands[1] if operator == b"BDC" else None
            words = facts.get("/ActualText") if isinstance(facts, dict) else None
            inside.append(words is not None)
            if words is not None:
                said.append(str(words))
        elif operator == b"EMC":
            inside.pop()
        elif operator in (b"Tj", b"TJ") and not any(inside):
            said.append(_shown(operands[0], letters))
    return "".join(said)


def _fonts(page: PageObject) -> dict[str, Any]:
    resources: Any = page["/Resources"].get_object()
    return dict(resources.get("/Font", {}))


def _shown(shown: Any, letters: dict[int, str]) -> str:
    parts = shown if isinstance(shown, list) else [shown]
    text = ""
    for part in parts:
        raw = getattr(part, "original_bytes", None)
        if raw is not None:
            glyphs = (int.from_bytes(raw[at : at + 2]) for at in range(0, len(raw), 2))
            text += "".join(letters.get(glyph, "") for glyph in glyphs)
    return text


def _letters(font: Any) -> dict[int, str]:
    """What each glyph stands for where nothing else is said."""
    table = font["/ToUnicode"].get_object().get_data().decode("latin-1")
    found = {}
    for glyph, letters in _PAIR.findall(table.partition("endcodespacerange")[2]):
        found[int(glyph, 16)] = bytes.fromhex(letters).decode("utf-16-be")
    return found
