"""The set-up: each change holds at once, is in the list of changes, and is the administrator's."""

import json
from typing import Any, cast

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask.testing import FlaskClient
from playwright.sync_api import expect
from werkzeug.test import TestResponse

from printers.send import send
from server.domain import prefixes
from server.domain.order import Priority
from server.domain.refusals import BadField, NotAllowed, NotFound, NotSignedIn
from server.domain.roles import DeviceKind, Role, TokenRole
from server.domain.settings import Words
from server.domain.wish import Actor
from server.setup.devices import DeviceWish
from server.setup.staff import PersonWish
from server.spool import Spool
from tests.browser import Screens
from tests.office import MINUTE, Office
from tests.pages import look, text_of
from tests.paper import TcpPrinter
from tests.people.manager import Manager

PARTS = (
    *("services", "counters", "hours", "holidays", "staff", "devices", "printers", "tokens"),
    *("office", "day", "history"),
)
COMMAND = Actor("office")
NAME = Words(th="ทดสอบ", en="Test")


@pytest.fixture
def admin(small_office: Office) -> FlaskClient:
    return small_office.signed_in(Role.ADMIN)


def rows(office: Office, table: str) -> list[Any]:
    return cast(list[Any], office.contents()[table])


def person(office: Office, username: str) -> Any:
    return next(row for row in rows(office, "staff") if row.username == username)


def form_of(client: FlaskClient, url: str, action: str | None = None) -> dict[str, Any]:
    """What the page's form would send just as it is shown."""
    page = look(client, url)
    (form,) = (f for f in page.iter("form") if f.get("action") == (action or url))
    sent: dict[str, Any] = {}
    for field in form.iter():
        name = field.get("name")
        if name is None or name == "csrf_token":
            continue
        if field.tag == "textarea":
            sent[name] = (field.text or "").removeprefix("\n")
        elif field.tag == "select":
            chosen = [o.get("value") for o in field.iter("option") if o.get("selected") is not None]
            sent[name] = chosen[0] if chosen else next(field.iter("option")).get("value")
        elif field.get("type") in ("checkbox", "radio"):
            if field.get("checked") is not None:
                sent.setdefault(name, []).append(field.get("value"))
        else:
            sent.setdefault(name, []).append(field.get("value") or "")
    return sent


def save(client: FlaskClient, url: str, /, **changed: Any) -> TestResponse:
    """Opens a page, changes some fields (None: unticks) and presses save."""
    sent = {**form_of(client, url), **changed}
    return client.post(url, data={name: value for name, value in sent.items() if value is not None})


def newest(client: FlaskClient) -> str:
    """The first line of the list of changes."""
    line = look(client, "/manage/history").find(".//tbody/tr")
    assert line is not None
    return " ".join(" ".join(line.itertext()).split())


def mistakes(answer: TestResponse) -> str:
    assert answer.status_code == 422
    return answer.text


# ---------------------------------------------------------------- all parts


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("role", [Role.ADMIN, Role.AUDITOR])
def test_every_part_is_there_in_both_languages(small_office: Office, part: str, role: Role) -> None:
    client = small_office.signed_in(role)
    thai = text_of(look(client, f"/manage/{part}"))
    english = text_of(look(client, f"/manage/{part}?lang=en"))
    assert "ข้อมูลจำลอง" in thai and "Simulated data" in english
    for text in (thai, english):
        assert "manage." not in text and "field." not in text and "%(" not in text
    assert text_of(look(client, f"/manage/{part}")) == english  # the language is kept


def test_an_auditor_sees_forms_that_cannot_be_sent(small_office: Office) -> None:
    auditor = small_office.signed_in(Role.AUDITOR)
    service = small_office.service("birth").id
    rules = f"/manage/services/{service}/rules"
    for url in (f"/manage/services/{service}", "/manage/office", "/manage/hours", rules):
        (form,) = (f for f in look(auditor, url).iter("form") if f.get("action") == url)
        kept = [
            control
            for part in form.iter("fieldset")
            if part.get("disabled") is not None
            for control in part.iter()
        ]
        controls = [c for tag in ("input", "select", "textarea") for c in form.iter(tag)]
        typed = [c for c in controls if c.get("type") != "hidden"]
        assert len(typed) > 5 and all(control in kept for control in typed)
        assert list(form.iter("button")) == []


