"""First reception without scripts: finding the service, giving the number, cancelling."""

import pytest
from flask.testing import FlaskClient

from server.domain.roles import Role
from server.domain.settings import ServiceRules, Words
from server.domain.ticket import State
from server.reception.finding import findable, matching
from server.store.engine import Store
from tests.office import Office
from tests.pages import look, text_of

NIGHT_MIN = 15 * 60


def form(office: Office, *codes: str, **more: str) -> dict[str, object]:
    services = [str(office.service(code).id) for code in codes]
    return {"s": services, "priority": "none", "language": "th", "request_key": "k1", **more}


def give(client: FlaskClient, data: dict[str, object]) -> str:
    answer = client.post("/reception/tickets", data=data)
    assert answer.status_code == 303, answer.text
    return str(answer.location)


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


def late(office: Office) -> None:
    """Thursday 16:00: the line for the elderly's allowance cannot be finished any more."""
    office.set(always_open=False)
    office.clock.minutes(8 * 60)
    for _ in range(30):
        office.issue("elderly-allowance")
    office.clock.minutes(1)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ({"override": "frail"}, "ผู้สูงอายุ ผู้พิการ หรือเจ็บป่วย"),
        ({"override": "other", "override_words": " ต้องใช้พรุ่งนี้เช้า "}, "ต้องใช้พรุ่งนี้เช้า"),
    ],
)
def test_staff_give_a_number_too_late_with_a_reason_that_the_ticket_keeps(
    small_office: Office, sent: dict[str, str], kept: str
) -> None:
    late(small_office)
    client = small_office.signed_in(Role.RECEPTION)
    data = form(small_office, "elderly-allowance")
    refused = give(client, data)
    page = text_of(look(client, refused))
    assert "ยาวเกินกว่าจะให้บริการทันวันนี้" in page and "กรณีพิเศษ" in page
    given = give(client, data | sent)
    assert kept in text_of(look(client, given))
    assert len(small_office.reads.find_tickets()) == 31


def test_a_reason_opens_no_closed_office_and_no_service_switched_off(
    small_office: Office,
) -> None:
    late(small_office)
    client = small_office.signed_in(Role.RECEPTION)
    small_office.clock.minutes(60)  # 17:01
    anyway = form(small_office, "elderly-allowance", override="frail")
    page = text_of(look(client, give(client, anyway)))
    assert "นอกเวลารับบัตรคิว" in page and "กรณีพิเศษ" not in page
    assert len(small_office.reads.find_tickets()) == 30


def test_the_last_number_that_went_meanwhile_is_said_with_what_staff_may_do(
    small_office: Office,
) -> None:
    small_office.rule("birth", ServiceRules(day_limit=1))
    client = small_office.signed_in(Role.RECEPTION)
    data = form(small_office, "birth", priority="elderly", large="yes")
    small_office.issue("birth")
    refused = give(client, data)
    assert "priority=elderly" in refused
    page = text_of(look(client, refused))
    assert "รับได้วันละ 1 คิว วันนี้เต็มแล้ว" in page and "กรณีพิเศษ" in page
    assert "A002" in text_of(look(client, give(client, data | {"override": "came_far"})))


def test_a_reason_that_cannot_be_meant_is_refused(small_office: Office) -> None:
    client = small_office.signed_in(Role.RECEPTION)
    for wrong in ({"override": "vip"}, {"override": "other", "override_words": "x" * 101}):
        answer = client.post("/reception/tickets", data=form(small_office, "birth") | wrong)
        assert answer.status_code == 422
    assert small_office.reads.find_tickets() == []


def test_todays_numbers_are_found_by_number(office: Office) -> None:
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


def test_an_office_without_a_printer_offers_no_paper(small_office: Office) -> None:
    client = small_office.signed_in(Role.RECEPTION)
    page = look(client, give(client, form(small_office, "birth")))
    assert not any((f.get("action") or "").endswith("/reprint") for f in page.iter("form"))
    assert "หมายเลขยังใช้ได้" in text_of(page)


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
