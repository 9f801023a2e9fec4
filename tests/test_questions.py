"""What the office asks: drafts, previews and versions, and answers that stay with theirs."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any
from xml.etree.ElementTree import Element

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import Page, expect
from werkzeug.test import TestResponse

from server.domain.questionnaire import (
    Questionnaire,
    Version,
    asked_between,
    codes_of,
    fresh_code,
)
from server.domain.rating import Answer, Beside
from server.domain.refusals import BadField, NotAllowed
from server.domain.roles import Role
from server.domain.self_check import ITEMS, NOTICE, SELF_CHECK, SelfCheck
from server.domain.settings import Coded, Words
from server.domain.wish import Actor
from server.links import SURVEY, link_token
from tests.browser import Screens
from tests.office import MINUTE, Office, demo_file
from tests.pages import look, text_of

ADMIN = Actor("staff", 1)
DAY = 24 * 60 * MINUTE
PAGE = "/manage/questions"


def asked_now(office: Office) -> Questionnaire:
    return office.rooms.satisfaction.questionnaire()


def with_item(asked: Questionnaire, code: str, words: str) -> Questionnaire:
    """With one more item in its first aspect."""
    first, *others = asked.aspect
    more = first.model_copy(update={"items": (*first.items, Coded(code=code, th=words, en=""))})
    return asked.model_copy(update={"aspect": (more, *others)})


def published(office: Office, change: Callable[[Questionnaire], Questionnaire]) -> int:
    room = office.rooms.questions
    room.draft(change(asked_now(office)), ADMIN)
    return room.publish(ADMIN)


def switched_on(asked: Questionnaire) -> Questionnaire:
    return asked.model_copy(update={"self_check": SelfCheck(on=True)})


def served(office: Office) -> str:
    secret = office.house.secret(office.id)
    return link_token(secret, SURVEY, office.serve().ticket.id)


def rows(office: Office, table: str) -> list[Any]:
    return office.contents()[table]


# ---------------------------------------------------------------- versions


def test_a_draft_is_asked_nobody_until_it_is_published(office: Office) -> None:
    room, before = office.rooms.questions, asked_now(office)
    room.draft(with_item(before, "p5", "ใหม่"), ADMIN)
    room.draft(with_item(before, "p5", "ใหม่กว่า"), ADMIN)  # the same draft, written again
    assert asked_now(office) == before
    assert [(one.number, one.draft) for one in room.versions()] == [(2, True), (1, False)]
    assert room.publish(ADMIN) == 2
    assert asked_now(office).aspect_of("p5") == "procedure"
    assert room.versions()[0].asked_from == office.clock.now
    with pytest.raises(NotAllowed, match="no_draft"):
        room.publish(ADMIN)


def test_an_answer_stays_with_the_version_it_was_given_to(office: Office) -> None:
    room, token = office.rooms.satisfaction, served(office)
    key = room.answer(token, Answer({"overall": 4})).continue_key
    published(office, lambda asked: with_item(asked, "p5", "ใหม่"))
    with pytest.raises(BadField):
        room.amend(token, key, {"p5": 3})  # it was never asked this
    so_far = room.so_far(token, key)
    assert so_far is not None
    assert so_far.questionnaire.version == 1
    later = served(office)
    room.answer(later, Answer({"overall": 4, "p5": 5}))
    asked = {row.id: row.version for row in rows(office, "questionnaires")}
    assert [asked[row.questionnaire_id] for row in rows(office, "answers")] == [1, 2]


def test_a_draft_that_changes_nothing_and_one_that_is_gone_are_refused(office: Office) -> None:
    room = office.rooms.questions
    room.draft(asked_now(office), ADMIN)
    with pytest.raises(NotAllowed, match="draft_changes_nothing"):
        room.publish(ADMIN)
    room.drop(ADMIN)
    for verb in (room.drop, room.publish):
        with pytest.raises(NotAllowed, match="no_draft"):
            verb(ADMIN)
    assert [one.number for one in room.versions()] == [1]


def test_administrators_who_publish_at_once_publish_once(office: Office) -> None:
    room = office.rooms.questions
    room.draft(with_item(asked_now(office), "p5", "ใหม่"), ADMIN)

    def publish(_: int) -> int | None:
        try:
            return room.publish(ADMIN)
        except NotAllowed:
            return None

    with ThreadPoolExecutor(4) as people:
        assert sorted(people.map(publish, range(4)), key=str) == [2, None, None, None]
    assert len(rows(office, "questionnaires")) == 2


def test_a_period_knows_every_version_that_was_asked_in_it(small_office: Office) -> None:
    office, room = small_office, small_office.rooms.questions
    for code in ("p5", "p6"):  # on 2 and 3 October
        office.clock.now += DAY
        published(office, lambda asked, code=code: with_item(asked, code, code))  # type: ignore[misc]
    found = {
        days: [
            one.number for one in room.versions_between(date(2026, *days[0]), date(2026, *days[1]))
        ]
        for days in (
            ((9, 1), (9, 30)),
            ((10, 1), (10, 2)),
            ((10, 2), (10, 2)),
            ((10, 3), (10, 31)),
            ((10, 4), (10, 31)),
            ((9, 1), (10, 31)),
        )
    }
    assert list(found.values()) == [[1], [1, 2], [1, 2], [2, 3], [3], [1, 2, 3]]


@given(st.lists(st.integers(1, 50), unique=True), st.integers(0, 60), st.integers(1, 60))
def test_a_moment_belongs_to_exactly_one_version(
    published_at: list[int], start: int, length: int
) -> None:
    asked = demo_file().questionnaire
    versions = [
        Version(n, n, asked, draft=False, created_at=None, asked_from=at, who=None)
        for n, at in enumerate([None, *sorted(published_at)])
    ]
    of_each = [asked_between(versions, at, at + 1) for at in range(start, start + length)]
    assert all(len(found) == 1 for found in of_each)
    together = asked_between(versions, start, start + length)
    assert together == sorted({one.id: one for [one] in of_each}.values(), key=lambda one: one.id)


@given(st.sets(st.from_regex(r"[pr][0-9]{1,2}", fullmatch=True)), st.sampled_from("pr"))
def test_a_fresh_code_is_nobodys(taken: set[str], stem: str) -> None:
    code = fresh_code(stem, taken)
    assert code not in taken
    assert code.startswith(stem)


# ---------------------------------------------------------------- the self-check


def test_the_self_check_is_off_until_the_office_asks_it(office: Office) -> None:
    room, token = office.rooms.satisfaction, served(office)
    key = room.answer(token, Answer({"overall": 4})).continue_key
    with pytest.raises(BadField):
        room.amend(token, key, beside=Beside(checks={"e1": 67}))
    published(office, switched_on)
    token = served(office)
    key = room.answer(token, Answer({"overall": 4})).continue_key
    for wrong in ({"e1": 5}, {"e1": 50}, {"e16": 67}):
        with pytest.raises(BadField):
            room.amend(token, key, beside=Beside(checks=wrong))
    with pytest.raises(BadField):
        room.amend(token, key, {"e1": 4})  # no item of satisfaction: not on that scale
    room.amend(token, key, beside=Beside(checks={"e1": 67, "e4": 100}))
    with pytest.raises(NotAllowed, match="already_given"):
        room.amend(token, key, beside=Beside(checks={"e1": 33}))
    kept = {(row.item, row.aspect, row.score) for row in rows(office, "answer_items")}
    assert {("e1", SELF_CHECK, 67), ("e4", SELF_CHECK, 100)} < kept


def test_points_are_turned_where_the_wished_for_answer_is_none() -> None:
    four, official = SelfCheck(on=True), SelfCheck(on=True, as_official=True)
    by_code = {item.code: item for item in ITEMS}
    assert [one.points for one in four.choices(by_code["e1"])] == [0, 33, 67, 100]
    assert [one.points for one in four.choices(by_code["e4"])] == [100, 67, 33, 0]
    assert [one.points for one in official.choices(by_code["e8"])] == [0, 100]
    assert [(one.points, one.words.th) for one in official.choices(by_code["e4"])] == [
        (100, "ไม่มี"),
        (0, "มี"),
    ]
    assert [one.points for one in official.choices(by_code["e1"])] == [0, 33, 67, 100]
    assert official.question(by_code["e4"]).th.endswith("หรือไม่")
    assert four.question(by_code["e4"]).th.endswith("มากน้อยเพียงใด")
    own = by_code["e4"].model_copy(update={"th": "ถามเอง"})
    assert official.question(own).th == "ถามเอง"
    assert [number for number, _ in four.parts()] == [6, 7, 8]
    assert SelfCheck().parts() == ()


def test_the_contracts_survey_says_nothing_of_the_self_check(small_office: Office) -> None:
    published(small_office, switched_on)
    survey = small_office.app.test_client().get(f"/api/v1/surveys/{served(small_office)}").json
    assert survey is not None
    assert set(survey) == {"title", "items", "reasons", "levels"}
    assert {item["id"] for item in survey["items"]}.isdisjoint(item.code for item in ITEMS)


# ---------------------------------------------------------------- the page


@pytest.fixture
def admin(small_office: Office) -> FlaskClient:
    small_office.app.config["WTF_CSRF_ENABLED"] = False
    return small_office.signed_in(Role.ADMIN)


def form_of(client: FlaskClient) -> dict[str, list[str]]:
    """What the editor would send just as it is shown."""
    (form,) = (f for f in look(client, PAGE).iter("form") if f.get("action") == PAGE)
    sent: dict[str, list[str]] = {}
    for field in form.iter():
        name = field.get("name", "")
        if field.tag == "select":
            chosen = [o.get("value") for o in field.iter("option") if o.get("selected") is not None]
            first = next(field.iter("option")).get("value")
            sent.setdefault(name, []).append(str(chosen[0] if chosen else first))
        elif field.tag == "input" and name and _is_sent(field):
            sent.setdefault(name, []).append(field.get("value", ""))
    return sent


def _is_sent(field: Element) -> bool:
    return field.get("type") != "checkbox" or field.get("checked") is not None


def publish(client: FlaskClient) -> TestResponse:
    """Presses the button of the page as it stands."""
    mark = look(client, PAGE).find(".//input[@name='mark']")
    assert mark is not None
    return client.post(f"{PAGE}/publish", data={"mark": mark.get("value")})


def draft_of(office: Office) -> Questionnaire:
    (draft,) = (one for one in office.rooms.questions.versions() if one.draft)
    return draft.asked


@pytest.mark.parametrize("role", [Role.ADMIN, Role.AUDITOR])
def test_the_page_is_there_in_both_languages(small_office: Office, role: Role) -> None:
    small_office.rooms.questions.draft(switched_on(asked_now(small_office)), ADMIN)
    client = small_office.signed_in(role)
    thai, english = (text_of(look(client, f"{PAGE}?lang={tongue}")) for tongue in ("th", "en"))
    assert "มีร่างฉบับที่ 2" in thai
    assert "There is a draft of version 2" in english
    for text in (thai, english):
        assert not any(raw in text for raw in ("manage.", "field.", "survey.", "%("))
        assert NOTICE.th in text or NOTICE.en in text


def test_the_form_as_it_is_shown_is_the_questionnaire_as_it_is(
    small_office: Office, admin: FlaskClient
) -> None:
    before = asked_now(small_office)
    assert admin.post(PAGE, data=form_of(admin)).status_code == 303
    assert draft_of(small_office) == before.model_copy(update={"version": 2})


def test_rows_are_added_changed_and_left_out(small_office: Office, admin: FlaskClient) -> None:
    form, before = form_of(admin), asked_now(small_office)
    form["item-staff_th"][1] = "  "  # s2 goes
    form["item-staff_en"][1] = ""
    form["item-staff_th"][4] = "ยิ้มแย้ม"
    form["reason_th"][-2] = "ที่จอดรถไม่พอ"
    form["reason_aspect"][-2] = "facilities"
    form["about-new_th"], form["about-new_en"] = ["ภูมิลำเนา"], ["Home"]
    form["option-new_th"] = ["ในเขต", "นอกเขต", "", ""]
    form["self_check"], form["check"] = ["yes"], ["e1", "e4"]
    form["check-e1_th"] = ["ถามใหม่"]
    form["ask_reasons_up_to"] = ["3"]
    assert admin.post(PAGE, data=form).status_code == 303
    draft = draft_of(small_office)
    assert [item.code for item in draft.aspect[2].items] == ["s1", "s3", "s4", "s5"]
    assert draft.aspect[2].items[-1].th == "ยิ้มแย้ม"
    assert [one.code for one in draft.reason] == [*(one.code for one in before.reason), "r1"]
    assert draft.reason[-1].aspect == "facilities"
    assert [one.code for one in draft.demographic][-1] == "d1"
    assert [one.th for one in draft.demographic[-1].options] == ["ในเขต", "นอกเขต"]
    checks = [(item.code, item.th) for item in draft.self_check.item]
    assert checks == [("e1", "ถามใหม่"), ("e4", ITEMS[3].th)]
    assert draft.one_tap.ask_reasons_up_to == 3
    assert asked_now(small_office) == before


def test_a_code_that_was_once_used_is_never_given_again(
    small_office: Office, admin: FlaskClient
) -> None:
    for words in ("", "ข้อใหม่"):  # s4 goes, and later another one comes
        form = form_of(admin)
        form["item-staff_th"][3] = words
        form["item-staff_en"][3] = ""
        admin.post(PAGE, data=form)
        assert publish(admin).status_code == 303
    codes = [item.code for item in asked_now(small_office).aspect[2].items]
    assert codes == ["s1", "s2", "s3", "s5"]
    assert small_office.rooms.questions.codes() > codes_of(asked_now(small_office))


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("tap_th", [""]),
        ("tap_th", ["ก" * 201]),
        ("tap_en", ["\u0000"]),
        ("ask_reasons_up_to", ["๒"]),
        ("reason_aspect", ["nothing"] * 12),
        ("option-sex_th", ["หญิง", "", "", ""]),
        ("about-sex_th", [""]),
        ("item-staff_th", ["", "", "", "", ""]),  # English alone
        ("check-e1_th", [""]),
    ],
)
def test_what_cannot_be_meant_comes_back_as_it_was_typed(
    small_office: Office, admin: FlaskClient, field: str, values: list[str]
) -> None:
    answer = admin.post(PAGE, data={**form_of(admin), field: values})
    assert answer.status_code == 422
    assert ">field." not in answer.text
    assert 'class="field__error"' in answer.text
    typed = [value for value in values if value.isalnum()] if field.endswith("_th") else []
    assert all(value in answer.text for value in typed)
    assert len(rows(small_office, "questionnaires")) == 1


def test_a_form_with_foreign_codes_gets_codes_of_its_own(
    small_office: Office, admin: FlaskClient
) -> None:
    form = form_of(admin)
    form["item-staff_code"] = ["overall", "e1", "p1", "<script>", "", ""]
    assert admin.post(PAGE, data=form).status_code == 303
    draft = draft_of(small_office)
    codes = [item.code for part in draft.aspect for item in part.items]
    assert len(codes) == len(set(codes))
    assert [item.code for item in draft.aspect[2].items] == ["s5", "s6", "s7", "s8"]


def test_a_draft_that_a_colleague_changed_meanwhile_is_looked_at_again_first(
    small_office: Office, admin: FlaskClient
) -> None:
    room, asked = small_office.rooms.questions, asked_now(small_office)
    room.draft(with_item(asked, "p5", "ที่เห็น"), ADMIN)
    seen = room.versions()[0].mark
    room.draft(with_item(asked, "p5", "ที่ไม่เห็น"), ADMIN)
    answer = admin.post(f"{PAGE}/publish", data={"mark": seen})
    assert answer.status_code == 409
    assert "refusal." not in answer.text
    assert asked_now(small_office) == asked
    assert publish(admin).status_code == 303


def test_a_long_questionnaire_still_fits_through_the_door(
    small_office: Office, admin: FlaskClient
) -> None:
    form = form_of(admin)
    for name in form:
        if name.endswith("_th"):
            form[name] = ["ก" * 200] * len(form[name])
    assert admin.post(PAGE, data=form).status_code == 303
    assert len(draft_of(small_office).reason) == 13


def test_only_administrators_change_questions_and_an_auditor_looks_on(
    small_office: Office, admin: FlaskClient
) -> None:
    form = form_of(admin)
    auditor = small_office.signed_in(Role.AUDITOR)
    for url in (PAGE, f"{PAGE}/publish", f"{PAGE}/drop"):
        assert auditor.post(url, data=form).status_code == 403
    version = small_office.rooms.questions.versions()[0].id
    assert "ตัวอย่าง" in text_of(look(auditor, f"{PAGE}/{version}/ask"))


def test_a_publication_is_in_the_list_of_changes_in_words(admin: FlaskClient) -> None:
    form = form_of(admin)
    form["tap_th"] = ["พอใจหรือไม่"]
    admin.post(PAGE, data=form)
    publish(admin)
    for words in ("ประกาศใช้แบบประเมินฉบับที่2", "พอใจหรือไม่", "วันนี้ท่านพอใจกับบริการเพียงใด"):
        assert words in text_of(look(admin, "/manage/history"))
    assert "manage." not in text_of(look(admin, "/manage/history?lang=en"))


# ---------------------------------------------------------------- the preview


def test_a_preview_shows_every_page_and_keeps_nothing(
    small_office: Office, admin: FlaskClient
) -> None:
    small_office.rooms.questions.draft(switched_on(asked_now(small_office)), ADMIN)
    version = small_office.rooms.questions.versions()[0].id
    before = small_office.contents()
    url = str(admin.get(f"{PAGE}/{version}").headers["Location"])
    seen = []
    while url.rpartition("/")[2] != "thanks":
        page = look(admin, url)
        seen.append(url.rpartition("/")[2])
        assert "ตัวอย่างฉบับที่ 2 ไม่บันทึกคำตอบ" in text_of(page)
        (form,) = page.iter("form")
        assert form.get("method") == "get"
        url = str(form.get("action"))
    checks = ["check-6", "check-7", "check-8"]
    assert seen == ["ask", "reasons", "1", "2", "3", "4", "about", *checks, "comment"]
    assert "ขอบคุณ" in text_of(look(admin, url))
    assert "ขอบคุณ" in text_of(look(admin, f"{PAGE}/{version}/1?then=stop"))
    assert small_office.contents() == before
    assert admin.get(f"{PAGE}/{version}/5").status_code == 404
    assert admin.get(f"{PAGE}/1/ask").status_code == 404


def test_an_administrator_changes_previews_and_publishes_without_scripts(
    screens: Screens, small_office: Office
) -> None:
    page = screens.open("desk", role=Role.ADMIN)
    page.goto(screens.site + PAGE)
    page.locator("input[name='tap_th']").fill("บริการวันนี้เป็นอย่างไร")
    page.get_by_role("button", name="บันทึกร่าง").click()
    expect(page.get_by_role("status")).to_contain_text("บันทึกร่างแล้ว")
    _is_open_to_everybody(page)
    page.get_by_role("link", name="ดูตัวอย่างร่าง").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("บริการวันนี้เป็นอย่างไร")
    page.get_by_role("button", name="น้อย", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("เรื่องใดที่ควรปรับปรุง")
    page.get_by_role("link", name="กลับไปแก้ไข").click()
    page.get_by_role("button", name="ประกาศใช้ฉบับที่ 2").click()
    expect(page.get_by_role("status")).to_contain_text("ประกาศใช้แล้ว")
    assert asked_now(small_office).one_tap.question.th == "บริการวันนี้เป็นอย่างไร"


def _is_open_to_everybody(page: Page) -> None:
    found = Axe().run(page).response["violations"]
    assert found == [], [(one["id"], one["nodes"][0]["html"]) for one in found]


def test_a_version_reads_back_as_it_was_written() -> None:
    asked = demo_file().questionnaire
    changed = asked.model_copy(update={"title": Words(th="ใหม่", en="New")})
    assert Questionnaire.read(changed.model_dump_json()) == changed
    assert json.loads(asked.model_dump_json())["self_check"]["on"] is False
