"""An office's own table of measures: which column is what, and what its rows say."""

import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from server.domain.measure import LONGEST, MeasureWish
from server.domain.refusals import BadField
from server.domain.thai_date import last_day_in
from server.domain.typed import KEPT_CONTROLS, UNSTORABLE, thai_repaired

MOST_ROWS, MOST_COLUMNS = 200, 20
MOST_TEXT = 100_000  # characters of the whole table
LIKELY = 2  # columns that are known by their heading make a row the table's head


class Column(StrEnum):
    FINDING = "finding"
    MEASURE = "measure"
    METHOD = "method"
    RESPONSIBLE = "responsible"
    PERIOD = "period"
    FOLLOW_UP = "follow_up"


# Words of headings; what is looked for first stands first: "การติดตามผลมาตรการ" is a follow-up.
HEADINGS = {
    Column.FOLLOW_UP: ("ติดตาม", "ผลการดำเนิน", "รายงานผล", "follow"),
    Column.RESPONSIBLE: ("รับผิดชอบ", "responsible", "owner"),
    Column.PERIOD: ("ระยะเวลา", "กำหนด", "วันที่", "เวลาดำเนิน", "period", "due"),
    Column.METHOD: ("วิธี", "ขั้นตอน", "method"),
    Column.FINDING: ("ประเด็น", "ปัญหา", "ข้อค้นพบ", "จุดอ่อน", "finding", "issue"),
    Column.MEASURE: ("มาตรการ", "แนวทาง", "กิจกรรม", "โครงการ", "measure"),
}


@dataclass(frozen=True, slots=True)
class Table:
    """Every row has as many cells as there are headings."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def text(self) -> str:
        """As a form carries it to the next page."""
        return json.dumps([self.headings, *self.rows], ensure_ascii=False)

    @classmethod
    def read(cls, text: str) -> "Table":
        """Raises `BadField`."""
        try:
            lines = json.loads(text)
            return table_of([[plain(str(cell)) for cell in line] for line in lines])
        except (ValueError, TypeError, RecursionError):
            raise BadField(table="table_none") from None


def plain(text: str) -> str:
    """Without control characters and halves of surrogate pairs, which nobody sees or can keep."""
    lines = text.replace("_x000D_", "").replace("\v", "\n").replace("\r", "\n")
    return "".join(
        c for c in lines if c in KEPT_CONTROLS or unicodedata.category(c) not in UNSTORABLE
    )


def table_of(lines: Sequence[Sequence[str]]) -> Table:
    """Its head is the first row that looks like one, else the first. Raises `BadField`."""
    every = [[thai_repaired(cell).strip() for cell in line] for line in lines]
    kept = [line for line in every if any(line)]
    at = next((at for at, line in enumerate(kept) if len(guessed(line)) >= LIKELY), 0)
    head, rows = (kept[at], kept[at + 1 :]) if kept else ([], [])
    if not rows:
        raise BadField(table="table_none")
    wide = max(len(line) for line in (head, *rows))
    text = sum(len(cell) for line in (head, *rows) for cell in line)
    if len(rows) > MOST_ROWS or wide > MOST_COLUMNS or text > MOST_TEXT:
        raise BadField(table="table_large")
    return Table(_wide(head, wide), tuple(_wide(row, wide) for row in rows))


def _wide(line: Sequence[str], cells: int) -> tuple[str, ...]:
    return (*line, *[""] * (cells - len(line)))


def guessed(headings: Sequence[str]) -> dict[Column, int]:
    """Which column (from 0) each is, as far as the headings tell; none stands for two."""
    found: dict[Column, int] = {}
    for column, words in HEADINGS.items():
        for at, heading in enumerate(headings):
            named = any(word in heading.lower() for word in words)
            if named and at not in found.values():
                found[column] = at
                break
    return found


@dataclass(frozen=True, slots=True)
class Read:
    """A finding of the table, and its measures."""

    body: str
    measures: tuple[MeasureWish, ...]


def read_rows(table: Table, columns: Mapping[Column, int]) -> list[Read]:
    """Rows of one finding may leave it out, or repeat it, as merged cells do.

    Raises `BadField`: nothing of a table is taken when one of its rows cannot be.
    """
    if not {Column.FINDING, Column.MEASURE} <= set(columns):
        raise BadField(table="no_finding_column")
    found: list[tuple[str, list[MeasureWish]]] = []
    for row in table.rows:
        cells = {column: row[at] for column, at in columns.items()}
        body = cells[Column.FINDING]
        if body and (not found or body != found[-1][0]):
            if len(body) > LONGEST["body"]:
                raise BadField(table="row_too_long")
            found.append((body, []))
        wish = _wish(cells)
        if wish is not None:
            if not found:
                raise BadField(table="row_no_finding")
            found[-1][1].append(wish)
    return [Read(body, tuple(measures)) for body, measures in found]


def _wish(cells: Mapping[Column, str]) -> MeasureWish | None:
    """None for a row that has no measure. How it is followed up is told with the method."""
    what, period = cells[Column.MEASURE], " ".join(cells.get(Column.PERIOD, "").split())
    if not what:
        return None
    followed = cells.get(Column.FOLLOW_UP, "")
    method = [cells.get(Column.METHOD, ""), f"การติดตามผล: {followed}" if followed else ""]
    wish = MeasureWish(
        what=what,
        method="\n".join(filter(None, method)),
        responsible=" ".join(cells.get(Column.RESPONSIBLE, "").split()),
        due=last_day_in(period[: LONGEST["due_words"]]),
        due_words=period,
    )
    told = {name: getattr(wish, name) for name in ("what", "method", "responsible", "due_words")}
    if any(len(text) > LONGEST[name] for name, text in told.items()):
        raise BadField(table="row_too_long")
    return wish
