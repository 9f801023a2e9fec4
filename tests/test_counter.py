"""The counter's console: by keyboard, in two windows at once, and without scripts."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask.testing import FlaskClient
from playwright.sync_api import Page, expect
from sqlalchemy import select

from server.counter.console import why_next
from server.domain.order import Priority
from server.domain.roles import Role
from server.domain.ticket import State
from server.store import schema
from tests.browser import Screens
from tests.office import MINUTE, PROGRAM, Office
from tests.pages import look, text_of
from tests.people.officer import Officer


def officer(screens: Screens, counter: str, *, username: str = "counter1") -> Officer:
    """This member of staff at that counter, in a window of their own."""
    office = screens.office
    page = screens.open("desk")
    code = office.house.access.invite(
        office.id, "counter", staff_id=staff_id(office, username), valid_ms=MINUTE
    )
    page.goto(f"{screens.site}/enter/{code}")
    return Officer(page, screens.site).comes(counter)


def staff_id(office: Office, username: str) -> int:
    table = schema.staff
    with office.store.reading() as db:
        found = db.scalar(select(table.c.id).where(table.c.username == username))
    assert found is not None
    return int(found)


def state_of(office: Office, number: str) -> State:
    return next(s.ticket.state for s in office.reads.find_tickets() if s.ticket.number == number)


def form_of(client: FlaskClient, action: str) -> dict[str, str]:
    """What the console's form for `action` (the end of its address) would send."""
    page = look(client, "/counter/")
    form = next(f for f in page.iter("form") if (f.get("action") or "").endswith(action))
    return {
        str(field.get("name")): str(field.get("value") or "")
        for field in form.iter("input")
        if field.get("name")
    } | {"action": str(form.get("action"))}


def send(client: FlaskClient, form: dict[str, str]) -> None:
    answer = client.post(form["action"], data={k: v for k, v in form.items() if k != "action"})
    assert (answer.status_code, answer.location) == (303, "/counter/")


# ---------------------------------------------------------------- the day, by keyboard


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
    expect(dialog.locator("kbd")).to_have_text(["เว้นวรรค", "R", "X", "Z", "E", "P", "?"])
    dialog.get_by_role("switch").uncheck()
    nina.page.keyboard.press("Escape")
    nina.page.reload()
    nina.settled().stays().touches("Space").touches("p")
    expect(nina.page.get_by_role("dialog")).to_have_count(0)
    assert nina.stayed() and state_of(screens.office, "A001") is State.WAITING
    nina.page.get_by_text("ดูทั้งหมด").first.click()  # the way back needs no key
    dialog.get_by_role("switch").check()
    nina.page.keyboard.press("Escape")
    nina.presses("Space").has("A001", "called")


def test_a_focused_button_gets_its_own_space(screens: Screens) -> None:
    screens.office.issue("birth")
    nina = officer(screens, "1").presses("Space")
    nina.page.locator("#no-show").focus()
    nina.presses("Space").is_free()
    assert state_of(screens.office, "A001") is State.NO_SHOW


# ---------------------------------------------------------------- two presses, two windows


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


def test_a_refused_press_is_told_once_where_things_stand(small_office: Office) -> None:
    office = small_office
    office.issue("birth")
    nina = office.signed_in(Role.OFFICER, "1")
    send(nina, form_of(nina, "/next"))
    start = form_of(nina, "/start")
    office.desk.start(office.reads.find_tickets()[0].ticket.id, PROGRAM)
    send(nina, start)
    told = text_of(look(nina, "/counter/"))
    assert "A001: คิวนี้อยู่ในสถานะ “กำลังให้บริการ” จึง“เริ่มให้บริการ”ไม่ได้" in told
    assert "A001: คิวนี้" not in text_of(look(nina, "/counter/"))


