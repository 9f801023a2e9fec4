"""report.xlsx: contract section 6's sheets, for people and programs alike."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from io import BytesIO
from typing import Any

import xlsxwriter

from server.domain.satisfaction import SatisfactionRow
from server.reporting.columns import (
    COMMENTS,
    HOURS,
    METHOD,
    MONTHS,
    SATISFACTION,
    SERVICES,
    SheetColumn,
)
from server.reporting.method import definitions
from server.reporting.teller import Teller

FONT = "Sarabun"
_HEADER = 255  # characters
FORMS = {
    "text": "@",
    "count": "#,##0",
    "decimal": "#,##0.0",
    "share": "0.0%",
    "yes": "General",
}
_WIDE = {"comment": 90, "definition": 110, "term": 34, "service_code": 26}


def workbook(t: Teller) -> bytes:
    """Two header rows, Thai and machine names; cells hold unrounded numbers, hidden ones none."""
    made = BytesIO()
    book = _Book(made, t)
    f = t.f
    book.add("services", SERVICES, map(asdict, f.services))
    book.add("months", MONTHS, ({"month": one.month, **asdict(one.figures)} for one in f.months))
    book.add("hours", HOURS, map(asdict, f.hours))
    book.add("satisfaction", SATISFACTION, map(_opinion, f.satisfaction))
    comments = ({**asdict(one), "comment": one.text} for one in f.comments)
    book.add("comments", COMMENTS, comments)
    told = ({"term": term, "definition": text} for term, text in definitions(t))
    book.add("method", METHOD, told)
    book.close()
    return made.getvalue()


def _opinion(row: SatisfactionRow) -> dict[str, Any]:
    also = row.with_flagged
    told = {"with_flagged_n": also and also.n, "with_flagged_top2": also and also.top2}
    return asdict(row) | told


class _Book:
    def __init__(self, made: BytesIO, t: Teller) -> None:
        # What residents wrote may begin with = or hold an address: it stays text.
        options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        self._book, self._t = xlsxwriter.Workbook(made, options), t
        self._mark = " · ".join(t.marks)
        self._book.set_properties(
            {"title": t.say("reporting.title", period=t.period), "company": t.office}
            | {"comments": self._mark, "created": t.f.made_at.replace(tzinfo=None)}
        )
        look = {"font_name": FONT, "font_size": 11, "valign": "top"}
        head = look | {"bold": True, "text_wrap": True, "bg_color": "#E7EEF7", "bottom": 1}
        self._head = self._book.add_format(head)
        self._names = self._book.add_format(look | {"font_color": "#4A5662", "bottom": 1})
        self._form = {
            form: self._book.add_format(look | {"num_format": shown, "text_wrap": form == "text"})
            for form, shown in FORMS.items()
        }

    def add(
        self, name: str, columns: Sequence[SheetColumn], rows: Iterable[dict[str, Any]]
    ) -> None:
        sheet = self._book.add_worksheet(name)
        for at, column in enumerate(columns):
            words = self._t.say(column.words)
            if at == 0 and self._mark:  # a row of its own would move the rows that programs read
                words = f"{self._mark} · {words}"
            sheet.write_string(0, at, words, self._head)
            sheet.write_string(1, at, column.name, self._names)
            sheet.set_column(at, at, _WIDE.get(column.name, 16))
        for line, row in enumerate(rows, start=2):
            for at, column in enumerate(columns):
                self._write(sheet, line, at, row[column.name], column)
        sheet.freeze_panes(2, 1)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.repeat_rows(0, 1)
        sheet.fit_to_pages(1, 0)
        sheet.set_header(self._running())
        sheet.set_footer("&C&P / &N")

    def _write(self, sheet: Any, line: int, at: int, value: Any, column: SheetColumn) -> None:
        form = self._form[column.form]
        if value is None:
            sheet.write_blank(line, at, None, form)
        elif column.form == "yes":
            sheet.write_boolean(line, at, value, form)
        elif column.form == "text":
            sheet.write_string(line, at, value, form)
        else:
            sheet.write_number(line, at, value, form)

    def _running(self) -> str:
        """The head of each page; Excel takes no longer one, so a long office name is cut."""
        rest, office = f" · {self._t.period}&R{self._mark}", self._t.office
        while len(line := f"&L{office.replace('&', '&&')}{rest}") > _HEADER:
            office = office[:-2].rstrip() + "…"
        return line

    def close(self) -> None:
        self._book.close()
