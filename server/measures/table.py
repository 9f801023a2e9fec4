"""Reads a table out of a workbook or a document that somebody brings."""

import io
import unicodedata
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from itertools import chain
from typing import Any

import docx
import openpyxl

from server.domain.measure_table import MOST_COLUMNS, MOST_ROWS, Table, guessed, table_of
from server.domain.refusals import BadField
from server.domain.thai import BE_AHEAD
from server.measures.evidence import kind_of

LARGEST_TABLE = 2 * 1024 * 1024
MOST_UNPACKED = 12 * 1024 * 1024
MOST_LINES = MOST_ROWS + 30  # titles above the table's head
OFTEN_ENOUGH = 2  # headings by which a table of a document is known
DECLARATIONS = tuple(
    mark.encode(coding)
    for mark in ("<!DOCTYPE", "<!ENTITY")
    for coding in ("utf-8", "utf-16-le", "utf-16-be")
)
ENCRYPTED = 1
FIRST_BE = 2400  # a year typed into a spreadsheet's date as if it were of the common era


def read_table(data: bytes) -> Table:
    """The first table with a known heading, else the first. Raises `BadField` on `table`.

    Formulas are the text that they are. The zip's own sizes bound what is unpacked.
    """
    if len(data) > LARGEST_TABLE:
        raise BadField(table="file_too_large")
    kind = kind_of(data)
    if kind not in ("xlsx", "docx"):
        raise BadField(table="table_kind")
    _refuse_bombs(data)
    try:
        tables = list(_sheets(data) if kind == "xlsx" else _tables(data))
    except BadField:
        raise
    except Exception:  # the libraries raise whatever a damaged file makes them
        raise BadField(table="table_kind") from None
    known = (t for t in tables if any(len(guessed(line)) >= OFTEN_ENOUGH for line in t))
    filled = (t for t in tables if sum(any(line) for line in t) > 1)
    return table_of(next(chain(known, filled), []))


def _refuse_bombs(data: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            infos = packed.infolist()
            if any(info.flag_bits & ENCRYPTED for info in infos):
                raise BadField(table="table_kind")
            if sum(info.file_size for info in infos) > MOST_UNPACKED:
                raise BadField(table="table_large")
            for info in infos:
                if info.filename.endswith((".xml", ".rels")):
                    text = packed.read(info)
                    if any(mark in text for mark in DECLARATIONS):
                        raise BadField(table="table_kind")
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, ValueError):
        raise BadField(table="table_kind") from None


def _sheets(data: bytes) -> Iterator[list[list[str]]]:
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
    for sheet in book.worksheets:
        if sheet.sheet_state == "visible":
            sheet.reset_dimensions()  # what the file says of its size may be anything
            rows = sheet.iter_rows(
                max_row=MOST_LINES + 1, max_col=MOST_COLUMNS + 1, values_only=True
            )
            yield _within([[_cell(value) for value in row] for row in rows])


def _tables(data: bytes) -> Iterator[list[list[str]]]:
    for table in docx.Document(io.BytesIO(data)).tables:
        rows = table.rows
        if len(rows) > MOST_LINES or len(table.columns) > MOST_COLUMNS:
            raise BadField(table="table_large")
        yield _within([[_plain(cell.text) for cell in row.cells] for row in rows])


def _within(lines: list[list[str]]) -> list[list[str]]:
    """Without empty columns at the right."""
    wide = max((at + 1 for line in lines for at, cell in enumerate(line) if cell), default=0)
    return [line[:wide] for line in lines]


def _cell(value: Any) -> str:
    if isinstance(value, date | datetime):
        year = value.year if value.year >= FIRST_BE else value.year + BE_AHEAD
        return f"{value.day}/{value.month}/{year}"
    if isinstance(value, float):
        return f"{value:g}"
    return "" if value is None else _plain(str(value))


def _plain(text: str) -> str:
    """Without control characters, which neither people nor pages see."""
    lines = text.replace("_x000D_", "").replace("\v", "\n").replace("\r", "\n")
    return "".join(c for c in lines if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs"))