def test_two_windows_that_press_the_same_at_once_do_it_once(small_office: Office) -> None:
    office = small_office
    for _ in range(3):
        office.issue("birth")
    nina = office.signed_in(Role.OFFICER, "1")
    send(nina, form_of(nina, "/next"))
    send(nina, form_of(nina, "/start"))
    form = form_of(nina, "/next")
    windows = [office.signed_in(Role.OFFICER, "1") for _ in range(4)]
    with ThreadPoolExecutor(4) as hands:
        list(hands.map(lambda window: send(window, form), windows))
    assert [state_of(office, f"A00{n}") for n in (1, 2, 3)] == [
        State.DONE,
        State.CALLED,
        State.WAITING,
    ]


def test_the_same_press_sent_twice_calls_one_person(small_office: Office) -> None:
    office = small_office
    office.issue("birth")
    office.issue("birth")
    nina = office.signed_in(Role.OFFICER, "1")
    form = form_of(nina, "/next")
    send(nina, form)
    send(nina, form)
    assert [state_of(office, n) for n in ("A001", "A002")] == [State.CALLED, State.WAITING]
    send(nina, form_of(nina, "/return"))
    send(nina, form_of(nina, "/next"))  # a new page is a new press
    assert state_of(office, "A001") is State.CALLED


def test_a_ticket_that_another_counter_has_is_left_alone(small_office: Office) -> None:
    office = small_office
    seen = office.issue("birth")
    nina = office.signed_in(Role.OFFICER, "1")
    send(nina, form_of(nina, "/next"))
    recall = form_of(nina, "/recall")
    office.desk.bring_back(seen.ticket.id, PROGRAM)
    office.call_next("2")
    send(nina, recall)
    assert "ไม่ได้อยู่ที่ช่องนี้แล้ว" in text_of(look(nina, "/counter/"))
    assert [event.kind for event in office.reads.events(seen.ticket.id)][-1] == "called"


# ---------------------------------------------------------------- whose counter


def test_a_counter_is_taken_over_only_deliberately_and_the_other_is_told(screens: Screens) -> None:
    screens.office.issue("birth")
    nina = officer(screens, "1").presses("Space").has("A001", "called")
    page = screens.open("desk")
    access = screens.office.house.access
    code = access.invite(
        screens.office.id,
        "counter",
        staff_id=staff_id(screens.office, "counter2"),
        valid_ms=MINUTE,
    )
    page.goto(f"{screens.site}/enter/{code}")
    page.get_by_role("button", name="ขอรับช่วงช่อง 1").click()
    expect(page.get_by_role("heading", name="ช่อง 1 มีเจ้าหน้าที่ทะเบียนราษฎรนั่งอยู่")).to_be_visible()
    assert screens.office.counter("1").staff_id == staff_id(screens.office, "counter1")
    page.get_by_role("button", name="ยืนยันรับช่วงช่อง 1").click()
    Officer(page, screens.site).settled().has("A001", "called")
    expect(nina.page.locator("h1")).to_have_text("วันนี้นั่งช่องไหน")
    expect(nina.page.get_by_role("alert")).to_contain_text("มีเจ้าหน้าที่สวัสดิการรับช่วงไปแล้ว")


def test_who_lost_the_counter_presses_in_vain(small_office: Office) -> None:
    office = small_office
    office.issue("birth")
    nina = office.signed_in(Role.OFFICER)
    counter_id = str(office.counter("1").id)
    nina.post("/counter/take", data={"counter_id": counter_id})
    form = form_of(nina, "/next")
    boss = office.signed_in(Role.ADMIN)
    asked = boss.post("/counter/take", data={"counter_id": counter_id})
    assert asked.location == f"/counter/?take={counter_id}"
    boss.post("/counter/take", data={"counter_id": counter_id, "take_over": "yes"})
    send(nina, form)
    assert "มีผู้รับช่วงไปแล้ว จึงยังไม่ได้ทำอะไร" in text_of(look(nina, "/counter/"))
    assert state_of(office, "A001") is State.WAITING


