"""The kiosk under somebody's fingers: a real Chromium before a real server."""

import re
from datetime import datetime
from io import BytesIO

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Page, Route, expect

from server.domain.order import Priority
from server.domain.roles import DeviceKind
from server.domain.settings import Lunch, ServiceHours, ServiceRules
from server.domain.ticket import SlipState
from server.store import schema, slips
from server.tracking import track_url
from server.web import DEVICE_COOKIE
from tests.browser import SIZES, Screens
from tests.office import Office
from tests.paper import decode_qr
from tests.people.visitor import Visitor
from tests.test_kiosk import rule, switch_off

ZOOMED = {"width": 540, "height": 960}  # the same screen at 200 %
WAYS = ["", "?text=large", "?lang=en&text=large&contrast=high"]
WASTE = "ชำระค่าธรรมเนียมขยะมูลฝอย"


@pytest.fixture
def visitor(screens: Screens) -> Visitor:
    return Visitor(screens.open("kiosk", device=DeviceKind.KIOSK), screens.site)


def numbers(office: Office) -> list[str]:
    return [seen.ticket.number for seen in office.reads.find_tickets()]


def addresses(office: Office, visitor: Visitor) -> list[str]:
    """Every page of the kiosk, the number's too."""
    visitor.takes_a_number_for("แจ้งย้ายที่อยู่")
    number = visitor.page.url.removeprefix(visitor.site)
    chosen = f"/kiosk/services/{office.service('elderly-allowance').id}"
    return ["/kiosk/", "/kiosk/services/", chosen, number]


def test_a_number_by_touch_and_the_next_visitor_gets_the_next(
    screens: Screens, small_office: Office
) -> None:
    context = screens.browser.new_context(viewport=SIZES["kiosk"], has_touch=True)  # type: ignore[arg-type]
    token = small_office.device_token()
    context.add_cookies([{"name": DEVICE_COOKIE, "value": token, "url": screens.site}])
    page = context.new_page()
    visitor = Visitor(page, screens.site).comes()
    page.locator(".tile", has_text=WASTE).tap()
    page.wait_for_url("**/services/*")
    visitor.settled()
    page.locator("button[value=elderly]").tap()
    assert visitor.number() == "R001"
    visitor.leaves()
    assert visitor.takes_a_number_for(WASTE) == "R002"
    assert small_office.reads.find_tickets()[0].ticket.priority is Priority.ELDERLY


def test_a_number_by_keyboard_alone(visitor: Visitor) -> None:
    keys = visitor.comes().page.keyboard

    def go_to(words: str) -> None:
        for _ in range(20):
            keys.press("Tab")
            if words in visitor.page.locator(":focus").inner_text():
                return
        raise AssertionError(f"no way to {words} by keyboard")

    go_to("แจ้งย้ายที่อยู่")
    ring = visitor.page.locator(":focus").evaluate("e => getComputedStyle(e).outlineStyle")
    assert ring == "solid"
    keys.press("Enter")
    visitor.page.wait_for_url("**/services/*")
    visitor.settled()
    go_to("รับคิวตามลำดับ")
    keys.press("Enter")
    assert visitor.number() == "A001"
    go_to("เสร็จสิ้น")
    keys.press("Enter")
    visitor.page.wait_for_url("**/kiosk/")


def test_a_visit_in_english(visitor: Visitor, small_office: Office) -> None:
    page = visitor.comes().page
    page.get_by_role("link", name="English").click()
    page.wait_for_url("**lang=en**")
    assert visitor.settled().chooses("Change of residence").says("monk").number() == "A001"
    expect(page.get_by_role("heading", name="Your number")).to_be_visible()
    expect(page.get_by_role("status").first).to_have_text("Your number is A001")
    assert small_office.reads.find_tickets()[0].ticket.language == "en"
    visitor.leaves()
    expect(page.locator("h1")).to_have_text("แตะงานที่ต้องการรับบริการ")


def test_a_double_tap_gives_one_ticket(visitor: Visitor, small_office: Office) -> None:
    visitor.comes().chooses(WASTE)
    visitor.page.wait_for_url("**/services/*")
    visitor.settled().page.locator("button[value=none]").dblclick()
    assert visitor.number() == "R001"
    assert numbers(small_office) == ["R001"]


