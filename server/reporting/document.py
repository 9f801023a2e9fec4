"""What a report says, page by page: PDF and DOCX lay out the same words."""

from dataclasses import dataclass
from typing import Literal

Tone = Literal["dark", "light", "quiet"]


@dataclass(frozen=True, slots=True)
class Text:
    """`kind`: head (within a section), plain, note (small print), notice (in a box)."""

    kind: Literal["head", "plain", "note", "notice"]
    text: str


@dataclass(frozen=True, slots=True)
class Point:
    """One of a numbered list; `head` in bold before it."""

    head: str
    text: str


@dataclass(frozen=True, slots=True)
class Points:
    points: tuple[Point, ...]
    kind: Literal["points"] = "points"


@dataclass(frozen=True, slots=True)
class Tile:
    """One figure of the summary. `range`: how sure it is, or what it is set against."""

    label: str
    value: str
    unit: str
    range: str


@dataclass(frozen=True, slots=True)
class Tiles:
    tiles: tuple[Tile, ...]
    kind: Literal["tiles"] = "tiles"


@dataclass(frozen=True, slots=True)
class Column:
    """`width`: in cm; 0 shares what is left. `number`: set to the right."""

    head: str
    width: float = 0
    number: bool = True


@dataclass(frozen=True, slots=True)
class Table:
    """`totals`: how many rows at the end sum up the others. `over`: what is said above the heads,
    again on each page that the table is on."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    totals: int = 0
    over: str = ""
    kind: Literal["table"] = "table"


@dataclass(frozen=True, slots=True)
class Label:
    """Words on a chart, in its own units; they are set by whoever lays out the page."""

    x: float
    y: float
    at: Literal["left", "center", "right"]
    tone: Tone
    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    """`svg` has shapes only: letters in SVG are shaped elsewhere and break น้ำ. `alt` says it."""

    svg: str
    width: float
    height: float
    alt: str
    labels: tuple[Label, ...]
    kind: Literal["chart"] = "chart"


Block = Text | Points | Tiles | Table | Chart


@dataclass(frozen=True, slots=True)
class Section:
    """`begins_page`: else it follows where there is room."""

    head: str
    blocks: tuple[Block, ...]
    begins_page: bool = True


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the memo's head: a bold label, and the value on its dotted line."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Signature:
    title: str
    name: str
    position: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """`items`: numbered ones, further in."""

    text: str
    items: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Memo:
    """บันทึกข้อความ. `lines`: unit; number and date, which share a line; subject."""

    title: str
    unit: Line
    number: Line
    date: Line
    subject: Line
    to: Line
    paragraphs: tuple[Paragraph, ...]
    closing: str
    signer: Signature
    orders: tuple[Signature, ...]
    circulate: Line
    divisions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """`running`: at the head of each page; `mark`: beside it, also on the memo, where the figures
    are simulated or not for everybody; `page`: the word before the page's number; `code`: kept in
    Arabic digits; `thai`: whether all others are Thai ones."""

    title: str
    office: str
    running: str
    mark: str
    page: str
    memo: Memo
    sections: tuple[Section, ...]
    code_label: str
    code_name: str
    code: str
    thai: bool
