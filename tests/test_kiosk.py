"""The kiosk as a program sees it: pages, forms and what they leave in the books."""

from dataclasses import dataclass
from xml.etree.ElementTree import Element

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update
from werkzeug.test import TestResponse

from server.domain.order import Priority
from server.domain.roles import DeviceKind
from server.domain.settings import Lunch, ServiceHours, ServiceRules, Settings
from server.domain.ticket import SlipState
from server.store import schema, slips
from server.store.engine import Store
from tests.office import Office
from tests.pages import look, text_of


@dataclass
class Form:
    """A page's form: where it goes, and what it sends without being asked."""

    action: str
    hidden: dict[str, str]


def form_of(page: Element) -> Form:
    form = page.find(".//form")
    assert form is not None, text_of(page)
    inputs = form.findall(".//input[@type='hidden']")
    return Form(form.get("action", ""), {i.get("name", ""): i.get("value", "") for i in inputs})


def address(office: Office, code: str = "birth", query: str = "") -> str:
    return f"/kiosk/services/{office.service(code).id}{query}"


def press(client: FlaskClient, form: Form, **touched: str) -> TestResponse:
    return client.post(form.action, data=form.hidden | touched)


def rule(office: Office, **rules: object) -> None:
    """Changes the office's [settings], as management does."""
    with office.store.writing() as db:
        row = db.execute(schema.offices.select()).one()
        kept = Settings.read(row.settings)
        changed = kept.settings.model_copy(update=rules)
        text = kept.model_copy(update={"settings": changed}).text()
        db.execute(update(schema.offices).values(settings=text))


def switch_off(office: Office, code: str) -> None:
    with office.store.writing() as db:
        services = schema.services
        db.execute(update(services).where(services.c.code == code).values(active=False))


def closed_tiles(client: FlaskClient, name: str = "", url: str = "/kiosk/") -> list[str]:
    """The words of each tile that gives no number."""
    off = look(client, url).findall(".//*[@class='tile tile--off']")
    return [words for tile in off if name in (words := "".join(tile.itertext()))]


def take(office: Office, client: FlaskClient, code: str = "birth", query: str = "") -> str:
    """Takes a number; the address of its page."""
    form = form_of(look(client, address(office, code, query)))
    answer = press(client, form, priority="none")
    assert answer.status_code == 303, answer.text
    return answer.location


def test_a_touch_on_a_service_becomes_a_number(small_office: Office) -> None:
    kiosk = small_office.device()
    assert "แจ้งย้ายที่อยู่" in text_of(look(kiosk, "/kiosk/"))
    number = text_of(look(kiosk, take(small_office, kiosk, "move")))
    assert "A001" in number
    assert "แจ้งย้ายที่อยู่" in number
    (seen,) = small_office.reads.find_tickets()
    assert (seen.ticket.channel, seen.ticket.language) == ("kiosk", "th")


def test_the_same_touch_twice_gives_one_ticket(small_office: Office) -> None:
    kiosk = small_office.device()
    form = form_of(look(kiosk, address(small_office)))
    first, second = (press(kiosk, form, priority="none") for _ in range(2))
    assert first.location == second.location
    assert len(small_office.reads.find_tickets()) == 1


def test_two_fingers_on_two_tiles_of_one_page_give_one_ticket(small_office: Office) -> None:
    rule(small_office, priority_at_kiosk=False)
    kiosk = small_office.device()
    form = form_of(look(kiosk, "/kiosk/"))
    codes = ("land-tax", "move")
    answers = [press(kiosk, form, service_id=str(small_office.service(c).id)) for c in codes]
    assert [answer.status_code for answer in answers] == [303, 409]
    assert len(small_office.reads.find_tickets()) == 1


def test_every_showing_of_a_page_carries_a_new_key_and_is_kept_nowhere(
    small_office: Office,
) -> None:
    kiosk = small_office.device()
    pages = ["/kiosk/", "/kiosk/services/", address(small_office)]
    keys = [form_of(look(kiosk, url)).hidden["request_key"] for url in pages * 2]
    assert len(set(keys)) == len(keys)
    for url in [*pages, take(small_office, kiosk)]:
        assert kiosk.get(url).headers["Cache-Control"] == "no-store"


