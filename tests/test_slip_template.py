"""An office's own slip: tried on samples, kept only when all are good, and never in the way."""

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import expect

from printers import apart
from printers.own import LONGEST_LAYOUT, Unusable, troubles
from printers.press import TEMPLATES
from printers.proof import Proof, prove
from printers.raster import WIRE_LIMIT, encode
from printers.seen import module_dots, number_rows, other_digits
from printers.send import send
from printers.slip import Slip
from printers.typeset import typeset
from server.composing import compose
from server.domain.roles import Role
from server.spool import Spool
from server.store.schema import counter_services, printers, services
from tests.browser import Screens
from tests.office import PROGRAM, Office
from tests.paper import TcpPrinter, decode_qr
from tests.test_printers_typeset import EN, FULL, TH

KHIUS = (TEMPLATES / "layout.typ").read_text("utf-8")
MARKED = KHIUS.replace("text(w.number)", 'text(w.number + " ยินดีให้บริการ")')
PAPERS = ("บัตรประจำตัวประชาชน", "ทะเบียนบ้าน", "หนังสือรับรองการเกิด", "ใบมอบอำนาจ")
LISTED = replace(TH, documents=PAPERS)


def changed(old: str, new: str) -> str:
    assert KHIUS.count(old) >= 1
    return KHIUS.replace(old, new)


def only(layout: str, slip: Slip = TH, dots: int = 576, job_s: float = 5) -> Proof:
    (proof,) = prove(layout, [(slip, dots)], job_s)
    return proof


@pytest.fixture(autouse=True)
def no_old_troubles() -> None:
    for layout in list(troubles._kept):
        troubles.take(layout)


# ---------------------------------------------------------------- what is looked for in the dots


@pytest.mark.parametrize("dots", [576, 384])
def test_the_code_is_found_with_its_margin_and_not_without_it(dots: int) -> None:
    image = typeset(TH, dots)
    assert module_dots(image, TH.url) == 8
    assert module_dots(image, TH.url + "x") is None
    across, top = _place(image)
    for spot in ((across - 20, top + 40), (across + 3, top + 3)):  # in the margin; within a module
        torn = image.copy()
        torn.putpixel(spot, 255 - torn.getpixel(spot))  # type: ignore[operator]
        assert module_dots(torn, TH.url) is None


def _place(image: Image.Image) -> tuple[int, int]:
    """Where the code's first module is: the corner of its first square."""
    for x in range(image.width - 56):
        for y in range(image.height - 56):
            if image.crop((x, y, x + 56, y + 8)).getextrema() == (0, 0) and (
                image.crop((x, y, x + 8, y + 56)).getextrema() == (0, 0)
            ):
                return x, y
    raise AssertionError("no code")


def test_a_code_drawn_in_parts_of_dots_is_none() -> None:
    scaled = changed("code(d.qr), note))", "scale(x: 97%, y: 97%, code(d.qr)), note))")
    problem = only(scaled).problem
    assert problem and problem.code == "no_code"


@pytest.mark.parametrize("slip", [TH, FULL, replace(TH, large=True)], ids=["th", "full", "large"])
def test_the_number_is_measured_by_what_other_digits_change(slip: Slip) -> None:
    other = replace(slip, number=other_digits(slip.number))
    tall = number_rows(typeset(slip), typeset(other))
    assert 120 <= tall <= (160 if slip.large else 130)


# ---------------------------------------------------------------- what no layout may do

HOSTILE = {
    "a file of the machine": ('a\n#read("/etc/passwd")', "broken", 2),
    "a file beside the templates": ('#read("../own.py")', "broken", 1),
    "several pages": (KHIUS + "\n#pagebreak()\nx", "pages", None),
    "a page of nine hundred metres": ("#set page(width: 72mm, height: 900000mm)\nx", "heavy", None),
    "another width": (
        changed("width: d.width * 1mm, height", "width: 60mm, height"),
        "width",
        None,
    ),
    "too long a slip": (KHIUS + "\n#v(300mm)", "too_long", None),
    "no code": (changed("code(d.qr)", "[]"), "no_code", None),
    "a small number": (changed("15.5mm", "12mm"), "small_number", None),
    "no number": (changed("digits(d.number,", "digits([A],"), "small_number", None),
    "a name of nothing": (changed("d.service)", "d.sirvice)"), "broken", 48),
    "a slow one": (KHIUS + "\n#for i in range(800000) { let x = i * i }", "slow", None),
}


