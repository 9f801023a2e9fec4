"""An office's own table of measures, from a workbook or a document: whole or not at all."""

import io
import zipfile
from datetime import date, datetime
from typing import Any

import docx
import openpyxl
import pytest

import server.measures.table
from server.domain.measure_table import Column, Read, Table, guessed, read_rows, table_of
from server.domain.refusals import BadField
from server.domain.roles import Role
from server.domain.thai_date import day_of, last_day_in
from server.measures.table import read_table
from tests.office import Office
from tests.pages import look, text_of
from tests.test_measures import BEFORE, WRITER

HEAD = ["ประเด็น", "มาตรการ", "วิธีดำเนินการ", "ผู้รับผิดชอบ", "ระยะเวลา", "การติดตามผล"]
ROWS = [
    ["รอนาน", "เปิดช่องเพิ่ม", "จัดเวร", "กองคลัง", "ต.ค. 68 – มี.ค. 69", "ทุกเดือน"],
    ["", "ติดป้าย", "", "สำนักปลัด", "", ""],
    ["ไม่ชัดเจน", "ทำคู่มือ", "=1+1", "กองช่าง", "ภายใน 30 ก.ย. 2569", ""],
]


def workbook(*lines: list[Any]) -> bytes:
    book, made = openpyxl.Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    for line in lines:
        sheet.append(line)
    book.save(made)
    return made.getvalue()


def document(*lines: list[str]) -> bytes:
    made, whole = io.BytesIO(), docx.Document()
    whole.add_paragraph("ตารางมาตรการ")
    table = whole.add_table(len(lines), len(lines[0]))
    for at, line in enumerate(lines):
        for cell, text in zip(table.rows[at].cells, line, strict=True):
            cell.text = text
    whole.save(made)
    return made.getvalue()


