"""Every move on the console by keyboard alone, with its dialogs, in a real browser."""

import os
import signal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from server.domain.roles import Role
from server.domain.ticket import State
from tests.browser import ARGS, Screens
from tests.office import PROGRAM
from tests.people.officer import Officer, entered, id_of, officer, state_of


def serving(screens: Screens) -> Officer:
    """The officer of counter 1, with the first in line being served."""
    called = screens.office.call_next("1")
    assert called is not None
    screens.office.desk.start(called.ticket.id, PROGRAM)
    return officer(screens, "1")


def test_hold_and_resume_need_two_keys_each(screens: Screens) -> None:
    office = screens.office
    office.issue("birth")
    office.issue("birth")
    office.call_next("1")
    nina = officer(screens, "1").has("A001", "called")
    expect(nina.asks("h")).to_contain_text("พัก A001 ไว้เพราะอะไร")
    nina.answers("2").is_free()
    assert office.reads.events(id_of(office, "A001"))[-1].reason == "payment"
    office.call_next("1")
    nina.has("A002", "called")
    nina.presses("u").has("A002", "called")  # one at a time
    expect(nina.note).to_contain_text("ยังมีผู้รับบริการอยู่")
    office.desk.no_show(id_of(office, "A002"), PROGRAM)
    nina.is_free().presses("u").has("A001", "serving")


def test_a_transfer_by_keyboard_says_that_the_place_is_kept(screens: Screens) -> None:
    office = screens.office
    office.desk.open_counter(office.counter("2").id, PROGRAM)
    office.issue("birth")
    office.issue("birth")
    nina = serving(screens)
    asked = nina.asks("t")
    expect(asked).to_contain_text("ไม่เสียลำดับที่ได้ไว้")
    expect(asked.get_by_role("button", name="ช่อง 2 ")).to_be_focused()
    nina.answers("Enter").is_free()
    assert [one.number for one in office.reads.line(office.counter("2").id, 1)] == ["A001"]
    office.call_next("1")
    nina.has("A002", "called").asks("t")
    nina.chooses("รับเรื่องร้องเรียนร้องทุกข์").is_free()
    assert office.reads.ticket(id_of(office, "A002")).ticket.current.service_id == (
        office.service("complaint").id
    )


def test_somebody_in_the_line_is_called_with_arrows_and_a_reason(screens: Screens) -> None:
    office = screens.office
    for _ in range(3):
        office.issue("birth")
        office.clock.minutes(1)
    nina = officer(screens, "1").touches("l")
    expect(nina.line.nth(0)).to_be_focused()
    nina.page.keyboard.press("ArrowDown")
    nina.page.keyboard.press("ArrowDown")
    nina.page.keyboard.press("Enter")
    expect(nina.asked).to_contain_text("จะข้ามผู้ที่มีลำดับก่อน 2 คน: A001, A002")
    nina.answers("1").has("A003", "called")
    expect(nina.page.locator(".visit__why")).to_contain_text("เหตุผล: เจ็บป่วย")


def test_a_typed_number_is_found_wherever_it_is(screens: Screens) -> None:
    office = screens.office
    office.issue("complaint")
    nina = officer(screens, "1")
    expect(nina.asks("n").get_by_label("หมายเลขคิว")).to_be_focused()
    nina.page.keyboard.type("z 9")  # letters are typed here, not pressed
    nina.answers("Enter")
    expect(nina.asked).to_contain_text("วันนี้ไม่มีคิว z 9")
    nina.page.keyboard.press("Control+a")
    nina.page.keyboard.type("1")
    nina.answers("Enter")
    number = office.reads.find_tickets()[0].ticket.number
    expect(nina.asked).to_contain_text(number)
    nina.answers("3").has(number, "called")


def test_cancelling_keeps_the_safe_answer_in_focus(screens: Screens) -> None:
    office = screens.office
    office.issue("birth")
    nina = serving(screens)
    expect(nina.asks("c").get_by_text("ไม่ยกเลิก")).to_be_focused()
    nina.page.keyboard.press("Enter")
    expect(nina.asked_box).to_be_hidden()
    nina.has("A001", "serving").asks("c")
    nina.answers("3").is_free()
    assert str(office.reads.ticket(id_of(office, "A001")).ticket.current.outcome) == "turned_away"


def test_the_menu_opens_and_closes_with_keys_and_its_letters_work_all_the_same(
    screens: Screens,
) -> None:
    screens.office.issue("birth")
    screens.office.call_next("1")
    nina = officer(screens, "1").touches("m")
    cancel = nina.page.locator("#cancel")
    expect(cancel).to_be_visible()
    nina.page.keyboard.press("Escape")
    expect(cancel).to_be_hidden()
    nina.asks("a")
    nina.chooses("แจ้งย้ายที่อยู่").has("A001", "called")
    expect(nina.page.locator(".visit__steps li")).to_have_count(2)
    nina.asks("a")
    nina.chooses("เอาออก").has("A001", "called")
    expect(nina.page.locator(".visit__steps")).to_have_count(0)


def test_no_show_is_offered_when_the_time_is_up_and_a_late_press_misses_it(
    screens: Screens,
) -> None:
    office = screens.office
    office.issue("birth")
    office.call_next("1")
    office.clock.minutes(2.98)
    nina = officer(screens, "1").stays()
    office.clock.minutes(0.05)
    expect(nina.page.locator("#main-action b")).to_contain_text("ไม่มา", timeout=15_000)
    expect(nina.console).to_have_attribute("data-guarded", "")
    nina.page.keyboard.press("Space")  # was meant for "start", which stood here a moment ago
    assert nina.stayed() and state_of(office, "A001") is State.CALLED
    nina.presses("s").has("A001", "serving")


