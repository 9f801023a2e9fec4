"""The survey: by the contract's calls, and as a resident meets it on a phone."""

import json
from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import expect
from werkzeug.wsgi import ClosingIterator

from server.domain.rating import Answer, Beside
from server.domain.refusals import BadField
from server.domain.self_check import NOTICE, SelfCheck
from server.domain.wish import Actor
from server.links import SURVEY, TRACK, link_token
from tests.browser import Screens
from tests.office import MINUTE, PROGRAM, Office
from tests.pages import look, text_of
from tests.people.resident import Resident

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

HOUR = 60 * MINUTE
MOST_BYTES = 60 * 1024
AS_IT_IS = ("",)
EVERY_WAY = ("?lang=en", "?text=large&lang=th", "?contrast=high", *AS_IT_IS)
ASKED = "วันนี้ท่านพอใจกับบริการเพียงใด"


def token_of(office: Office, ticket_id: int, purpose: str = SURVEY) -> str:
    return link_token(office.house.secret(office.id), purpose, ticket_id)


def served(office: Office) -> str:
    return token_of(office, office.serve().ticket.id)


def rows(office: Office, table: str) -> list[dict[str, object]]:
    return [row._asdict() for row in office.contents()[table]]  # type: ignore[attr-defined]


def scores(office: Office) -> dict[object, object]:
    return {row["item"]: row["score"] for row in rows(office, "answer_items")}


def asks_the_self_check(office: Office) -> None:
    room, asked = office.rooms.questions, office.rooms.satisfaction.questionnaire()
    room.draft(asked.model_copy(update={"self_check": SelfCheck(on=True)}), Actor("staff", 1))
    room.publish(Actor("staff", 1))


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
    [(None, "ยังไม่ถึงเวลาประเมิน", 409), (169, "ปิดรับการประเมินแล้ว", 410)],
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
    assert not any(name in answer.text for name in ("survey.refused", "refusal.", "%("))
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


def test_a_message_goes_with_its_protected_reason_and_nowhere_else(small_office: Office) -> None:
    phone, url = phone_of(small_office), f"/s/{served(small_office)}"
    phone.post(url, data={"score": "1"})
    sent = {"reason": ["long_wait"], "message-asked_for_money": "เรียกสองร้อยบาท", "then": "stop"}
    assert phone.post(url + "/reasons", data=sent).status_code == 303
    (report,) = rows(small_office, "protected_reports")
    assert (report["reason"], report["message"]) == ("asked_for_money", "เรียกสองร้อยบาท")
    (answer,) = rows(small_office, "answers")
    assert json.loads(str(answer["reasons"])) == ["long_wait"]
    others = {name: rows for name, rows in small_office.contents().items() if rows}
    del others["protected_reports"]
    assert "เรียกสองร้อยบาท" not in str(others)


def test_a_message_may_follow_its_report_and_the_first_one_stays(office: Office) -> None:
    room, token = office.rooms.satisfaction, served(office)
    first = Answer({"overall": 1}, ("asked_for_money",))
    key = room.answer(token, first).continue_key
    for words in ("แรก", "หลัง"):
        room.amend(token, key, beside=Beside(messages={"asked_for_money": words}))
    assert [row["message"] for row in rows(office, "protected_reports")] == ["แรก"]
    for wrong in ({"long_wait": "x"}, {"asked_for_money": "x" * 2001}, {"nothing": "x"}):
        with pytest.raises(BadField):
            room.amend(token, key, beside=Beside(messages=wrong))


def test_what_a_person_says_of_itself_is_kept_once_and_only_what_is_offered(
    small_office: Office,
) -> None:
    phone, url = phone_of(small_office), f"/s/{served(small_office)}"
    phone.post(url, data={"score": "5"})
    for wrong in ({"about-age": "12"}, {"about-sex": "<b>"}):
        assert phone.post(url + "/about", data=wrong).status_code == 422
    phone.post(url + "/about", data={"about-age": "60", "about-nothing": "1", "then": "on"})
    phone.post(url + "/about", data={"about-age": "u20", "about-sex": "f", "then": "on"})
    (answer,) = rows(small_office, "answers")
    assert json.loads(str(answer["about"])) == {"age": "60", "sex": "f"}


