"""People to call back, and the protected list: apart from every answer, and seen by few."""

from typing import Any, cast

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask.testing import FlaskClient
from playwright.sync_api import expect

from server.domain.rating import Answer
from server.domain.refusals import BadField, NotAllowed, NotFound
from server.domain.roles import Role
from server.domain.wish import Actor
from server.links import SURVEY, link_token
from server.timer import Timer
from tests.browser import Screens
from tests.office import MINUTE, Office
from tests.pages import look, text_of

DAY = 24 * 60 * MINUTE
DIRECTOR, COLLEAGUE = Actor("staff", 1), Actor("staff", 2)
CONSENT = "ยินยอมให้ติดต่อกลับเรื่องนี้"
ASKED = ("สมหญิง", "081-000-0000", "รอนานมาก", CONSENT)


def contacts(office: Office) -> list[Any]:
    return cast(list[Any], office.contents()["contacts"])


def openings(office: Office) -> list[Any]:
    return cast(list[Any], office.contents()["protected_openings"])


def ask(office: Office) -> int:
    """Somebody would like to be called back; the id."""
    before = {row.id for row in contacts(office)}
    office.rooms.callbacks.ask(*ASKED)
    (new,) = {row.id for row in contacts(office)} - before
    return int(new)


def answer(office: Office, *reasons: str) -> None:
    """Somebody was served, and says so."""
    ticket = office.serve().ticket.id
    token = link_token(office.house.secret(office.id), SURVEY, ticket)
    office.rooms.satisfaction.answer(token, Answer({"overall": 1}, reasons))


def report(office: Office) -> int:
    """Somebody was asked for money; the report's id."""
    before = reported(office)
    answer(office, "asked_for_money")
    (new,) = reported(office) - before
    return new


def reported(office: Office) -> set[int]:
    """The ids of all reports that are kept; they are in no order."""
    return {int(cast(Any, row).id) for row in office.contents()["protected_reports"]}


# ---------------------------------------------------------------- who asks to be called


def test_a_request_keeps_its_day_and_nothing_that_leads_to_an_answer(office: Office) -> None:
    office.clock.minutes(95)
    answer(office)
    ask(office)
    answer(office)
    ask(office)
    rows, answers = contacts(office), cast(list[Any], office.contents()["answers"])
    day_began = office.clock() - office.clock() % DAY - 7 * 60 * MINUTE
    assert {row.created_at for row in rows} == {day_began}
    assert {row.day for row in rows} == {"2026-10-01"}
    # Ids made from a moment would stand beside those of answers made in the same hour.
    nearest = min(abs(row.id - one.id) for row in rows for one in answers)
    assert nearest > 1 << 30


def test_a_way_to_reach_somebody_and_a_consent_are_needed(small_office: Office) -> None:
    for given, wrong in (
        (("", " ", "", CONSENT), {"reach": "missing"}),
        (("", "081", "", ""), {"consent": "missing"}),
        (("ก" * 121, "081", "", CONSENT), {"name": "too_long"}),
        (("", "081\x00", "", CONSENT), {"reach": "control_characters"}),
    ):
        with pytest.raises(BadField) as refused:
            small_office.rooms.callbacks.ask(*given)
        assert refused.value.fields == wrong
    small_office.rooms.callbacks.ask("", "081", "", CONSENT)
    assert len(contacts(small_office)) == 1


def test_one_takes_care_of_it_and_says_what_came_of_it(office: Office) -> None:
    contact_id, room = ask(office), office.rooms.callbacks
    assert room.how_many_new() == 1
    room.take(contact_id, DIRECTOR)
    room.take(contact_id, DIRECTOR)
    with pytest.raises(NotAllowed, match="contact_taken"):
        room.take(contact_id, COLLEAGUE)
    with pytest.raises(BadField):
        room.close(contact_id, DIRECTOR, " ")
    room.close(contact_id, COLLEAGUE, "โทรแล้ว")
    assert (room.open(), room.how_many_new()) == ([], 0)
    (closed,) = room.all()
    assert (closed.state, closed.done, closed.closed_at) == ("closed", "โทรแล้ว", office.clock())
    with pytest.raises(NotAllowed, match="contact_closed"):
        room.take(contact_id, DIRECTOR)
    with pytest.raises(NotAllowed, match="contact_closed"):
        room.close(contact_id, DIRECTOR, "อีกครั้ง")


def test_after_its_days_a_request_is_gone_for_good(office: Office) -> None:
    contact_id = ask(office)
    timer = Timer(office.house)
    office.clock.now += 29 * DAY
    timer.tick()
    assert len(contacts(office)) == 1
    office.clock.now += DAY
    with pytest.raises(NotFound, match="no_such_contact"):  # also before the timer comes by
        office.rooms.callbacks.take(contact_id, DIRECTOR)
    assert office.rooms.callbacks.all() == []
    timer.tick()
    assert contacts(office) == []