def test_saving_a_page_as_it_is_shown_changes_nothing(
    small_office: Office, admin: FlaskClient
) -> None:
    small_office.device_token(DeviceKind.KIOSK)
    pages = [
        *(f"/manage/services/{row.id}" for row in rows(small_office, "services")),
        *(f"/manage/counters/{row.id}" for row in rows(small_office, "counters")),
        *(f"/manage/staff/{row.id}" for row in rows(small_office, "staff")),
        *(f"/manage/printers/{row.id}" for row in rows(small_office, "printers")),
        *(f"/manage/devices/{row.id}" for row in rows(small_office, "devices")),
        "/manage/office",
        "/manage/hours",
        *(f"/manage/services/{row.id}/rules" for row in rows(small_office, "services")),
    ]
    before = small_office.contents()
    for page in pages:
        assert save(admin, page).status_code == 303, page
    after = small_office.contents()
    assert after["audit"] == []
    del before["board_versions"], after["board_versions"]
    assert {name: sorted(map(str, kept)) for name, kept in after.items()} == {
        name: sorted(map(str, kept)) for name, kept in before.items()
    }


# ---------------------------------------------------------------- services


def test_a_service_switched_off_gives_no_number_from_that_moment(
    small_office: Office, admin: FlaskClient
) -> None:
    service = small_office.service("birth")
    admin.post(f"/manage/services/{service.id}/switch", data={"active": "no"})
    with pytest.raises(NotAllowed):
        small_office.issue("birth")
    assert "แก้ไขงานบริการ แจ้งเกิด" in newest(admin) and "ใช่ → ไม่" in newest(admin)
    admin.post(f"/manage/services/{service.id}/switch", data={"active": "yes"})
    small_office.issue("birth")


def test_a_service_is_changed_and_the_list_tells_before_and_after(
    small_office: Office, admin: FlaskClient
) -> None:
    page = f"/manage/services/{small_office.service('birth').id}"
    answer = save(
        admin, page, name_th="แจ้งการเกิด", standard_minutes="12", documents_th="สูติบัตร\n\n ทะเบียนบ้าน "
    )
    assert answer.status_code == 303
    changed = small_office.service("birth")
    assert (changed.name.th, changed.standard_minutes) == ("แจ้งการเกิด", 12)
    assert changed.papers["documents"]["th"] == ["สูติบัตร", "ทะเบียนบ้าน"]
    assert changed.papers["forms"] == small_office.service("birth").papers["forms"]
    line = newest(admin)
    assert "ผู้ดูแลระบบ" in line and "แจ้งเกิด → แจ้งการเกิด" in line and "10 → 12" in line
    assert "ชื่อภาษาอังกฤษ" not in line  # it stayed as it was


def test_a_new_service_gives_numbers_in_a_line_of_its_own(
    small_office: Office, admin: FlaskClient
) -> None:
    asked = form_of(admin, "/manage/services/new", "/manage/services")
    asked |= {"code": "parking", "name_th": "ที่จอดรถ", "name_en": "Parking", "prefix": "h"}
    answer = admin.post("/manage/services", data={**asked, "standard_minutes": "5"})
    assert answer.status_code == 303
    assert small_office.issue("parking").ticket.number == "H001"
    assert "ไม่มีช่องรับ" in text_of(look(admin, "/manage/services"))
    save(admin, answer.headers["Location"], name_th="จอดรถ")  # the board calls it so too
    assert "จอดรถ" in [pool.name.th for pool in small_office.reads.board().waiting]
    again = admin.post("/manage/services", data={**asked, "standard_minutes": "5"})
    assert "มีผู้ใช้ค่านี้แล้ว" in mistakes(again)


