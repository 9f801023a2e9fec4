"""The page behind the QR on a counter's card: one tap, kept as a press, and thanks."""

import re
from hashlib import sha256
from typing import Any, cast

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask.testing import FlaskClient
from playwright.sync_api import expect

from server.domain.rating import Press
from server.domain.settings import Channels
from server.links import RATE, TRACK, link_token, turning_token
from server.store import schema
from server.survey.rate import MOST_REPORTS_A_DAY
from server.tracking import MOST_A_MINUTE, turning_url
from tests.browser import Screens
from tests.office import MINUTE, PROGRAM, Office
from tests.pages import look


def path(office: Office, counter: str | None = None, purpose: str = RATE) -> str:
    secret = cast(Any, office.contents()["offices"][0]).secret
    counter_id = office.counter(counter).id if counter else 0
    return f"/rate/{link_token(secret, purpose, counter_id)}"


def presses(office: Office) -> list[Any]:
    return cast(list[Any], office.contents()["presses"])


@pytest.fixture
def phone(small_office: Office) -> FlaskClient:
    small_office.app.config["WTF_CSRF_ENABLED"] = False
    return small_office.app.test_client()


def once_of(phone: FlaskClient, where: str) -> str:
    found = re.search(r'name="once" value="([^"]+)"', phone.get(where).text)
    assert found
    return found[1]


def tap(phone: FlaskClient, where: str, score: int | str, once: str) -> int:
    return phone.post(where, data={"score": score, "once": once}).status_code


def test_a_tap_is_a_press_at_that_counter_by_its_qr(
    small_office: Office, phone: FlaskClient
) -> None:
    where = path(small_office, "3")
    answer = phone.post(where, data={"score": 4, "once": once_of(phone, where)})
    assert answer.headers["Location"] == f"{where}/thanks"
    assert "<h1" in phone.get(answer.headers["Location"]).text
    (kept,) = presses(small_office)
    counter = small_office.counter("3")
    assert (kept.score, kept.channel, kept.counter_id) == (4, "card", counter.id)
    assert kept.flag is None


def test_the_page_of_the_poster_is_nobodys_counter(
    small_office: Office, phone: FlaskClient
) -> None:
    where = path(small_office)
    assert tap(phone, where, 5, once_of(phone, where)) == 303
    (kept,) = presses(small_office)
    assert (kept.score, kept.counter_id) == (5, None)


def test_a_page_sent_twice_counts_once_and_its_first_face_stays(
    small_office: Office, phone: FlaskClient
) -> None:
    where = path(small_office, "1")
    once = once_of(phone, where)
    assert [tap(phone, where, score, once) for score in (2, 5, 2)] == [303, 303, 303]
    assert [kept.score for kept in presses(small_office)] == [2]
    small_office.clock.minutes(1)
    assert tap(phone, where, 5, once_of(phone, where)) == 303
    assert [kept.score for kept in presses(small_office)] == [2, 5]


@pytest.mark.parametrize("score", ["0", "6", "ห้า", "", "4.0"])
def test_what_is_no_face_is_refused_and_keeps_nothing(
    small_office: Office, phone: FlaskClient, score: str
) -> None:
    where = path(small_office, "1")
    assert tap(phone, where, score, once_of(phone, where)) == 422
    assert presses(small_office) == []


def test_only_a_link_of_this_purpose_opens_and_only_while_its_counter_is_there(
    small_office: Office, phone: FlaskClient
) -> None:
    mine = path(small_office, "2")
    assert phone.get(mine).status_code == 200
    assert phone.get(path(small_office, "2", TRACK)).status_code == 404
    assert phone.get("/rate/AAAAAAAAAAAAAAAAAAAAAA").status_code == 404
    with small_office.store.writing() as db:
        table = schema.counters
        db.execute(table.update().where(table.c.number == "2").values(active=False))
    assert phone.get(mine).status_code == 404
    assert tap(phone, mine, 5, "x" * 22) == 404


def test_an_office_whose_file_is_older_than_our_cards_takes_their_presses(
    small_office: Office,
) -> None:
    settings = small_office.reads.settings()
    known = [one for one in settings.channels.survey if one.code != "counter_qr"]
    assert "counter_qr" in {one.code for one in Channels(survey=tuple(known)).survey}


