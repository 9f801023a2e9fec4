"""The survey: by the contract's calls, and as a resident meets it on a phone."""

import json
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import expect

from server.links import SURVEY, TRACK, link_token
from tests.browser import Screens
from tests.office import MINUTE, PROGRAM, Office
from tests.pages import look, text_of
from tests.people.resident import Resident

HOUR = 60 * MINUTE
ASKED = "วันนี้ท่านพอใจกับบริการเพียงใด"


def token_of(office: Office, ticket_id: int, purpose: str = SURVEY) -> str:
    return link_token(office.house.secret(office.id), purpose, ticket_id)


def served(office: Office) -> str:
    return token_of(office, office.serve().ticket.id)


def rows(office: Office, table: str) -> list[dict[str, object]]:
    return [row._asdict() for row in office.contents()[table]]  # type: ignore[attr-defined]


def scores(office: Office) -> dict[object, object]:
    return {row["item"]: row["score"] for row in rows(office, "answer_items")}


def phone_of(office: Office) -> FlaskClient:
    """A resident's browser, without the browser; forms without the CSRF token they hold."""
    office.app.config["WTF_CSRF_ENABLED"] = False
    return office.app.test_client()


# ---------------------------------------------------------------- the contract's calls


def test_statuses_are_the_contracts(office: Office) -> None:
    client, ticket_id = office.app.test_client(), office.issue().ticket.id
    call = f"/api/v1/surveys/{token_of(office, ticket_id)}"
    body = {"answers": {"overall": 4}}
    assert client.get("/api/v1/surveys/" + "x" * 22).status_code == 404
    assert client.post("/api/v1/surveys/" + "x" * 22, json=body).status_code == 404
    assert client.get(call).status_code == client.post(call, json=body).status_code == 409
    office.call_next()
    office.desk.finish(ticket_id, PROGRAM)
    assert client.get(call).get_json()["items"][0]["id"] == "overall"
    assert client.post(call, json={"answers": {"overall": 9}}).status_code == 422
    first = client.post(call, json=body)
    assert first.status_code == 201
    assert client.post(call, json=body).status_code == 409
    key = first.get_json()["continue"]
    more = {"continue": key, "answers": {"p1": 5}, "reasons": ["other"], "comment": "ดี"}
    assert client.patch(call, json=more).status_code == 200
    assert client.patch(call, json={**more, "answers": {"p1": 4}}).status_code == 409
    office.clock.minutes(31)
    assert client.patch(call, json=more).status_code == 410
    assert scores(office) == {"overall": 4, "p1": 5}
    late = f"/api/v1/surveys/{served(office)}"
    office.clock.now += 168 * HOUR + 1
    assert client.get(late).status_code == client.post(late, json=body).status_code == 410


def test_the_same_idempotency_key_gets_the_first_answer_again(office: Office) -> None:
    client, call = office.app.test_client(), f"/api/v1/surveys/{served(office)}"
    sent = [
        client.post(call, json={"answers": {"overall": 4}}, headers={"Idempotency-Key": "k1"})
        for _ in range(2)
    ]
    assert [answer.status_code for answer in sent] == [201, 201]
    assert sent[0].json == sent[1].json


def test_a_rating_is_kept_and_a_burst_of_them_flagged(office: Office) -> None:
    client, headers = office.app.test_client(), office.bearer()
    moment = datetime.fromtimestamp(office.clock.now / 1000 - 60, UTC).isoformat()
    press = {"score": 5, "channel": "device", "counter_id": str(office.counter("1").id)}
    sent = [
        client.post("/api/v1/ratings", json={**press, **more}, headers=headers)
        for more in ({}, {"press_id": "p1"}, {"press_id": "p1"}, {"at": moment})
    ]
    assert [answer.status_code for answer in sent] == [201] * 4
    assert [answer.get_json()["flag"] for answer in sent] == [None, "burst", "burst", None]
    assert len(rows(office, "presses")) == 3


# ---------------------------------------------------------------- pages, one by one


@pytest.mark.parametrize(
    ("passed_h", "words", "status"),
    [(None, "เมื่อท่านได้รับบริการแล้ว", 409), (169, "ปิดแล้ว", 410)],
)
def test_too_early_and_too_late_are_told_politely(
    small_office: Office, passed_h: int | None, words: str, status: int
) -> None:
    ticket_id = small_office.issue().ticket.id
    if passed_h is not None:
        small_office.call_next()
        small_office.desk.finish(ticket_id, PROGRAM)
        small_office.clock.now += passed_h * HOUR
    answer = small_office.app.test_client().get(f"/s/{token_of(small_office, ticket_id)}")
    assert answer.status_code == status
    assert words in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_double_tap_is_one_answer_and_the_phone_may_go_on(small_office: Office) -> None:
    phone, url = phone_of(small_office), f"/s/{served(small_office)}"
    field = look(phone, url).find(".//input[@name='once']")
    assert field is not None
    for score in ("4", "1"):  # the first finger counts
        answer = phone.post(url, data={"score": score, "once": field.get("value")})
        assert answer.status_code == 303
    assert phone.get(url).headers["Location"] == f"{url}/1"
    assert scores(small_office) == {"overall": 4}