@pytest.mark.parametrize(
    ("prefix", "others", "trouble"),
    [
        ("A", {"A", "W"}, None),
        ("H", {"A", "W"}, None),
        ("B", set(), "prefix_misheard"),
        ("AV", set(), "prefix_misheard"),
        ("O", set(), "prefix_misread"),
        ("N", {"M"}, "prefix_like_mn"),
        ("S", {"A", "F"}, "prefix_like_fs"),
        ("C", {"G"}, "prefix_like_ceg"),
        ("M", {"M"}, None),
        ("AN", {"AM"}, "prefix_like_mn"),
        ("AN", {"M"}, None),
        ("AN", {"LM"}, None),
    ],
)
def test_letters_that_sound_alike_are_not_called_in_one_office(
    prefix: str, others: set[str], trouble: str | None
) -> None:
    assert prefixes.trouble(prefix, others) == trouble


def test_a_form_with_mistakes_comes_back_as_it_was_typed(
    small_office: Office, admin: FlaskClient
) -> None:
    page = f"/manage/services/{small_office.service('birth').id}"
    before = small_office.contents()
    answer = save(
        admin, page, name_th="", prefix="7", standard_minutes="๑๐", documents_th="ใหม่", active=None
    )
    text = mistakes(answer)
    assert small_office.contents() == before
    for words in ("กรุณากรอกช่องนี้", "อักษรอังกฤษตัวใหญ่", "เป็นตัวเลข"):
        assert words in text
    assert 'value="๑๐"' in text and "ใหม่</textarea>" in text
    assert text.count('aria-invalid="true"') == 3
    assert 'name="active" value="yes">' in text  # stays unticked


@pytest.mark.parametrize("prefix", ["N", "V", "I"])
def test_a_letter_that_cannot_be_told_apart_is_refused_with_the_reason(
    small_office: Office, admin: FlaskClient, prefix: str
) -> None:
    page = f"/manage/services/{small_office.service('birth').id}"
    assert "field__error" in mistakes(save(admin, page, prefix=prefix))


def test_a_letter_stays_while_somebody_waits_under_it(
    small_office: Office, admin: FlaskClient
) -> None:
    page = f"/manage/services/{small_office.service('birth').id}"
    small_office.issue("birth")
    assert "ยังมีผู้รอคิว" in mistakes(save(admin, page, prefix="H"))
    small_office.call_next()
    waiting = small_office.reads.tickets([rows(small_office, "tickets")[0].id])[0]
    small_office.desk.finish(waiting.ticket.id, COMMAND)
    assert save(admin, page, prefix="H").status_code == 303
    assert small_office.issue("birth").ticket.number == "H001"


def test_a_service_with_a_past_is_never_removed(small_office: Office, admin: FlaskClient) -> None:
    used, unused = small_office.service("birth").id, small_office.service("death").id
    small_office.serve("birth")
    assert admin.post(f"/manage/services/{used}/remove").status_code == 409
    assert admin.post(f"/manage/services/{unused}/remove").status_code == 303
    left = {service.id for service in small_office.reads.services()}
    assert used in left and unused not in left
    assert "ลบงานบริการ แจ้งตาย" in newest(admin)


# ---------------------------------------------------------------- counters


def test_a_counter_takes_what_was_ticked_and_helps_after_its_minutes(
    small_office: Office, admin: FlaskClient
) -> None:
    land_tax, birth = (small_office.service(code).id for code in ("land-tax", "birth"))
    counter = small_office.counter("3").id
    sent = {"takes": [str(land_tax), str(birth)], f"minutes-{birth}": "2.5"}
    assert save(admin, f"/manage/counters/{counter}", **sent).status_code == 303
    assert small_office.counter("3").penalties == {land_tax: 0, birth: 150}
    assert "แจ้งเกิด +2.5" in newest(admin)
    small_office.issue("birth")
    assert small_office.call_next("3") is not None


@pytest.mark.parametrize("minutes", ["", "-1", "121", "1e3", "๕", "many"])
def test_minutes_that_cannot_be_meant_are_refused(
    small_office: Office, admin: FlaskClient, minutes: str
) -> None:
    page = f"/manage/counters/{small_office.counter('1').id}"
    birth = small_office.service("birth").id
    mistakes(save(admin, page, **{f"minutes-{birth}": minutes}))


def test_two_counters_never_have_one_number(small_office: Office, admin: FlaskClient) -> None:
    page = f"/manage/counters/{small_office.counter('1').id}"
    assert "มีผู้ใช้ค่านี้แล้ว" in mistakes(save(admin, page, number="2"))
    assert save(admin, page, number="12").status_code == 303
    assert small_office.counter("12").name.th == "งานทะเบียนราษฎร"