def test_one_kiosks_key_is_not_anothers(small_office: Office) -> None:
    here, there = small_office.device(), small_office.device()
    form = form_of(look(here, address(small_office)))
    press(here, form, priority="none")
    again = form_of(look(there, address(small_office)))
    again.hidden["request_key"] = form.hidden["request_key"]
    assert press(there, again, priority="none").status_code == 303
    assert len(small_office.reads.find_tickets()) == 2


def test_the_most_wanted_services_of_the_month_come_first(small_office: Office) -> None:
    def first() -> list[str]:
        names = look(kiosk, "/kiosk/").findall(".//*[@class='tile__name']")
        return ["".join(name.itertext()) for name in names]

    kiosk = small_office.device()
    october = first()
    assert october[0] == "ชำระค่าธรรมเนียมขยะมูลฝอย"
    assert len(october) == 8
    assert october[-1] == "งานบริการอื่น"
    small_office.clock.minutes(60 * 24 * 151)  # 1 March: land tax and signboards
    march = first()
    assert march[:2] == ["ชำระภาษีที่ดินและสิ่งปลูกสร้าง", "ชำระภาษีป้าย"]


def test_every_service_is_on_one_of_the_pages(small_office: Office) -> None:
    kiosk = small_office.device()
    shown = text_of(look(kiosk, "/kiosk/")) + text_of(look(kiosk, "/kiosk/services/"))
    for service in small_office.reads.services():
        assert service.name.th in shown
    assert kiosk.get("/kiosk/services/?page=2").status_code == 404
    assert kiosk.get("/kiosk/services/?page=-1").status_code == 404


def test_a_tile_tells_who_waits_and_for_how_long(small_office: Office) -> None:
    kiosk = small_office.device()
    small_office.issue("birth")
    page = look(kiosk, "/kiosk/")
    move = small_office.service("move")
    assert page.findtext(f".//*[@id='waiting-{move.id}']") == "รอ 1 คน"
    assert "นาที" in (page.findtext(f".//*[@id='wait-{move.id}']") or "")
    tax = small_office.service("land-tax")
    assert page.findtext(f".//*[@id='wait-{tax.id}']") == "ไม่มีผู้รอ"
    rule(small_office, show_wait=False)
    page = look(kiosk, "/kiosk/")
    assert page.findtext(f".//*[@id='waiting-{move.id}']") == "รอ 1 คน"
    assert not page.findtext(f".//*[@id='wait-{move.id}']")


def test_before_the_counters_open_no_wait_is_promised_from_now(small_office: Office) -> None:
    rule(small_office, always_open=False)  # 08:00: tickets, but the counters open at 08:30
    kiosk = small_office.device()
    small_office.issue("birth")
    page = look(kiosk, "/kiosk/")
    assert not page.findtext(f".//*[@id='wait-{small_office.service('move').id}']")
    assert "ช่องบริการเริ่มเรียก 08:30" in text_of(page)
    number = look(kiosk, take(small_office, kiosk))
    likely = number.findall(".//dd")[1].text or ""
    assert "08:30" <= likely.removeprefix("ไม่เกิน ")[:5] <= "09:30"


def test_a_closed_office_says_when_it_opens_and_offers_nothing_dead(small_office: Office) -> None:
    kiosk = small_office.device()
    form = form_of(look(kiosk, address(small_office)))
    rule(small_office, always_open=False)
    small_office.clock.minutes(8 * 60 + 20)  # 16:20: tickets ended at 16:15
    page = look(kiosk, "/kiosk/")
    assert "รับบัตรคิวได้อีกครั้ง พรุ่งนี้ 08:00 น." in text_of(page)
    assert "วันศุกร์ที่ 2 ตุลาคม 256908:00–16:15 น." in text_of(page)
    assert "กรุณารอเรียก" in text_of(page)
    assert page.find(".//form") is None
    before = small_office.contents()
    assert press(kiosk, form, priority="none").status_code == 409
    look(kiosk, address(small_office))
    assert small_office.contents() == before
    small_office.clock.minutes(60 * 15 + 40)  # Friday 08:00
    assert look(kiosk, "/kiosk/").find(".//form") is not None


