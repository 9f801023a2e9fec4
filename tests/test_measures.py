"""The register: findings, the measures that answer them, what was done, what came of it."""

import io
import os
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image

from server.check import Check
from server.domain.asked_days import Half
from server.domain.finding import About, Kind
from server.domain.measure import By, MeasureWish, State
from server.domain.refusals import BadField, NotFound
from server.domain.roles import Role
from server.domain.wish import Actor, RequestKey
from server.measures import Upload
from server.measures.steps import StepWish
from tests.office import Office
from tests.pages import look, text_of

DAY = 24 * 60
THIS = Half(2570, 1)  # the tests' clock begins on its first day, 1 October 2026
BEFORE = Half(2569, 2)
WRITER = By(Actor("staff", 1), "manager")
OTHER = By(Actor("staff", 2), "executive")
TODAY = date(2026, 10, 1)
WISH = MeasureWish("เปิดช่องบริการเพิ่ม", "จัดเวรพักเที่ยง", "กองคลัง", date(2026, 10, 31))


def found(office: Office, half: Half = BEFORE) -> int:
    return office.rooms.measures.add_finding(half, About(Kind.OWN), "รอนานช่วงภาษี", None, WRITER)


def answered(office: Office, wish: MeasureWish = WISH) -> int:
    """A finding with one measure; the measure's id."""
    return office.rooms.measures.add_measure(found(office), wish, WRITER)


def one_step(office: Office) -> tuple[int, int, int]:
    """The ids of a finding, its measure, and a step with a file."""
    room, measure_id = office.rooms.measures, answered(office)
    step = StepWish(TODAY, "ติดป้าย", file=Upload("ป้าย.png", png()))
    return room.measure(measure_id)[0].id, measure_id, room.add_step(measure_id, step, WRITER)


def png() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (8, 8)).save(made, "PNG")
    return made.getvalue()


# ---------------------------------------------------------------- the register


def test_from_finding_to_step_all_of_it_is_kept_with_who_by_role(office: Office) -> None:
    room = office.rooms.measures
    measure_id = answered(office)
    office.clock.minutes(3 * DAY)
    wish = StepWish(
        date(2026, 10, 3), "อบรมเจ้าหน้าที่", "บันทึกข้อความ ที่ ๑๒", state=State.UNDER_WAY, version=1
    )
    step_id = room.add_step(measure_id, wish, OTHER)
    (finding,) = room.of_half(BEFORE)
    (measure,) = finding.measures
    (step,) = measure.steps
    assert (step.id, step.day, step.body, step.role) == (step_id, wish.day, wish.body, "executive")
    assert (measure.wish.what, measure.wish.due) == (WISH.what, WISH.due)
    assert (measure.wish.state, measure.version) == (State.UNDER_WAY, 2)
    assert [(one.action, one.role) for one in room.history(finding.id)] == [
        ("finding_added", "manager"),
        ("measure_added", "manager"),
        ("measure_changed", "executive"),
        ("step_added", "executive"),
    ]
    assert room.of_half(THIS) == []


def test_of_two_writers_the_later_one_is_told_and_nothing_is_lost(office: Office) -> None:
    room, measure_id = office.rooms.measures, answered(office)
    room.change_measure(measure_id, 1, MeasureWish("เปิดสองช่อง"), WRITER)
    with pytest.raises(BadField) as refused:
        room.change_measure(measure_id, 1, MeasureWish("เปิดสามช่อง"), OTHER)
    assert refused.value.fields == {"version": "changed_meanwhile"}
    finding, measure = room.measure(measure_id)
    assert measure.wish.what == "เปิดสองช่อง"
    with pytest.raises(BadField):  # nor does a step take the state back
        late = StepWish(TODAY, "x", state=State.DONE, version=1)
        room.add_step(measure_id, late, OTHER)
    room.change_measure(measure_id, 2, MeasureWish("เปิดสามช่อง"), OTHER)
    last = room.history(finding.id)[-1]
    assert (last.before["what"], last.after["what"]) == ("เปิดสองช่อง", "เปิดสามช่อง")


def test_the_same_press_writes_once(office: Office) -> None:
    room, finding_id = office.rooms.measures, found(office)
    key = RequestKey("staff:1", "POST", "/x", "k", "b")
    twice = [room.add_measure(finding_id, WISH, WRITER, key) for _ in range(2)]
    assert twice[0] == twice[1]
    assert len(room.one(finding_id).measures) == 1