@pytest.mark.parametrize(("layout", "code", "line"), HOSTILE.values(), ids=HOSTILE)
def test_such_a_layout_is_refused_and_why(layout: str, code: str, line: int | None) -> None:
    proofs = list(prove(layout, [(TH, 576)], job_s=60))
    problem = proofs[-1].problem
    assert problem and (problem.code, problem.line) == (code, line), problem
    assert "/work" not in str(problem) and "printers/" not in str(problem)


def test_an_endless_layout_is_stopped_and_the_next_one_is_tried_as_ever() -> None:
    endless = "#for i in range(1000000) { for j in range(1000000) { let x = i * j } }"
    problem = only(endless, job_s=1).problem
    assert problem and problem.code == "endless"
    assert only(KHIUS).problem is None


@pytest.mark.parametrize(
    ("layout", "line"),
    [
        ('#import "@preview/cetz:0.3.0": *', 1),
        ('a\n\n#let p = "@preview/cetz:0.3.0"\n#import p', 4),
        ('#include "/etc/passwd"', 1),
        ('#import/**/"@preview/x:1.0.0"', 1),
        ('a\n#eval("import \\"@preview/x:1.0.0\\"")', 2),
        ('#dictionary(std).at("ev" + "al")("1")', 1),
        ('a\n#{ (0)-eval("imp" + "ort") }', 2),
        ('#{ -include "@preview/x:0.1.0" }', 1),
        ("a\n\n/* a\0 */", 3),
        ("\x1b[2J", 1),
    ],
)
def test_nothing_is_imported_but_what_khiu_brings(layout: str, line: int) -> None:
    with pytest.raises(Unusable) as refused:
        list(prove(layout, [(TH, 576)]))
    assert (refused.value.code, refused.value.line) == ("forbidden", line)


