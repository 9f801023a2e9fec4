"""The counter's console on screen: by keyboard alone, and how it looks."""

import re

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from server.domain.order import Priority
from server.domain.roles import Role
from server.domain.ticket import State
from tests.browser import Screens
from tests.people.officer import Officer, officer, state_of


def test_a_day_at_the_counter_needs_only_the_keyboard(screens: Screens) -> None:
    office = screens.office
    for _ in range(3):
        office.issue("birth")
        office.clock.minutes(1)
    page = screens.open("desk", role=Role.OFFICER)
    page.goto(f"{screens.site}/counter/")
    while page.evaluate("document.activeElement.innerText") != "นั่งช่อง 1":
        page.keyboard.press("Tab")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    nina = Officer(page, screens.site).settled().is_free()
    nina.presses("Space").has("A001", "called")
    nina.presses("r").has("A001", "called")
    expect(page.locator(".visit__meta")).to_contain_text("ครั้งที่ 2 จาก 3")
    nina.presses("Space").has("A001", "serving")
    office.clock.minutes(4)
    nina.presses("Space").has("A002", "called")
    office.clock.minutes(1)
    nina.presses("x").is_free()
    expect(page.locator(".visit__rest")).to_contain_text("A002 เรียกแล้วไม่พบ")
    nina.presses("z").is_free()
    expect(nina.line).to_have_text(["A002", "A003"])
    nina.presses("Space").has("A002", "called")
    nina.presses("z").is_free()
    nina.presses("Space").has("A002", "called").presses("Space").presses("e").is_free()
    assert [state_of(office, f"A00{n}") for n in (1, 2, 3)] == [
        State.DONE,
        State.DONE,
        State.WAITING,
    ]


def test_keys_go_by_their_place_so_they_work_while_thai_is_typed(screens: Screens) -> None:
    screens.office.issue("birth")
    nina = officer(screens, "1").presses("Space").has("A001", "called")
    with nina.page.expect_navigation():
        nina.page.evaluate(
            "dispatchEvent(new KeyboardEvent('keydown', {key: 'พ', code: 'KeyR', bubbles: true}))"
        )
    expect(nina.page.locator(".visit__meta")).to_contain_text("ครั้งที่ 2")


def test_a_pause_has_a_reason_and_ends_with_the_main_key(screens: Screens) -> None:
    nina = officer(screens, "1").touches("p")
    expect(nina.page.get_by_role("dialog")).to_contain_text("หยุดพักช่องนี้เพราะอะไร")
    nina.page.keyboard.press("Tab")  # from the first reason to the second
    with nina.page.expect_navigation():
        nina.page.keyboard.press("Enter")
    expect(nina.page.locator("h1")).to_have_text("หยุดพักช่องนี้อยู่")
    counter = screens.office.counter("1")
    assert (counter.state, counter.pause_reason) == ("paused", "meeting")
    nina.presses("Space").is_free()
    assert screens.office.counter("1").state == "open"


def test_keys_with_modifiers_do_nothing(screens: Screens) -> None:
    screens.office.issue("birth")
    nina = officer(screens, "1").stays()
    for key in ("Control+Space", "Alt+Space", "Shift+Space", "Control+KeyP"):
        nina.touches(key)
    assert nina.stayed()
    assert state_of(screens.office, "A001") is State.WAITING


def test_keys_can_be_shown_and_switched_off_for_good(screens: Screens) -> None:
    screens.office.issue("birth")
    nina = officer(screens, "1").touches("?")
    dialog = nina.page.get_by_role("dialog", name="ปุ่มลัด")
    expect(dialog.locator("kbd")).to_have_text(["เว้นวรรค", *"SRXHUTEZCANLMPD", "1–9", "?"])
    dialog.get_by_role("checkbox").uncheck()
    nina.page.keyboard.press("Escape")
    nina.page.reload()
    nina.settled().stays().touches("Space").touches("p")
    expect(nina.page.get_by_role("dialog")).to_have_count(0)
    assert nina.stayed() and state_of(screens.office, "A001") is State.WAITING
    nina.page.get_by_text("ดูทั้งหมด").first.click()  # the way back needs no key
    dialog.get_by_role("checkbox").check()
    nina.page.keyboard.press("Escape")
    nina.presses("Space").has("A001", "called")


