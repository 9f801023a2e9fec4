"""`khiu report`: four files of one period, all from the same figures."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from docx import Document
from docx.oxml.ns import qn
from PIL import Image

from server.cli import run
from server.domain.change import Change, Verdict
from server.domain.cube import HIDDEN, Figure
from server.domain.response import Asked
from server.domain.satisfaction import SatisfactionRow
from server.domain.settings import Settings, Words
from server.domain.wish import Actor
from server.domain.written import count, minutes, percent, points
from server.exporting.export import export
from server.house import House
from server.reporting import CannotReport
from server.reporting.composing import document_of
from server.reporting.emblem import emblem_of
from server.reporting.figures import Check, Comment, SelfCheck
from server.reporting.files import contents, teller, write_report
from server.reporting.gathering import gather
from server.reporting.periods import Kind, Span
from server.reporting.sheltering import comments_for_anybody
from server.reporting.word import docx
from server.reporting.workbook import workbook
from server.simulation import simulate
from server.store import offices
from server.store.engine import Store
from server.store.published import Published
from tests import recounted
from tests.office import MORNING, Office
from tests.pdf_text import headings, pages
from tests.server import FILE
from tests.test_cli import misused, refused
from tests.test_survey import token_of

Said = pytest.CaptureFixture[str]
HALF = Span(Kind.HALF, 2569, 1)
LATER = MORNING  # 1 October 2026: the half is long over
SHEETS = ["services", "months", "hours", "satisfaction", "comments", "method"]
COLUMNS = {  # contract section 6
    "services": (
        "service_code, issued, served, abandoned, no_show, wait_p50_s, wait_p90_s, wait_p95_s, "
        "service_p50_s, service_p90_s, within_standard"
    ),
    "satisfaction": (
        "service_code, channel, aspect, n, mean, sd, percent, top2, top2_low, top2_high, suppressed"
        ", flagged, with_flagged_n, with_flagged_top2"  # beside the contract's
    ),
}
NUMBERS = ("n", "mean", "sd", "percent", "top2", "top2_low", "top2_high")
THAI = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")


def announce(office_id: int, *, at_once: bool) -> None:
    """Nobody listens."""


@dataclass(frozen=True)
class Made:
    """A simulated half's four files, and the rows behind them told again."""

    files: dict[str, bytes]
    figures: dict[str, Any]
    services: dict[str, Any]
    satisfaction: dict[tuple[str, str, str], Any]

    @cached_property
    def book(self) -> Any:
        return openpyxl.load_workbook(BytesIO(self.files["report.xlsx"]))

    @cached_property
    def word(self) -> Any:
        return Document(BytesIO(self.files["report.docx"]))

    @cached_property
    def pages(self) -> list[str]:
        return pages(self.files["report.pdf"])

    def rows(self, sheet: str) -> list[dict[str, Any]]:
        """As programs read them: by the names in the second row."""
        _, names, *rows = self.book[sheet].values
        return [dict(zip(names, row, strict=True)) for row in rows]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    folder = tmp_path_factory.mktemp("half")
    assert run(["init", "--data", str(folder), "--office", str(FILE)]) == 0
    store = Store(f"sqlite:///{folder}/khiu.db")
    house = House(store, lambda: LATER, announce, folder)
    office_id = house.find_office(None)
    simulate(store, office_id, date(2025, 9, 22), date(2025, 9, 22), 3, 60)
    simulate(store, office_id, date(2026, 2, 26), date(2026, 3, 4), 7, 60)
    settings = settings_of(store, office_id)
    figures = gather(house, office_id, settings, HALF)
    period = HALF.period
    export(store, office_id, *period, folder / "rows.db", Actor("command"), LATER)
    files = contents(house, office_id, settings, figures)
    yield Made(
        files,
        json.loads(files["figures.json"]),
        recounted.services(folder / "rows.db"),
        recounted.satisfaction(folder / "rows.db"),
    )
    store.close()


def settings_of(store: Store, office_id: int) -> Settings:
    with store.reading() as db:
        return Settings.read(offices.for_verb(db, office_id).settings)


def of_office(office: Office, span: Span) -> Made:
    settings = settings_of(office.store, office.id)
    figures = gather(office.house, office.id, settings, span)
    files = contents(office.house, office.id, settings, figures)
    return Made(files, json.loads(files["figures.json"]), {}, {})


def told(office: Office, span: Span) -> str:
    """All words that PDF and DOCX lay out."""
    settings = settings_of(office.store, office.id)
    figures = gather(office.house, office.id, settings, span)
    return plain(str(document_of(teller(office.house, office.id, settings, figures))))