def test_two_fingers_at_once_on_two_tiles_give_one_ticket(
    visitor: Visitor, small_office: Office
) -> None:
    rule(small_office, priority_at_kiosk=False)
    visitor.comes().page.evaluate(
        "document.querySelectorAll('button.tile').forEach(t => t.click())"
    )
    assert visitor.number() == "R001"
    assert numbers(small_office) == ["R001"]


@pytest.mark.parametrize("asks", [True, False])
def test_after_back_the_next_visitor_gets_a_new_ticket(
    visitor: Visitor, small_office: Office, asks: bool
) -> None:
    rule(small_office, priority_at_kiosk=asks)
    visitor.comes().chooses(WASTE)
    if asks:
        visitor.says()
    assert visitor.number() == "R001"
    visitor.page.go_back()
    visitor.page.wait_for_url("**/services/*" if asks else "**/kiosk/")
    visitor.settled()
    if asks:
        visitor.says()
    else:
        visitor.chooses(WASTE)
    assert visitor.number() == "R002"


def test_a_page_shown_again_from_memory_has_a_new_key_and_answers_again(
    visitor: Visitor, small_office: Office
) -> None:
    rule(small_office, priority_at_kiosk=False)
    page = visitor.comes().page
    key = page.locator("[name=request_key]")
    before = key.input_value()
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    assert key.input_value() != before
    assert visitor.chooses(WASTE).number() == "R001"


def test_a_lost_answer_is_asked_for_again_and_gives_the_same_ticket(
    visitor: Visitor, small_office: Office
) -> None:
    def lose_the_first(route: Route) -> None:
        route.fetch(max_redirects=0)  # the server hears it, the kiosk never hears the answer
        route.abort()

    visitor.comes().page.route("**/kiosk/tickets", lose_the_first, times=1)
    visitor.chooses(WASTE).says()
    expect(visitor.page.get_by_text("สิ่งที่ท่านเลือกยังอยู่")).to_be_visible()
    assert visitor.number() == "R001"
    assert numbers(small_office) == ["R001"]


def test_without_the_server_the_choice_is_kept_and_carried_out_later(
    visitor: Visitor, small_office: Office
) -> None:
    page = visitor.comes().page
    page.context.set_offline(True)
    visitor.chooses(WASTE)
    expect(page.get_by_text("ขาดการเชื่อมต่อชั่วคราว")).to_be_visible()
    expect(page.locator("h1")).to_have_text("แตะงานที่ต้องการรับบริการ")
    page.context.set_offline(False)
    assert visitor.says().number() == "R001"
    assert numbers(small_office) == ["R001"]


def test_a_choice_taken_back_while_the_server_is_gone_gives_nothing(
    visitor: Visitor, small_office: Office
) -> None:
    rule(small_office, priority_at_kiosk=False)
    page = visitor.comes().page
    page.context.set_offline(True)
    visitor.chooses(WASTE)
    page.get_by_role("button", name="ยกเลิก").click()
    expect(page.locator(".tile.is-active")).to_have_count(0)
    page.context.set_offline(False)
    assert visitor.chooses("แจ้งย้ายที่อยู่").number() == "A001"
    assert numbers(small_office) == ["A001"]


def test_a_visitor_who_walked_off_while_the_server_was_gone_gets_no_ticket(
    visitor: Visitor, small_office: Office
) -> None:
    rule(small_office, priority_at_kiosk=False)
    page = visitor.page
    page.clock.install()
    visitor.comes()
    page.context.set_offline(True)
    visitor.chooses(WASTE)
    expect(page.get_by_text("สิ่งที่ท่านเลือกยังอยู่")).to_be_visible()
    page.clock.run_for(61_000)
    expect(page.get_by_text("สิ่งที่ท่านเลือกยังอยู่")).to_be_hidden()
    page.context.set_offline(False)
    page.clock.run_for(5_000)
    assert visitor.chooses("แจ้งย้ายที่อยู่").number() == "A001"
    assert numbers(small_office) == ["A001"]


