"""First reception on screen: from what the visitor says to the number."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from server.domain.order import Priority
from server.domain.settings import ServiceRules
from server.domain.ticket import Outcome, SlipState, State
from tests.browser import Screens
from tests.people.receptionist import desk_of, jobs, set_printer, settle


def test_typing_filters_as_the_server_does(screens: Screens) -> None:
    at_desk = desk_of(screens).hears("ลูกเกิด")
    expect(at_desk.page.locator(".found__one:visible")).to_have_count(1)
    expect(at_desk.page.locator("[data-count]")).to_have_text("พบ 1 งาน")
    at_desk.page.keyboard.press("Enter")  # to what was found
    at_desk.page.keyboard.press("Enter")  # and choose it
    expect(at_desk.page.locator("#check-title")).to_have_text("แจ้งเกิด")
    at_desk.page.goto(f"{screens.site}/reception/?q=ลูกเกิด")
    expect(at_desk.page.locator(".found__one")).to_have_count(1)


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


def test_a_number_all_the_same_is_given_for_a_reason_in_staffs_own_words(
    screens: Screens,
) -> None:
    screens.office.rule("birth", ServiceRules(day_limit=1))
    screens.office.issue("birth")
    at_desk = desk_of(screens).chooses("แจ้งเกิด")
    at_desk.page.get_by_label("ระบุเหตุอื่น").fill("แพทย์นัดพรุ่งนี้")  # writing it chooses it
    sound(at_desk.page)
    at_desk.page.get_by_role("button", name="ออกบัตรคิวตามเหตุผลนี้").click()
    expect(at_desk.page.locator("h1")).to_have_text("A002")
    expect(at_desk.page.locator(".given__events")).to_contain_text("แพทย์นัดพรุ่งนี้")


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