def test_a_counter_with_somebody_is_not_switched_off_and_an_empty_one_is_closed(
    small_office: Office, admin: FlaskClient
) -> None:
    page = f"/manage/counters/{small_office.counter('1').id}"
    small_office.issue()
    called = small_office.call_next()
    assert called is not None
    assert save(admin, page, active=None).status_code == 409
    small_office.desk.finish(called.ticket.id, COMMAND)
    assert save(admin, page, active=None).status_code == 303
    row = next(row for row in rows(small_office, "counters") if row.number == "1")
    assert (row.active, row.state, row.staff_id) == (False, "closed", None)
    with pytest.raises(NotFound):
        small_office.desk.call_next(row.id, COMMAND)
    assert save(admin, page, active="yes").status_code == 303
    small_office.issue()
    assert small_office.call_next() is not None


def test_a_new_counter_calls_at_once(small_office: Office, admin: FlaskClient) -> None:
    birth = small_office.service("birth").id
    asked = form_of(admin, "/manage/counters/new", "/manage/counters")
    asked |= {"number": "9", "name_th": "ช่องใหม่", "name_en": "New", "takes": str(birth)}
    assert admin.post("/manage/counters", data=asked).status_code == 303
    small_office.issue("birth")
    assert small_office.call_next("9") is not None


# ---------------------------------------------------------------- staff


def test_a_new_role_holds_from_the_next_request_on(
    small_office: Office, admin: FlaskClient
) -> None:
    officer = small_office.signed_in(Role.OFFICER)
    assert officer.get("/counter/").status_code == 200
    page = f"/manage/staff/{person(small_office, 'counter1').id}"
    assert save(admin, page, role="manager").status_code == 303
    assert officer.get("/counter/").status_code == 403
    assert officer.get("/reports/").status_code == 200
    assert "เจ้าหน้าที่ช่องบริการ → ผู้บริหาร" in newest(admin)


def test_who_is_switched_off_is_signed_out_and_stays_out(
    small_office: Office, admin: FlaskClient
) -> None:
    officer = small_office.signed_in(Role.OFFICER)
    staff_id = person(small_office, "counter1").id
    page = f"/manage/staff/{staff_id}"
    code = small_office.rooms.setup.staff.link(staff_id, COMMAND)
    assert save(admin, page, active=None).status_code == 303
    assert officer.get("/counter/").status_code == 303
    assert small_office.app.test_client().get(f"/password/{code}").status_code == 410
    assert admin.post(f"{page}/link").status_code == 409
    assert save(admin, page, active="yes").status_code == 303
    assert officer.get("/counter/").status_code == 303  # the old sign-in does not come back


def test_a_new_person_gets_a_link_that_is_shown_this_once(
    small_office: Office, admin: FlaskClient
) -> None:
    asked = form_of(admin, "/manage/staff/new", "/manage/staff")
    asked |= {"username": "Counter9", "name_th": "ช่อง 9", "name_en": "Counter 9"}
    answer = admin.post("/manage/staff", data=asked)
    page = look(admin, answer.headers["Location"])
    link = page.find(".//input[@id='shown-once']")
    assert link is not None
    url = str(link.get("value"))
    assert url.startswith("http://khiu.test/password/")
    assert "counter9" in small_office.app.test_client().get(url).text
    assert "shown-once" not in admin.get(answer.headers["Location"]).text
    assert url.rpartition("/")[2] not in str(small_office.contents())


def test_a_link_begins_with_the_offices_address_never_with_what_a_request_calls_us(
    small_office: Office, admin: FlaskClient
) -> None:
    save(admin, "/manage/office", public_url="https://queue.example/khiu/")
    page = f"/manage/staff/{person(small_office, 'counter1').id}"
    as_evil = {"base_url": "http://evil.example"}
    client = small_office.app.test_client()
    with client.session_transaction(**as_evil) as session:
        session["sign_in"] = small_office.sign_in_token(Role.ADMIN)
    assert client.post(f"{page}/link", **as_evil).status_code == 303
    text = client.get(page, **as_evil).text
    assert "https://queue.example/khiu/password/" in text and "evil" not in text


