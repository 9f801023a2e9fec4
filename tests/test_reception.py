"""First reception: finding the service, giving the number, printing again, cancelling."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask.testing import FlaskClient
from playwright.sync_api import Page, expect

from server.domain.order import Priority
from server.domain.refusals import NotAllowed, NotFound
from server.domain.roles import Role
from server.domain.settings import Words
from server.domain.ticket import Outcome, SlipState, State
from server.domain.wish import Actor, RequestKey
from server.reception.finding import findable, matching
from server.store import schema, slips
from server.store.engine import Store
from tests.browser import Screens
from tests.office import Office
from tests.pages import look, text_of
from tests.people.receptionist import Receptionist

STAFF = Actor("staff", 1)
NIGHT_MIN = 15 * 60


def desk_of(screens: Screens) -> Receptionist:
    page = screens.open("desk", role=Role.RECEPTION)
    return Receptionist(page, screens.site).comes()


def set_printer(office: Office, url: str = "tcp://192.0.2.10:9100") -> None:
    with office.store.writing() as db:
        db.execute(schema.printers.update().values(url=url))


def settle(office: Office, state: SlipState) -> None:
    """The oldest slip due goes to the printer and ends like this."""
    with office.store.writing() as db:
        job = slips.lease(db, office.clock())
        assert job is not None
        assert slips.settle(db, job, state, office.clock(), problem="silent", near_end=False)


def jobs(office: Office) -> list[tuple[str, bool]]:
    """Each slip job in order: its state, and whether it is a reprint."""
    with office.store.reading() as db:
        rows = db.execute(schema.slip_jobs.select().order_by(schema.slip_jobs.c.id)).all()
    return [(row.state, '"reprint": true' in row.slip.replace('":true', '": true')) for row in rows]


def form(office: Office, *codes: str, **more: str) -> dict[str, object]:
    services = [str(office.service(code).id) for code in codes]
    return {"s": services, "priority": "none", "language": "th", "request_key": "k1", **more}


def give(client: FlaskClient, data: dict[str, object]) -> str:
    answer = client.post("/reception/tickets", data=data)
    assert answer.status_code == 303, answer.text
    return str(answer.location)


# ---------------------------------------------------------------- finding


@pytest.mark.parametrize(
    ("asked", "first"),
    [
        ("เกิด", "แจ้งเกิด"),
        ("ลูกเกิด", "แจ้งเกิด"),
        ("BIRTH", "แจ้งเกิด"),
        ("น้ํา", "ชำระค่าน้ำประปา"),
        ("parents id", "แจ้งเกิด"),
    ],
)
def test_a_service_is_found_by_what_the_visitor_says(
    small_office: Office, asked: str, first: str
) -> None:
    nowhere = Words(th="", en="")
    services = [findable(service, nowhere) for service in small_office.reads.services()]
    assert matching(services, asked)[0].service.name.th == first


def test_nothing_is_found_for_what_nobody_does(small_office: Office) -> None:
    client = small_office.signed_in(Role.RECEPTION)
    page = look(client, "/reception/?q=สอบใบขับขี่ยานอวกาศ")
    assert "ไม่พบงานนี้" in text_of(page)


def test_typing_filters_as_the_server_does(screens: Screens) -> None:
    at_desk = desk_of(screens).hears("ลูกเกิด")
    expect(at_desk.page.locator(".found__one:visible")).to_have_count(1)
    expect(at_desk.page.locator("[data-count]")).to_have_text("พบ 1 งาน")
    at_desk.page.keyboard.press("Enter")  # to what was found
    at_desk.page.keyboard.press("Enter")  # and choose it
    expect(at_desk.page.locator("#check-title")).to_have_text("แจ้งเกิด")
    at_desk.page.goto(f"{screens.site}/reception/?q=ลูกเกิด")
    expect(at_desk.page.locator(".found__one")).to_have_count(1)


# ---------------------------------------------------------------- giving the number


def test_a_visitor_with_several_services_and_priority_gets_one_number(screens: Screens) -> None:
    at_desk = desk_of(screens).chooses("แจ้งเกิด").marks("infant")
    at_desk.page.get_by_label("พิมพ์ตัวใหญ่").check()
    at_desk.adds("ชำระค่าน้ำประปา").adds("แจ้งย้ายที่อยู่")
    expect(at_desk.page.locator("[name=priority][value=infant]")).to_be_checked()
    at_desk.page.get_by_role("link", name="ตัดชำระค่าน้ำประปาออก").click()
    at_desk.settled()
    assert at_desk.gives() == "A001"
    (seen,) = screens.office.reads.find_tickets()
    office, ticket = screens.office, seen.ticket
    assert (ticket.channel, ticket.priority) == ("reception", Priority.INFANT)
    wanted = [office.service("birth").id, office.service("move").id]
    assert [step.service_id for step in ticket.steps] == wanted


def test_what_is_missing_is_named_at_once(screens: Screens) -> None:
    at_desk = desk_of(screens).chooses("แจ้งเกิด")
    lack = at_desk.page.locator("[data-lack]")
    expect(lack).to_be_hidden()
    papers = at_desk.page.locator("[data-paper]")
    papers.nth(0).check()
    papers.nth(1).check()
    expect(lack).to_contain_text("สำเนาทะเบียนบ้านที่จะเพิ่มชื่อเด็ก, บัตรประจำตัวประชาชนของบิดามารดา")
    expect(at_desk.page.locator("[data-state]")).to_have_text("ขาด 2 รายการ")
    papers.nth(2).check()
    papers.nth(3).check()
    expect(lack).to_be_hidden()
    expect(at_desk.page.locator("[data-state]")).to_have_text("ครบแล้ว")


def test_a_double_press_gives_one_number_and_back_gives_the_next_visitor_a_new_one(
    screens: Screens,
) -> None:
    at_desk = desk_of(screens).chooses("แจ้งเกิด")
    at_desk.page.get_by_role("button", name="ออกบัตรคิว").dblclick()
    expect(at_desk.page.locator("h1")).to_have_text("A001")
    at_desk.settled()
    at_desk.page.go_back()
    at_desk.settled()
    assert at_desk.gives() == "A002"


def test_a_page_that_the_browser_kept_is_a_new_press(screens: Screens) -> None:
    page = desk_of(screens).chooses("แจ้งเกิด").page
    key = page.locator("[data-issue] [name=request_key]")
    before = key.input_value()
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    expect(key).not_to_have_value(before)


def test_the_same_form_sent_twice_is_one_ticket(small_office: Office) -> None:
    client = small_office.signed_in(Role.RECEPTION)
    data = form(small_office, "birth")
    assert give(client, data) == give(client, data)
    other = client.post("/reception/tickets", data=form(small_office, "move"))  # the key again
    assert other.location.startswith("/reception/?s=")
    assert "แบบนี้ใช้ออกบัตรไปแล้ว" in text_of(look(client, other.location))
    assert len(small_office.reads.find_tickets()) == 1


def test_outside_the_hours_no_number_is_given_and_nothing_is_lost(sqlite_store: Store) -> None:
    office = Office(sqlite_store, demo=False)
    office.clock.minutes(NIGHT_MIN)
    client = office.signed_in(Role.RECEPTION)
    data = form(office, "birth", "move", priority="monk")
    answer = client.post("/reception/tickets", data=data)
    page = look(client, answer.location)
    assert "ขณะนี้อยู่นอกเวลารับบัตรคิว" in text_of(page)
    kept = [f for f in page.iter("input") if f.get("checked") is not None]
    assert "monk" in [f.get("value") for f in kept]
    chosen = [f.get("value") for f in page.iter("input") if f.get("name") == "s"]
    assert set(chosen) == set(data["s"])  # type: ignore[call-overload]
    assert office.reads.find_tickets() == []


# ---------------------------------------------------------------- today's numbers


def test_todays_numbers_are_found_by_number(small_office: Office) -> None:
    office = small_office
    for code in ("birth", "land-tax", "birth"):
        office.issue(code)
    client = office.signed_in(Role.RECEPTION)

    def listed(asked: str) -> list[str]:
        page = look(client, f"/reception/tickets?q={asked}")
        return [
            str(row.findtext(".//a")) for row in page.iter("tr") if row.find(".//a") is not None
        ]

    assert listed("") == ["A002", "R001", "A001"]
    assert listed("a002") == ["A002"]
    assert listed("1") == ["R001", "A001"]
    assert listed("R") == ["R001"]
    assert listed("%25") == listed("A9999999") == listed("ก") == []
    office.clock.minutes(24 * 60)
    client = office.signed_in(Role.RECEPTION)
    assert listed("") == []


def test_a_ticket_is_cancelled_with_reason_and_outcome(screens: Screens) -> None:
    at_desk = desk_of(screens).chooses("แจ้งเกิด")
    at_desk.gives()
    page = at_desk.page
    page.get_by_label("เอกสารไม่ครบ").check()
    expect(page.get_by_label("เอกสารยังไม่พร้อม")).to_be_checked()  # suggested, not decided
    page.get_by_label("กลับก่อนได้รับบริการ").check()
    page.get_by_role("button", name="ยกเลิก A001").click()
    expect(page.locator(".given__number")).to_contain_text("กลับก่อนได้รับบริการ")
    expect(page.locator(".given__events")).to_contain_text("เอกสารไม่ครบ")
    (seen,) = screens.office.reads.find_tickets()
    assert (seen.ticket.state, seen.ticket.current.outcome) == (State.CANCELLED, Outcome.LEFT)


def test_nothing_is_cancelled_without_a_chosen_outcome(small_office: Office) -> None:
    ticket_id = small_office.issue("birth").ticket.id
    client = small_office.signed_in(Role.RECEPTION)
    url = f"/reception/tickets/{ticket_id}/cancel"
    data = {"request_key": "k", "reason": "left"}
    answer = client.post(url, data=data)
    assert answer.status_code == 422
    assert "กรุณาเลือกว่าบันทึกผลเป็นอะไร" in answer.text
    assert client.post(url, data={**data, "outcome": "served"}).status_code == 422
    assert small_office.reads.ticket(ticket_id).ticket.state is State.WAITING
    assert client.post(url, data={**data, "outcome": "issued_in_error"}).status_code == 303
    late = client.post(url, data={"request_key": "k2", "reason": "left", "outcome": "left"})
    assert "จึง“ยกเลิกคิว”ไม่ได้" in text_of(look(client, late.location))


# ---------------------------------------------------------------- paper


def test_without_a_printer_nothing_is_reprinted(office: Office) -> None:
    seen = office.issue("birth")
    with pytest.raises(NotAllowed, match="no_printer"):
        office.rooms.paper.reprint(seen.ticket.id, STAFF)
    with pytest.raises(NotFound):
        office.rooms.paper.reprint(5, STAFF)
    assert jobs(office) == []


def test_a_slip_on_its_way_is_not_doubled(office: Office) -> None:
    set_printer(office)
    ticket_id = office.issue("birth").ticket.id
    with pytest.raises(NotAllowed, match="slip_on_its_way"):
        office.rooms.paper.reprint(ticket_id, STAFF)
    settle(office, SlipState.PRINTED)
    key = RequestKey("staff:1", "POST", "/reprint", "k", "")
    office.rooms.paper.reprint(ticket_id, STAFF, key)
    office.rooms.paper.reprint(ticket_id, STAFF, key)  # a double press
    assert jobs(office) == [("printed", False), ("queued", True)]
    assert office.reads.ticket(ticket_id).ticket.slip_state is SlipState.QUEUED


def test_a_failed_slip_printed_again_is_one_slip(office: Office) -> None:
    set_printer(office)
    ticket_id = office.issue("birth").ticket.id
    settle(office, SlipState.FAILED)
    office.rooms.paper.reprint(ticket_id, STAFF)
    assert jobs(office) == [("none", False), ("queued", True)]
    office.clock.minutes(1)
    settle(office, SlipState.PRINTED)
    with office.store.writing() as db:
        assert slips.lease(db, office.clock()) is None


def test_staff_say_that_an_uncertain_slip_was_printed(office: Office) -> None:
    set_printer(office)
    ticket_id = office.issue("birth").ticket.id
    settle(office, SlipState.UNCERTAIN)
    office.rooms.paper.was_printed(ticket_id, STAFF)
    assert office.reads.ticket(ticket_id).ticket.slip_state is SlipState.PRINTED
    assert jobs(office) == [("printed", False)]
    with pytest.raises(NotAllowed, match="slip_is_settled"):
        office.rooms.paper.was_printed(ticket_id, STAFF)
    with office.store.reading() as db:
        told = [(r.actor, r.action, r.subject) for r in db.execute(schema.audit.select())]
    assert told == [("staff:1", "slip.was_printed", "2026-10-01 A001")]


def test_the_slips_state_comes_by_itself_and_offers_what_staff_may_decide(
    screens: Screens,
) -> None:
    office = screens.office
    set_printer(office)
    at_desk = desk_of(screens).chooses("แจ้งเกิด")
    at_desk.gives()
    slip = at_desk.page.locator("#slip")
    expect(slip).to_contain_text("รอพิมพ์")
    expect(slip.get_by_role("button")).to_have_count(0)
    settle(office, SlipState.UNCERTAIN)
    expect(slip).to_contain_text("ไม่แน่ใจว่าพิมพ์แล้ว")
    slip.get_by_role("button", name="บัตรออกมาแล้ว").click()
    expect(slip).to_contain_text("พิมพ์แล้ว")
    slip.get_by_role("button", name="พิมพ์บัตรอีกครั้ง").click()
    expect(slip).to_contain_text("รอพิมพ์")
    assert jobs(office) == [("printed", False), ("queued", True)]


def test_an_office_without_a_printer_offers_no_paper(small_office: Office) -> None:
    client = small_office.signed_in(Role.RECEPTION)
    page = look(client, give(client, form(small_office, "birth")))
    assert not any((f.get("action") or "").endswith("/reprint") for f in page.iter("form"))
    assert "หมายเลขยังใช้ได้" in text_of(page)


# ---------------------------------------------------------------- rights and rubbish


@pytest.mark.parametrize("role", [Role.OFFICER, Role.MANAGER, Role.AUDITOR])
def test_reception_is_for_reception(small_office: Office, role: Role) -> None:
    ticket_id = small_office.issue("birth").ticket.id
    client = small_office.signed_in(role)
    for url in ("/reception/", "/reception/tickets", f"/reception/tickets/{ticket_id}"):
        assert client.get(url).status_code == 403, url
    assert client.post("/reception/tickets").status_code == 403
    assert client.post(f"/reception/tickets/{ticket_id}/cancel").status_code == 403


def test_rubbish_is_refused_and_changes_nothing(small_office: Office) -> None:
    office = small_office
    ticket_id = office.issue("birth").ticket.id
    client = office.signed_in(Role.RECEPTION)
    look(client, "/reception/")
    before = office.contents()
    one = f"/reception/tickets/{ticket_id}"
    good = form(office, "birth")
    rubbish: list[tuple[str, dict[str, object], int]] = [
        ("/reception/tickets", {}, 422),
        ("/reception/tickets", {**good, "request_key": ""}, 422),
        ("/reception/tickets", {**good, "request_key": "ก"}, 422),
        ("/reception/tickets", {**good, "s": ["7"]}, 404),
        ("/reception/tickets", {**good, "s": ["9" * 25]}, 422),
        ("/reception/tickets", {**good, "s": ["๑"]}, 422),
        ("/reception/tickets", {**good, "s": good["s"] * 9}, 422),  # type: ignore[operator]
        ("/reception/tickets", {**good, "priority": "vip"}, 422),
        ("/reception/tickets", {**good, "language": "xx"}, 422),
        (f"{one}/cancel", {"request_key": "k", "reason": "why", "outcome": "left"}, 422),
        (f"{one}/reprint", {}, 422),
        (f"{one}/reprint", {"request_key": "k"}, 303),  # no printer: a note
        (f"{one}/printed", {}, 303),
        ("/reception/tickets/5/printed", {}, 404),
        (f"/reception/tickets/{9**25}/printed", {}, 404),
    ]
    for url, data, status in rubbish:
        assert client.post(url, data=data).status_code == status, (url, data)
    for url in ("/reception/?s=x", "/reception/?priority=vip", "/reception/?language=%00"):
        assert client.get(url).status_code == 422, url
    assert client.get("/reception/?s=7").status_code == 404
    assert client.get("/reception/tickets/5").status_code == 404
    assert office.contents() == before


# ---------------------------------------------------------------- looks


def sound(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_every_page_is_accessible_also_twice_as_large(screens: Screens) -> None:
    set_printer(screens.office)
    screens.office.issue("land-tax", Priority.ELDERLY)
    at_desk = desk_of(screens)
    sound(at_desk.page)
    at_desk.chooses("แจ้งเกิด").adds("ชำระค่าน้ำประปา").marks("pregnant")
    at_desk.page.locator("[data-paper]").first.check()
    sound(at_desk.page)
    at_desk.page.set_viewport_size({"width": 683, "height": 384})
    sound(at_desk.page)
    at_desk.gives()
    settle(screens.office, SlipState.UNCERTAIN)
    at_desk.page.reload()
    sound(at_desk.page)
    at_desk.page.goto(f"{screens.site}/reception/tickets")
    sound(at_desk.page)
    at_desk.page.set_viewport_size({"width": 1366, "height": 768})
    sound(at_desk.page)
