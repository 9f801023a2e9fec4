"""Two windows at once: what one does the other sees, and an old page harms nobody."""

from playwright.sync_api import expect

from server.domain.ticket import State
from tests.browser import Screens
from tests.people.officer import Officer, entered, officer, staff_id, state_of


def test_two_officers_see_each_others_changes_without_reload(screens: Screens) -> None:
    office = screens.office
    nina, omar = officer(screens, "1"), officer(screens, "2", username="counter2")
    nina.stays()
    omar.stays()
    expect(omar.page.locator("[data-link]")).to_have_text("เชื่อมต่ออยู่")
    office.issue("birth")  # counter 1's own work; counter 2 helps
    expect(nina.line).to_have_text(["A001"])
    expect(omar.line).to_have_text(["A001"])
    expect(omar.page.locator(".pool__item")).to_contain_text("ช่องนี้ช่วยเรียก")
    assert nina.stayed()
    nina.presses("Space").has("A001", "called")
    expect(omar.line).to_have_count(0)
    expect(omar.page.locator("#pool-title")).to_have_text("ไม่มีผู้รอ")
    assert omar.stayed()


def test_two_windows_of_one_counter_stay_alike(screens: Screens) -> None:
    screens.office.issue("birth")
    left = officer(screens, "1")
    right = officer(screens, "1").stays()
    left.presses("Space")
    right.has("A001", "called")
    left.presses("Space")
    right.has("A001", "serving")
    assert right.stayed()


def test_an_outdated_page_ends_nobody_elses_visit(screens: Screens) -> None:
    office = screens.office
    for _ in range(3):
        office.issue("birth")
    stale = officer(screens, "1").presses("Space").presses("Space").has("A001", "serving")
    stale.page.route("**/counter/panel", lambda route: route.abort())  # it hears nothing new
    fresh = officer(screens, "1").presses("Space").has("A002", "called")
    stale.presses("Space")
    expect(stale.note).to_contain_text("A001")
    expect(stale.note).to_contain_text("ไม่ได้อยู่ที่ช่องนี้แล้ว")
    stale.has("A002", "called")
    fresh.has("A002", "called")
    assert state_of(office, "A003") is State.WAITING


def test_a_counter_is_taken_over_only_deliberately_and_the_other_is_told(screens: Screens) -> None:
    screens.office.issue("birth")
    nina = officer(screens, "1").presses("Space").has("A001", "called")
    page = entered(screens, "counter2")
    page.get_by_role("button", name="ขอรับช่วงช่อง 1").click()
    expect(page.get_by_role("heading", name="ช่อง 1 มีเจ้าหน้าที่ทะเบียนราษฎรนั่งอยู่")).to_be_visible()
    assert screens.office.counter("1").staff_id == staff_id(screens.office, "counter1")
    page.get_by_role("button", name="ยืนยันรับช่วงช่อง 1").click()
    Officer(page, screens.site).settled().has("A001", "called")
    expect(nina.page.locator("h1")).to_have_text("วันนี้นั่งช่องไหน")
    expect(nina.page.get_by_role("alert")).to_contain_text("มีเจ้าหน้าที่สวัสดิการรับช่วงไปแล้ว")


def test_news_leave_the_focus_and_what_is_open_alone(screens: Screens) -> None:
    office = screens.office
    office.issue("birth")
    nina = officer(screens, "1").presses("Space").presses("x")
    nina.page.locator("#no-shows summary").click()
    nina.page.locator("#leave").focus()
    nina.stays()
    office.issue("birth")
    expect(nina.line).to_have_text(["A002"])
    expect(nina.page.locator("#no-shows")).to_have_attribute("open", "")
    assert nina.page.evaluate("document.activeElement.id") == "leave"
    nina.page.locator("#main-action").focus()
    office.call_next("1")
    nina.has("A002", "called")
    expect(nina.page.locator("#main-action")).to_be_focused()
    assert nina.stayed()


def test_an_open_question_survives_news(screens: Screens) -> None:
    nina = officer(screens, "1").touches("p")
    screens.office.issue("birth")
    expect(nina.line).to_have_text(["A001"])
    expect(nina.page.get_by_role("dialog")).to_be_visible()
    with nina.page.expect_navigation():
        nina.page.keyboard.press("Enter")
    expect(nina.page.locator("h1")).to_have_text("หยุดพักช่องนี้อยู่")


def test_a_console_cut_off_says_so_and_keeps_its_page(screens: Screens) -> None:
    screens.office.issue("birth")
    nina = officer(screens, "1")
    nina.page.route_web_socket("**/socket.io/**", lambda socket: socket.close())
    nina.page.route("**/counter/board", lambda route: route.abort())
    nina.page.reload()
    nina.settled().stays()
    expect(nina.page.locator("[data-link]")).to_have_text("ขาดการเชื่อมต่อ กำลังลองใหม่", timeout=15_000)
    nina.touches("Space")
    assert nina.stayed()
    assert state_of(screens.office, "A001") is State.WAITING
    nina.page.unroute("**/counter/board")
    expect(nina.page.locator("[data-link]")).to_have_text("เชื่อมต่ออยู่", timeout=15_000)
    nina.presses("Space").has("A001", "called")