def few_of(made: Made, row: dict[str, Any]) -> list[str]:
    """The times of a service that are hidden in public: of fewer than ten."""
    (one,) = (one for one in made.figures["services"] if one["service_code"] == row["service_code"])
    waits = ["wait_p50_s", "wait_p90_s", "wait_p95_s"] if one["called"] < 10 else []
    took = ["service_p50_s", "service_p90_s"] if one["timed"] < 10 else []
    assert all(row[name] is None for name in (*waits, *took))
    return waits + took


def plain(text: str) -> str:
    """Without spaces, digits as machines write them."""
    return "".join(text.split()).translate(THAI)


def as_told(row: dict[str, Any], one: dict[str, Any]) -> None:
    """The same but for the sixteenth digit, where a workbook ends."""
    for name, value in row.items():
        exact = pytest.approx(value, rel=1e-15) if isinstance(value, float) else value
        assert one[name] == exact, (name, row, one)


def tables(word: Any) -> list[list[list[str]]]:
    """Every table after the memo's, row by row."""
    return [
        [
            ["".join(t.text or "" for t in cell.iter(qn("w:t"))) for cell in row.tc_lst]
            for row in table._tbl.tr_lst
        ]
        for table in word.tables[1:]
    ]


# ---------------------------------------------------------------- report.xlsx


def test_sheets_and_columns_are_the_contracts(made: Made) -> None:
    assert made.book.sheetnames == SHEETS
    for sheet in made.book:
        thai, names, *_ = sheet.values
        assert all(re.search("[ก-๙]", head) for head in thai), sheet.title
        assert all(re.fullmatch("[a-z0-9_]+", name) for name in names), sheet.title
        assert "ข้อมูลจำลอง" in thai[0] and "ข้อมูลจำลอง" in sheet.oddHeader.right.text
    assert made.figures["marks"] == ["ข้อมูลจำลอง"]
    for sheet, columns in COLUMNS.items():
        assert ", ".join(next(made.book[sheet].iter_rows(2, 2, values_only=True))) == columns


def test_every_cell_is_what_the_rows_say_unrounded_and_shown_with_one_decimal(made: Made) -> None:
    assert made.rows("services")
    for row in made.rows("services"):
        again = made.services[row["service_code"]]
        recounted.same(row, again | {name: row[name] for name in few_of(made, row)})
    rows = {(r["service_code"], r["channel"], r["aspect"]): r for r in made.rows("satisfaction")}
    assert (
        rows.keys() == {k: v for k, v in made.satisfaction.items() if isinstance(k[0], str)}.keys()
    )
    shown = {key: row for key, row in rows.items() if not row["suppressed"]}
    assert shown and len(shown) < len(rows)
    for key, row in shown.items():
        recounted.same(row, made.satisfaction[key])
    formats = {cell.number_format for cell in made.book["services"][3]}
    assert formats == {"@", "#,##0", "#,##0.0", "0.0%"}


def test_the_workbook_and_the_json_say_the_same(made: Made) -> None:
    for sheet in ("services", "satisfaction", "hours"):
        for one, row in zip(made.figures[sheet], made.rows(sheet), strict=True):
            also = one.get("with_flagged") or {}
            as_told(row, {f"with_flagged_{name}": also.get(name) for name in ("n", "top2")} | one)
    months = made.rows("months")
    for one, row in zip(made.figures["months"], months, strict=True):
        as_told(row, {"month": one["month"], **one["figures"]})
    total = made.figures["total"]
    for name in ("issued", "served", "abandoned", "no_show"):
        assert sum(row[name] for row in made.rows("services")) == total[name]
        assert sum(r[name] for r in months if r["service_code"] == "all") == total[name]
    assert sum(row["issued"] for row in made.rows("hours")) == total["issued"]


def test_what_is_hidden_is_empty_in_every_file(made: Made) -> None:
    hidden = [row for row in made.rows("satisfaction") if row["suppressed"]]
    assert hidden
    assert all(row[name] is None for row in hidden for name in NUMBERS)
    for row in made.figures["satisfaction"]:
        kept = [row[name] for name in (*NUMBERS, "level", "flagged", "with_flagged")]
        assert (not any(one is not None for one in kept)) == row["suppressed"]
        assert row["n"] is None or row["n"] >= made.figures["suppress_below"] == 10
    small = {key for key, row in made.satisfaction.items() if row["n"] < 10}
    assert small <= {(r["service_code"], r["channel"], r["aspect"]) for r in hidden} | {
        key for key in small if not isinstance(key[0], str)
    }
    assert list(made.figures["flagged"]) == ["all"]
    for one in made.figures["channels"]:
        assert one["suppressed"] or one["issued"] >= 10
    for one in (*made.figures["reasons"], *made.figures["response_channels"]):
        assert (one["n"] is None) == one["suppressed"] and (one["n"] or 10) >= 10


