"""The printers' page: how each is now, what it printed, and what staff do about it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from time import monotonic
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask.testing import FlaskClient
from playwright.sync_api import Page, expect

from printers.delivery import check
from server.domain.refusals import NotAllowed, NotFound
from server.domain.roles import DeviceKind, Role, TokenRole
from server.domain.ticket import SlipState
from server.domain.wish import Actor
from server.store import schema, slips
from server.watching import LOOK_S, Watching
from tests.browser import Screens
from tests.office import Office
from tests.pages import look, text_of
from tests.paper import TcpPrinter
from tests.people.receptionist import jobs, set_printer, settle

STAFF = Actor("staff", 1)
SPARE = 77
KNOWN_WITHIN_MS = 20_000  # five seconds on a quiet machine
WORKS = [Role.OFFICER, Role.RECEPTION, Role.ADMIN]


def main_printer(office: Office) -> Any:
    with office.store.reading() as db:
        table = schema.printers
        return db.execute(table.select().where(table.c.is_default)).one()


def add_spare(office: Office, url: str = "tcp://192.0.2.11:9100") -> int:
    with office.store.writing() as db:
        row = {"office_id": office.id, "id": SPARE, "code": "spare", "url": url}
        db.execute(schema.printers.insert().values(name_th="เครื่องสำรอง", name_en="Spare", **row))
    return SPARE


def set_state(office: Office, **values: Any) -> None:
    with office.store.writing() as db:
        table = schema.printers
        db.execute(table.update().where(table.c.is_default).values(**values))


def issued(office: Office, *states: SlipState) -> list[int]:
    """Numbers whose slips ended like this, in this order; queued ones are left waiting."""
    set_printer(office)
    found = []
    for state in states:
        found.append(office.issue("birth").ticket.id)
        if state is not SlipState.QUEUED:
            settle(office, state)
    return found


def at(office: Office, ticket_id: int) -> tuple[SlipState, list[int]]:
    """What the ticket shows of its slip, and at which printers its slips were ordered."""
    with office.store.reading() as db:
        table = schema.slip_jobs
        rows = db.scalars(
            table.select()
            .with_only_columns(table.c.printer_id)
            .where(table.c.ticket_id == ticket_id)
            .order_by(table.c.id)
        )
        return office.reads.ticket(ticket_id).ticket.slip_state, list(rows)


def press(client: FlaskClient, url: str, **fields: str) -> str:
    """Presses a form; what the page that follows says."""
    answer = client.post(url, data={"request_key": "k", **fields})
    assert answer.status_code == 303
    return text_of(look(client, answer.headers["Location"]))


@contextmanager
def watched(office: Office) -> Iterator[None]:
    """As in the server: every printer is asked again and again."""
    over, watching = Event(), Watching(office.house, check)

    def go_on() -> None:
        while not over.is_set():
            watching.look()
            over.wait(LOOK_S)

    thread = Thread(target=go_on)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


# ---------------------------------------------------------------- who comes in


@pytest.mark.parametrize("role", WORKS)
def test_who_stands_near_a_printer_sees_how_it_is(small_office: Office, role: Role) -> None:
    client = small_office.signed_in(role)
    thai = text_of(look(client, "/printers/"))
    english = text_of(look(client, "/printers/?lang=en"))
    assert "เครื่องพิมพ์ตู้กดบัตรคิว" in thai and "ยังไม่ได้ต่อเครื่อง" in thai
    assert "Not connected" in english
    for text in (thai, english):
        assert "printing." not in text and "%(" not in text


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.MANAGER])
def test_auditors_and_managers_do_not_enter(small_office: Office, role: Role) -> None:
    assert small_office.signed_in(role).get("/printers/").status_code == 403


def test_everybodys_own_page_leads_there(small_office: Office) -> None:
    for role, page in [
        (Role.OFFICER, "/counter/"),
        (Role.RECEPTION, "/reception/"),
        (Role.ADMIN, "/manage/printers"),
    ]:
        counter = "1" if role is Role.OFFICER else None
        links = look(small_office.signed_in(role, counter), page).iter("a")
        assert "/printers/" in [link.get("href") for link in links], page


# ---------------------------------------------------------------- how a printer is


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"seen_at": 1}, "พร้อมพิมพ์"),
        ({"seen_at": None}, "ยังไม่ทราบสภาพ"),
        ({"seen_at": 1, "near_end": True}, "เตรียมกระดาษม้วนใหม่"),
        ({"problem": "paper_out"}, "ใส่กระดาษม้วนใหม่"),
        ({"problem": "agent_away", "url": "agent://hall"}, "โปรแกรมพิมพ์"),
        ({"seen_at": 1, "url": "tcp://h?profile=XP-58"}, "ไม่แจ้งว่ากระดาษหมด"),
        ({"seen_at": 1, "url": "file:///dev/usb/lp0"}, "ไม่แจ้งว่ากระดาษหมด"),
        ({"seen_at": 1, "url": "agent://hall", "about": '{"ack": true}'}, "พร้อมพิมพ์"),
    ],
)
def test_its_state_is_said_in_words(small_office: Office, row: dict[str, Any], words: str) -> None:
    set_printer(small_office)
    set_state(small_office, **row)
    assert words in text_of(look(small_office.signed_in(Role.OFFICER), "/printers/"))


def test_trouble_says_since_when_and_that_numbers_stand(small_office: Office) -> None:
    set_printer(small_office)
    set_state(small_office, problem="cover_open", problem_at=small_office.clock())
    text = text_of(look(small_office.signed_in(Role.OFFICER), "/printers/"))
    assert "ฝาเครื่องเปิดอยู่ ตั้งแต่ 08:00 น." in text
    assert "หมายเลขยังใช้ได้" in text


def test_the_last_slips_are_listed_with_number_service_time_and_what_became_of_them(
    small_office: Office,
) -> None:
    issued(small_office, SlipState.PRINTED, SlipState.SENT, SlipState.QUEUED)
    text = text_of(look(small_office.signed_in(Role.OFFICER), "/printers/"))
    assert "A001 แจ้งเกิด พิมพ์แล้ว 08:00 น." in text
    assert "A002 แจ้งเกิด ส่งไปเครื่องพิมพ์แล้ว 08:00 น." in text
    assert "รอพิมพ์ 1 ใบ" in text


def test_slips_of_yesterday_ask_for_no_decision(small_office: Office) -> None:
    issued(small_office, SlipState.UNCERTAIN, *[SlipState.PRINTED] * 6)
    client = small_office.signed_in(Role.OFFICER)
    assert "บัตรที่ต้องดูแล" in text_of(look(client, "/printers/"))
    small_office.clock.minutes(24 * 60)
    client = small_office.signed_in(Role.OFFICER)
    assert "บัตรที่ต้องดูแล" not in text_of(look(client, "/printers/"))


# ---------------------------------------------------------------- what staff decide


def test_print_again_and_it_was_printed(small_office: Office) -> None:
    first, second = issued(small_office, SlipState.UNCERTAIN, SlipState.UNCERTAIN)
    client, printer = small_office.signed_in(Role.OFFICER), main_printer(small_office)
    said = press(client, f"/printers/tickets/{first}/reprint", printer=str(printer.id))
    assert "สั่งพิมพ์บัตร A001 อีกครั้งแล้ว" in said
    assert at(small_office, first) == (SlipState.QUEUED, [printer.id] * 2)
    assert "บัตร A002 ออกมาแล้ว" in press(client, f"/printers/tickets/{second}/printed")
    assert at(small_office, second) == (SlipState.PRINTED, [printer.id])


def test_a_slip_is_printed_again_where_it_was(small_office: Office) -> None:
    (ticket,) = issued(small_office, SlipState.UNCERTAIN)
    spare = add_spare(small_office)
    client = small_office.signed_in(Role.OFFICER)
    press(client, f"/printers/tickets/{ticket}/reprint", printer=str(spare))
    assert at(small_office, ticket)[1][-1] == spare


def test_a_double_press_prints_once_and_a_colleagues_press_is_refused_in_words(
    small_office: Office,
) -> None:
    (ticket,) = issued(small_office, SlipState.UNCERTAIN)
    nina, noi = small_office.signed_in(Role.OFFICER), small_office.signed_in(Role.RECEPTION)
    again = f"/printers/tickets/{ticket}/reprint"
    assert "อีกครั้งแล้ว" in press(nina, again)
    assert "อีกครั้งแล้ว" in press(nina, again)
    assert "กำลังจะพิมพ์อยู่แล้ว" in press(noi, again, request_key="other")
    assert jobs(small_office) == [("none", False), ("queued", True)]
    settle(small_office, SlipState.PRINTED)
    assert "มีผลแล้ว" in press(noi, again, request_key="third")  # its page was old
    assert "มีผลแล้ว" in press(noi, f"/printers/tickets/{ticket}/printed")
    assert len(jobs(small_office)) == 2


def test_a_test_slip_is_ordered_by_whoever_stands_there_and_not_twice(
    small_office: Office,
) -> None:
    set_printer(small_office)
    url = f"/printers/{main_printer(small_office).id}/test"
    client = small_office.signed_in(Role.OFFICER)
    assert "สั่งพิมพ์บัตรทดสอบแล้ว" in press(client, url)
    assert "ยังรอพิมพ์อยู่" in press(client, url)
    assert jobs(small_office) == [("queued", False)]
    assert "ยังไม่ได้ต่อเครื่องพิมพ์นี้" in press(client, f"/printers/{add_spare(small_office, 'none')}/test")


def test_a_press_for_what_is_not_there_is_answered_in_words(small_office: Office) -> None:
    client = small_office.signed_in(Role.OFFICER)
    printer = main_printer(small_office).id
    assert "ไม่พบ" in press(client, "/printers/5/test")
    assert "ไม่พบ" in press(client, f"/printers/{printer}/move", to="5")
    assert "ไม่พบ" in press(client, "/printers/tickets/5/printed")
    for fields in ({"to": "๑"}, {"to": "x"}):
        assert client.post(f"/printers/{printer}/move", data=fields).status_code == 422
    for key in ("", "x" * 65, "ก"):
        asked = {"request_key": key}
        assert client.post("/printers/tickets/5/reprint", data=asked).status_code == 422


# ---------------------------------------------------------------- moving


def test_only_what_waits_is_moved_and_it_is_due_at_once(office: Office) -> None:
    kept = issued(office, SlipState.PRINTED, SlipState.UNCERTAIN)
    failed, waiting = issued(office, SlipState.FAILED), issued(office, SlipState.QUEUED)
    spare, main = add_spare(office), main_printer(office).id
    office.rooms.setup.printers.test(main, STAFF)
    assert office.rooms.paper.move(main, spare, STAFF) == 2
    assert [at(office, ticket) for ticket in failed + waiting] == [(SlipState.QUEUED, [spare])] * 2
    assert [at(office, ticket)[1] for ticket in kept] == [[main]] * 2
    with office.store.writing() as db:
        job = slips.lease(db, office.clock())
    assert job is not None and job.printer_id == spare
    with pytest.raises(NotAllowed, match="no_slips_wait"):  # also not the test slip
        office.rooms.paper.move(main, spare, STAFF)
    with office.store.reading() as db:
        told = [(r.action, r.subject) for r in db.execute(schema.audit.select())]
    assert told[-1] == ("slips.moved", "เครื่องพิมพ์ตู้กดบัตรคิว → เครื่องสำรอง (2)")


def test_what_a_printer_has_in_hand_stays_there(office: Office) -> None:
    (ticket,) = issued(office, SlipState.QUEUED)
    spare, main = add_spare(office), main_printer(office).id
    with office.store.writing() as db:
        assert slips.lease(db, office.clock()) is not None
    with pytest.raises(NotAllowed, match="no_slips_wait"):
        office.rooms.paper.move(main, spare, STAFF)
    assert at(office, ticket) == (SlipState.PRINTING, [main])


def test_nothing_is_moved_to_the_same_printer_to_none_or_to_a_stranger(office: Office) -> None:
    issued(office, SlipState.QUEUED)
    spare, main = add_spare(office, "none"), main_printer(office).id
    before = office.contents()
    for target, reason in ((main, "same_printer"), (spare, "no_printer_set")):
        with pytest.raises(NotAllowed, match=reason):
            office.rooms.paper.move(main, target, STAFF)
    with pytest.raises(NotFound):
        office.rooms.paper.move(main, 5, STAFF)
    assert office.contents() == before


def test_two_officers_who_move_at_once_move_each_slip_once(small_office: Office) -> None:
    tickets = issued(small_office, *[SlipState.QUEUED] * 3)
    spare, main = add_spare(small_office), main_printer(small_office).id
    nina, noi = small_office.signed_in(Role.OFFICER), small_office.signed_in(Role.RECEPTION)
    said = []
    both = [
        Thread(
            target=lambda one=one: said.append(press(one, f"/printers/{main}/move", to=str(spare)))
        )
        for one in (nina, noi)
    ]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert sorted("ย้ายบัตรที่รอ 3 ใบแล้ว" in words for words in said) == [False, True]
    assert sum("ไม่มีบัตรรอที่เครื่องนี้แล้ว" in words for words in said) == 1
    assert [at(small_office, ticket) for ticket in tickets] == [(SlipState.QUEUED, [spare])] * 3


def test_the_history_words_what_was_done_to_slips(small_office: Office) -> None:
    one, two = issued(small_office, SlipState.UNCERTAIN, SlipState.UNCERTAIN)
    issued(small_office, SlipState.QUEUED)
    small_office.rooms.paper.reprint(one, STAFF)
    small_office.rooms.paper.was_printed(two, STAFF)
    small_office.rooms.paper.move(main_printer(small_office).id, add_spare(small_office), STAFF)
    text = text_of(look(small_office.signed_in(Role.ADMIN), "/manage/history"))
    assert "manage.did" not in text
    for words in ("พิมพ์บัตรคิวอีกครั้ง", "ยืนยันว่าบัตรคิวพิมพ์แล้ว", "ย้ายบัตรที่รอพิมพ์"):
        assert words in text


# ---------------------------------------------------------------- monitors


def metrics(office: Office) -> dict[str, int]:
    answer = office.app.test_client().get("/metrics", headers=office.bearer(TokenRole.MONITOR))
    lines = [line for line in answer.text.splitlines() if not line.startswith("#")]
    return {line.rpartition(" ")[0]: int(line.rpartition(" ")[2]) for line in lines}


def test_monitors_see_printers_and_slips(small_office: Office, printer: TcpPrinter) -> None:
    at_ = 'office="tua-yang",printer="kiosk-slip"'
    assert f"khiu_printer_well{{{at_}}}" not in metrics(small_office)  # none is set
    issued(small_office, SlipState.UNCERTAIN, SlipState.UNCERTAIN, SlipState.FAILED)
    issued(small_office, SlipState.PRINTED, SlipState.QUEUED)
    set_printer(small_office, printer.url)
    printer.paper_out = True
    began = monotonic()
    with watched(small_office):
        while (
            metrics(small_office)[f"khiu_printer_well{{{at_}}}"] == 1
            or not main_printer(small_office).problem
        ):
            assert monotonic() - began < 15
        printer.paper_out, printer.near_end = False, True
        began = monotonic()
        while metrics(small_office)[f"khiu_printer_near_end{{{at_}}}"] == 0:
            assert monotonic() - began < 15
    seen = metrics(small_office)
    assert seen[f"khiu_printer_well{{{at_}}}"] == 1
    slips_now = {
        state: seen[f'khiu_slips{{office="tua-yang",state="{state}"}}']
        for state in ("queued", "printing", "failed", "uncertain")
    }
    assert slips_now == {"queued": 1, "printing": 0, "failed": 1, "uncertain": 2}
    small_office.clock.minutes(24 * 60)
    assert metrics(small_office)['khiu_slips{office="tua-yang",state="uncertain"}'] == 0


# ---------------------------------------------------------------- set-up


def test_the_model_is_chosen_from_a_list(small_office: Office) -> None:
    admin, printer = small_office.signed_in(Role.ADMIN), main_printer(small_office)
    page = f"/manage/printers/{printer.id}"
    wish = {"name_th": "เครื่อง", "name_en": "Printer", "default": "yes"}
    wish |= {"url": "tcp://192.0.2.10:9100?ack=none", "model": "XP-80"}
    assert admin.post(page, data=wish).status_code == 303
    kept = "tcp://192.0.2.10:9100?profile=XP-80&ack=none"
    assert main_printer(small_office).url == kept
    form = look(admin, page)
    (chosen,) = [o.get("value") for o in form.iter("option") if o.get("selected") is not None]
    (shown,) = [i.get("value") for i in form.iter("input") if i.get("name") == "url"]
    assert (chosen, shown) == ("XP-80", "tcp://192.0.2.10:9100?ack=none")
    assert "Xprinter XP-58 (58 มม., ไม่มีใบตัด, ไม่ยืนยันผล)" in text_of(form)
    assert admin.post(page, data={**wish, "url": shown}).status_code == 303
    assert main_printer(small_office).url == kept
    for url in ("tcp://[::zz", "tcp://h:99999"):
        assert admin.post(page, data={**wish, "url": url}).status_code == 422
    assert admin.post(page, data={**wish, "model": "nothing"}).status_code == 422
    assert admin.post(page, data={**wish, "url": "none"}).status_code == 303
    assert main_printer(small_office).url == "none"


def test_saving_an_address_that_says_its_model_last_changes_nothing(small_office: Office) -> None:
    url = "tcp://192.0.2.10:9100?rate=3000&profile=XP-80"
    set_printer(small_office, url)
    set_state(small_office, problem="paper_out")
    admin, printer = small_office.signed_in(Role.ADMIN), main_printer(small_office)
    sent = {"name_th": printer.name_th, "name_en": printer.name_en, "default": "yes"}
    sent |= {"url": "tcp://192.0.2.10:9100?rate=3000", "model": "XP-80"}
    assert admin.post(f"/manage/printers/{printer.id}", data=sent).status_code == 303
    assert (main_printer(small_office).url, main_printer(small_office).problem) == (
        url,
        "paper_out",
    )


# ---------------------------------------------------------------- in a browser


def sound(page: Page) -> None:
    violations = Axe().run(page).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"]) for one in violations] == []


def opened(screens: Screens, role: Role = Role.OFFICER, size: str = "desk") -> Page:
    page = screens.open(size, role=role)
    page.goto(f"{screens.site}/printers/")
    expect(page.locator("main")).to_have_attribute("data-mounted", "")
    return page


def test_trouble_comes_and_goes_on_the_page_the_console_and_at_reception(
    screens: Screens, printer: TcpPrinter
) -> None:
    office = screens.office
    set_printer(office, printer.url)
    set_state(office, seen_at=1)
    page = opened(screens)
    console = screens.open("desk", role=Role.ADMIN, counter="1")
    console.goto(f"{screens.site}/counter/")
    expect(console.locator("[data-link]")).to_have_text("เชื่อมต่ออยู่")
    desk = screens.open("desk", role=Role.RECEPTION)
    desk.goto(f"{screens.site}/reception/")
    expect(desk.locator(".trouble")).to_have_count(0)
    with watched(office):
        began = monotonic()
        printer.paper_out = True
        for seen in (console.locator(".trouble"), desk.locator(".trouble")):
            expect(seen).to_contain_text(
                "เครื่องพิมพ์ตู้กดบัตรคิว: กระดาษหมด · หมายเลขยังใช้ได้", timeout=KNOWN_WITHIN_MS + 1500
            )
        expect(page.get_by_text("ใส่กระดาษม้วนใหม่แล้วปิดฝา")).to_be_visible(timeout=KNOWN_WITHIN_MS)
        assert (
            monotonic() - began < KNOWN_WITHIN_MS / 1000 + 1.5
        )  # three windows, one after another
        expect(console.locator(".trouble a")).to_have_attribute("href", "/printers/")
        for window in (page, console, desk):
            sound(window)
        printer.paper_out = False
        expect(console.locator(".trouble")).to_have_count(0, timeout=KNOWN_WITHIN_MS)
        expect(page.get_by_text("พร้อมพิมพ์", exact=True)).to_be_visible(timeout=KNOWN_WITHIN_MS)
        expect(desk.locator(".trouble")).to_have_count(0, timeout=KNOWN_WITHIN_MS)


def test_every_button_works_and_the_page_keeps_itself_true(screens: Screens) -> None:
    office = screens.office
    issued(office, SlipState.UNCERTAIN, SlipState.UNCERTAIN)
    add_spare(office)
    page = opened(screens, size="phone")
    sound(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="พิมพ์อีกครั้ง A001").click()
    expect(page.locator(".note--good")).to_contain_text("A001")
    page.get_by_role("button", name="บัตรออกมาแล้ว A002").click()
    expect(page.locator(".note--good")).to_contain_text("A002")
    page.locator("button", has_text="พิมพ์บัตรทดสอบ").last.click()
    expect(page.locator(".note--good")).to_contain_text("ทดสอบ")
    page.get_by_role("button", name="ย้ายบัตรที่รอ").click()
    expect(page.locator(".note--good")).to_contain_text("ย้ายบัตรที่รอ 1 ใบแล้ว")
    set_state(office, problem="cover_open", problem_at=office.clock())
    expect(page.get_by_text("ปิดฝาเครื่องให้สนิท")).to_be_visible(timeout=KNOWN_WITHIN_MS)
    expect(page.locator("[data-said]")).to_contain_text("ฝาเครื่องเปิดอยู่")


def test_the_keyboard_alone_decides_and_a_new_card_takes_the_focus_along(screens: Screens) -> None:
    office = screens.office
    first, _ = issued(office, SlipState.UNCERTAIN, SlipState.UNCERTAIN)
    page = opened(screens)
    again = page.locator(f"#again-{first}")
    for _ in range(30):
        page.keyboard.press("Tab")
        if again.evaluate("one => one === document.activeElement"):
            break
    expect(again).to_be_focused()
    before = page.locator("[data-part][data-say]").element_handle()
    set_state(office, problem="paper_out", problem_at=office.clock())
    page.wait_for_function("one => !one.isConnected", arg=before, timeout=KNOWN_WITHIN_MS)
    expect(again).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".note--good")).to_contain_text("A001")
    assert at(office, first)[0] is SlipState.QUEUED


def test_a_page_that_is_cut_off_says_so(screens: Screens) -> None:
    page = opened(screens)
    page.route("**/printers/state*", lambda route: route.abort())
    expect(page.locator("[data-cut]")).to_be_visible(timeout=KNOWN_WITHIN_MS)
    page.unroute("**/printers/state*")
    expect(page.locator("[data-cut]")).to_be_hidden(timeout=KNOWN_WITHIN_MS)


def test_a_kiosk_may_not_look_after_printers(small_office: Office) -> None:
    kiosk = small_office.device(DeviceKind.KIOSK)
    assert kiosk.get("/printers/").status_code in (303, 403)
    assert kiosk.post(f"/printers/{main_printer(small_office).id}/test").status_code in (401, 403)


def test_what_the_slip_says_is_kept_when_it_moves(office: Office) -> None:
    issued(office, SlipState.QUEUED)
    before = [json.loads(row.slip) for row in office.contents()["slip_jobs"]]  # type: ignore[attr-defined]
    office.rooms.paper.move(main_printer(office).id, add_spare(office), STAFF)
    assert [json.loads(row.slip) for row in office.contents()["slip_jobs"]] == before  # type: ignore[attr-defined]