def test_an_office_may_keep_them_for_less(small_office: Office) -> None:
    small_office.set(retention_days={"contacts": 7})
    ask(small_office)
    assert small_office.rooms.callbacks.kept_days() == 7
    small_office.clock.now += 7 * DAY
    small_office.rooms.callbacks.erase_due()
    assert contacts(small_office) == []


def test_who_wants_it_erased_is_erased_and_the_audit_names_nobody(office: Office) -> None:
    contact_id = ask(office)
    office.rooms.callbacks.erase(contact_id, DIRECTOR)
    assert contacts(office) == []
    line = cast(Any, office.contents()["audit"][-1])
    assert (line.action, line.subject, line.after) == ("contact.erased", "2026-10-01", None)


# ---------------------------------------------------------------- their page


def test_a_case_goes_its_way_by_plain_forms(small_office: Office) -> None:
    contact_id, client = ask(small_office), small_office.signed_in(Role.LEGAL)
    assert "081-000-0000" in text_of(look(client, "/cases/"))
    where = f"/cases/{contact_id}"
    assert client.post(f"{where}/take").status_code == 303
    assert "นิติกร รับดูแล" in text_of(look(client, "/cases/"))
    back = client.post(f"{where}/close", data={"done": ""})
    assert (back.status_code, back.text.count("field__error")) == (422, 1)
    assert client.post(f"{where}/close", data={"done": "โทรแล้ว"}).status_code == 303
    words = text_of(look(client, "/cases/"))
    assert "โทรแล้ว" in words
    assert "ขณะนี้ไม่มีผู้ขอให้ติดต่อกลับ" in words
    client.post(f"{where}/close", data={"done": "อีกครั้ง"})
    assert "เรื่องนี้ปิดแล้ว" in text_of(look(client, "/cases/"))
    client.post(f"{where}/erase")
    assert "โทรแล้ว" not in text_of(look(client, "/cases/"))


def test_what_somebody_wrote_is_only_ever_text(small_office: Office) -> None:
    small_office.rooms.callbacks.ask("<b>x</b>", "<script>1</script>", "<i>", "<u>")
    page = look(small_office.signed_in(Role.MANAGER), "/cases/")
    assert "<script>1</script>" in text_of(page)
    assert [one.text for one in page.iter("b") if one.text == "x"] == []


# ---------------------------------------------------------------- the protected list


@pytest.fixture
def legal(small_office: Office) -> FlaskClient:
    return small_office.signed_in(Role.LEGAL)


def test_nothing_of_the_list_is_shown_before_it_was_opened(
    small_office: Office, legal: FlaskClient
) -> None:
    report_id = report(small_office)
    page = look(legal, "/protected/")
    assert "มีเรื่องที่ยังไม่ปิด 1 เรื่อง" in text_of(page)
    assert list(page.iter("table")) == []
    assert legal.get(f"/protected/{report_id}").headers["Location"] == "/protected/"
    assert openings(small_office) == []


def test_each_opening_is_written_down_and_the_other_role_sees_it(
    small_office: Office, legal: FlaskClient
) -> None:
    report_id = report(small_office)
    legal.post("/protected/open")
    look(legal, "/protected/")
    assert legal.get(f"/protected/{report_id}").status_code == 303  # the list opens no report
    legal.post(f"/protected/{report_id}/open")
    look(legal, f"/protected/{report_id}")
    assert [row.report_id for row in openings(small_office)] == [None, report_id]
    seen = look(small_office.signed_in(Role.AUDITOR), "/protected/")
    lines = ["".join(row.itertext()) for row in seen.iter("tr")][1:]
    assert ["นิติกร" in line for line in lines] == [True, True]
    assert "เรื่องหนึ่งเรื่อง" in lines[0]


def test_an_opening_lasts_ten_minutes_and_is_its_readers_own(
    small_office: Office, legal: FlaskClient
) -> None:
    report_id = report(small_office)
    legal.post(f"/protected/{report_id}/open")
    audit = small_office.signed_in(Role.AUDITOR)
    assert audit.get(f"/protected/{report_id}").status_code == 303
    assert legal.get(f"/protected/{report_id}").status_code == 200
    small_office.clock.minutes(11)
    assert legal.get(f"/protected/{report_id}").status_code == 303


