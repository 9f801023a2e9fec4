"""Signing in, one-time links and pairing."""

import json
import re
from typing import Any, cast

import pytest
from argon2 import Type, extract_parameters
from axe_playwright_python.sync_playwright import Axe
from flask.testing import FlaskClient
from playwright.sync_api import Page, expect
from werkzeug.test import TestResponse

from server.access import Access, Who
from server.domain.refusals import BadField, Expired, NotFound, NotSignedIn, TooOften
from server.domain.roles import FIRST_FACE, DeviceKind, Role
from server.domain.settings import Words
from server.domain.wish import Actor
from server.setup.staff import PersonWish
from server.store import devices, offices
from server.web import DEVICE_COOKIE
from tests.browser import Screens
from tests.office import MINUTE, Office, demo_file
from tests.pages import look, text_of
from tests.people.manager import Manager

PASSWORD = "ข้าวเหนียวมะม่วง 9"
NAME = Words(th="ทดสอบ", en="Test")
HOURS = 60


def person(office: Office, username: str = "counter1") -> Any:
    rows = cast(list[Any], office.contents()["staff"])
    return next(row for row in rows if row.username == username)


def has_password(office: Office, username: str = "counter1", password: str = PASSWORD) -> Access:
    """That person has set one; returns the way in."""
    access = office.house.access
    staff_id = person(office, username).id
    access.set_password(
        access.invite(office.id, "password", staff_id=staff_id, valid_ms=MINUTE), password
    )
    return access


def arrives(office: Office, password: str = PASSWORD, **ask: Any) -> tuple[FlaskClient, Any]:
    """Somebody sends the sign-in form; the browser and the answer."""
    office.app.config["WTF_CSRF_ENABLED"] = False
    client = office.app.test_client()
    form = {"username": ask.pop("username", "counter1"), "password": password}
    return client, client.post("/sign-in", data=form, **ask)


def known(access: Access, token: str) -> Who:
    found = access.by_sign_in(token)
    assert found is not None
    return found


# ---------------------------------------------------------------- passwords


def test_who_set_a_password_signs_in_with_it_in_any_case_of_the_name(office: Office) -> None:
    access = has_password(office)
    token = access.sign_in(office.id, " Counter1 ", PASSWORD)
    assert known(access, token).role is Role.OFFICER


@pytest.mark.parametrize(
    ("username", "password"),
    [
        ("counter1", "wrong password"),
        ("counter1", ""),
        ("counter2", PASSWORD),  # has set none
        ("nobody", PASSWORD),
        ("", ""),
        ("counter1\0", PASSWORD),
        ("counter1' OR '1'='1", PASSWORD),
        ("๑" * 500, "x" * 5000),
    ],
)
def test_every_wrong_name_or_password_is_refused_alike(
    office: Office, username: str, password: str
) -> None:
    access = has_password(office)
    with pytest.raises(NotSignedIn) as refusal:
        access.sign_in(office.id, username, password)
    assert refusal.value.code == "wrong_password"


def test_a_sign_in_ends_after_half_a_day_whatever_was_done_meanwhile(office: Office) -> None:
    access = has_password(office)
    token = access.sign_in(office.id, "counter1", PASSWORD)
    for _ in range(11):
        office.clock.minutes(HOURS)
        known(access, token)  # a console left open polls all the time
    office.clock.minutes(HOURS)
    assert access.by_sign_in(token) is None


def test_a_new_password_ends_every_earlier_sign_in_and_the_old_one(office: Office) -> None:
    access = has_password(office)
    token = access.sign_in(office.id, "counter1", PASSWORD)
    has_password(office, password="another one altogether")
    assert access.by_sign_in(token) is None
    with pytest.raises(NotSignedIn):
        access.sign_in(office.id, "counter1", PASSWORD)


def test_a_link_sets_one_password_and_its_sisters_none(office: Office) -> None:
    access, staff_id = office.house.access, person(office).id
    first, second = (
        access.invite(office.id, "password", staff_id=staff_id, valid_ms=MINUTE) for _ in range(2)
    )
    access.set_password(second, PASSWORD)
    for code in (first, second):
        with pytest.raises(Expired):
            access.set_password(code, "somebody else's")
    assert access.sign_in(office.id, "counter1", PASSWORD)