def test_a_counter_whose_officer_signed_out_is_free_to_take(small_office: Office) -> None:
    office = small_office
    nina, boss = office.signed_in(Role.OFFICER), office.signed_in(Role.ADMIN)
    place = {"counter_id": str(office.counter("1").id)}
    nina.post("/counter/take", data=place)
    nina.post("/sign-out")
    assert boss.post("/counter/take", data=place).location == "/counter/"
    assert "ช่อง 1" in text_of(look(boss, "/counter/"))


def test_leaving_closes_the_counter_but_not_with_somebody_there(small_office: Office) -> None:
    office = small_office
    office.issue("birth")
    nina = office.signed_in(Role.OFFICER)
    nina.post("/counter/take", data={"counter_id": str(office.counter("1").id)})
    send(nina, form_of(nina, "/next"))
    nina.post("/counter/leave")
    assert office.counter("1").open
    send(nina, form_of(nina, "/finish"))
    nina.post("/counter/leave")
    assert not office.counter("1").open
    assert "วันนี้นั่งช่องไหน" in text_of(look(nina, "/counter/"))


def test_changing_the_counter_closes_the_one_before(small_office: Office) -> None:
    office = small_office
    nina = office.signed_in(Role.OFFICER)
    for number in ("1", "2"):
        nina.post("/counter/take", data={"counter_id": str(office.counter(number).id)})
    assert [office.counter(number).state for number in ("1", "2")] == ["closed", "open"]


# ---------------------------------------------------------------- what is shown


def test_why_this_one_is_told_before_the_call_as_it_is_kept_after(office: Office) -> None:
    counter = office.counter("1")
    wishes = [(Priority.NONE, "birth"), (Priority.NONE, "move"), (Priority.DISABLED, "birth")]
    for priority, code in [*wishes, (Priority.ELDERLY, "complaint"), (Priority.NONE, "birth")]:
        office.issue(code, priority)
        office.clock.minutes(3)
    told = []
    while line := office.reads.line(counter.id):
        before = why_next(line, office.reads.settings())
        seen = office.call_next("1")
        assert seen is not None
        assert before == seen.why
        told.append(before["rule"] if before else "")
        office.desk.finish(seen.ticket.id, PROGRAM)
    assert set(told) > {"head_start"}


def test_the_console_explains_and_names_what_an_officer_needs(small_office: Office) -> None:
    office = small_office
    office.issue("birth", more=("waste-fee",))
    office.clock.minutes(9)
    office.issue("birth", Priority.DISABLED)
    office.clock.minutes(7)
    nina = office.signed_in(Role.OFFICER, "1")
    idle = text_of(look(nina, "/counter/"))
    because = "มาเวลา 08:09 น. ได้ก่อน A001 ซึ่งมา 08:00 น. เพราะผู้พิการได้เลื่อนขึ้น 20 นาที"
    assert because in idle
    assert "รอเรียก 2 คน" in idle
    assert "นานสุด 16 นาที" in idle
    send(nina, form_of(nina, "/next"))
    called = text_of(look(nina, "/counter/"))
    assert because in called
    assert "รอ 7 นาที" in called
    send(nina, form_of(nina, "/start"))
    send(nina, form_of(nina, "/next"))
    assert "ชำระค่าธรรมเนียมขยะมูลฝอย งานถัดไป" in text_of(look(nina, "/counter/"))


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


def test_a_printer_in_trouble_is_seen_at_the_counter(small_office: Office) -> None:
    nina = small_office.signed_in(Role.OFFICER, "1")
    assert "กระดาษหมด" not in text_of(look(nina, "/counter/"))
    with small_office.store.writing() as db:
        db.execute(schema.printers.update().values(problem="paper_out"))
    assert "เครื่องพิมพ์ตู้กดบัตรคิว: กระดาษหมด" in text_of(look(nina, "/counter/"))


def test_every_reason_of_a_printer_has_words(small_office: Office) -> None:
    reasons = (
        "unreachable offline cover_open paper_out error silent hung_up stalled too_slow "
        "paper_out_after no_driver none lease near_end"
    )
    say = small_office.app.extensions["words"].say
    for reason in reasons.split():
        for tongue in ("th", "en"):
            assert say(f"counter.printer.{reason}", tongue) != f"counter.printer.{reason}"


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