def test_another_phone_that_answers_a_second_time_is_refused(small_office: Office) -> None:
    url = f"/s/{served(small_office)}"
    first, second = phone_of(small_office), phone_of(small_office)
    first.post(url, data={"score": "4"})
    assert second.post(url, data={"score": "1"}).status_code == 409
    assert "ขอบคุณ" in text_of(look(second, url))
    assert second.get(url + "/1").headers["Location"] == url
    assert scores(small_office) == {"overall": 4}


@pytest.mark.parametrize("score", ["", "0", "6", "๕", "5.0", "many"])
def test_what_is_no_score_is_refused(small_office: Office, score: str) -> None:
    answer = phone_of(small_office).post(f"/s/{served(small_office)}", data={"score": score})
    assert answer.status_code == 422
    assert rows(small_office, "answers") == []


def test_only_a_low_score_is_asked_for_reasons(small_office: Office) -> None:
    for score, page in ((1, "reasons"), (2, "reasons"), (3, "1"), (5, "1")):
        phone, url = phone_of(small_office), f"/s/{served(small_office)}"
        phone.post(url, data={"score": str(score)})
        assert phone.get(url).headers["Location"] == f"{url}/{page}"


def test_back_never_asks_twice_nor_changes_what_was_given(small_office: Office) -> None:
    phone, url = phone_of(small_office), f"/s/{served(small_office)}"
    phone.post(url, data={"score": "1"})
    phone.post(url + "/reasons", data={"reason": ["long_wait", "asked_for_money"], "then": "on"})
    phone.post(url + "/1", data={"p1": "5", "then": "on"})
    for again in ("", "/reasons"):
        assert phone.get(url + again).status_code == 303
    page = look(phone, url + "/1")
    given = [field for field in page.iter("input") if field.get("name") == "p1"]
    assert all(field.get("disabled") is not None for field in given)
    assert [field.get("value") for field in given if field.get("checked") is not None] == ["5"]
    phone.post(url + "/1", data={"p1": "1", "p2": "4", "then": "on"})
    phone.post(url + "/reasons", data={"reason": ["asked_for_money"], "then": "on"})
    assert scores(small_office) == {"overall": 1, "p1": 5, "p2": 4}
    assert len(rows(small_office, "protected_reports")) == 1


def test_after_half_an_hour_there_is_only_thanks(small_office: Office) -> None:
    phone, url = phone_of(small_office), f"/s/{served(small_office)}"
    phone.post(url, data={"score": "5"})
    small_office.clock.minutes(31)
    assert phone.post(url + "/1", data={"p1": "5"}).headers["Location"] == url
    assert "ขอบคุณ" in text_of(look(phone, url))
    assert scores(small_office) == {"overall": 5}


def test_a_second_visit_on_the_same_phone_is_its_own(small_office: Office) -> None:
    phone = phone_of(small_office)
    for score in ("5", "2"):
        url = f"/s/{served(small_office)}"
        look(phone, url)
        phone.post(url, data={"score": score})
    assert sorted(str(row["score"]) for row in rows(small_office, "answer_items")) == ["2", "5"]


# ---------------------------------------------------------------- in a real browser