def test_a_refusal_is_said_on_the_page_and_the_next_touch_is_a_new_wish(
    visitor: Visitor, small_office: Office, screens: Screens
) -> None:
    rule(small_office, priority_at_kiosk=False)
    page = visitor.comes().page
    switch_off(small_office, "waste-fee")
    visitor.chooses(WASTE)
    expect(page.get_by_text("งานบริการนี้ปิดรับคิวอยู่")).to_be_visible()
    page.get_by_role("button", name="ตกลง").click()
    expect(page.get_by_text("งานบริการนี้ปิดรับคิวอยู่")).to_be_hidden()
    assert visitor.chooses("แจ้งย้ายที่อยู่").number() == "A001"
    assert [error for error in screens.errors if "409" not in error] == []
    screens.errors.clear()  # Chromium notes every refusal


def test_a_closed_service_leads_to_what_to_bring_and_back(
    visitor: Visitor, small_office: Office
) -> None:
    small_office.rule("waste-fee", ServiceRules(day_limit=1))
    small_office.issue("waste-fee")
    page = visitor.comes().chooses(WASTE).page
    expect(page.locator("h1")).to_have_text(WASTE)
    visitor.settled()
    expect(page.get_by_text("งานนี้รับได้วันละ 1 คิว วันนี้เต็มแล้ว")).to_be_visible()
    expect(page.locator(".papers")).to_contain_text("ใบแจ้งค่าธรรมเนียม")
    visitor.leaves()
    expect(page.locator(".tile--off")).to_contain_text("คิววันนี้เต็มแล้ว")


def test_the_last_number_gone_is_said_on_the_page_at_hand(
    visitor: Visitor, small_office: Office, screens: Screens
) -> None:
    small_office.rule("waste-fee", ServiceRules(day_limit=1))
    page = visitor.comes().chooses(WASTE).page
    page.wait_for_url("**/services/*")
    visitor.settled()
    small_office.issue("waste-fee")
    visitor.says()
    expect(page.get_by_text("รับได้วันละ 1 คิว วันนี้เต็มแล้ว")).to_be_visible()
    assert numbers(small_office) == ["R001"]
    assert [error for error in screens.errors if "409" not in error] == []
    screens.errors.clear()


def test_a_line_too_long_for_today_closes_the_tile_of_an_open_page(
    visitor: Visitor, small_office: Office
) -> None:
    rule(small_office, always_open=False)
    small_office.clock.minutes(8 * 60)  # 16:00
    visitor.page.clock.install()
    visitor.comes()
    for _ in range(30):
        small_office.issue("elderly-allowance")
    small_office.clock.minutes(1)
    visitor.page.clock.run_for(31_000)
    expect(visitor.page.locator(".tile--off", has_text="ผู้สูงอายุ")).to_contain_text(
        "วันนี้คาดว่าไม่ทันเวลาปิด"
    )


def test_calls_and_counts_change_while_the_page_stands_open(
    visitor: Visitor, small_office: Office
) -> None:
    page = visitor.comes().page
    expect(page.get_by_text("ยังไม่มีการเรียก")).to_be_visible()
    page.evaluate("window.stayed = true")
    for _ in range(3):
        small_office.issue("birth")
    small_office.call_next("1")
    expect(page.locator(".calling__list li")).to_have_text(["A001ช่อง 1"])
    waiting = page.locator(f"#waiting-{small_office.service('move').id}")
    expect(waiting).to_have_text("รอ 2 คน", timeout=10_000)
    assert page.evaluate("window.stayed")


def test_an_open_page_notices_what_was_switched_off_and_that_the_office_closed(
    visitor: Visitor, small_office: Office
) -> None:
    page = visitor.page
    page.clock.install()
    visitor.comes()
    switch_off(small_office, "move")
    page.clock.run_for(31_000)
    expect(page.locator(".tile--off")).to_contain_text("แจ้งย้ายที่อยู่")
    visitor.settled()
    rule(small_office, always_open=False)
    small_office.clock.minutes(9 * 60)
    page.clock.run_for(31_000)
    expect(page.locator("h1")).to_have_text("ขณะนี้ปิดรับบัตรคิว")