def test_who_would_not_be_called_today_is_told_before_choosing(small_office: Office) -> None:
    rule(small_office, always_open=False)
    kiosk = small_office.device()
    small_office.clock.minutes(7 * 60)  # 15:00; calls end at 17:00
    late = f".//*[@id='wait-{small_office.service('elderly-allowance').id}']"
    for _ in range(12):
        small_office.issue("elderly-allowance")
        small_office.clock.minutes(1)
        if look(kiosk, "/kiosk/").findtext(late) == "อาจไม่ทันเวลาปิด":
            break
    number = text_of(look(kiosk, take(small_office, kiosk, "elderly-allowance")))
    assert "คิวอาจไม่ทันเวลาปิด" in number
    assert "น่าจะได้รับเรียก" not in number
    form = form_of(look(kiosk, address(small_office, "elderly-allowance")))
    for _ in range(30):
        small_office.issue("elderly-allowance")
    small_office.clock.minutes(1)
    (off,) = closed_tiles(kiosk, "ลงทะเบียนเบี้ยยังชีพผู้สูงอายุ")
    assert "วันนี้คาดว่าไม่ทันเวลาปิด" in off
    assert "พรุ่งนี้ 08:00 น." in off
    refused = press(kiosk, form, priority="none")
    assert refused.status_code == 409
    assert "ยาวเกินกว่าจะให้บริการทันวันนี้" in refused.text


def test_a_service_switched_off_is_named_with_the_reason(small_office: Office) -> None:
    kiosk = small_office.device()
    form = form_of(look(kiosk, address(small_office, "move")))
    switch_off(small_office, "move")
    (off,) = closed_tiles(kiosk)
    assert "แจ้งย้ายที่อยู่" in off
    assert "งดให้บริการชั่วคราว" in off
    assert press(kiosk, form, priority="none").status_code == 409
    assert "งดให้บริการงานนี้ชั่วคราว" in text_of(look(kiosk, address(small_office, "move")))
    assert small_office.reads.find_tickets() == []


def test_a_service_that_is_closed_now_says_when_it_opens_and_what_to_bring(
    small_office: Office,
) -> None:
    rule(small_office, always_open=False)
    small_office.clock.minutes(120)
    tuesday = ServiceHours(days=("tue",), open="09:00", close="12:00")
    small_office.rule("birth", ServiceRules(hours=(tuesday,)))
    kiosk = small_office.device()
    (off,) = closed_tiles(kiosk, "แจ้งเกิด", "/kiosk/services/")
    assert "ปิดรับคิวขณะนี้" in off
    assert "วันอังคาร 6 ต.ค. 08:30 น." in off
    page = text_of(look(kiosk, address(small_office)))
    assert "วันอังคารที่ 6 ตุลาคม 08:30 น." in page
    assert small_office.service("birth").papers["documents"]["th"][0] in page
    english = text_of(look(kiosk, address(small_office, query="?lang=en")))
    assert "Tuesday 6 October 08:30" in english


def test_services_whose_hours_these_are_come_first(small_office: Office) -> None:
    rule(small_office, always_open=False)
    small_office.clock.now = 1_804_302_000_000  # Saturday 2027-03-06 10:00: counters 3 and 5
    kiosk = small_office.device()
    assert 7 <= sum(one.open for one in small_office.reads.services()) < 16
    assert len(look(kiosk, "/kiosk/").findall(".//a[@class='tile']")) == 7
    assert closed_tiles(kiosk) == []
    assert "ปิดรับคิวขณะนี้" in closed_tiles(kiosk, "แจ้งเกิด", "/kiosk/services/")[0]


def test_a_full_day_is_told_on_the_tile_and_to_a_finger_that_was_too_late(
    small_office: Office,
) -> None:
    small_office.rule("move", ServiceRules(day_limit=1))
    kiosk = small_office.device()
    form = form_of(look(kiosk, address(small_office, "move")))
    small_office.issue("move")
    (off,) = closed_tiles(kiosk)
    assert "คิววันนี้เต็มแล้ว" in off
    assert "รับได้วันละ 1 คิว" in text_of(look(kiosk, address(small_office, "move")))
    refused = press(kiosk, form, priority="none")
    assert refused.status_code == 409
    assert "kiosk__service" in refused.text  # in the kiosk's own look
    assert "วันนี้เต็มแล้ว" in refused.text
    program = kiosk.post(
        form.action, data=form.hidden | {"priority": "none"}, headers={"Accept": "application/json"}
    )
    assert program.json is not None
    assert program.json["type"] == "urn:khiu:problem:day-limit-reached"
    assert "Friday 2 October 2026, 08:00" in program.json["detail_en"]