def test_a_link_expires_and_a_made_up_one_is_unknown(office: Office) -> None:
    access = office.house.access
    code = access.invite(office.id, "password", staff_id=person(office).id, valid_ms=MINUTE)
    office.clock.minutes(1)
    with pytest.raises(Expired):
        access.set_password(code, PASSWORD)
    with pytest.raises(NotFound):
        access.set_password("made-up", PASSWORD)


def test_nobody_who_is_switched_off_sets_a_password(office: Office) -> None:
    row = person(office)
    off = PersonWish(row.username, NAME, Role.OFFICER, active=False)
    office.rooms.setup.staff.change(row.id, off, Actor("office"))
    access = office.house.access
    code = access.invite(office.id, "password", staff_id=row.id, valid_ms=MINUTE)
    with pytest.raises(Expired):
        access.set_password(code, PASSWORD)


@pytest.mark.parametrize("password", ["1234567", "x" * 201])
def test_a_password_too_short_or_too_long_leaves_the_link_as_it_was(
    office: Office, password: str
) -> None:
    access = office.house.access
    code = access.invite(office.id, "password", staff_id=person(office).id, valid_ms=MINUTE)
    with pytest.raises(BadField):
        access.set_password(code, password)
    access.set_password(code, PASSWORD)


def test_a_demo_link_sets_no_password_and_a_password_link_opens_no_face(office: Office) -> None:
    access, staff_id = office.house.access, person(office).id
    face = access.invite(office.id, "counter", staff_id=staff_id, valid_ms=MINUTE)
    password = access.invite(office.id, "password", staff_id=staff_id, valid_ms=MINUTE)
    with pytest.raises(NotFound):
        access.set_password(face, PASSWORD)
    with pytest.raises(NotFound):
        access.open_invitation(password)


def test_only_hashes_of_what_lets_in_are_stored(office: Office) -> None:
    access = has_password(office)
    pairing = access.pairings.ask(office.id, DeviceKind.KIOSK)
    secrets = [
        PASSWORD,
        pairing,
        access.sign_in(office.id, "counter1", PASSWORD),
        office.device_token(),
        office.token(),
        access.invite(office.id, "kiosk", valid_ms=MINUTE),
    ]
    stored = str(office.contents())
    assert not any(secret in stored for secret in secrets)


# ---------------------------------------------------------------- guessing


def guesses(office: Office, times: int, address: str = "10.0.0.66") -> None:
    for _ in range(times):
        with pytest.raises(NotSignedIn):
            office.house.access.sign_in(office.id, "counter1", "a guess", address)


def test_after_five_wrong_passwords_the_next_try_must_wait(small_office: Office) -> None:
    access = has_password(small_office)
    guesses(small_office, 5)
    with pytest.raises(TooOften) as refusal:
        access.sign_in(small_office.id, "counter1", PASSWORD, "10.0.0.66")
    small_office.clock.now += 1000 * refusal.value.retry_after_s
    assert access.sign_in(small_office.id, "counter1", PASSWORD, "10.0.0.66")


def test_guessing_on_and_on_waits_longer_but_never_more_than_a_minute(
    small_office: Office,
) -> None:
    access = has_password(small_office)
    waits = []
    guesses(small_office, 4)
    for _ in range(9):
        guesses(small_office, 1)
        for _ in range(3):  # trying while it must wait does not prolong it
            with pytest.raises(TooOften) as refusal:
                access.sign_in(small_office.id, "counter1", "a guess", "10.0.0.66")
        waits.append(refusal.value.retry_after_s)
        small_office.clock.now += 1000 * refusal.value.retry_after_s
    assert waits == [2, 4, 8, 16, 32, 60, 60, 60, 60]


def test_a_stranger_who_guesses_does_not_keep_somebody_out_of_their_own_place(
    small_office: Office,
) -> None:
    access = has_password(small_office)
    access.sign_in(small_office.id, "counter1", PASSWORD, "10.0.0.5")
    guesses(small_office, 5)
    assert access.sign_in(small_office.id, "counter1", PASSWORD, "10.0.0.5")
    with pytest.raises(TooOften):
        access.sign_in(small_office.id, "counter1", PASSWORD, "10.0.0.66")


def test_one_name_that_is_guessed_at_leaves_the_others_of_that_address_alone(
    small_office: Office,
) -> None:
    access = has_password(small_office, "counter2")
    guesses(small_office, 5)
    assert access.sign_in(small_office.id, "counter2", PASSWORD, "10.0.0.66")