# ---------------------------------------------------------------- PDF and DOCX


def test_the_pages_say_what_the_figures_say(made: Made) -> None:
    paper = "".join(map(plain, made.pages))
    found = [[plain(cell) for cell in row] for table in tables(made.word) for row in table]
    names = {one["code"]: one["th"] for one in made.figures["names"]} | {"all": "ทุกงานรวมกัน"}
    expected = []
    for row in (*made.figures["services"], made.figures["total"]):
        counts = [count(row[name]) for name in ("issued", "served", "abandoned", "no_show")]
        waits = [minutes(row[f"wait_p{p}_s"]) for p in (50, 90, 95)]
        if row["called"] in range(1, 10):
            waits = ["ไม่แสดง"] * 3
        expected.append([names[row["service_code"]], *counts])
        expected.append([names[row["service_code"]], *waits])
    for change in made.figures["changes"]:
        if change["difference"] is not None:
            before, after = percent(change["before"]["top2"]), percent(change["after"]["top2"])
            expected.append([names[change["code"]], before, after])
            assert plain(points(change["difference"])) in paper
        elif change["after"]["suppressed"] and change["after"]["n"] is None:
            before = change["before"]
            then = "ไม่แสดง" if before["suppressed"] else percent(before["top2"])
            expected.append([names[change["code"]], then, "ไม่แสดง"])
    assert len(expected) > len(names)
    for row in (list(map(plain, texts)) for texts in expected):
        assert any(cells[: len(row)] == row for cells in found), row
    for cells in found:
        assert all(cell in paper for cell in cells), cells


def test_pages_can_be_searched_and_each_is_marked_and_numbered(made: Made) -> None:
    found = [plain(page) for page in made.pages]
    assert all("ข้อมูลจำลอง" in page for page in found)
    assert all(f"หน้า{at}/{len(found)}" in page for at, page in enumerate(found[1:], 2))
    assert "สำนักปลัด" in found[0] and "บันทึกข้อความ" in found[0] and "ค่าน้ำประปา" in "".join(found)
    assert {"สรุปสำหรับผู้บริหาร", "ความพึงพอใจ", "วิธีคำนวณ"} <= set(headings(made.files["report.pdf"]))
    assert "๒๕๖๙" in "".join(made.pages)


def test_word_is_told_the_thai_fonts_and_sizes(made: Made) -> None:
    word = made.word
    normal = word.styles["Normal"].element.rPr
    assert normal.find(qn("w:rFonts")).get(qn("w:cs")) == "TH Sarabun New"
    assert normal.find(qn("w:szCs")).get(qn("w:val")) == "32"
    assert normal.find(qn("w:lang")).get(qn("w:bidi")) == "th-TH"
    assert all("ข้อมูลจำลอง" in part.header.paragraphs[0].text for part in word.sections)
    bold = [run for line in word.paragraphs for run in line.runs if run.bold]
    assert bold and all(run._r.rPr.find(qn("w:bCs")) is not None for run in bold)
    heads = [table._tbl.tr_lst[0].find(qn("w:trPr")) for table in word.tables[2:]]
    assert heads and all(head.find(qn("w:tblHeader")) is not None for head in heads)


def test_the_office_chooses_the_digits(small_office: Office) -> None:
    small_office.set(document_digits="arabic")
    settings = settings_of(small_office.store, small_office.id)
    figures = gather(small_office.house, small_office.id, settings, HALF)
    words = str(document_of(teller(small_office.house, small_office.id, settings, figures)))
    assert "2569" in words and not re.search("[๐-๙]", words)