# ---------------------------------------------------------------- without scripts, and rubbish


def test_the_whole_way_works_without_scripts(small_office: Office) -> None:
    office = small_office
    office.issue("birth")
    nina = office.signed_in(Role.OFFICER)
    send(nina, form_of(nina, "/take"))
    for press in ("/next", "/recall", "/start", "/finish"):
        send(nina, form_of(nina, press))
    assert state_of(office, "A001") is State.DONE
    send(nina, form_of(nina, "/next"))
    assert "ยังไม่มีผู้รอคิวของช่องนี้" in text_of(look(nina, "/counter/"))
    assert "หยุดพักช่องนี้เพราะอะไร" in text_of(look(nina, "/counter/?ask=pause"))
    send(nina, {**form_of(nina, "/pause"), "reason": "break"})
    assert "เหตุผล: พัก" in text_of(look(nina, "/counter/"))
    send(nina, form_of(nina, "/open"))
    assert office.counter("1").open


@pytest.mark.parametrize("role", [Role.RECEPTION, Role.MANAGER, Role.AUDITOR])
def test_only_officers_and_administrators_open_the_console(
    small_office: Office, role: Role
) -> None:
    client = small_office.signed_in(role)
    for url in ("/counter/", "/counter/panel", "/counter/board"):
        assert client.get(url).status_code == 403, url
    assert client.post("/counter/next").status_code == 403


def test_rubbish_is_refused_and_changes_nothing(small_office: Office) -> None:
    office = small_office
    ticket_id = office.issue("birth").ticket.id
    nina = office.signed_in(Role.OFFICER, "1")
    look(nina, "/counter/")
    before = office.contents()
    rubbish = [
        ("/counter/take", {}, 422),
        ("/counter/take", {"counter_id": "๑"}, 422),
        ("/counter/take", {"counter_id": "9" * 30}, 422),
        ("/counter/take", {"counter_id": "7"}, 404),
        ("/counter/next", {}, 422),
        ("/counter/next", {"request_key": "v1", "ticket_id": "x"}, 422),
        ("/counter/next", {"request_key": "v1", "ticket_id": "5"}, 404),
        ("/counter/next", {"request_key": "k" * 65}, 422),
        ("/counter/next", {"request_key": "\x00"}, 422),
        ("/counter/pause", {"request_key": "v1"}, 422),
        ("/counter/pause", {"request_key": "v1", "reason": "holiday"}, 422),
        (f"/counter/tickets/{ticket_id}/start", {}, 422),
        (f"/counter/tickets/{ticket_id}/transfer", {"request_key": "v1"}, 404),
        (f"/counter/tickets/{9**25}/start", {"request_key": "v1"}, 404),
        ("/counter/tickets/5/start", {"request_key": "v1"}, 404),
        (f"/counter/tickets/{ticket_id}/start", {"request_key": "v1"}, 303),  # not here: a note
    ]
    for url, data, status in rubbish:
        assert nina.post(url, data=data).status_code == status, (url, data)
    assert office.contents() == before


# ---------------------------------------------------------------- looks


def fits(page: Page) -> None:
    """The page does not scroll sideways, and nothing of a one-screen page lies below."""
    wide, high = page.evaluate(
        "[document.documentElement.scrollWidth - innerWidth,"
        " document.documentElement.scrollHeight - innerHeight]"
    )
    assert (wide, high) == (0, 0)


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


def test_twice_as_large_the_console_scrolls_down_only(screens: Screens) -> None:
    screens.office.issue("land-tax", more=("waste-fee",))
    nina = officer(screens, "3").presses("Space").presses("Space")
    nina.page.set_viewport_size({"width": 683, "height": 384})
    assert nina.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    for button in ("#finish", "#main-action"):
        nina.page.locator(button).scroll_into_view_if_needed()
        expect(nina.page.locator(button)).to_be_in_viewport(ratio=1)
    nina.presses("e").is_free()