def damaged(data: bytes, name: str, text: bytes) -> bytes:
    """The zip with another part in it."""
    made = io.BytesIO(data)
    with zipfile.ZipFile(made, "a", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(name, text)
    return made.getvalue()


def nothing_in_it() -> bytes:
    """A zip with the names of a workbook's parts, and no workbook."""
    empty = io.BytesIO()
    zipfile.ZipFile(empty, "w").close()
    return damaged(damaged(empty.getvalue(), "[Content_Types].xml", b"<x"), "xl/workbook.xml", b"")


def spanning(cells: int) -> bytes:
    """A document whose first cell says that it is so wide."""
    made, whole = io.BytesIO(), docx.Document()
    whole.add_table(2, 2).rows[0].cells[0]._tc.grid_span = cells
    whole.save(made)
    return made.getvalue()


def torn() -> bytes:
    """A workbook one of whose parts cannot be unpacked."""
    whole = bytearray(damaged(workbook(HEAD, ROWS[0]), "torn.bin", b"x" * 100))
    whole[whole.index(b"torn.bin") + len(b"torn.bin")] = 0xFF
    return bytes(whole)


@pytest.mark.parametrize("made", [workbook, document])
def test_a_table_is_read_with_its_columns_known_by_their_headings(made: Any) -> None:
    title = ["แผนปฏิบัติการ ประจำปี 2569", "", "", "", "", ""]
    table = read_table(made(title, HEAD, *ROWS))
    columns = guessed(table.headings)
    assert columns == {column: at for at, column in enumerate(Column)}
    first, second = read_rows(table, columns)
    assert (first.body, [one.what for one in first.measures]) == ("รอนาน", ["เปิดช่องเพิ่ม", "ติดป้าย"])
    assert (first.measures[0].due, first.measures[0].due_words) == (date(2026, 3, 31), ROWS[0][4])
    assert first.measures[0].method == "จัดเวร\nการติดตามผล: ทุกเดือน"
    assert (second.measures[0].method, second.measures[0].due) == ("=1+1", date(2026, 9, 30))


def test_dates_and_numbers_of_a_workbook_become_text() -> None:
    table = read_table(workbook(HEAD, ["x", "y", 3.5, 7, datetime(2026, 3, 31), None]))
    assert table.rows == (("x", "y", "3.5", "7", "31/3/2569", ""),)


@pytest.mark.parametrize(
    ("data", "wrong"),
    [
        (b"x", "table_kind"),
        (b"%PDF-1.7", "table_kind"),
        (workbook(HEAD), "table_none"),
        (workbook(), "table_none"),
        (document(["", ""], ["", ""]), "table_none"),
        (workbook(HEAD, *[["x"] * 6] * 201), "table_large"),
        (workbook(["ประเด็น", "มาตรการ"] * 11, ["x"] * 22), "table_large"),
        (workbook(HEAD, ["ก" * 30_000] * 6), "table_large"),
        (damaged(workbook(HEAD, ROWS[0]), "xl/x.bin", bytes(13 * 1024 * 1024)), "table_large"),
        (damaged(workbook(HEAD, ROWS[0]), "x.xml", b"<!DOCTYPE a []><a/>"), "table_kind"),
        (damaged(workbook(HEAD, ROWS[0]), "xl/vbaProject.bin", b"x"), "table_kind"),
        (damaged(workbook(HEAD, ROWS[0]), "x.bin", b"<!ENTITY"), "table_kind"),
        (damaged(workbook(HEAD, ROWS[0]), "x.xml", "<!ENTITY".encode("utf-16")), "table_kind"),
        (damaged(workbook(HEAD, ROWS[0]), "x.xml", b"<sheet />" * 51), "table_large"),
        (spanning(1_000_000_000), "table_large"),
        (torn(), "table_kind"),
        (nothing_in_it(), "table_kind"),
        (workbook(HEAD, ROWS[0])[:-40], "table_kind"),
    ],
)
def test_what_is_no_table_or_too_much_is_refused(data: bytes, wrong: str) -> None:
    with pytest.raises(BadField) as refused:
        read_table(data)
    assert refused.value.fields == {"table": wrong}


def test_merged_cells_say_their_text_in_every_place_they_cover() -> None:
    made, whole = io.BytesIO(), docx.Document()
    table = whole.add_table(3, 3)
    for at, line in enumerate((HEAD[:3], ["รอนาน", "ก", ""], ["", "ข", "ค"])):
        for cell, text in zip(table.rows[at].cells, line, strict=True):
            cell.text = text
    table.cell(1, 0).merge(table.cell(2, 0))
    table.cell(1, 1).merge(table.cell(1, 2))
    whole.save(made)
    assert read_table(made.getvalue()).rows == (("รอนาน", "ก", "ก"), ("รอนาน", "ข", "ค"))


def test_no_sheet_behind_the_first_known_table_is_read() -> None:
    book, made = openpyxl.Workbook(), io.BytesIO()
    for line in (HEAD, ROWS[0]):
        book.worksheets[0].append(line)
    book.create_sheet().append(["ก" * 30_000] * 6)
    book.save(made)
    assert len(read_table(made.getvalue()).rows) == 1


def test_what_reads_files_is_loaded_with_the_first_file() -> None:
    """It takes a second, at each start of the server."""
    assert {"docx", "openpyxl"} & set(vars(server.measures.table)) == set()


def test_a_table_goes_whole_or_not_at_all() -> None:
    both = {Column.FINDING: 0, Column.MEASURE: 1}
    for rows, wrong in (
        ([["", "เปิดช่อง"]], "row_no_finding"),
        ([["ก", "ข"], ["ค", "ง" * 1001]], "row_too_long"),
    ):
        with pytest.raises(BadField) as refused:
            read_rows(table_of([["ประเด็น", "มาตรการ"], *rows]), both)
        assert refused.value.fields == {"table": wrong}
    with pytest.raises(BadField):
        read_rows(table_of([["a", "b"], ["x", "y"]]), {Column.FINDING: 0})


@pytest.mark.parametrize("text", ["", "[]", "{}", "[1]", "[[1],[2", "null", "[" * 100_000])
def test_a_table_that_a_form_tampered_with_is_refused(text: str) -> None:
    with pytest.raises(BadField):
        Table.read(text)


def test_what_cannot_be_kept_of_a_forms_table_is_left_out(small_office: Office) -> None:
    table = Table.read('[["ประเด็น", "มาตรการ"], ["a\\u0000b", "c\\ud800d"]]')
    assert table.rows == (("ab", "cd"),)
    with pytest.raises(BadField) as refused:
        small_office.rooms.measures.bring(BEFORE, [Read("a\0", ())], WRITER)
    assert refused.value.fields == {"body": "control_characters"}


def test_a_manager_brings_a_table_looks_and_takes_it(small_office: Office) -> None:
    client = small_office.signed_in(Role.MANAGER)
    look(client, "/measures/import")
    file = (io.BytesIO(workbook(["เรื่อง", *HEAD[1:]], *ROWS)), "แผน.xlsx")
    multipart = {"content_type": "multipart/form-data"}
    facts = {"half": BEFORE.key}
    shown = client.post("/measures/import", data={**facts, "table": file}, **multipart)
    assert (shown.status_code, shown.mimetype) == (200, "text/html")
    assert "จะนำเข้า 0 ประเด็น" in shown.text  # which column is the finding, nobody could guess
    assert small_office.rooms.measures.of_half(BEFORE) == []
    table = table_of([["เรื่อง", *HEAD[1:]], *ROWS]).text()
    chosen = {"table": table, **facts, "request_key": "k"}
    chosen |= {f"column_{at}": column for at, column in enumerate(Column)}
    wrong = {**chosen, "column_0": ""}
    assert client.post("/measures/import/take", data=wrong, **multipart).status_code == 422
    again = client.post("/measures/import/take", data={**chosen, "do": "check"}, **multipart)
    assert "จะนำเข้า 2 ประเด็น 3 มาตรการ" in again.text and again.mimetype == "text/html"
    for _ in range(2):  # a second press takes nothing twice
        answer = client.post("/measures/import/take", data=chosen, **multipart)
        assert answer.status_code == 303
    words = text_of(look(client, answer.headers["Location"]))
    assert "เปิดช่องเพิ่ม" in words and "31 มี.ค. 69" in words
    found = small_office.rooms.measures.of_half(BEFORE)
    assert [len(one.measures) for one in found] == [2, 1]


@pytest.mark.parametrize(
    ("text", "day", "last"),
    [
        ("31 มี.ค. 69", (2026, 3, 31), (2026, 3, 31)),
        ("๓๑ มีนาคม พ.ศ. ๒๕๖๙", (2026, 3, 31), (2026, 3, 31)),
        ("1.3.69", (2026, 3, 1), (2026, 3, 1)),
        ("2026-03-31", (2026, 3, 31), (2026, 3, 31)),
        ("31 ก.พ. 69", None, None),
        ("มีนาคม 2569", None, (2026, 3, 31)),
        ("ม.ค. - มิ.ย. 2569", None, (2026, 6, 30)),
        ("ปีงบประมาณ พ.ศ. 2569", None, (2026, 9, 30)),
        ("ครึ่งปีแรก ปีงบประมาณ พ.ศ. 2569", None, (2026, 3, 31)),
        ("ปีงบประมาณ 2569 ครึ่งปีหลัง", None, (2026, 9, 30)),
        ("6 เดือนแรกของปีงบประมาณ 2569", None, (2026, 3, 31)),
        ("ไตรมาส 2 ปีงบประมาณ 2569", None, (2026, 3, 31)),
        ("ไตรมาสที่ ๑ ถึงไตรมาสที่ ๓ ปีงบประมาณ ๒๕๖๙", None, (2026, 6, 30)),
        ("ไตรมาส 1-2 ปีงบประมาณ 2569", None, (2026, 3, 31)),
        ("ทุกไตรมาส ปีงบประมาณ 2569", None, (2026, 9, 30)),
        ("ปีงบประมาณ 2569 – 2570", None, (2027, 9, 30)),
        ("ปีงบประมาณ 2569 (ต.ค. 68 – มี.ค. 69)", None, (2026, 3, 31)),
        ("ตุลาคม 2568 ถึง มีนาคม 2569", None, (2026, 3, 31)),
        ("ตุลาคม 2568 ถึง มีนาคม", None, None),
        ("1/10/2568 - 31/3", None, None),
        ("1 ต.ค. 68 – 31 ก.พ. 69", None, None),
        ("ต.ค. – มี.ค. ปีงบประมาณ 2569", None, None),
        ("ครึ่งปี ปีงบประมาณ 2569", None, None),
        ("ครึ่งปีแรก 2569", None, None),
        ("ไตรมาส 5 ปีงบประมาณ 2569", None, None),
        ("ไตรมาสหลัง ปีงบประมาณ 2569", None, None),
        ("ปีงบประมาณ 0001", None, None),
        ("ไตรมาส 2 ปีงบประมาณ 0001", None, None),
        ("31/3/26", None, None),
        ("ไตรมาส 2", None, None),
        ("2569", None, None),
    ],
)
def test_dates_as_offices_write_them(text: str, day: Any, last: Any) -> None:
    assert day_of(text) == (day and date(*day))
    assert last_day_in(text) == (last and date(*last))