def test_a_no_show_is_offered_to_come_back_while_the_rule_lasts(screens: Screens) -> None:
    office = screens.office
    office.issue("birth")
    office.call_next("1")
    office.desk.no_show(id_of(office, "A001"), PROGRAM)
    nina = officer(screens, "1")
    listed = nina.page.locator("#no-shows li")
    nina.page.locator("#no-shows summary").click()
    expect(listed).to_contain_text("กลับเข้าคิวเดิมได้ถึง 09:00 น.")
    office.clock.minutes(61)
    nina.page.reload()
    nina.settled().page.locator("#no-shows summary").click()
    expect(listed).to_contain_text("เลยเวลากลับแล้ว")
    expect(listed.get_by_role("button")).to_have_count(0)
    listed.get_by_role("link").click()
    expect(nina.asked).to_contain_text("กรุณาให้รับบัตรคิวใหม่")


def test_two_windows_that_move_the_same_visit_end_in_a_note(screens: Screens) -> None:
    office = screens.office
    office.issue("birth")
    office.call_next("1")
    left = officer(screens, "1")
    right = officer(screens, "1").has("A001", "called")
    for window in (left, right):
        window.asks("t")
    left.chooses("รับเรื่องร้องเรียนร้องทุกข์").is_free()
    right.chooses("แจ้งตาย").is_free()
    expect(right.note).to_contain_text("A001")
    expect(right.note).to_contain_text("จึงยังไม่ได้ทำอะไร")
    assert [event.kind for event in office.reads.events(id_of(office, "A001"))] == [
        "issued",
        "called",
        "transferred",
    ]


def test_a_browser_that_is_killed_loses_nothing(screens: Screens, browser: Browser) -> None:
    office = screens.office
    office.issue("birth")
    office.issue("birth")
    doomed = browser.browser_type.launch(executable_path=_chromium(browser), args=ARGS)
    office.call_next("1")
    office.desk.hold(id_of(office, "A001"), "documents", PROGRAM)
    nina = serving(Screens(doomed, office, screens.site)).has("A002", "serving")
    office.clock.minutes(4)
    cookies = nina.page.context.cookies()
    nina.asks("t")  # in the middle of something
    for process in doomed.new_browser_cdp_session().send("SystemInfo.getProcessInfo")[
        "processInfo"
    ]:
        if process["type"] == "browser":
            os.kill(process["id"], signal.SIGKILL)
    page = screens.open("desk")
    page.context.add_cookies(cookies)  # type: ignore[arg-type] # as the browser kept them
    back = Officer(page, screens.site).comes().has("A002", "serving")
    expect(page.locator(".timer__now")).to_have_text("4:00")
    expect(page.locator(".pool__back li")).to_contain_text("A001")
    expect(page.locator(".pool__back li")).to_contain_text("4 นาที")
    anew = Officer(entered(screens, "counter1"), screens.site).comes("1").has("A002", "serving")
    expect(anew.page.locator(".timer__now")).to_have_text("4:00")
    office.desk.finish(id_of(office, "A002"), PROGRAM)
    back.is_free().presses("u").has("A001", "serving")


def _chromium(browser: Browser) -> str:
    found = browser.new_browser_cdp_session().send("SystemInfo.getInfo")["commandLine"]
    return str(found).split(" ", 1)[0]


def test_each_question_is_accessible_and_fits_also_twice_as_large(screens: Screens) -> None:
    office = screens.office
    for number in "245":
        office.desk.open_counter(office.counter(number).id, PROGRAM)
    for _ in range(4):
        office.issue("land-tax", more=("waste-fee",))
    office.call_next("3")
    office.desk.hold(id_of(office, "R001"), "documents", PROGRAM)
    office.clock.minutes(50)
    visit, waiting = office.call_next("3"), id_of(office, "R004")
    assert visit is not None
    for _ in range(2):
        office.desk.recall(visit.ticket.id, PROGRAM)
    page = screens.open("desk", role=Role.OFFICER, counter="3")
    about = [f"{what}&ticket={visit.ticket.id}" for what in ("transfer", "cancel", "steps")]
    for question in [*about, "number&number=9"]:
        page.goto(f"{screens.site}/counter/?ask={question}")
        expect(page.get_by_role("dialog")).to_be_visible()
        _sound(page)
    office.desk.no_show(visit.ticket.id, PROGRAM)
    for question in (f"ticket&ticket={waiting}", "leave"):
        page.goto(f"{screens.site}/counter/?ask={question}")
        expect(page.get_by_role("dialog")).to_be_visible()
        _sound(page)
    page.goto(f"{screens.site}/counter/today")
    _sound(page)
    page.set_viewport_size({"width": 683, "height": 384})
    for question in (f"transfer&ticket={waiting}", f"ticket&ticket={waiting}", "leave"):
        page.goto(f"{screens.site}/counter/?ask={question}")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        last = page.locator("dialog[open] .dialog__foot a").last
        last.scroll_into_view_if_needed()
        expect(last).to_be_in_viewport(ratio=1)
    page.goto(f"{screens.site}/counter/today")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def _sound(page: Page) -> None:
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide == 0, page.url
    found = Axe().run(page)
    assert found.violations_count == 0, f"{page.url}: {found.generate_report()}"