def test_a_dropped_measure_needs_a_reason_and_a_dismissed_finding_too(office: Office) -> None:
    room, measure_id = office.rooms.measures, answered(office)
    with pytest.raises(BadField) as refused:
        room.change_measure(measure_id, 1, MeasureWish("x", state=State.DROPPED), WRITER)
    assert refused.value.fields == {"why": "missing"}
    with pytest.raises(BadField) as refused:
        dropped = StepWish(TODAY, "x", state=State.DROPPED, version=1)
        room.add_step(measure_id, dropped, WRITER)
    assert refused.value.fields == {"why": "missing"}
    finding, measure = room.measure(measure_id)
    assert (measure.wish.state, measure.steps) == (State.PLANNED, ())
    finding_id = finding.id
    with pytest.raises(BadField) as refused:
        room.dismiss(finding_id, 1, "ไม่เกี่ยว", WRITER)
    assert refused.value.fields == {"why": "finding_has_measures"}
    alone = found(office)
    room.dismiss(alone, 1, "เกิดจากไฟฟ้าดับ", WRITER)
    assert (room.one(alone).state, room.one(alone).why) == ("dismissed", "เกิดจากไฟฟ้าดับ")
    room.take(alone, 2, WRITER)
    assert (room.one(alone).state, room.one(alone).why) == ("taken", "")


def test_who_is_late_and_who_soon_will_be(office: Office) -> None:
    room, finding_id = office.rooms.measures, found(office)
    days = {day: date.fromordinal(TODAY.toordinal() + day) for day in (-1, 0, 14, 15)}
    for day, due in days.items():
        room.add_measure(finding_id, MeasureWish(f"{day}", due=due), WRITER)
    room.add_measure(finding_id, MeasureWish("done", due=days[-1], state=State.DONE), WRITER)
    told = room.reminder(TODAY)
    assert [one.wish.what for one in told.overdue] == ["-1"]
    assert [one.wish.what for one in told.soon] == ["0", "14"]


def test_no_office_sees_or_changes_anothers(office: Office) -> None:
    measure_id = answered(office)
    stranger = office.house.rooms(office.id + 1).measures
    with pytest.raises(NotFound):
        stranger.measure(measure_id)


# ---------------------------------------------------------------- evidence


def test_a_file_is_what_is_in_it_and_lies_beside_the_database(small_office: Office) -> None:
    room, measure_id = small_office.rooms.measures, answered(small_office)
    wish = StepWish(TODAY, "ติดป้าย", file=Upload("C:\\ภาพ;ป้าย.pdf", png()))
    step_id = room.add_step(measure_id, wish, WRITER)
    file, lies = room.file(step_id)
    assert (file.name, file.kind, file.size) == ("ภาพ_ป้าย.png", "png", len(png()))
    assert lies.read_bytes() == png()
    assert lies.is_relative_to(small_office.data / "measures")
    room.strike(step_id, "ผิดงาน", OTHER)
    assert not lies.exists()
    with pytest.raises(NotFound):
        room.file(step_id)
    assert room.measure(measure_id)[1].steps[0].struck_why == "ผิดงาน"


@pytest.mark.parametrize(
    ("data", "wrong"),
    [
        (b"<html><script>", "file_kind"),
        (b"MZ\x90\x00", "file_kind"),
        (b"PK\x05\x06" + bytes(18), "file_kind"),
        (b"\x89PNG\r\n\x1a\n", "file_kind"),
        (b"%PDF-" + bytes(5 * 1024 * 1024), "file_too_large"),
    ],
)
def test_other_files_are_refused_and_leave_nothing(
    small_office: Office, data: bytes, wrong: str
) -> None:
    room, measure_id = small_office.rooms.measures, answered(small_office)
    with pytest.raises(BadField) as refused:
        room.add_step(measure_id, StepWish(TODAY, "x", file=Upload("a.pdf", data)), WRITER)
    assert refused.value.fields == {"file": wrong}
    future = StepWish(date(2026, 10, 2), "x", file=Upload("a.png", png()))
    with pytest.raises(BadField):
        room.add_step(measure_id, future, WRITER)
    assert list((small_office.data / "measures").rglob("*.*")) == []


def test_the_check_names_evidence_that_is_missing_changed_or_nobodys(small_office: Office) -> None:
    room, measure_id = small_office.rooms.measures, answered(small_office)
    lying = []
    for name in ("a.png", "b.png", "c.png"):
        step = StepWish(TODAY, name, file=Upload(name, png()))
        lying.append(room.file(room.add_step(measure_id, step, WRITER))[1])
    folder = small_office.data / "measures"

    def looked() -> list[str]:
        with small_office.store.reading() as db:
            return [line.partition(" evidence ")[2] for line in Check(db, now, folder).findings()]

    now = small_office.clock()
    assert looked() == []
    lying[0].unlink()
    lying[1].write_bytes(b"x")
    nobodys, coming = lying[2].with_name("1.pdf"), lying[2].with_name("2.pdf")
    for file, days in ((nobodys, 2), (coming, 0)):
        file.write_bytes(b"x")
        os.utime(file, (now / 1000 - days * DAY * 60,) * 2)
    said = looked()
    assert [line.split(" ")[0] for line in said] == [lying[0].name, lying[1].name, "1.pdf"]
    assert ["missing" in said[0], "not the file" in said[1], "no step" in said[2]] == [True] * 3