def test_one_address_may_ask_often_but_not_without_end(
    small_office: Office, phone: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert MOST_A_MINUTE >= 60  # a hall's phones are all behind one address
    monkeypatch.setattr("server.tracking.MOST_A_MINUTE", 5)
    where = path(small_office, "1")
    answers = {phone.get(where).status_code for _ in range(5)}
    assert answers == {200}
    assert phone.get(where).status_code == 429
    elsewhere = {"REMOTE_ADDR": "203.0.113.7"}
    assert phone.get(where, environ_base=elsewhere).status_code == 200
    small_office.clock.minutes(1)
    assert phone.get(where).status_code == 200


@pytest.mark.parametrize("language", ["th", "en"])
def test_a_phone_without_scripts_rates_with_one_tap(screens: Screens, language: str) -> None:
    office = screens.office
    context = screens.browser.new_context(
        java_script_enabled=False, viewport={"width": 390, "height": 844}
    )
    page = context.new_page()
    page.goto(f"{screens.site}{path(office, '3')}?lang={language}")
    expect(page.get_by_role("button")).to_have_count(5)
    expect(page.locator("main")).to_contain_text("3")
    page.get_by_role("button").first.click()
    expect(page.locator("h1")).to_be_visible()
    assert [kept.score for kept in presses(office)] == [5]
    context.close()


def test_the_page_is_without_fault_for_who_hears_it(screens: Screens) -> None:
    page = screens.open("phone")
    page.goto(screens.site + path(screens.office, "3"))
    assert Axe().run(page).response["violations"] == []


def test_a_low_tap_may_be_followed_by_its_reasons_the_protected_one_too(
    small_office: Office, phone: FlaskClient
) -> None:
    where = path(small_office, "3")
    goal = phone.post(where, data={"score": 2, "once": once_of(phone, where)}).location
    assert goal == f"{where}/why"  # nothing in it that a history or a log could keep
    offered = {box.get("value") for box in look(phone, goal).iter("input")}
    assert {"long_wait", "asked_for_money"} <= offered
    for sent in (["long_wait", "asked_for_money"], ["impolite"]):
        assert phone.post(goal, data={"reason": sent}).location == f"{where}/thanks"
    (kept,) = presses(small_office)
    assert kept.reasons == '["long_wait"]'
    reported = cast(list[Any], small_office.contents()["protected_reports"])
    assert [one.reason for one in reported] == ["asked_for_money"]
    made_of = sha256(f"report {kept.press_id} asked_for_money".encode()).digest()
    assert reported[0].id != int.from_bytes(made_of[:8]) >> 1, "the report leads to its press"
    stranger = small_office.app.test_client()
    assert stranger.get(goal).location == f"{where}/thanks"
    assert stranger.post(goal, data={"reason": "impolite"}).location == f"{where}/thanks"


def test_reasons_are_taken_for_half_an_hour(small_office: Office, phone: FlaskClient) -> None:
    where = path(small_office, "3")
    goal = phone.post(where, data={"score": 2, "once": once_of(phone, where)}).location
    small_office.clock.minutes(31)
    assert phone.post(goal, data={"reason": ["long_wait", "asked_for_money"]}).status_code == 410
    (kept,) = presses(small_office)
    assert kept.reasons == "[]"
    assert small_office.contents()["protected_reports"] == []


def test_one_address_reports_so_often_a_day_and_no_hall_comes_near_it(
    small_office: Office, phone: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert MOST_REPORTS_A_DAY >= 100
    monkeypatch.setattr("server.survey.rate.MOST_REPORTS_A_DAY", 2)
    where = path(small_office, "3")
    for nth, reason in enumerate(("asked_for_money",) * 3 + ("impolite",)):
        goal = phone.post(where, data={"score": 1, "once": f"{nth:016}"}).location
        answer = phone.post(goal, data={"reason": reason})
        assert answer.status_code == (429 if nth == 2 else 303)
        small_office.clock.minutes(2)
    assert len(small_office.contents()["protected_reports"]) == 2


def test_reasons_that_were_refused_for_a_while_may_be_sent_again(
    small_office: Office, phone: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.survey.rate.MOST_REPORTS_A_DAY", 1)
    small_office.clock.minutes(16 * 60 - 70)  # a day of the limit ends at seven in the morning
    where = path(small_office, "3")
    for nth in range(2):
        goal = phone.post(where, data={"score": 1, "once": f"{nth:016}"}).location
        small_office.clock.minutes(1)
        answer = phone.post(goal, data={"reason": ["asked_for_money", "long_wait"]})
    assert answer.status_code == 429
    assert 'name="reason" value="long_wait"' in answer.text
    assert phone.post(goal, data={"reason": "long_wait"}).status_code == 303
    assert [kept.reasons for kept in presses(small_office)] == ['["long_wait"]'] * 2


# ---------------------------------------------------------------- the QR that turns


def turning(office: Office) -> str:
    with office.app.test_request_context():
        return turning_url(office.id, office.counter("3").id)[0].removeprefix("http://khiu.test")


def test_who_pressed_is_thanked_though_the_qr_turned_since(
    small_office: Office, phone: FlaskClient
) -> None:
    where = turning(small_office)
    once = once_of(phone, where)
    small_office.clock.minutes(15)
    thanks = phone.post(where, data={"score": 5, "once": once}).location
    small_office.clock.minutes(15)
    assert phone.get(thanks).status_code == 200
    assert small_office.app.test_client().get(thanks).status_code == 410
    assert phone.get(where).status_code == 410


def test_a_turn_that_is_to_come_or_of_another_length_opens_nothing(
    small_office: Office, phone: FlaskClient
) -> None:
    where = turning(small_office)
    small_office.clock.minutes(-15)
    assert phone.get(where).status_code == 410
    small_office.clock.minutes(15)
    asking = small_office.reads.settings().settings.satisfaction
    small_office.set(satisfaction=asking.model_copy(update={"qr_minutes": 30}))
    assert phone.get(where).status_code == 404
    secret, counter_id = small_office.house.secret(small_office.id), small_office.counter("3").id
    made = {turning_token(secret, counter_id, 7, minutes * MINUTE) for minutes in (15, 30)}
    assert len(made) == 2


def test_a_link_adds_no_reasons_to_what_others_pressed(
    small_office: Office, phone: FlaskClient
) -> None:
    made = Press(1, "device", press_id="t1-000017")
    small_office.rooms.satisfaction.press(made, PROGRAM)
    where = f"{path(small_office, '3')}/why"
    with phone.session_transaction() as session:
        session["pressed"] = "t1-000017"
    assert phone.post(where, data={"reason": "impolite"}).status_code == 404
    assert presses(small_office)[0].reasons == "[]"