def test_only_the_legal_officer_closes_a_report_and_once(
    small_office: Office, legal: FlaskClient
) -> None:
    report_id = report(small_office)
    audit = small_office.signed_in(Role.AUDITOR)
    where = f"/protected/{report_id}"
    audit.post(f"{where}/open")
    assert "นิติกรยังไม่ได้ปิดเรื่องนี้" in text_of(look(audit, where))
    assert audit.post(f"{where}/close", data={"done": "x"}).status_code == 403
    legal.post(f"{where}/open")
    assert legal.post(f"{where}/close", data={"done": ""}).status_code == 422
    legal.post(f"{where}/close", data={"done": "ส่งเรื่องให้คณะกรรมการแล้ว"})
    assert "ส่งเรื่องให้คณะกรรมการแล้ว" in text_of(look(legal, where))
    legal.post(f"{where}/close", data={"done": "อีกครั้ง"})
    assert "เรื่องนี้ปิดแล้ว" in text_of(look(legal, "/protected/"))
    with pytest.raises(NotAllowed, match="report_closed"):
        small_office.rooms.protected.close(report_id, DIRECTOR, "x")


def test_a_report_that_is_not_there_is_not_found(small_office: Office) -> None:
    room = small_office.rooms.protected
    for ask_for in (room.open_report, room.report):
        with pytest.raises(NotFound, match="no_such_report"):
            ask_for(1, DIRECTOR)
    assert openings(small_office) == []


def test_the_list_works_on_both_databases(office: Office) -> None:
    first, room = report(office), office.rooms.protected
    room.open_list(DIRECTOR)
    assert [one.id for one in room.reports(DIRECTOR) or []] == [first]
    assert room.reports(COLLEAGUE) is None
    room.open_report(first, DIRECTOR)
    assert room.report(first, DIRECTOR) is not None
    room.close(first, DIRECTOR, "ทำแล้ว")
    assert room.how_many_open() == 0
    assert [one.report_id for one in room.openings()] == [first, first, None]


def test_what_was_written_goes_when_the_office_keeps_it_no_longer(office: Office) -> None:
    closed, room, timer = report(office), office.rooms.protected, Timer(office.house)
    room.close(closed, DIRECTOR, "ทำแล้ว")
    still_open = report(office)
    ticket = office.serve().ticket.id
    token = link_token(office.house.secret(office.id), SURVEY, ticket)
    office.rooms.satisfaction.answer(token, Answer({"overall": 1}, comment="รอนาน"))

    def left() -> tuple[set[int], set[str | None]]:
        timer.tick()
        comments = {cast(Any, row).comment for row in office.contents()["answers"]}
        return reported(office), comments

    office.clock.now += 730 * DAY
    assert left() == ({closed, still_open}, {None, "รอนาน"})
    office.clock.now += DAY
    assert left() == ({closed, still_open}, {None})
    office.clock.now += (1825 - 731) * DAY
    assert left() == ({closed, still_open}, {None})
    office.clock.now += DAY
    assert left() == ({still_open}, {None})  # somebody still looks into it
    assert len(office.contents()["answers"]) == 3


def test_a_report_tells_neither_its_channel_nor_where(
    small_office: Office, legal: FlaskClient
) -> None:
    report_id = report(small_office)
    (row,) = small_office.contents()["protected_reports"]
    told = {"office_id", "id", "day", "reason", "message", "closed_at", "done"}
    assert set(cast(Any, row)._asdict()) == told
    legal.post("/protected/open")
    legal.post(f"/protected/{report_id}/open")
    pages = [text_of(look(legal, where)) for where in ("/protected/", f"/protected/{report_id}")]
    assert not any("คิวอาร์" in page or "ช่องทาง" in page for page in pages)


@pytest.mark.parametrize("role", [Role.MANAGER, Role.ADMIN, Role.EXECUTIVE])
def test_nobody_else_comes_near_it(small_office: Office, role: Role) -> None:
    report(small_office)
    assert small_office.signed_in(role).get("/protected/").status_code == 403


def test_the_legal_officers_pages_read_well(screens: Screens) -> None:
    ask(screens.office)
    report(screens.office)
    page = screens.open("desk", role=Role.LEGAL)
    page.goto(f"{screens.site}/cases/")
    page.get_by_role("button", name="รับดูแลเรื่องนี้").click()
    expect(page.get_by_role("status")).to_contain_text("ท่านรับดูแลเรื่องนี้แล้ว")
    assert Axe().run(page).response["violations"] == []
    page.get_by_role("link", name="เรื่องร้องเรียนที่ต้องคุ้มครองผู้แจ้ง").click()
    page.get_by_role("button", name="เปิดรายการ").click()
    assert Axe().run(page).response["violations"] == []
    page.get_by_role("button", name="เปิดอ่าน").click()
    page.get_by_label("ดำเนินการอย่างไรแล้ว").fill("ส่งเรื่องแล้ว")
    assert Axe().run(page).response["violations"] == []
    page.get_by_role("button", name="ปิดเรื่อง").click()
    expect(page.get_by_role("status")).to_contain_text("ปิดเรื่องแล้ว")