def test_nobody_shuts_themselves_out(small_office: Office, admin: FlaskClient) -> None:
    page = f"/manage/staff/{person(small_office, 'admin').id}"
    assert "ของตนเอง" in mistakes(save(admin, page, role="officer"))
    assert "ของตนเอง" in mistakes(save(admin, page, active=None))
    assert save(admin, page, name_th="ผู้ดูแล").status_code == 303


def test_the_last_administrator_stays_one(office: Office) -> None:
    staff = office.rooms.setup.staff
    first = person(office, "admin")
    demoted = PersonWish("admin", NAME, Role.OFFICER, active=True)
    gone = PersonWish("admin", NAME, Role.ADMIN, active=False)
    for wish in (demoted, gone):
        with pytest.raises(BadField):
            staff.change(first.id, wish, COMMAND)
    staff.add(PersonWish("admin2", NAME, Role.ADMIN, active=True), COMMAND)
    staff.change(first.id, demoted, COMMAND)
    with pytest.raises(BadField):
        staff.change(
            person(office, "admin2").id,
            PersonWish("admin2", NAME, Role.ADMIN, active=False),
            COMMAND,
        )


@pytest.mark.parametrize("username", ["", "ผู้ใช้", "two words", "-x", "x" * 41, "counter2"])
def test_a_user_name_is_plain_and_nobody_elses(
    small_office: Office, admin: FlaskClient, username: str
) -> None:
    page = f"/manage/staff/{person(small_office, 'counter1').id}"
    mistakes(save(admin, page, username=username))


# ---------------------------------------------------------------- devices


def test_a_device_switched_off_is_a_stranger_at_once(
    small_office: Office, admin: FlaskClient
) -> None:
    kiosk = small_office.device(DeviceKind.KIOSK)
    assert kiosk.get("/kiosk/").status_code == 200
    (row,) = rows(small_office, "devices")
    admin.post(f"/manage/devices/{row.id}/off")
    assert kiosk.get("/kiosk/").headers["Location"] == "/pair/kiosk"
    assert admin.get(f"/manage/devices/{row.id}").status_code == 404
    assert admin.post(f"/manage/devices/{row.id}/off").status_code == 404


def test_a_kiosk_prints_at_the_printer_chosen_for_it(
    small_office: Office, admin: FlaskClient
) -> None:
    small_office.device_token(DeviceKind.KIOSK)
    (device,) = rows(small_office, "devices")
    (printer,) = rows(small_office, "printers")
    service = small_office.service("birth").id
    page = f"/manage/devices/{device.id}"
    changed = {"name": "ตู้ 2", "printer_id": str(printer.id), "service_ids": [str(service)]}
    assert save(admin, page, **changed).status_code == 303
    (row,) = rows(small_office, "devices")
    assert (row.name, row.printer_id, json.loads(row.service_ids)) == ("ตู้ 2", printer.id, [service])
    assert "เครื่องพิมพ์ตู้กดบัตรคิว" in newest(admin) and "แจ้งเกิด" in newest(admin)
    for wrong in ({"printer_id": "1"}, {"service_ids": ["1"]}, {"printer_id": "๑"}, {"name": ""}):
        mistakes(save(admin, page, **wrong))


def test_pairing_names_the_device_its_printer_and_its_services(office: Office) -> None:
    pairings = office.house.access.pairings
    token = pairings.ask(office.id, DeviceKind.KIOSK)
    waiting = pairings.waiting(token)
    assert waiting is not None and not waiting.confirmed
    (printer,) = rows(office, "printers")
    wish = DeviceWish("ตู้ 1", printer.id, (office.service("birth").id,))
    office.rooms.setup.devices.pair(waiting.code, None, wish, COMMAND)
    with pytest.raises(BadField):  # one screen, one device
        office.rooms.setup.devices.pair(waiting.code, None, wish, COMMAND)
    made = pairings.collect(token)
    assert made is not None
    who = office.house.access.by_device(made[1])
    assert who is not None and who.actor.printer_id == printer.id
    assert who.service_ids == wish.service_ids
    assert pairings.collect(token) is None


