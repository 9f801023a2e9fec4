"""Reads a table out of a workbook or a document that somebody brings."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

from server.domain.measure_table import (
    MOST_COLUMNS,
    MOST_ROWS,
    MOST_TEXT,
    Table,
    guessed,
    plain,
    table_of,
)
from server.domain.refusals import BadField
from server.domain.thai import BE_AHEAD
from server.measures.evidence import kind_of

LARGEST_TABLE = 2 * 1024 * 1024
MOST_UNPACKED = 12 * 1024 * 1024
MOST_LINES = MOST_ROWS + 30  # titles above the table's head
OFTEN_ENOUGH = 2  # headings by which a table of a document is known
MOST_TABLES = 50  # sheets of a workbook, tables of a document
DECLARATIONS = (b"<!DOCTYPE", b"<!ENTITY")
A_SHEET = re.compile(rb"<(?:\w+:)?sheet\s")  # how a workbook names each of its sheets
PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # others may ask for gigabytes to unpack
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
        return table_of(_chosen(_sheets(data) if kind == "xlsx" else _tables(data)))
    except BadField:
        raise
    except Exception:  # the libraries raise whatever a damaged file makes them
        raise BadField(table="table_kind") from None


def _chosen(tables: Iterable[list[list[str]]]) -> list[list[str]]:
    """None is read behind the first that is known."""
    filled: list[list[str]] = []
    for table in tables:
        if any(len(guessed(line)) >= OFTEN_ENOUGH for line in table):
            return table
        if not filled and sum(any(line) for line in table) > 1:
            filled = table
    return filled


def _refuse_bombs(data: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            infos = packed.infolist()
            if any(i.flag_bits & ENCRYPTED or i.compress_type not in PACKINGS for i in infos):
                raise BadField(table="table_kind")
            if sum(info.file_size for info in infos) > MOST_UNPACKED:
                raise BadField(table="table_large")
            for info in infos:
                text = packed.read(info).replace(b"\0", b"")  # UTF-16 reads as the rest does
                if any(mark in text for mark in DECLARATIONS):
                    raise BadField(table="table_kind")
                if len(A_SHEET.findall(text)) > MOST_TABLES:
                    raise BadField(table="table_large")
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError):
        raise BadField(table="table_kind") from None


def _sheets(data: bytes) -> Iterator[list[list[str]]]:
    import openpyxl  # noqa: PLC0415 - a second to load, and few bring a table

    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
    if len(book.worksheets) > MOST_TABLES:
        raise BadField(table="table_large")
    for sheet in book.worksheets:
        if sheet.sheet_state == "visible":
            sheet.reset_dimensions()  # what the file says of its size may be anything
            rows = sheet.iter_rows(
                max_row=MOST_LINES + 1, max_col=MOST_COLUMNS + 1, values_only=True
            )
            yield _lines((_cell(value) for value in row) for row in rows)


def _tables(data: bytes) -> Iterator[list[list[str]]]:
    import docx  # noqa: PLC0415 - as slow to load

    tables = docx.Document(io.BytesIO(data)).tables
    if len(tables) > MOST_TABLES:
        raise BadField(table="table_large")
    for table in tables:
        rows = [row._tr for row in table.rows]
        wide = max((sum(max(1, tc.grid_span) for tc in tr.tc_lst) for tr in rows), default=0)
        if len(rows) > MOST_LINES or max(wide, len(table.columns)) > MOST_COLUMNS:
            raise BadField(table="table_large")
        yield _lines(_merged(rows))


def _merged(rows: Iterable[Any]) -> Iterator[list[str]]:
    """Each row's texts, of merged cells in every place they cover.

    Not the library's `row.cells`: it climbs from each cell to the top of a merged column.
    """
    above: list[str] = []
    for tr in rows:
        line: list[str] = []
        for tc in tr.tc_lst:
            at = len(line)
            goes_on = tc.vMerge == "continue" and at < len(above)
            text = above[at] if goes_on else "\n".join(one.text for one in tc.p_lst)
            line += [text] * max(1, tc.grid_span)
        yield line
        above = line


def _lines(rows: Iterable[Iterable[str]]) -> list[list[str]]:
    """Cleaned, and without empty columns at the right. Raises `BadField` above `MOST_TEXT`:
    one long text may be told in thousands of cells."""
    left, found = MOST_TEXT, []
    for row in rows:
        line = []
        for text in row:
            left -= len(text)
            if left < 0:
                raise BadField(table="table_large")
            line.append(plain(text))
        found.append(line)
    wide = max((at + 1 for line in found for at, cell in enumerate(line) if cell), default=0)
    return [line[:wide] for line in found]


def _cell(value: Any) -> str:
    if isinstance(value, date | datetime):
        year = value.year if value.year >= FIRST_BE else value.year + BE_AHEAD
        return f"{value.day}/{value.month}/{year}"
    if isinstance(value, float):
        return f"{value:g}"
    return "" if value is None else str(value)