def test_a_text_longer_than_48_kb_is_refused() -> None:
    with pytest.raises(Unusable) as refused:
        list(prove("// " + "ก" * (LONGEST_LAYOUT // 3), [(TH, 576)]))
    assert refused.value.code == "too_large"


# ---------------------------------------------------------------- the page


@pytest.fixture
def open_forms(small_office: Office) -> Office:
    small_office.app.config["WTF_CSRF_ENABLED"] = False
    return small_office


def kept(office: Office) -> list[str]:
    return [row.body for row in office.rooms.setup.slip.past()]


def test_a_good_layout_is_kept_printed_and_given_up_again(open_forms: Office) -> None:
    admin = open_forms.signed_in(Role.ADMIN)
    answer = admin.post("/manage/slip", data={"layout": MARKED.replace("\n", "\r\n")})
    assert answer.status_code == 303, re.findall(r"<li>(.*?)</li>", answer.text)
    assert kept(open_forms) == [MARKED]
    assert "ยินดีให้บริการ" in admin.get("/manage/slip").text
    assert admin.post("/manage/slip/khius").status_code == 303
    assert kept(open_forms) == ["", MARKED]
    first = open_forms.rooms.setup.slip.past()[1]
    assert "ยินดีให้บริการ" in admin.get(f"/manage/slip/{first.id}").text
    actions = [line.action for line in open_forms.rooms.setup.history.page()[0]]
    assert actions[:2] == ["slip.khius_layout", "slip.own_layout"]
    assert "แบบบัตรคิว" in admin.get("/manage/history").text


def test_khius_own_text_is_kept_as_khius_own(open_forms: Office) -> None:
    admin = open_forms.signed_in(Role.ADMIN)
    assert admin.post("/manage/slip", data={"layout": KHIUS}).status_code == 303
    assert kept(open_forms) == []


def test_a_bad_layout_comes_back_as_typed_with_the_line_and_nothing_is_kept(
    open_forms: Office,
) -> None:
    admin = open_forms.signed_in(Role.ADMIN)
    bad = changed("d.service)", "d.sirvice)")
    answer = admin.post("/manage/slip", data={"layout": bad})
    assert answer.status_code == 422
    assert "d.sirvice" in answer.text
    assert re.search("บรรทัดที่ 48.*sirvice", answer.text)
    assert kept(open_forms) == []
    english = admin.post("/manage/slip/preview?lang=en", data={"layout": '#import "@x/y:1.0.0"'})
    assert re.search("Line 1 .*The word import cannot be used", english.text)


def test_an_auditor_sees_the_layout_and_changes_nothing(open_forms: Office) -> None:
    auditor = open_forms.signed_in(Role.AUDITOR)
    page = auditor.get("/manage/slip")
    assert "readonly" in page.text and "data.number" not in page.text
    before = open_forms.contents()
    for where in ("", "/preview", "/khius", "/rules"):
        assert auditor.post(f"/manage/slip{where}", data={"layout": MARKED}).status_code == 403
    assert open_forms.contents() == before


@pytest.mark.parametrize("paper", ["80", "58"])
def test_the_samples_are_what_is_printed_now(open_forms: Office, paper: str) -> None:
    admin = open_forms.signed_in(Role.ADMIN)
    plain = admin.get(f"/manage/slip/{paper}/normal.png")
    assert plain.mimetype == "image/png"
    with Image.open(BytesIO(plain.data)) as image:
        assert (image.mode, image.width) == ("1", {"80": 576, "58": 384}[paper])
    seen = {
        admin.get(f"/manage/slip/{paper}/{kind}.png").data
        for kind in ("normal", "long", "large", "english", "both", "reprint")
    }
    assert len(seen) == 6


def test_only_the_newest_twenty_are_listed(open_forms: Office) -> None:
    admin = open_forms.signed_in(Role.ADMIN)
    slip = open_forms.rooms.setup.slip
    for nth in range(22):
        open_forms.clock.minutes(1)
        slip.keep(f"// {nth}\n{KHIUS}", PROGRAM)
    listed = re.findall(r"/manage/slip/\d+#own", admin.get("/manage/slip").text)
    assert len(listed) == 20


def test_what_stands_on_the_slip_is_set_and_noted(open_forms: Office) -> None:
    admin = open_forms.signed_in(Role.ADMIN)
    assert admin.post("/manage/slip/rules", data={"english": "yes"}).status_code == 303
    paper = open_forms.reads.settings().settings.paper
    assert (paper.documents, paper.english, paper.large) == (False, True, False)
    (line,) = open_forms.rooms.setup.history.page()[0]
    assert line.action == "slip.changed"
    assert {name for name, _, _ in line.facts} == {"paper_documents", "paper_english"}


def test_the_page_works_without_scripts_and_is_without_fault(screens: Screens) -> None:
    page = screens.open("desk", role=Role.ADMIN)
    page.goto(f"{screens.site}/manage/slip")
    assert Axe().run(page).response["violations"] == []
    page.locator("summary").press("Enter")  # images that come in late would move it under a click
    text = page.locator("#layout")
    text.fill(text.input_value().replace("text(w.number)", 'text("ยินดีให้บริการ")'))
    page.get_by_role("button", name="ดูตัวอย่าง").click()
    expect(page.get_by_role("status")).to_contain_text("เรียบร้อย", timeout=60_000)
    expect(page.locator("figure img")).to_have_count(12)
    assert Axe().run(page).response["violations"] == []


# ---------------------------------------------------------------- printing


@pytest.fixture
def spool(small_office: Office, printer: TcpPrinter) -> Iterator[Spool]:
    with small_office.store.writing() as db:
        db.execute(printers.update().values(url=printer.url))
    yield Spool(small_office.store, small_office.clock, send, lambda: "http://khiu.test")


def keep(office: Office, layout: str) -> None:
    office.rooms.setup.slip.keep(layout, PROGRAM)


def printed(office: Office, spool: Spool, printer: TcpPrinter) -> Image.Image:
    office.issue()
    assert spool.print_one()
    return printer.slips[-1].image()


def test_a_number_is_printed_in_the_offices_own_layout(
    small_office: Office, spool: Spool, printer: TcpPrinter
) -> None:
    plain = printed(small_office, spool, printer)
    keep(small_office, changed("above: 1.5mm, below: 1.5mm", "above: 4mm, below: 4mm"))
    own = printed(small_office, spool, printer)
    assert own.height > plain.height + 60
    assert decode_qr(own) != decode_qr(plain)
    assert decode_qr(own).startswith("http://khiu.test/t/")


@pytest.mark.parametrize(
    ("layout", "told"),
    [
        (KHIUS + '\n#if data.number == "A002" { panic("not this one") }', "not this one"),
        (KHIUS + '\n#if data.number == "A002" { v(400mm) }', "มม."),
        (KHIUS + "\n#for i in range(1000000) { for j in range(1000000) { let x = i } }", "วินาที"),
    ],
    ids=["an error", "too long", "endless"],
)
def test_where_it_fails_the_resident_gets_khius_own_and_the_page_says_why(
    small_office: Office,
    spool: Spool,
    printer: TcpPrinter,
    monkeypatch: pytest.MonkeyPatch,
    layout: str,
    told: str,
) -> None:
    monkeypatch.setattr(apart, "_warm", apart.Workshop(job_s=1))
    plain = printed(small_office, spool, printer)
    keep(small_office, layout)
    slip = printed(small_office, spool, printer)
    assert slip.height == plain.height
    assert decode_qr(slip).startswith("http://khiu.test/t/")
    assert told in small_office.signed_in(Role.ADMIN).get("/manage/slip").text
    apart._warm.close()


@pytest.mark.parametrize(
    "says", ['{"width": 8, "hei', '{"width": 8, "height": 8, "bytes": 8, "cpu_ms": 1}\\n\\0']
)
def test_a_layouts_process_that_dies_amid_its_answer_gives_way_too(says: str) -> None:
    class Dies(apart.Workshop):
        def _running(self) -> subprocess.Popen[bytes]:
            words = [sys.executable, "-c", f"input(); print('{says}', end='')"]
            pipe = subprocess.PIPE
            self._process = subprocess.Popen(words, stdin=pipe, stdout=pipe)
            return self._process

    with Dies() as workshop, pytest.raises(Unusable, match="heavy"):
        workshop.render(KHIUS, "{}")


# ---------------------------------------------------------------- what stands on it


def test_what_to_bring_stands_on_the_slip_five_lines_at_most(small_office: Office) -> None:
    ticket = small_office.issue("birth").ticket
    settings = small_office.reads.settings()
    names = {one.id: one.name for one in small_office.reads.services()}

    def composed(count: int, **rules: bool) -> Slip:
        paper = settings.settings.paper.model_copy(update=rules)
        changed = settings.settings.model_copy(update={"paper": paper})
        ruled = settings.model_copy(update={"settings": changed})
        listed = [f"เอกสาร {n}" for n in range(count)]
        return compose(ticket, names, {}, ruled, "00" * 16, "http://khiu.test", listed)

    assert [(len(composed(n).documents), composed(n).documents_left) for n in (0, 3, 5, 6, 9)] == [
        (0, 0),
        (3, 0),
        (5, 0),
        (4, 2),
        (4, 5),
    ]
    assert composed(3, documents=False).documents == ()
    both = composed(3, english=True)
    assert (both.english, both.service_en) == (True, names[ticket.steps[0].service_id].en)
    assert composed(3, large=True).large and not composed(3).large


def test_each_of_these_shows_on_paper() -> None:
    plain = typeset(TH)
    listed = typeset(LISTED)
    assert listed.height >= plain.height + 4 * 30
    assert typeset(replace(LISTED, documents_left=2)).height >= listed.height + 20
    both = replace(TH, english=True, office_en=EN.office, service_en=EN.service)
    assert typeset(both).height >= plain.height + 40


@pytest.mark.parametrize("dots", [576, 384])
def test_documents_give_way_first_where_the_slip_is_too_long(dots: int) -> None:
    later = tuple(f"{n} {FULL.service}" for n in range(6))
    long = replace(FULL, next_services=later, large=True)
    image = typeset(long, dots)
    assert typeset(replace(long, documents=PAPERS), dots).tobytes() == image.tobytes()
    assert len(encode(image)) <= WIRE_LIMIT


@pytest.mark.parametrize("dots", [576, 384])
@pytest.mark.parametrize("large", [False, True])
def test_a_phone_reads_the_code_beside_documents_and_english(dots: int, large: bool) -> None:
    full = replace(LISTED, english=True, office_en=EN.office, service_en=EN.service, large=large)
    assert decode_qr(typeset(full, dots)) == TH.url
    assert len(encode(typeset(full, dots))) <= WIRE_LIMIT


def test_an_office_without_services_has_no_slip_to_look_at(small_office: Office) -> None:
    with small_office.store.writing() as db:
        for table in (counter_services, services):
            db.execute(table.delete())
    admin = small_office.signed_in(Role.ADMIN)
    assert admin.get("/manage/slip").status_code == 200
    assert admin.get("/manage/slip/80/normal.png").status_code == 404