def test_a_closed_kiosk_names_the_holiday_and_still_shows_what_to_bring(
    small_office: Office,
) -> None:
    rule(small_office, always_open=False)
    small_office.clock.now = 1_796_871_600_000  # Thursday 2026-12-10 10:00
    kiosk = small_office.device()
    page = text_of(look(kiosk, "/kiosk/"))
    assert "วันนี้หยุดทำการ วันรัฐธรรมนูญ" in page
    assert "พรุ่งนี้ 08:00 น." in page
    assert "Constitution Day" in text_of(look(kiosk, "/kiosk/?lang=en"))
    listed = look(kiosk, "/kiosk/services/")
    assert listed.find(".//button[@type='submit']") is None
    shown = text_of(listed) + text_of(look(kiosk, "/kiosk/services/?page=2"))
    assert all(service.name.th in shown for service in small_office.reads.services())
    assert "บัตรประจำตัวประชาชน" in text_of(look(kiosk, address(small_office)))


def test_at_lunch_a_closed_kiosk_says_when_the_counters_call_again(small_office: Office) -> None:
    lunch = Lunch(from_="12:00", to="13:00", served=False)
    hours = small_office.reads.settings().hours.model_copy(update={"lunch": lunch})
    small_office.set(always_open=False, hours=hours)
    small_office.clock.minutes(4 * 60 + 10)
    page = text_of(look(small_office.device(), "/kiosk/"))
    assert "ช่วงพักกลางวัน" in page
    assert "ช่องบริการเริ่มเรียกอีกครั้ง 13:00 น." in page
    assert "วันนี้ 13:00 น." in page


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"service_id": ""}, 422),
        ({"service_id": "birth"}, 422),
        ({"service_id": "๑๒"}, 422),
        ({"service_id": "9" * 19}, 422),
        ({"service_id": "-1"}, 422),
        ({"service_id": "7"}, 404),
        ({"priority": "vip"}, 422),
        ({"priority": "none\0"}, 422),
        ({"request_key": ""}, 422),
        ({"request_key": "short"}, 422),
        ({"request_key": "x" * 65}, 422),
        ({"request_key": "key with a \0 in it"}, 422),
        ({"csrf_token": "made up"}, 401),
    ],
)
def test_a_form_that_no_page_sends_is_refused_and_changes_nothing(
    small_office: Office, sent: dict[str, str], status: int
) -> None:
    kiosk = small_office.device()
    form = form_of(look(kiosk, address(small_office)))
    before = small_office.contents()
    answer = press(kiosk, form, **({"priority": "none"} | sent))
    assert answer.status_code == status
    assert answer.headers["Refresh"].endswith("url=/kiosk/")  # nobody is left on a dead page
    assert small_office.contents() == before


def test_priority_is_kept_for_staff_and_not_shown_on_the_number_page(small_office: Office) -> None:
    kiosk = small_office.device()
    asked = look(kiosk, address(small_office))
    values = [button.get("value") for button in asked.findall(".//button[@name='priority']")]
    assert values == ["elderly", "disabled", "pregnant", "infant", "monk", "other", "none"]
    answer = press(kiosk, form_of(asked), priority="disabled")
    (seen,) = small_office.reads.find_tickets()
    assert seen.ticket.priority is Priority.DISABLED
    shown = kiosk.get(answer.location).text
    assert "ผู้พิการ" not in shown
    assert "disabled" not in shown.replace("tile[disabled]", "")


def test_an_office_that_does_not_ask_gives_the_number_at_once(small_office: Office) -> None:
    rule(small_office, priority_at_kiosk=False)
    kiosk = small_office.device()
    form = form_of(look(kiosk, "/kiosk/"))
    service_id = str(small_office.service("move").id)
    slipped_in = press(kiosk, form, service_id=service_id, priority="elderly")
    assert slipped_in.status_code == 422
    assert "A001" in text_of(look(kiosk, press(kiosk, form, service_id=service_id).location))
    assert kiosk.get(address(small_office)).status_code == 404


def test_a_kiosk_shows_only_what_it_gave_just_now(small_office: Office) -> None:
    kiosk, other = small_office.device(), small_office.device()
    mine = take(small_office, kiosk)
    theirs = f"/kiosk/tickets/{small_office.issue().ticket.id}"
    for tail in ("", "/slip"):
        assert kiosk.get(mine + tail).status_code == 200
        assert other.get(mine + tail).status_code == 404
        assert kiosk.get(theirs + tail).status_code == 404
        for unknown in (7, 2**63 - 1, 2**63, 10**30):
            assert kiosk.get(f"/kiosk/tickets/{unknown}{tail}").status_code == 404
    small_office.clock.minutes(11)
    assert kiosk.get(mine).status_code == 404