def test_a_guess_is_dear(small_office: Office) -> None:
    """OWASP's least for Argon2id, 2025: 19 MiB, two passes."""
    dear = Access(small_office.store, small_office.clock).hasher
    asked = extract_parameters(dear.hash(PASSWORD))
    assert asked.type is Type.ID and asked.memory_cost >= 19 * 1024 and asked.time_cost >= 2


def test_many_names_guessed_from_one_address_make_it_wait(small_office: Office) -> None:
    access = small_office.house.access
    for at in range(50):
        with pytest.raises(NotSignedIn):
            access.sign_in(small_office.id, f"name{at}", "a guess", "10.0.0.66")
    with pytest.raises(TooOften):
        access.sign_in(small_office.id, "name50", "a guess", "10.0.0.66")
    with pytest.raises(NotSignedIn):
        access.sign_in(small_office.id, "name50", "a guess", "10.0.0.67")


def test_who_signs_in_well_does_not_count_against_their_address(small_office: Office) -> None:
    access = has_password(small_office)
    for at in range(49):
        with pytest.raises(NotSignedIn):
            access.sign_in(small_office.id, f"name{at}", "a guess", "10.0.0.1")
    for _ in range(60):  # a whole office, behind one address
        assert access.sign_in(small_office.id, "counter1", PASSWORD, "10.0.0.1")
    with pytest.raises(NotSignedIn):
        access.sign_in(small_office.id, "name50", "a guess", "10.0.0.1")


# ---------------------------------------------------------------- the pages


def test_the_form_comes_back_with_the_same_words_whichever_was_wrong(small_office: Office) -> None:
    has_password(small_office)
    pages = []
    for username in ("counter1", "nobody"):
        client, answer = arrives(small_office, "wrong password", username=username)
        assert answer.status_code == 401
        body = answer.text[answer.text.index("<body") :].replace(f'value="{username}"', "")
        pages.append(re.sub(r'name="csrf_token" value="[^"]+"', "", body))
        assert client.get("/counter/").status_code == 303
    assert pages[0] == pages[1]
    assert "wrong password" not in pages[0]


def test_too_many_tries_say_when_to_come_again(small_office: Office) -> None:
    has_password(small_office)
    for _ in range(5):
        arrives(small_office, "wrong password")
    _, answer = arrives(small_office)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "2")
    assert "2 วินาที" in answer.text


@pytest.mark.parametrize("role", list(Role))
def test_each_role_begins_at_its_first_face(small_office: Office, role: Role) -> None:
    usernames = {str(row.role): row.username for row in cast(Any, small_office.contents()["staff"])}
    has_password(small_office, usernames[role])
    client, answer = arrives(small_office, username=usernames[role])
    home = f"/{FIRST_FACE[role]}/"
    assert (answer.status_code, answer.headers["Location"]) == (303, home)
    assert client.get("/").headers["Location"] == home
    assert client.get(home).status_code == 200


@pytest.mark.parametrize(
    ("asked", "goes_to"),
    [
        ("/counter/panel", "/counter/panel"),
        ("//evil.example/", "/counter/"),
        ("https://evil.example/", "/counter/"),
        ("/\\evil.example", "/counter/"),
        ("/counter\\..\\", "/counter/"),
        ("/\t/evil.example", "/counter/"),
        ("javascript:alert(1)", "/counter/"),
        ("", "/counter/"),
    ],
)
def test_after_signing_in_one_goes_on_to_a_page_of_ours_only(
    small_office: Office, asked: str, goes_to: str
) -> None:
    has_password(small_office)
    _, answer = arrives(small_office, query_string={"next": asked})
    assert answer.headers["Location"] == goes_to


def test_a_page_that_needs_signing_in_is_where_one_ends(small_office: Office) -> None:
    has_password(small_office)
    stranger = small_office.app.test_client()
    sent = stranger.get("/counter/").headers["Location"]
    _, answer = arrives(small_office, query_string=sent.partition("?")[2])
    assert sent.startswith("/sign-in?") and answer.headers["Location"] == "/counter/"


def test_signing_in_begins_a_session_that_nobody_prepared(small_office: Office) -> None:
    has_password(small_office)
    small_office.app.config["WTF_CSRF_ENABLED"] = False
    client = small_office.app.test_client()
    with client.session_transaction() as session:
        session["planted"] = "by somebody else"
    client.post("/sign-in", data={"username": "counter1", "password": PASSWORD})
    with client.session_transaction() as session:
        assert set(session) == {"sign_in", "_permanent"}