def test_the_strip_says_when_it_is_cut_off_and_that_it_is_back(visitor: Visitor) -> None:
    page = visitor.page
    page.route("**/kiosk/board", lambda route: route.abort())
    page.route_web_socket("**/socket.io/**", lambda socket: socket.close())
    visitor.comes()
    notice = page.get_by_text("กำลังเชื่อมต่อใหม่เอง")
    expect(notice).to_be_visible(timeout=10_000)
    page.unroute("**/kiosk/board")
    expect(notice).to_be_hidden(timeout=10_000)


def test_the_number_page_closes_by_itself_and_waits_for_who_is_still_there(
    visitor: Visitor,
) -> None:
    page = visitor.page
    page.clock.install()
    visitor.takes_a_number_for(WASTE)
    page.clock.run_for(15_000)
    expect(page.locator("[data-field=seconds]")).to_have_text(re.compile("^[3-6]$"))
    page.locator("h1").click()
    page.clock.run_for(15_000)
    expect(page.locator("[data-field=seconds]")).to_have_text(re.compile("^[3-6]$"))
    page.clock.run_for(7_000)
    page.wait_for_url("**/kiosk/")


def test_a_visit_left_behind_ends_and_takes_its_language_with_it(visitor: Visitor) -> None:
    page = visitor.page
    page.clock.install()
    visitor.comes(lang="en", text="large", contrast="high").chooses("Water bill")
    page.wait_for_url("**/services/**")
    visitor.settled()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.clock.run_for(50_000)
    page.keyboard.press("Tab")
    page.clock.run_for(50_000)
    expect(page.locator("h1")).to_have_text("Is one of these true for you?")
    assert asked == []  # somebody is still there
    page.clock.run_for(11_000)
    page.wait_for_url("**/kiosk/")
    expect(page.locator("html")).to_have_attribute("lang", "th")
    expect(page.locator("html")).not_to_have_attribute("data-text", "large")


def test_the_page_tells_what_becomes_of_the_slip(visitor: Visitor, small_office: Office) -> None:
    visitor.takes_a_number_for(WASTE)
    (seen,) = small_office.reads.find_tickets()

    def becomes(state: SlipState) -> None:
        with small_office.store.writing() as db:
            slips.show(db, small_office.id, seen.ticket.id, state)

    becomes(SlipState.PRINTING)
    page = visitor.page
    page.reload()
    visitor.settled()
    expect(page.get_by_text("กำลังพิมพ์บัตรคิว")).to_be_visible()
    becomes(SlipState.FAILED)
    expect(page.get_by_text("กรุณาจดหมายเลข R001")).to_be_visible()
    expect(page.get_by_text("กำลังพิมพ์บัตรคิว")).to_be_hidden()
    becomes(SlipState.PRINTED)  # the paper was put in while the visitor stood there
    expect(page.get_by_text("กรุณารับบัตรคิวที่ช่องด้านล่าง")).to_be_visible()


@pytest.mark.parametrize("way", ["", "contrast=high"])
def test_a_phone_reads_the_way_to_the_ticket_off_the_screen(
    visitor: Visitor, small_office: Office, way: str
) -> None:
    visitor.comes(**dict(part.split("=") for part in way.split() if part))
    visitor.chooses(WASTE).says().number()
    (seen,) = small_office.reads.find_tickets()
    screen = Image.open(BytesIO(visitor.page.screenshot()))
    with small_office.app.app_context():
        assert decode_qr(screen) == track_url(small_office.id, seen.ticket.id)


@pytest.mark.parametrize("way", WAYS)
def test_every_page_is_open_to_everybody(visitor: Visitor, small_office: Office, way: str) -> None:
    small_office.issue("land-tax")
    small_office.call_next("3")
    switch_off(small_office, "water-fee")
    pages = addresses(small_office, visitor)
    for url in pages:
        visitor.page.goto(visitor.site + url + way)
        visitor.settled()
        _sound(visitor.page, url + way)
    rule(small_office, always_open=False)
    small_office.clock.minutes(10 * 60)
    visitor.page.goto(f"{visitor.site}/kiosk/{way}")
    visitor.settled()
    _sound(visitor.page, f"closed {way}")
    for url in ("/kiosk/services/", pages[2]):
        visitor.page.goto(f"{visitor.site}{url}{way}")
        visitor.settled()
        _sound(visitor.page, f"closed {url}{way}")