def test_an_answer_knows_the_counter_that_served_and_no_officer(office: Office) -> None:
    token = token_of(office, office.serve(number="2").ticket.id)
    office.rooms.satisfaction.answer(token, Answer({"overall": 4}))
    (answer,) = rows(office, "answers")
    assert answer["counter_id"] == office.counter("2").id
    assert not {"staff_id", "actor"} & set(answer)


def test_every_page_of_the_self_check_says_it_is_not_official(small_office: Office) -> None:
    asks_the_self_check(small_office)
    phone, url = phone_of(small_office), f"/s/{served(small_office)}"
    phone.post(url, data={"score": "5"})
    for number in (6, 7, 8):
        assert NOTICE.th in text_of(look(phone, f"{url}/check-{number}"))
        assert NOTICE.en in text_of(look(phone, f"{url}/check-{number}?lang=en"))
        look(phone, f"{url}/check-{number}?lang=th")
    for wrong in ("50", "-33", "๓๓", "1e2", "33333"):
        assert phone.post(url + "/check-6", data={"check-e1": wrong}).status_code == 422
    phone.post(url + "/check-6", data={"check-e1": "67", "check-e4": "100", "then": "on"})
    assert scores(small_office) == {"overall": 5, "e1": 67, "e4": 100}
    assert phone.get(url + "/check-9").headers["Location"] == url


def test_without_a_self_check_nobody_meets_its_pages(small_office: Office) -> None:
    phone, url = phone_of(small_office), f"/s/{served(small_office)}"
    phone.post(url, data={"score": "5"})
    assert phone.get(url + "/check-6").headers["Location"] == url
    phone.post(url + "/about", data={"check-e1": "67"})
    assert scores(small_office) == {"overall": 5}


# ---------------------------------------------------------------- please contact me


def test_who_asks_to_be_contacted_is_on_a_list_that_leads_to_no_answer(
    small_office: Office,
) -> None:
    token = served(small_office)
    phone, url = phone_of(small_office), f"/s/{token}/contact"
    phone.post(f"/s/{token}", data={"score": "1"})
    assert "ขอให้เจ้าหน้าที่ติดต่อกลับ" in text_of(look(phone, url))
    wish = {"name": "ผู้ทดสอบ", "reach": "08 1234 5678", "message": "อยากถามเรื่องเอกสาร"}
    refused = phone.post(url, data=wish)
    assert refused.status_code == 422
    assert "08 1234 5678" in refused.text
    assert rows(small_office, "contacts") == []
    gone_to = phone.post(url, data={**wish, "consent": "yes"}).headers["Location"]
    assert "รับคำขอแล้ว" in text_of(look(phone, gone_to))
    (kept,) = rows(small_office, "contacts")
    assert {name: kept[name] for name in wish} == wish
    assert "30 วัน" in str(kept["consent"])
    (answer,) = rows(small_office, "answers")
    assert set(map(str, kept.values())).isdisjoint({str(answer["id"]), token})


def test_one_link_asks_to_be_contacted_twice_a_minute_at_most(small_office: Office) -> None:
    url = f"/s/{served(small_office)}/contact"
    wish = {"reach": "08 1234 5678", "consent": "yes"}
    sent = [phone_of(small_office).post(url, data=wish).status_code for _ in range(3)]
    assert sent == [303, 303, 429]
    for status in (303, 303, 303, 429):  # and five times a day
        small_office.clock.minutes(1)
        assert phone_of(small_office).post(url, data=wish).status_code == status