def test_who_signs_in_on_a_shared_computer_ends_the_sign_in_before(small_office: Office) -> None:
    access = has_password(small_office)
    has_password(small_office, "counter2")
    client, _ = arrives(small_office)
    with client.session_transaction() as session:
        before = session["sign_in"]
    client.post("/sign-in", data={"username": "counter2", "password": PASSWORD})
    assert access.by_sign_in(before) is None


def test_signing_out_ends_it_for_whoever_kept_the_cookie(small_office: Office) -> None:
    client = small_office.signed_in(Role.OFFICER)
    thief = small_office.app.test_client()
    with client.session_transaction() as mine, thief.session_transaction() as theirs:
        theirs["sign_in"] = mine["sign_in"]
    assert thief.get("/counter/").status_code == 200
    assert client.post("/sign-out").headers["Location"] == "/sign-in"
    assert client.get("/counter/").status_code == 303
    assert thief.get("/counter/").status_code == 303


def test_a_link_to_set_a_password_is_not_used_up_by_looking(small_office: Office) -> None:
    small_office.app.config["WTF_CSRF_ENABLED"] = False
    access, client = small_office.house.access, small_office.app.test_client()
    code = access.invite(
        small_office.id, "password", staff_id=person(small_office).id, valid_ms=MINUTE
    )
    for _ in range(3):
        assert "counter1" in [e.get("value") for e in look(client, f"/password/{code}").iter()]
    both = {"password": PASSWORD, "again": PASSWORD}
    answer = client.post(f"/password/{code}", data=both)
    assert answer.status_code == 303
    assert "ตั้งรหัสผ่านแล้ว" in client.get(answer.headers["Location"]).text
    used = client.get(f"/password/{code}")
    assert used.status_code == 410 and "ผู้ดูแลระบบ" in used.text


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"password": PASSWORD, "again": "ไม่เหมือนกัน"}, "ไม่ตรงกัน"),
        ({"password": "short", "again": "short"}, "8 ถึง 200"),
        ({}, "8 ถึง 200"),
    ],
)
def test_a_password_that_will_not_do_is_asked_for_again(
    small_office: Office, form: dict[str, str], words: str
) -> None:
    small_office.app.config["WTF_CSRF_ENABLED"] = False
    access, client = small_office.house.access, small_office.app.test_client()
    code = access.invite(
        small_office.id, "password", staff_id=person(small_office).id, valid_ms=MINUTE
    )
    answer = client.post(f"/password/{code}", data=form)
    assert answer.status_code == 422 and words in answer.text
    assert PASSWORD not in answer.text
    assert access.invited(code).username == "counter1"


def test_where_there_are_several_offices_one_is_chosen_first(small_office: Office) -> None:
    file = demo_file()
    named = file.model_copy(update={"office": file.office.model_copy(update={"slug": "other"})})
    with small_office.store.writing() as db:
        offices.add(db, named, small_office.clock(), demo=True)
    has_password(small_office)
    client = small_office.app.test_client()
    for page in ("/sign-in", "/pair/kiosk"):
        links = [a.get("href") for a in look(client, page).iter("a")]
        assert f"{page}?office=tua-yang" in links and f"{page}?office=other" in links
    assert client.get("/sign-in?office=nowhere").status_code == 404
    assert arrives(small_office, query_string={"office": "other"})[1].status_code == 401
    assert arrives(small_office, query_string={"office": "tua-yang"})[1].status_code == 303


def test_nothing_in_the_address_leads_the_forms_elsewhere(small_office: Office) -> None:
    client = small_office.app.test_client()
    page = look(client, "/sign-in?_external=1&_scheme=javascript&_anchor=x&endpoint=manage.home")
    assert {form.get("action") for form in page.iter("form")} == {"/sign-in"}