@pytest.mark.parametrize("way", ["", "?lang=en&text=large&contrast=high"])
def test_what_is_closed_for_some_is_told_to_everybody(
    visitor: Visitor, small_office: Office, way: str
) -> None:
    rule(small_office, always_open=False)
    small_office.rule("waste-fee", ServiceRules(day_limit=1))
    tuesday = ServiceHours(days=("tue",), open="09:00", close="12:00")
    for code in ("birth", "move", "sign-tax"):
        small_office.rule(code, ServiceRules(hours=(tuesday,)))
    small_office.clock.minutes(8 * 60)  # 16:00
    small_office.issue("waste-fee")
    for _ in range(30):
        small_office.issue("elderly-allowance")
    chosen = [small_office.service(code).id for code in ("elderly-allowance", "birth")]
    for url in ("/kiosk/", "/kiosk/services/", *(f"/kiosk/services/{one}" for one in chosen)):
        visitor.page.goto(visitor.site + url + way)
        visitor.settled()
        _sound(visitor.page, url + way)
    lunch = Lunch(from_="12:00", to="13:00", served=False)
    hours = small_office.reads.settings().hours.model_copy(update={"lunch": lunch})
    small_office.set(hours=hours)
    for moment in ("2026-12-07T10:00+07:00", "2026-12-08T12:10+07:00"):  # long names; lunch
        small_office.clock.now = round(datetime.fromisoformat(moment).timestamp() * 1000)
        visitor.page.goto(f"{visitor.site}/kiosk/{way}")
        visitor.settled()
        _sound(visitor.page, f"{moment} {way}")


def _sound(page: Page, name: str) -> None:
    """Accessible, large enough to touch, and all of it on the screen; then zoomed to 200 %."""
    found = Axe().run(page)
    assert found.violations_count == 0, f"{name}: {found.generate_report()}"
    for target in page.locator("a:visible, button:visible").all():
        box = target.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 72, f"{name}: {target.inner_text()} {box}"
    assert page.evaluate(SIZE) == [1080, 1920], name
    assert page.evaluate(CUT_OFF) == [], name
    page.set_viewport_size(ZOOMED)  # type: ignore[arg-type]
    assert page.evaluate(SIZE)[0] == 540, f"{name} zoomed"
    assert page.evaluate(CUT_OFF) == [], f"{name} zoomed"
    page.set_viewport_size(SIZES["kiosk"])  # type: ignore[arg-type]


SIZE = "[document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
# Words that reach over the edge of the tile, strip or page they stand in.
CUT_OFF = """() => [...document.querySelectorAll(
    '.tile, .button, .calling, .calling li, .slip-state, .kiosk__tell, .kiosk__touch'
  )].filter(e => e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1)
    .map(e => e.className + ': ' + e.innerText)"""


@pytest.mark.parametrize("size", [SIZES["kiosk"], ZOOMED])
def test_the_thousandth_number_is_as_whole_as_the_first(
    visitor: Visitor, small_office: Office, size: dict[str, int]
) -> None:
    small_office.issue("elderly-allowance")
    with small_office.store.writing() as db:
        db.execute(schema.numbers.update().values(last=999))
    small_office.issue("elderly-allowance")
    small_office.call_next("2", finish=True)
    small_office.call_next("2", finish=True)
    visitor.page.set_viewport_size(size)  # type: ignore[arg-type]
    assert visitor.takes_a_number_for("ลงทะเบียนเบี้ยยังชีพผู้สูงอายุ") == "W1001"
    inside = "e => e.getBoundingClientRect().right <= innerWidth && e.scrollWidth <= e.clientWidth"
    assert visitor.page.locator(".number--hero").evaluate(inside)
    visitor.leaves()
    expect(visitor.page.locator(".calling__list")).to_contain_text("W1000")
    assert visitor.page.evaluate(CUT_OFF) == []


def test_the_notices_can_be_touched_too(visitor: Visitor) -> None:
    page = visitor.comes().page
    page.context.set_offline(True)
    visitor.chooses(WASTE)
    button = page.get_by_role("button", name="ยกเลิก")
    expect(button).to_be_visible()
    box = button.bounding_box()
    assert box is not None
    assert min(box["width"], box["height"]) >= 72
    assert box["y"] > SIZES["kiosk"]["height"] / 2
    assert Axe().run(page).violations_count == 0