def test_what_is_said_of_figures(small_office: Office) -> None:
    settings = settings_of(small_office.store, small_office.id)
    unset = Words(th="", en="")
    bare = {"head_title": unset, "chief_title": unset, "document_prefix": ""}
    settings = settings.model_copy(update={"office": settings.office.model_copy(update=bare)})
    none = SatisfactionRow(
        "all", "all", "overall", None, None, None, None, None, None, None, suppressed=True
    )
    good = replace(none, aspect="staff", n=99, top2=0.95, top2_low=0.9, top2_high=0.98)
    hidden = Asked("all", 3, 3, None, None, None, None, None, None, suppressed=True)
    notice = Words(th="ไม่ใช่คะแนน EIT", en="No EIT score")
    fell = Change("all", Figure(9, 0.9), Figure(9, 0.5), -0.4, -0.5, -0.3, Verdict.WORSE)
    unknown = Change("tax", HIDDEN, HIDDEN, None, None, None, Verdict.UNKNOWN)
    figures = replace(
        gather(small_office.house, small_office.id, settings, HALF),
        office_name=Words(th="เมือง & ท่า " * 40, en="Port"),
        satisfaction=(none, good),
        changes=(fell, unknown),
        response=hidden,
        self_check=SelfCheck(notice, (Check("e1", 12, 80.0, suppressed=False),), 80.0),
    )
    t = teller(small_office.house, small_office.id, settings, figures)
    told = document_of(t)
    words = plain(str(told))
    assert told.memo.number.value == "" and "(ผ่าน" not in told.memo.to.value
    assert "ไม่มีตัวเลขให้รายงาน" not in words and "ไม่มีการออกบัตรคิว" in words
    assert "ลดลงอย่างชัดเจน40.0" in words and "ไม่แสดงจำนวนผู้ตอบ" in words
    assert "มาตรการปรับปรุง" not in "".join(plain(str(one)) for one in told.sections)
    book: Any = openpyxl.load_workbook(BytesIO(workbook(t)))
    head = book["services"].oddHeader.left.text
    assert "เมือง & ท่า" in head.replace("&&", "&") and "…" in head
    check: Any = Document(BytesIO(docx(told, None, figures.made_at))).tables[-2]._tbl
    over, heads, row = ([cell.p_lst[0].text for cell in line.tc_lst] for line in check.tr_lst)
    assert over == [notice.th] and heads[1] == "n" and len(row) == 3
    assert all(line.trPr.find(qn("w:tblHeader")) is not None for line in check.tr_lst[:2])


# ---------------------------------------------------------------- little to say


def test_a_period_without_anything_says_so(small_office: Office) -> None:
    found = of_office(small_office, Span(Kind.HALF, 2560, 2))
    words = told(small_office, Span(Kind.HALF, 2560, 2))
    assert "ไม่มีการออกบัตรคิว" in words and "ไม่มีผู้ตอบแบบประเมินความพึงพอใจ" in words
    assert not found.rows("satisfaction") and not found.rows("months")
    assert all(row["issued"] == 0 and row["wait_p50_s"] is None for row in found.rows("services"))


def test_one_answer_is_hidden_in_all_files(small_office: Office) -> None:
    ticket_id = small_office.serve().ticket.id
    path = f"/api/v1/surveys/{token_of(small_office, ticket_id)}"
    assert (
        small_office.app.test_client().post(path, json={"answers": {"overall": 2}}).status_code
        == 201
    )
    before = small_office.contents()
    found = of_office(small_office, Span(Kind.HALF, 2570, 1))
    assert small_office.contents() == before, "looking changed a row"
    assert {row["suppressed"] for row in found.rows("satisfaction")} == {True}
    words = told(small_office, Span(Kind.HALF, 2570, 1))
    assert "ไม่แสดง" in words and "ช่วงเวลายังไม่สิ้นสุด" in words and "2.00" not in words


def test_longer_or_shorter_periods_are_for_inside_and_say_so(small_office: Office) -> None:
    found = of_office(small_office, Span(Kind.YEAR, 2569, 0))
    assert found.figures["suppress_below"] == 5
    assert all("ใช้ภายในหน่วยงาน" in part.header.paragraphs[0].text for part in found.word.sections)
    assert "ใช้ภายในหน่วยงาน" in next(found.book["services"].values)[0]
    assert "ใช้ภายในหน่วยงาน" in found.figures["marks"]
    words = told(small_office, Span(Kind.MONTH, 2569, 3))
    assert "ปีละ" not in words and "ปีละ2ครั้ง" in told(small_office, HALF)


def test_only_published_comments_are_in_it_and_stay_text(office: Office) -> None:
    for text in ("=1+1 ดีมาก", "ความเห็นลับ"):
        ticket_id = office.serve().ticket.id
        path = f"/api/v1/surveys/{token_of(office, ticket_id)}"
        body = {"answers": {"overall": 5}, "comment": text}
        assert office.app.test_client().post(path, json=body).status_code == 201
    with office.store.reading() as db:
        (first, _) = db.exec_driver_sql("SELECT id, comment FROM answers ORDER BY comment").all()
    office.rooms.reviews.publish(first.id, (), {}, Actor("staff", 1))
    found = of_office(office, Span(Kind.HALF, 2570, 1))
    (row,) = found.rows("comments")
    assert row["comment"] == "=1+1 ดีมาก"
    assert not row["month"] and not row["service_code"], "it tells who of two answered when"
    (row,) = of_office(office, Span(Kind.MONTH, 2570, 10)).rows("comments")
    assert row["month"] == "2026-10" and row["service_code"]
    assert "ความเห็นลับ".encode() not in found.files["figures.json"]