def test_strangers_and_other_devices_are_sent_to_pairing(small_office: Office) -> None:
    for client in (small_office.app.test_client(), small_office.device(DeviceKind.DISPLAY)):
        for url in ("/kiosk/", address(small_office), "/kiosk/board", "/kiosk/tickets/1"):
            assert client.get(url).location == "/pair/kiosk"
        form = form_of(look(small_office.device(), address(small_office)))
        assert press(client, form, priority="none").status_code == 401


def test_language_size_and_contrast_go_with_the_visit_and_end_with_it(
    sqlite_store: Store,
) -> None:
    office = Office(sqlite_store, printer_url="tcp://127.0.0.1:9?profile=TM-T20II")
    kiosk = office.device()
    query = "?lang=en&text=large&contrast=high"
    page = look(kiosk, f"/kiosk/{query}")
    assert page.get("lang") == "en"
    assert (page.get("data-text"), page.get("data-contrast")) == ("large", "high")
    tiles = page.findall(".//a[@class='tile']")
    assert all((tile.get("href") or "").endswith(query) for tile in tiles)
    location = take(office, kiosk, "birth", query)
    assert location.endswith(query)
    number = look(kiosk, location)
    done = number.find(".//a[@class='button button--primary button--big button--wide']")
    assert done is not None
    assert done.get("href") == "/kiosk/"
    assert office.reads.find_tickets()[0].ticket.language == "en"
    (job,) = office.contents()["slip_jobs"]
    assert '"large":true' in job.slip  # type: ignore[attr-defined]
    assert look(kiosk, "/kiosk/").get("lang") == "th"


def test_the_number_page_says_what_became_of_the_slip(small_office: Office) -> None:
    kiosk = small_office.device()
    url = take(small_office, kiosk)
    told = {
        SlipState.QUEUED: "กำลังพิมพ์บัตรคิว",
        SlipState.PRINTING: "กำลังพิมพ์บัตรคิว",
        SlipState.PRINTED: "พิมพ์เสร็จแล้ว",
        SlipState.SENT: "พิมพ์เสร็จแล้ว",
        SlipState.FAILED: "หมายเลขยังใช้ได้",
        SlipState.UNCERTAIN: "หมายเลขยังใช้ได้",
        SlipState.NONE: "จุดนี้ไม่พิมพ์บัตร",
    }
    ticket_id = int(url.rsplit("/", 1)[1])
    for state, words in told.items():
        with small_office.store.writing() as db:
            slips.show(db, small_office.id, ticket_id, state)
        assert kiosk.get(f"{url}/slip").json == {"state": state}
        blocks = [block for block in look(kiosk, url).iter("div") if block.get("data-when")]
        shown = ["".join(b.itertext()) for b in blocks if b.get("hidden") is None]
        assert len(shown) == 1
        assert words in shown[0]


def test_a_number_already_called_is_not_told_to_wait(small_office: Office) -> None:
    kiosk = small_office.device()
    url = take(small_office, kiosk)
    small_office.call_next()
    page = text_of(look(kiosk, url))
    assert "เรียกแล้ว" in page
    assert "น่าจะได้รับเรียก" not in page


def test_the_strip_and_its_poll_show_the_newest_calls(small_office: Office) -> None:
    kiosk = small_office.device()
    assert "ยังไม่มีการเรียก" in text_of(look(kiosk, "/kiosk/"))
    small_office.issue("land-tax")
    small_office.call_next("3")
    assert "R001ช่อง 3" in text_of(look(kiosk, "/kiosk/"))
    board = kiosk.get("/kiosk/board").json
    assert board is not None
    assert [(call["number"], call["counter"]) for call in board["calls"]] == [("R001", "3")]


def test_a_demo_says_so_on_every_page_and_a_real_office_does_not(small_office: Office) -> None:
    kiosk = small_office.device()
    pages = ["/kiosk/", "/kiosk/services/", address(small_office), take(small_office, kiosk)]
    assert all("ข้อมูลจำลอง" in text_of(look(kiosk, url)) for url in pages)
    rule(small_office, demo=False)
    assert not any("ข้อมูลจำลอง" in text_of(look(kiosk, url)) for url in pages)