def test_the_whole_way_from_the_hall_to_thanks(screens: Screens, small_office: Office) -> None:
    small_office.issue()
    ticket_id = small_office.issue().ticket.id
    page = screens.open("phone")
    phone = Resident(page).opens(f"{screens.site}/t/{token_of(small_office, ticket_id, TRACK)}")
    phone.sees_ahead(1)
    page.evaluate("window.untouched = true")
    small_office.call_next("1")
    small_office.call_next("2")
    phone.is_called_to("2")
    small_office.desk.start(ticket_id, PROGRAM)
    phone.reads("กำลังให้บริการ")
    small_office.desk.finish(ticket_id, PROGRAM)
    phone.reads(ASKED)
    assert page.evaluate("window.untouched"), "the page was loaded again"

    phone.taps("น้อย").is_asked("เรื่องใดที่ควรปรับปรุง")
    phone.reads("บันทึกแล้ว: น้อย")
    assert scores(small_office) == {"overall": 2}  # one tap is saved at once
    phone.ticks("รอนาน", "ถูกเรียกรับเงินหรือสิ่งตอบแทน").goes_on()
    phone.is_asked("ขั้นตอนการให้บริการ")
    phone.scores(p1=4, p3=1).goes_on().is_asked("ช่องทางการให้บริการ")
    phone.goes_on().is_asked("เจ้าหน้าที่ผู้ให้บริการ")
    phone.scores(s1=5, s2=5, s3=5, s4=5).goes_on().is_asked("สิ่งอำนวยความสะดวก")
    phone.goes_on().is_asked("มีสิ่งใดที่อยากบอกเรา")
    page.get_by_role("textbox").fill("ขอบคุณเจ้าหน้าที่\nรอนานไปหน่อย")
    phone.goes_on().is_thanked()
    page.reload()
    phone.is_thanked()
    page.go_back()
    phone.is_thanked()

    given = {"overall": 2, "p1": 4, "p3": 1, "s1": 5, "s2": 5, "s3": 5, "s4": 5}
    assert scores(small_office) == given
    (answer,) = rows(small_office, "answers")
    assert json.loads(str(answer["reasons"])) == ["long_wait"]
    assert answer["comment"] == "ขอบคุณเจ้าหน้าที่\nรอนานไปหน่อย"
    assert [row["reason"] for row in rows(small_office, "protected_reports")] == ["asked_for_money"]


def test_who_stops_keeps_what_stands_on_the_page(screens: Screens, small_office: Office) -> None:
    phone = Resident(screens.open("phone")).opens(f"{screens.site}/s/{served(small_office)}")
    phone.taps("มาก").is_asked("ขั้นตอนการให้บริการ")
    phone.scores(p2=3).stops().is_thanked()
    assert scores(small_office) == {"overall": 4, "p2": 3}


def test_the_whole_survey_by_keyboard_in_english(screens: Screens, small_office: Office) -> None:
    page = screens.open("phone")
    Resident(page).opens(f"{screens.site}/s/{served(small_office)}?lang=en")
    face = page.get_by_role("button", name="Very satisfied", exact=True)
    for _ in range(10):
        page.keyboard.press("Tab")
        if face.evaluate("face => face === document.activeElement"):
            break
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Procedure")).to_be_visible()
    page.get_by_role("radio", name="3 Neither").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    for heading in ("Channels", "Staff", "Facilities", "Anything you want to tell us?"):
        page.get_by_role("button", name="Next").press("Enter")
        expect(page.get_by_role("heading", name=heading)).to_be_visible()
    page.get_by_role("button", name="Send").press("Enter")
    expect(page.get_by_role("heading", name="Thank you for answering")).to_be_visible()
    assert scores(small_office) == {"overall": 5, "p1": 4}


def test_the_survey_needs_no_scripts(screens: Screens, small_office: Office) -> None:
    page = screens.browser.new_context(java_script_enabled=False).new_page()
    page.goto(f"{screens.site}/s/{served(small_office)}")
    page.get_by_role("button", name="น้อยที่สุด").click()
    page.get_by_label("รอนาน").check()
    page.get_by_role("button", name="จบเพียงเท่านี้").click()
    expect(page.get_by_role("heading", name="ขอบคุณสำหรับคำตอบ")).to_be_visible()
    assert scores(small_office) == {"overall": 1}


@pytest.mark.parametrize("wide", [390, 320])
def test_no_page_of_the_survey_is_in_anybodys_way(
    screens: Screens, small_office: Office, wide: int
) -> None:
    page = screens.open("phone")
    page.set_viewport_size({"width": wide, "height": 700})
    phone, url = Resident(page), f"{screens.site}/s/{served(small_office)}"

    def inspect() -> None:
        here = page.url
        for way in ("?lang=en", "?text=large&lang=th", "?contrast=high", ""):
            phone.opens(here + way).needs_no_more_width()
            if wide == 390:  # what a reader hears does not hang on the width
                phone.finds_nothing_in_the_way()

    phone.opens(url)
    inspect()
    phone.taps("น้อยที่สุด")
    inspect()
    phone.goes_on()
    inspect()
    phone.scores(p1=5).goes_on()
    page.get_by_role("link", name="กลับ").click()  # what was given is locked
    phone.settled()
    inspect()
    for _ in range(4):
        phone.goes_on()
    phone.is_asked("มีสิ่งใดที่อยากบอกเรา")
    inspect()
    phone.goes_on().is_thanked()
    inspect()
