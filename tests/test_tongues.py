"""Questions in further languages: written in the editor, published, asked, answered."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from pydantic import ValidationError

from server.domain.questionnaire import Questionnaire
from server.domain.roles import Role
from server.domain.settings import Coded, Words
from server.domain.tongues import TONGUES, told
from server.domain.wish import Actor
from server.links import RATE, link_token
from tests.office import Office
from tests.pages import look, text_of
from tests.test_questions import PAGE, asked_now, draft_of, form_of, publish
from tests.test_survey import served

ASKED = "ທ່ານພໍໃຈບໍ"  # in Lao
FACE = "ພໍໃຈຫຼາຍ"


@pytest.fixture
def admin(small_office: Office) -> FlaskClient:
    small_office.app.config["WTF_CSRF_ENABLED"] = False
    return small_office.signed_in(Role.ADMIN)


def write_in_lao(admin: FlaskClient, texts: dict[str, Any]) -> None:
    """As an administrator does: first the language, then words in its fields; then it is asked."""
    admin.post(PAGE, data={**form_of(admin), "language": ["lo"]})
    form = form_of(admin)
    assert set(texts) <= set(form)
    admin.post(PAGE, data=form | texts)
    assert publish(admin).status_code == 303


def spoken(page: Any, text: str) -> str:
    """The language that this text of a page is said to be in."""
    language = [page.get("lang")]

    def find(part: Any, inherited: str) -> None:
        own = part.get("lang", inherited)
        if text in (part.text or ""):
            language.append(own)
        for child in part:
            find(child, own)

    find(page, page.get("lang"))
    return str(language[-1]) if len(language) > 1 else "nowhere"


def test_what_is_written_in_lao_is_asked_in_lao_and_answered(
    small_office: Office, admin: FlaskClient
) -> None:
    reasons = ["ລໍຖ້າດົນ"] + [""] * 12
    write_in_lao(admin, {"tap_lo": ASKED, "level-1_lo": FACE, "reason_lo": reasons})
    phone, url = small_office.app.test_client(), f"/s/{served(small_office)}"
    thai = look(phone, url)
    offered = {link.get("hreflang"): link.get("href") for link in thai.iter("a")}
    assert {"en", "lo"} <= offered.keys()
    page = look(phone, str(offered["lo"]))
    assert (spoken(page, ASKED), spoken(page, FACE)) == ("lo", "lo")
    assert spoken(page, "Neither") == "en"  # not written in Lao
    assert spoken(page, "One tap is enough") == "en"
    why = phone.post(url, data={"score": "1"}).location
    page = look(phone, why)  # the phone keeps the language
    assert spoken(page, "ລໍຖ້າດົນ") == "lo"
    assert spoken(page, FACE) == "lo"  # within a sentence of ours
    assert spoken(page, "Impolite") == "en"
    sent = phone.post(why, data={"reason": "long_wait", "then": "stop"})
    assert sent.status_code == 303, sent.text
    assert "Thank you" in text_of(look(phone, url))
    (answer,) = small_office.contents()["answers"]
    version = small_office.rooms.questions.version(answer.questionnaire_id)  # type: ignore[attr-defined]
    assert version.asked.one_tap.question.more == {"lo": ASKED}
    assert answer.reasons == '["long_wait"]'  # type: ignore[attr-defined]


def test_a_language_is_offered_once_something_is_written_in_it(
    small_office: Office, admin: FlaskClient
) -> None:
    write_in_lao(admin, {})
    assert asked_now(small_office).languages == ("lo",)
    phone, url = small_office.app.test_client(), f"/s/{served(small_office)}"
    assert [one.get("hreflang") for one in look(phone, url).iter("a")] == ["en"]
    page = look(phone, f"{url}?lang=lo")
    assert page.get("lang") == "en"
    assert spoken(page, "How satisfied are you") == "en"


def test_the_preview_stays_in_the_language_and_the_set_up_does_not(
    small_office: Office, admin: FlaskClient
) -> None:
    write_in_lao(admin, {"tap_lo": ASKED, "aspect-procedure_lo": "ຂັ້ນຕອນ"})
    version = small_office.rooms.questions.versions()[0].id
    page = look(admin, f"{PAGE}/{version}/ask?lang=lo")
    assert spoken(page, ASKED) == "lo"
    (form,) = page.iter("form")
    sent = {field.get("name"): field.get("value") for field in form.iter("input")}
    assert sent["lang"] == "lo"
    following = look(admin, f"{PAGE}/{version}/1?lang=lo")
    assert spoken(following, "ຂັ້ນຕອນ") == "lo"
    assert look(admin, PAGE).get("lang") == "th"


def test_a_poster_link_and_the_contracts_survey_speak_it_too(
    small_office: Office, admin: FlaskClient
) -> None:
    write_in_lao(admin, {"tap_lo": ASKED, "item-staff_lo": ["ສຸພາບ"] + [""] * 5})
    phone = small_office.app.test_client()
    rate = f"/rate/{link_token(small_office.house.secret(small_office.id), RATE, 0)}"
    assert spoken(look(phone, f"{rate}?lang=lo"), ASKED) == "lo"
    survey = phone.get(f"/api/v1/surveys/{served(small_office)}").json
    assert survey is not None
    texts = {item["id"]: item["text"] for item in survey["items"]}
    assert texts["overall"]["lo"] == ASKED
    assert texts["s1"]["lo"] == "ສຸພາບ"
    assert set(texts["p1"]) == {"th", "en"}


def test_an_unticked_language_is_taken_out_of_the_draft(
    small_office: Office, admin: FlaskClient
) -> None:
    write_in_lao(admin, {"tap_lo": ASKED, "check-e1_lo": "x", "level-5_lo": FACE, "title_lo": "y"})
    kept = asked_now(small_office)
    assert kept.self_check.item[0].more == {"lo": "x"}
    form = form_of(admin)
    del form["language"]
    admin.post(PAGE, data=form)
    draft = draft_of(small_office)
    assert '"lo"' not in draft.model_dump_json()
    assert '"lo":' in kept.model_dump_json()


def test_four_further_languages_fit_through_the_door_and_five_do_not(
    small_office: Office, admin: FlaskClient
) -> None:
    languages = list(TONGUES)[:4]
    admin.post(PAGE, data={**form_of(admin), "language": languages})
    form = form_of(admin)
    for name in form:
        if name.endswith(("_th", "_en", *(f"_{one}" for one in languages))):
            form[name] = ["ก" * 200] * len(form[name])
    assert admin.post(PAGE, data=form).status_code == 303
    assert draft_of(small_office).one_tap.question.more == dict.fromkeys(languages, "ก" * 200)
    many = admin.post(PAGE, data={**form_of(admin), "language": list(TONGUES)[:5]})
    assert many.status_code == 422
    assert "ไม่เกิน 4 ภาษา" in many.text


def test_words_are_told_as_asked_else_in_english_else_in_thai() -> None:
    words = Words(th="ไทย", en="English", lo="ລາວ")
    assert [told(words, one)[1] for one in ("th", "en", "lo", "my")] == ["th", "en", "lo", "en"]
    assert [told(Words(th="ไทย", en=""), one) for one in ("en", "lo")] == [("ไทย", "th")] * 2
    assert Words.model_validate_json(words.model_dump_json()) == words
    assert words.model_dump() == {"th": "ไทย", "en": "English", "lo": "ລາວ"}
    for wrong in ({"eng": "x"}, {"code": "x"}, {"lo": 1}):
        with pytest.raises(ValidationError):
            Words.model_validate({"th": "", "en": "", **wrong})
    with pytest.raises(ValidationError):
        Coded.model_validate({"code": "x", "th": "", "en": "", "cod": "y"})


def test_an_offices_file_may_ask_in_a_further_language_from_the_start(
    small_office: Office,
) -> None:
    asked = asked_now(small_office).model_dump()
    asked["languages"] = ["lo"]
    asked["one_tap"]["question"]["lo"] = ASKED
    read = Questionnaire.model_validate(asked)
    assert read.offered == ("lo",)
    assert [code for code, _ in read.spoken] == ["th", "en", "lo"]
    small_office.rooms.questions.draft(read, Actor("staff", 1))
    with pytest.raises(ValidationError):
        Questionnaire.model_validate({**asked, "languages": ["xx"]})