# ---------------------------------------------------------------- printers


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("", "กรุณากรอกช่องนี้"),
        ("http://printer", "tcp://"),
        ("tcp://", "IP"),
        ("tcp://192.0.2.300", "IP"),
        ("tcp://printer:99999", "65535"),
        ("tcp://printer?profile=nothing", "profile"),
        ("tcp://printer?speed=9", "ตัวเลือก"),
        ("file:///var/lib/khiu/khiu.db", "/dev/"),
        ("file:///dev/../etc/passwd", "/dev/"),
        ("agent://a b", "ช่องว่าง"),
    ],
)
def test_a_printers_address_is_checked_and_the_mistake_is_named(
    small_office: Office, admin: FlaskClient, url: str, words: str
) -> None:
    (printer,) = rows(small_office, "printers")
    text = mistakes(save(admin, f"/manage/printers/{printer.id}", url=url))
    error = text[text.index('class="field__error"') :].partition("</p>")[0]
    assert words in error


@pytest.mark.parametrize(
    "url", ["none", "tcp://192.0.2.10:9100?profile=TM-T20II", "file:///dev/usb/lp0", "agent://hall"]
)
def test_a_good_printers_address_is_kept(
    small_office: Office, admin: FlaskClient, url: str
) -> None:
    (printer,) = rows(small_office, "printers")
    assert save(admin, f"/manage/printers/{printer.id}", url=url).status_code == 303
    assert rows(small_office, "printers")[0].url == url


def test_there_is_always_one_default_printer(small_office: Office, admin: FlaskClient) -> None:
    (first,) = rows(small_office, "printers")
    asked = {"name_th": "สำรอง", "name_en": "Spare", "url": "none", "default": "yes"}
    assert admin.post("/manage/printers", data=asked).status_code == 303
    assert [row.is_default for row in rows(small_office, "printers")] == [False, True]
    assert save(admin, f"/manage/printers/{first.id}", default="yes").status_code == 303
    assert [row.is_default for row in rows(small_office, "printers")] == [True, False]
    mistakes(save(admin, f"/manage/printers/{first.id}", default=None))


def test_a_test_slip_is_ordered_printed_and_told(
    small_office: Office, admin: FlaskClient, printer: TcpPrinter
) -> None:
    (row,) = rows(small_office, "printers")
    page = f"/manage/printers/{row.id}"
    assert admin.post(f"{page}/test").status_code == 409  # none is connected
    assert save(admin, page, url=printer.url).status_code == 303
    assert admin.post(f"{page}/test").status_code == 303
    assert json.loads(admin.get(f"{page}/test").text) == {"text": "รอพิมพ์", "busy": True}
    assert "รอพิมพ์ 1 ใบ" in text_of(look(admin, page))
    spool = Spool(small_office.store, small_office.clock, send, lambda: "http://khiu.test")
    assert spool.print_one()
    assert json.loads(admin.get(f"{page}/test").text) == {"text": "พิมพ์แล้ว", "busy": False}
    assert "พิมพ์บัตรทดสอบ" in newest(admin)


def test_a_printer_in_trouble_says_which(small_office: Office, admin: FlaskClient) -> None:
    (row,) = rows(small_office, "printers")
    page = f"/manage/printers/{row.id}"
    save(admin, page, url="tcp://127.0.0.1:1")
    admin.post(f"{page}/test")
    spool = Spool(small_office.store, small_office.clock, send, lambda: "http://khiu.test")
    assert spool.print_one()
    text = text_of(look(admin, page))
    assert text.count("ติดต่อเครื่องพิมพ์ไม่ได้") == 2  # in the list and at the last test
    save(admin, page, url="tcp://127.0.0.1:2")
    assert "ติดต่อเครื่องพิมพ์ไม่ได้" not in text_of(look(admin, "/manage/printers"))


# ---------------------------------------------------------------- tokens