def test_in_public_a_comment_has_its_service_only_where_figures_of_it_are_shown() -> None:
    wrote = [Published("2026-03-02", 1, "ช้า"), Published("2026-03-03", 2, "กว้าง")]
    few = SatisfactionRow(
        "tax", "all", "overall", None, None, None, None, None, None, None, suppressed=True
    )
    many = replace(few, service_code="birth", n=20, suppressed=False)
    found = comments_for_anybody({1: "birth", 2: "tax"}, wrote, [few, many])
    assert found == (Comment("", "", "กว้าง"), Comment("", "birth", "ช้า"))


def test_the_emblem_is_the_offices_own_and_a_missing_one_leaves_its_place(
    small_office: Office, tmp_path: Path
) -> None:
    settings = settings_of(small_office.store, small_office.id)
    office = settings.office.model_copy(update={"emblem": "emblem.png"})
    settings = settings.model_copy(update={"office": office})
    asked = small_office.house, small_office.id, settings, HALF, tmp_path
    with pytest.raises(OSError):
        emblem_of(small_office.data, "emblem.png")
    (small_office.data / "emblem.png").write_bytes(b"no picture")
    assert "emblem.png" in write_report(*asked)[1]
    without = (tmp_path / "report.pdf").read_bytes()
    Image.new("RGB", (40, 40), "navy").save(small_office.data / "emblem.png")
    names, missing = write_report(*asked)
    assert missing == "" and b"/Subtype/Image" in names[0].read_bytes()
    inside = tmp_path / "inside"
    names, _ = write_report(*asked[:3], Span(Kind.MONTH, 2569, 3), inside)
    assert {path.stat().st_mode & 0o777 for path in names} == {0o600}
    names[0].unlink()
    names[0].mkdir()
    with pytest.raises(CannotReport, match="is a directory"):
        write_report(*asked[:4], inside)
    assert b"/Subtype/Image" not in without


# ---------------------------------------------------------------- the command


@pytest.fixture
def data(sqlite_store: Store, tmp_path: Path) -> Path:
    Office(sqlite_store)
    return tmp_path


def test_the_command_writes_the_files_and_prints_their_names(data: Path, capsys: Said) -> None:
    words = ["report", "half-year", "--data", str(data), "--fiscal-year", "2569", "--half", "1"]
    assert run([*words, "--out", str(data / "new" / "out")]) == 0
    said = capsys.readouterr()
    names = ["report.pdf", "report.docx", "report.xlsx", "figures.json"]
    assert said.out.split() == [str(data / "new" / "out" / name) for name in names]
    assert said.err == ""
    assert sorted(path.name for path in (data / "new" / "out").iterdir()) == sorted(names)


def test_what_cannot_be_is_refused_in_one_line(data: Path, capsys: Said) -> None:
    report: list[str | Path] = ["report", "half-year", "--data", data, "--fiscal-year"]
    assert "no Buddhist year" in misused(capsys, *report, "2026", "--half", "1", "--out", data)
    assert "--half" in misused(capsys, *report, "2569", "--half", "3", "--out", data)
    assert "--half" in misused(capsys, *report, "2569", "--out", data)
    assert "yet to come" in refused(capsys, *report, "2590", "--half", "1", "--out", data)
    (data / "file").touch()
    assert "no directory" in refused(capsys, *report, "2569", "--half", "1", "--out", data / "file")


@pytest.mark.parametrize(
    ("span", "first", "last", "before"),
    [
        (Span(Kind.HALF, 2569, 1), "2025-10-01", "2026-03-31", Span(Kind.HALF, 2568, 2)),
        (Span(Kind.QUARTER, 2569, 2), "2026-01-01", "2026-03-31", Span(Kind.QUARTER, 2569, 1)),
        (Span(Kind.YEAR, 2569, 0), "2025-10-01", "2026-09-30", Span(Kind.YEAR, 2568, 0)),
        (Span(Kind.MONTH, 2569, 10), "2025-10-01", "2025-10-31", Span(Kind.MONTH, 2568, 9)),
        (Span(Kind.MONTH, 2567, 2), "2024-02-01", "2024-02-29", Span(Kind.MONTH, 2567, 1)),
    ],
)
def test_a_period_is_part_of_the_fiscal_year(
    span: Span, first: str, last: str, before: Span
) -> None:
    assert [day.isoformat() for day in span.period] == [first, last]
    assert span.before() == before