def test_a_demo_link_leads_the_same_browser_to_its_page_again_and_no_other(
    small_office: Office,
) -> None:
    links = {
        face: small_office.house.access.invite(
            small_office.id, face, staff_id=person(small_office, name).id, valid_ms=MINUTE
        )
        for face, name in (("counter", "counter1"), ("manage", "admin"), ("reports", "director"))
    }
    first, second = small_office.app.test_client(), small_office.app.test_client()
    for _ in range(2):  # back and forth, as whoever each link is for
        for face, code in links.items():
            assert first.get(f"/enter/{code}").headers["Location"] == f"/{face}/"
            assert first.get(f"/{face}/").status_code == 200
    assert first.get("/manage/").status_code == 403  # it is the director's browser now
    assert second.get(f"/enter/{links['counter']}").status_code == 410
    small_office.app.config["WTF_CSRF_ENABLED"] = False
    first.post("/sign-out")
    assert first.get(f"/enter/{links['counter']}").status_code == 410


# ---------------------------------------------------------------- pairing


def asks(client: FlaskClient, kind: str = "kiosk") -> str:
    """The screen asks for a code and shows it."""
    answer = client.post(f"/pair/{kind}")
    page = look(client, answer.headers["Location"])
    shown = page.find(".//p[@class='pair__code']")
    assert shown is not None
    return "".join(shown.itertext()).split(" ", 1)[1].replace(" ", "")[-6:]


def state(client: FlaskClient, kind: str = "kiosk") -> str:
    return str(json.loads(client.get(f"/pair/{kind}/state").text)["state"])


def confirm(office: Office, **form: str) -> TestResponse:
    admin = office.signed_in(Role.ADMIN)
    return admin.post("/manage/devices", data={"name": "ตู้หน้าประตู", **form})


@pytest.fixture
def screen(small_office: Office) -> FlaskClient:
    small_office.app.config["WTF_CSRF_ENABLED"] = False
    return small_office.app.test_client()


def test_a_screen_that_is_confirmed_becomes_the_device(
    small_office: Office, screen: FlaskClient
) -> None:
    assert screen.get("/kiosk/").headers["Location"] == "/pair/kiosk"
    code = asks(screen)
    assert set(code) <= set(devices.CODE_LETTERS) and state(screen) == "waiting"
    assert screen.post("/pair/kiosk/enter").headers["Location"].startswith("/pair/kiosk")
    assert confirm(small_office, code=f" {code[:3].lower()}-{code[3:]} ").status_code == 303
    assert state(screen) == "confirmed"
    assert screen.post("/pair/kiosk/enter").headers["Location"] == "/kiosk/"
    assert screen.get("/kiosk/").status_code == 200
    assert screen.get("/pair/display").headers["Location"] == "/kiosk/"
    assert state(screen) == "over"


def test_a_code_opens_nothing_for_another_browser(
    small_office: Office, screen: FlaskClient
) -> None:
    code = asks(screen)
    confirm(small_office, code=code)
    other = small_office.app.test_client()
    other.set_cookie("khiu_pairing", code)
    assert state(other) == "over"
    other.post("/pair/kiosk/enter")
    assert other.get("/kiosk/").status_code == 303


def test_a_pairing_is_collected_once(small_office: Office, screen: FlaskClient) -> None:
    code = asks(screen)
    waiting = screen.get_cookie("khiu_pairing", path="/pair")
    assert waiting is not None
    confirm(small_office, code=code)
    screen.post("/pair/kiosk/enter")
    copy = small_office.app.test_client()
    copy.set_cookie("khiu_pairing", waiting.value)
    copy.post("/pair/kiosk/enter")
    assert copy.get("/kiosk/").status_code == 303


def test_a_code_is_forgotten_after_ten_minutes_and_asking_again_gives_another(
    small_office: Office, screen: FlaskClient
) -> None:
    code = asks(screen)
    small_office.clock.minutes(10)
    answer = confirm(small_office, code=code)
    assert answer.status_code == 422 and "ไม่มีจอที่แสดงรหัสนี้" in answer.text
    assert state(screen) == "over"
    assert asks(screen) != code
    assert len(small_office.contents()["pairings"]) == 1


@pytest.mark.parametrize("code", ["", "AAAAAA", "not a code at all", "\0\0\0\0\0\0"])
def test_a_code_that_no_screen_shows_pairs_nothing(
    small_office: Office, screen: FlaskClient, code: str
) -> None:
    asks(screen)
    assert confirm(small_office, code=code).status_code == 422
    assert small_office.contents()["devices"] == []


def test_the_administrator_may_choose_another_kind_than_the_screen_asked_for(
    small_office: Office, screen: FlaskClient
) -> None:
    confirm(small_office, code=asks(screen), kind="display")
    assert screen.post("/pair/kiosk/enter").headers["Location"] == "/display/"