def test_a_token_is_shown_once_works_and_is_revoked(
    small_office: Office, admin: FlaskClient
) -> None:
    admin.post("/manage/tokens", data={"name": "เว็บไซต์", "role": TokenRole.INTEGRATION})
    page = look(admin, "/manage/tokens")
    shown = page.find(".//input[@id='shown-once']")
    assert shown is not None
    bearer = {"Authorization": f"Bearer {shown.get('value')}"}
    program = small_office.app.test_client()
    assert program.get("/api/v1/services", headers=bearer).status_code == 200
    assert "shown-once" not in admin.get("/manage/tokens").text
    (row,) = rows(small_office, "tokens")
    assert admin.post(f"/manage/tokens/{row.id}/revoke").status_code == 303
    assert program.get("/api/v1/services", headers=bearer).status_code == 401
    assert admin.post(f"/manage/tokens/{row.id}/revoke").status_code == 409
    assert "ยกเลิกโทเคน เว็บไซต์" in newest(admin)
    mistakes(admin.post("/manage/tokens", data={"name": "เว็บไซต์", "role": "integration"}))
    mistakes(admin.post("/manage/tokens", data={"name": "other", "role": "root"}))


# ---------------------------------------------------------------- the office


def test_the_offices_settings_hold_at_once(small_office: Office, admin: FlaskClient) -> None:
    before = small_office.reads.settings()
    answer = save(
        admin,
        "/manage/office",
        name_th="เทศบาลตำบลใหม่",
        head_start_monk="7",
        return_within_minutes="45",
        return_limit="2",
        recall_limit="4",
        hold_limit_minutes="30",
        priority_at_kiosk=None,
        notice_th=["หยุดพรุ่งนี้", ""],
        notice_en=["Closed tomorrow", ""],
    )
    assert answer.status_code == 303
    now = small_office.reads.settings()
    assert now.office.name.th == "เทศบาลตำบลใหม่"
    assert now.settings.head_start_min(Priority.MONK) == 7
    rules = now.settings
    assert (rules.return_within_minutes, rules.return_limit) == (45, 2)
    assert (rules.recall_limit, rules.hold_limit_minutes) == (4, 30)
    assert not now.settings.priority_at_kiosk
    assert now.notices == (Words(th="หยุดพรุ่งนี้", en="Closed tomorrow"),)
    assert small_office.reads.board().notices == now.notices
    kept = {"settings": before.settings, "notices": before.notices, "office": before.office}
    assert now.model_copy(update=kept) == before
    line = newest(admin)
    assert "กลับเข้าคิวได้ภายใน (นาที) 60 → 45" in line
    assert "ไม่มี → หยุดพรุ่งนี้" in line


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name_th", ""),
        ("name_th", "ก" * 121),
        ("name_en", "a\0b"),
        ("public_url", "queue.example"),
        ("public_url", "javascript:alert(1)"),
        ("public_url", "https://user:secret@queue.example"),
        ("public_url", "https://queue.example/?a=1"),
        ("public_url", "https://queue.example:0"),
        ("return_within_minutes", "481"),
        ("return_limit", ""),
        ("recall_limit", "0"),
        ("hold_limit_minutes", "ครึ่ง"),
        ("head_start_elderly", "31"),
        ("head_start_elderly", "-1"),
        ("head_start_elderly", "²"),
        ("notice_en", ["only English"]),
    ],
)
def test_settings_that_cannot_be_meant_are_refused(
    small_office: Office, admin: FlaskClient, field: str, value: Any
) -> None:
    before = small_office.contents()
    changed = {field: value, **({"notice_th": [""]} if field == "notice_en" else {})}
    assert "field__error" in mistakes(save(admin, "/manage/office", **changed))
    assert small_office.contents() == before


def test_thai_is_stored_as_a_careful_hand_would_type_it(
    small_office: Office, admin: FlaskClient
) -> None:
    page = f"/manage/services/{small_office.service('water-fee').id}"
    save(admin, page, name_th="ค่าน\u0e49\u0e4d\u0e32 เเละอื่น ๆ")
    assert small_office.service("water-fee").name.th == "ค่าน้ำ และอื่น ๆ"


# ---------------------------------------------------------------- the list of changes