# ---------------------------------------------------------------- the pages


def post(client: FlaskClient, url: str, **form: Any) -> Any:
    return client.post(url, data={"request_key": "k", **form}, content_type="multipart/form-data")


def test_a_manager_goes_from_a_finding_to_its_evidence(small_office: Office) -> None:
    client = small_office.signed_in(Role.MANAGER)
    assert "ยังไม่มีประเด็น" in text_of(look(client, "/measures/"))
    look(client, "/measures/findings/new")
    facts = {"half": BEFORE.key, "kind": "own", "body": "รอนานช่วงภาษี"}
    finding = post(client, "/measures/findings", **facts).headers["Location"]
    assert post(client, "/measures/findings", **facts).headers["Location"] == finding
    look(client, finding)
    look(client, f"{finding}/edit")
    look(client, f"{finding}/measures/new")
    facts = {"what": "เปิดช่องเพิ่ม", "responsible": "กองคลัง", "due": "๓๑ ต.ค. ๖๙"}
    measure = post(client, f"{finding}/measures", **facts).headers["Location"]
    assert "31 ต.ค. 69" in text_of(look(client, measure))
    facts = {"day": "1/10/2569", "body": "จัดเวร", "state": "under_way", "version": "1"}
    data: dict[str, Any] = {**facts, "file": (io.BytesIO(png()), "เวร.png")}
    assert post(client, f"{measure}/steps", **data).status_code == 303
    page = look(client, measure)
    assert "กำลังดำเนินการ" in text_of(page)
    (address,) = [a.get("href") for a in page.iter("a") if (a.get("href") or "").endswith("/file")]
    answer = client.get(str(address))
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert (answer.mimetype, answer.data) == ("image/png", png())
    words = text_of(look(client, f"/measures/?half={BEFORE.key}"))
    assert "0 จาก 1 มาตรการ" in words and "เปิดช่องเพิ่ม" in words
    table = client.get(f"/measures/measures.csv?half={BEFORE.key}").text
    assert "รอนานช่วงภาษี" in table and "เวร.png" in table and "2026-10-31" in table


def test_a_form_that_comes_late_comes_back_with_both_texts(small_office: Office) -> None:
    client, measure_id = small_office.signed_in(Role.EXECUTIVE), answered(small_office)
    room = small_office.rooms.measures
    room.change_measure(measure_id, 1, MeasureWish("ของเพื่อนร่วมงาน"), WRITER)
    facts = {"what": "ของเรา", "state": "planned", "version": "1"}
    back = post(client, f"/measures/{measure_id}/edit", **facts)
    assert back.status_code == 422
    assert "ของเพื่อนร่วมงาน" in back.text and "ของเรา" in back.text
    assert 'name="version" value="2"' in back.text


def test_an_auditor_reads_and_changes_nothing(small_office: Office) -> None:
    measure_id = answered(small_office)
    finding_id = small_office.rooms.measures.measure(measure_id)[0].id
    client = small_office.signed_in(Role.AUDITOR)
    before = small_office.contents()
    for url in (
        f"/measures/?half={BEFORE.key}",
        f"/measures/{measure_id}",
        f"/measures/findings/{finding_id}",
    ):
        page = look(client, url)
        (mark,) = [one for one in page.iter("p") if one.get("class") == "only-paper"]
        assert "ข้อมูลจำลอง" in "".join(mark.itertext())  # the bar is not printed
        forms = [form.get("action") or "" for form in page.iter("form")]
        assert [form for form in forms if "measures" in form and form != "/measures/"] == []
    assert client.get(f"/measures/{measure_id}/edit").status_code == 403
    assert post(client, f"/measures/{measure_id}/steps", body="x").status_code == 403
    assert small_office.contents() == before


@pytest.mark.parametrize("half", ["0001-1", "9999-1", "2569-3", "x"])
def test_a_half_year_of_no_calendar_is_refused(small_office: Office, half: str) -> None:
    client = small_office.signed_in(Role.MANAGER)
    for door in ("", "measures.csv", "draw", "findings/new"):
        assert client.get(f"/measures/{door}?half={half}").status_code == 422
    assert post(client, "/measures/draw", half=half).status_code == 422


def test_text_that_a_spreadsheet_would_work_out_stays_text(small_office: Office) -> None:
    answered(small_office, MeasureWish("=HYPERLINK(1)"))
    client = small_office.signed_in(Role.AUDITOR)
    assert ",'=HYPERLINK(1)" in client.get(f"/measures/measures.csv?half={BEFORE.key}").text