def test_a_device_switched_off_before_it_was_collected_stays_out(
    small_office: Office, screen: FlaskClient
) -> None:
    confirm(small_office, code=asks(screen))
    (device,) = cast(list[Any], small_office.contents()["devices"])
    small_office.signed_in(Role.ADMIN).post(f"/manage/devices/{device.id}/off")
    screen.post("/pair/kiosk/enter")
    assert screen.get("/kiosk/").status_code == 303


def test_nobody_fills_the_office_with_screens_that_wait(screen: FlaskClient) -> None:
    answers = [screen.post("/pair/kiosk").status_code for _ in range(21)]
    assert answers == [303] * 20 + [429]


def test_what_has_no_pages_here_is_not_paired(screen: FlaskClient) -> None:
    for kind in ("toaster", "sign_in", "manage"):
        assert screen.get(f"/pair/{kind}").status_code == 404
        assert screen.post(f"/pair/{kind}").status_code == 404


# ---------------------------------------------------------------- in a real browser


def clean(page: Page) -> list[str]:
    """What axe finds wrong with the page."""
    return [found["id"] for found in Axe().run(page).response["violations"]]


def test_an_administrator_pairs_a_display_by_the_code_on_its_screen(screens: Screens) -> None:
    hall = screens.open("display")
    hall.goto(f"{screens.site}/display/")
    code = hall.locator(".pair__code [aria-hidden]")
    expect(code).to_have_count(2)
    assert clean(hall) == []
    manager = Manager(screens.open("desk", role=Role.ADMIN), screens.site)
    manager.pairs("".join(code.all_inner_texts()), "จอในโถง")
    hall.wait_for_url("**/display/")
    manager.unpairs("จอในโถง")
    hall.reload()
    expect(hall.locator(".pair__code")).to_be_visible()


def test_one_browser_can_be_kiosk_and_display_side_by_side(screens: Screens) -> None:
    access, page = screens.office.house.access, screens.open("desk")
    links: dict[str, str] = {}
    for kind in ("kiosk", "display"):
        links[kind] = f"{screens.site}/enter/" + access.invite(
            screens.office.id, kind, valid_ms=MINUTE
        )
        page.goto(links[kind])
    for kind in ("kiosk", "display", "kiosk"):
        for address in (f"{screens.site}/{kind}/", links[kind]):
            page.goto(address)
            assert page.url == f"{screens.site}/{kind}/"


def test_somebody_sets_a_password_and_signs_in_by_keyboard_alone(screens: Screens) -> None:
    office = screens.office
    code = office.house.access.invite(
        office.id, "password", staff_id=person(office).id, valid_ms=MINUTE
    )
    page = screens.open("desk")
    page.goto(f"{screens.site}/password/{code}")
    assert clean(page) == []
    page.get_by_label("รหัสผ่านใหม่", exact=True).focus()
    for key in (PASSWORD, "Tab", PASSWORD):
        page.keyboard.press(key) if key == "Tab" else page.keyboard.insert_text(key)
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("ตั้งรหัสผ่านแล้ว")
    assert clean(page) == []
    page.get_by_label("ชื่อผู้ใช้").focus()
    page.keyboard.insert_text("counter1")
    page.keyboard.press("Tab")
    page.keyboard.insert_text(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/counter/")
    page.get_by_role("button", name="ออกจากระบบ").click()
    page.wait_for_url("**/sign-in")


@pytest.mark.parametrize("size", ["desk", "phone", "kiosk"])
def test_signing_in_fits_every_screen_without_scrolling_sideways(
    screens: Screens, size: str
) -> None:
    page = screens.open(size)
    for address, seen in (("/sign-in", "form"), ("/pair/display", ".pair__code")):
        page.goto(screens.site + address)
        expect(page.locator(seen)).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address


def test_the_pages_of_signing_in_are_sound_in_both_languages(small_office: Office) -> None:
    client = small_office.app.test_client()
    assert "เข้าสู่ระบบ" in text_of(look(client, "/sign-in"))
    english = text_of(look(client, "/sign-in?lang=en"))
    assert "Sign in" in english and "ภาษาไทย" in english
    for kind in (DeviceKind.KIOSK, DeviceKind.DISPLAY):
        look(client, f"/pair/{kind}?lang=en")
    assert client.get_cookie(DEVICE_COOKIE) is None