def test_the_list_of_changes_goes_back_page_by_page(
    small_office: Office, admin: FlaskClient
) -> None:
    service = small_office.service("birth").id
    for at in range(60):
        small_office.clock.minutes(1)
        small_office.rooms.setup.services.switch(service, COMMAND, active=bool(at % 2))
    page = look(admin, "/manage/history")
    assert len(page.findall(".//tbody/tr")) == 50
    older = [a.get("href") for a in page.iter("a") if "before=" in str(a.get("href"))]
    assert len(older) == 1
    rest = look(admin, str(older[0]))
    assert len(rest.findall(".//tbody/tr")) == 10
    assert "คำสั่งที่เครื่องแม่ข่าย" in text_of(rest)
    for odd in ("0", "-1", "๑", "x", "9" * 30):
        look(admin, f"/manage/history?before={odd}")


def test_a_change_that_is_refused_is_not_in_the_list(office: Office) -> None:
    before = office.contents()
    with pytest.raises(NotFound):
        office.rooms.setup.services.switch(1, COMMAND, active=False)
    with pytest.raises(BadField):
        office.rooms.setup.staff.add(PersonWish("admin", NAME, Role.ADMIN, True), COMMAND)
    assert office.contents() == before


def test_setting_a_password_is_in_the_list_without_it(
    small_office: Office, admin: FlaskClient
) -> None:
    access = small_office.house.access
    staff_id = person(small_office, "counter1").id
    code = access.invite(small_office.id, "password", staff_id=staff_id, valid_ms=MINUTE)
    access.set_password(code, "correct horse battery")
    assert "ตั้งรหัสผ่าน เจ้าหน้าที่ทะเบียนราษฎร" in newest(admin)
    with pytest.raises(NotSignedIn):
        access.sign_in(small_office.id, "counter1", "wrong")


# ---------------------------------------------------------------- in a real browser


def test_a_service_switched_off_can_no_longer_be_chosen_at_the_kiosk(screens: Screens) -> None:
    kiosk = screens.open("kiosk", device=DeviceKind.KIOSK)
    kiosk.goto(f"{screens.site}/kiosk/services/")
    tile = kiosk.get_by_role("link", name="แจ้งตาย")
    expect(tile).to_be_visible()
    manager = Manager(screens.open("desk", role=Role.ADMIN), screens.site)
    manager.opens("services").switches("แจ้งตาย")
    kiosk.reload()
    expect(kiosk.locator("h1")).to_be_visible()
    expect(tile).to_contain_text("งดให้บริการชั่วคราว")


def test_pages_of_the_set_up_are_accessible_and_fit_at_twice_the_size(screens: Screens) -> None:
    office = screens.office
    office.device_token(DeviceKind.KIOSK)
    office.token(TokenRole.MONITOR)
    page = screens.open("desk", role=Role.ADMIN)
    manager = Manager(page, screens.site)
    manager.opens("services").switches("แจ้งตาย")  # so that the list of changes has a line
    addresses = [
        *PARTS,
        f"services/{office.service('birth').id}",
        f"services/{office.service('birth').id}/rules",
        "services/new",
        f"counters/{office.counter('5').id}",
        f"staff/{person(office, 'counter1').id}",
        f"devices/{rows(office, 'devices')[0].id}",
        f"printers/{rows(office, 'printers')[0].id}",
    ]
    for address in addresses:
        manager.opens(address)
        found = [one["id"] for one in Axe().run(page).response["violations"]]
        assert found == [], address
        for width, height in ((1366, 768), (683, 384)):
            page.set_viewport_size({"width": width, "height": height})
            fits = page.evaluate("document.documentElement.scrollWidth <= innerWidth")
            assert fits, f"{address} at {width}"


def test_a_link_for_a_new_person_is_selected_for_copying(screens: Screens) -> None:
    page = screens.open("desk", role=Role.ADMIN)
    manager = Manager(page, screens.site)
    manager.opens("staff/new")
    page.get_by_label("ชื่อภาษาไทย").fill("เจ้าหน้าที่ใหม่")
    page.get_by_label("ชื่อภาษาอังกฤษ").fill("New officer")
    page.get_by_label("ชื่อผู้ใช้").fill("counter9")
    page.get_by_role("button", name="เพิ่มเจ้าหน้าที่").click()
    link = manager.is_shown_once()
    assert link.startswith(f"{screens.site}/password/")
    assert page.evaluate("getSelection().toString()") == link