def test_nobody_is_contacted_before_the_visit_was_served_or_long_after(
    small_office: Office,
) -> None:
    early = f"/s/{token_of(small_office, small_office.issue().ticket.id)}/contact"
    late = f"/s/{served(small_office)}/contact"
    small_office.clock.now += 169 * HOUR
    for url in (early, late):
        assert phone_of(small_office).get(url).status_code == 303
        phone_of(small_office).post(url, data={"reach": "08 1234 5678", "consent": "yes"})
    assert rows(small_office, "contacts") == []


# ---------------------------------------------------------------- in a real browser


def test_tap_and_reason_weigh_at_most_60_kilobytes_without_the_font(
    screens: Screens, small_office: Office
) -> None:
    """All that a phone with nothing in its cache loads, as it comes from the server: the page of
    the tap, the page of the reasons and the thanks, with all that belongs to them."""
    page, weights = screens.open("phone"), Counter[str]()
    small_office.app.wsgi_app = weighed(small_office.app.wsgi_app, weights)  # type: ignore[method-assign, assignment]
    phone = Resident(page).opens(f"{screens.site}/s/{served(small_office)}")
    phone.taps("น้อยที่สุด").is_asked("เรื่องใดที่ควรปรับปรุง")
    phone.ticks("รอนาน").stops().is_thanked()
    page.wait_for_load_state("networkidle")
    assert {"/static/css/phone.css", "/static/icons.svg", "/static/js/mount.js"} < set(weights)
    screens_of_it = [path for path in weights if path.startswith("/s/") and "static" not in path]
    assert len(screens_of_it) == 2, "one more screen"  # the tap, the reasons; thanks is the first
    without_font = {path: n for path, n in weights.items() if not path.endswith(".ttf")}
    assert sum(without_font.values()) <= MOST_BYTES, weights.most_common()


def weighed(serve: "WSGIApplication", weights: Counter[str]) -> "WSGIApplication":
    """The same app; each answer's bytes, heads too, are added to those of its path."""

    def app(environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        def begin(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            weights[path] += sum(len(name) + len(value) + 4 for name, value in headers)
            return start(status, headers, *more)

        path = environ["PATH_INFO"]
        with closing(ClosingIterator(serve(environ, begin))) as parts:
            body = b"".join(parts)
        weights[path] += len(body)
        return [body]

    return app


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
    phone.goes_on().is_asked("เกี่ยวกับท่าน")
    phone.page.get_by_label("หญิง").check()
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
    assert json.loads(str(answer["about"])) == {"sex": "f"}
    assert answer["counter_id"] == small_office.counter("2").id
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
    headings = ("Channels", "Staff", "Facilities", "About you", "Anything you want to tell us?")
    for heading in headings:
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
    page.get_by_role("button", name="ส่งเท่านี้").click()
    expect(page.get_by_role("heading", name="ขอบคุณที่ร่วมประเมิน")).to_be_visible()
    assert scores(small_office) == {"overall": 1}


@pytest.mark.parametrize("wide", [390, 320])
def test_no_page_of_the_survey_is_in_anybodys_way(
    screens: Screens, small_office: Office, wide: int
) -> None:
    asks_the_self_check(small_office)
    page = screens.open("phone")
    page.set_viewport_size({"width": wide, "height": 700})
    phone, url = Resident(page), f"{screens.site}/s/{served(small_office)}"

    def inspect(ways: tuple[str, ...] = EVERY_WAY) -> None:
        here = page.url
        for way in ways:
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
    phone.is_asked("เกี่ยวกับท่าน")
    inspect(AS_IT_IS)
    phone.goes_on().is_asked("คุณภาพการดำเนินงาน")
    inspect(AS_IT_IS)
    for _ in range(3):
        phone.goes_on()
    phone.is_asked("มีสิ่งใดที่อยากบอกเรา")
    inspect()
    phone.goes_on().is_thanked()
    inspect()
    page.get_by_role("link", name="ขอให้เจ้าหน้าที่ติดต่อกลับ").click()
    phone.is_asked("ขอให้เจ้าหน้าที่ติดต่อกลับ")
    inspect(AS_IT_IS)