def test_a_focused_button_gets_its_own_space(screens: Screens) -> None:
    screens.office.issue("birth")
    nina = officer(screens, "1").presses("Space")
    nina.page.locator("#no-show").focus()
    nina.presses("Space").is_free()
    assert state_of(screens.office, "A001") is State.NO_SHOW


def test_a_double_click_calls_one_person_and_starts_nobody(screens: Screens) -> None:
    office = screens.office
    office.issue("birth")
    office.issue("birth")
    nina = officer(screens, "1")
    nina.page.locator(".main-action").dblclick()
    nina.has("A001", "called").settled()
    assert [state_of(office, n) for n in ("A001", "A002")] == [State.CALLED, State.WAITING]


def test_the_second_half_of_a_slow_double_press_starts_nobody(screens: Screens) -> None:
    screens.office.issue("birth")
    nina = officer(screens, "1")
    page = nina.page
    page.clock.install()  # this window's time stands still from here
    page.reload()
    page.clock.pause_at(page.evaluate("Date.now() + 1000"))
    nina.presses_only("Space").has("A001", "called")
    expect(nina.console).to_have_attribute("data-resting", "")
    page.keyboard.press("Space")
    page.locator("#main-action").click()
    page.clock.run_for(600)
    nina.has("A001", "called")
    assert state_of(screens.office, "A001") is State.CALLED
    nina.presses_only("Space").has("A001", "serving")


def test_the_time_runs_against_the_standard(screens: Screens) -> None:
    screens.office.issue("birth")
    nina = officer(screens, "1").presses("Space").presses("Space")
    screens.office.clock.minutes(9.9)
    nina.page.reload()
    timer = nina.settled().page.locator(".timer")
    expect(timer).to_contain_text("มาตรฐาน 10 นาที")
    expect(timer).to_contain_text("เหลือ")
    expect(timer).to_have_class(re.compile("timer--over"), timeout=15_000)
    expect(timer).to_contain_text("เกินแล้ว")


def test_every_state_fits_the_desks_screen_and_is_accessible(screens: Screens) -> None:
    office = screens.office
    for n in range(14):
        many = ("waste-fee", "signboard-tax")
        office.issue("land-tax", Priority.DISABLED if n == 5 else Priority.NONE, more=many)
        office.clock.minutes(2)
    page = screens.open("desk", role=Role.OFFICER)
    page.goto(f"{screens.site}/counter/")
    sound(page)
    nina = Officer(page, screens.site).comes("3")
    sound(page)
    for key in ("Space", "r", "Space"):  # called, recalled, serving
        nina.presses(key)
        sound(page)
    office.clock.minutes(90)
    nina.presses("e")
    sound(page)
    nina.touches("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    sound(page)
    page.keyboard.press("Escape")
    nina.touches("p")
    expect(page.get_by_role("dialog")).to_be_visible()
    sound(page)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("หยุดพักช่องนี้อยู่")
    sound(page)


def sound(page: Page) -> None:
    fits(page)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def fits(page: Page) -> None:
    """The page does not scroll sideways, and nothing of a one-screen page lies below."""
    wide, high = page.evaluate(
        "[document.documentElement.scrollWidth - innerWidth,"
        " document.documentElement.scrollHeight - innerHeight]"
    )
    assert (wide, high) == (0, 0)


def test_twice_as_large_the_console_scrolls_down_only(screens: Screens) -> None:
    screens.office.issue("land-tax", more=("waste-fee",))
    nina = officer(screens, "3").presses("Space").presses("Space")
    nina.page.set_viewport_size({"width": 683, "height": 384})
    assert nina.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    for button in ("#finish", "#main-action"):
        nina.page.locator(button).scroll_into_view_if_needed()
        expect(nina.page.locator(button)).to_be_in_viewport(ratio=1)
    nina.presses("e").is_free()
