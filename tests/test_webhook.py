"""Another system is told of alerts: signed, once it works, and never from inside a transaction."""

import json
import socket
from collections.abc import Iterator
from contextlib import suppress
from threading import Event, Thread
from typing import Any, cast

import pytest
from axe_playwright_python.sync_playwright import Axe
from hypothesis import given
from hypothesis import strategies as st

from server.domain.rating import Press
from server.domain.roles import Role
from server.domain.settings import Alerting
from server.domain.webhook import MOST_TRIES, is_address, key_of, signature, wait_s
from server.domain.wish import Actor
from server.setup.alerts import AlertingWish
from server.webhooks import Failed, Webhooks, post
from tests.browser import Screens
from tests.office import PROGRAM, Office
from tests.pages import look, text_of
from tests.receiver import Receiver, receiver

ADMIN = Actor("staff", 1)


@pytest.fixture
def other() -> Iterator[Receiver]:
    with receiver() as found:
        yield found


def told(office: Office, address: str) -> str:
    """The office tells that address from now on; the key that signs."""
    key = office.rooms.setup.alerts.change(AlertingWish(2, 3, 30, address), ADMIN)
    assert key is not None
    return key


def alert(office: Office) -> None:
    for _ in range(3):
        office.clock.minutes(1)
        wish = Press(1, "device", office.counter("3").id)
        office.rooms.satisfaction.press(wish, PROGRAM)


def sender(office: Office) -> Webhooks:
    return Webhooks(office.store, office.clock)


def calls(office: Office) -> list[Any]:
    return cast(list[Any], office.contents()["webhook_calls"])


# ---------------------------------------------------------------- the rules


def test_a_signature_is_the_hmac_of_time_and_body() -> None:
    # The digest by `printf '1790816400.{"a":1}' | openssl dgst -sha256 -hmac key`.
    assert signature("key", 1790816400, b'{"a":1}') == (
        "t=1790816400,v1=f52f72e3b43daad9af40fc495504d915304b9a579443ad805ee7bc4a68115ca8"
    )


def test_each_turn_has_a_key_of_its_own_and_none_is_the_offices() -> None:
    keys = {key_of("ab" * 32, turn) for turn in range(20)}
    assert len(keys) == 20
    assert all(len(key) == 64 and key != "ab" * 32 for key in keys)


@given(st.integers(1, MOST_TRIES))
def test_each_wait_is_longer_than_the_one_before_up_to_three_hours(tries: int) -> None:
    assert 10 <= wait_s(tries) <= 3 * 3600
    assert wait_s(tries) <= wait_s(tries + 1) <= 2 * wait_s(tries)


def test_tries_go_on_for_most_of_a_night() -> None:
    assert 4 * 3600 < sum(wait_s(tries) for tries in range(1, MOST_TRIES)) < 24 * 3600


@pytest.mark.parametrize(
    "address",
    ["http://10.0.0.5/hook", "https://a.go.th:8443/x?y=1", "http://[fd00::1]:80/", "http://hall"],
)
def test_an_address_in_the_building_is_one(address: str) -> None:
    assert is_address(address)


@pytest.mark.parametrize(
    "address",
    [
        *(
            "",
            "hall",
            "ftp://a/",
            "file:///etc/passwd",
            "http://",
            "http://a:0/",
            "http://a:99999/",
        ),
        *("http://me:secret@a/", "http://a/#b", "http://a/b c", "http://a/\n", "http://ก.th/"),
        "http://a/" + "b" * 300,
    ],
)
def test_nothing_else_is(address: str) -> None:
    assert not is_address(address)


# ---------------------------------------------------------------- what is sent


def test_an_alert_and_its_answer_are_told_signed(office: Office, other: Receiver) -> None:
    key = told(office, other.address)
    alert(office)
    assert other.bodies == []  # nothing is sent by the press itself
    assert sender(office).send_one()
    found = json.loads(other.bodies[0])
    assert (found["event"], found["office"], found["presses"]) == (
        "alert.raised",
        office.reads.settings().office.slug,
        3,
    )
    assert found["place"]["number"] == "3"
    assert other.believes(key)
    assert not other.believes("another key")
    office.rooms.alerts.answer(int(found["id"]), "เปิดช่องเพิ่ม", ADMIN)
    assert sender(office).send_one()
    assert json.loads(other.bodies[1])["done"] == "เปิดช่องเพิ่ม"
    assert not sender(office).send_one()
    assert [call.told_at for call in calls(office)] == [office.clock()] * 2


def test_an_office_that_names_nobody_tells_nobody(small_office: Office) -> None:
    alert(small_office)
    assert calls(small_office) == []
    assert not sender(small_office).send_one()


def test_what_fails_is_tried_again_later_as_the_same_message(
    office: Office, other: Receiver
) -> None:
    told(office, other.address)
    alert(office)
    other.answers = [500, 302]
    for wait in (10, 20):
        assert sender(office).send_one()
        assert not sender(office).send_one()  # not at once
        office.clock.now += 1000 * wait
    assert [call.problem for call in calls(office)] == ["http_302"]
    assert sender(office).send_one()
    assert len(other.bodies) == 3  # and nobody followed to where the second answer pointed
    assert len({headers["Khiu-Delivery"] for headers in other.headers}) == 1
    assert len({headers["Khiu-Signature"] for headers in other.headers}) == 3
    (call,) = calls(office)
    assert (call.tries, call.problem, call.told_at) == (3, None, office.clock())


def test_nobody_there_is_no_reason_to_forget_and_twelve_times_is_enough(
    small_office: Office,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    told(small_office, f"http://127.0.0.1:{port}/")
    alert(small_office)
    tries = 0
    while sender(small_office).send_one():
        tries += 1
        small_office.clock.now += 3 * 3600 * 1000
    assert tries == MOST_TRIES
    assert [(call.problem, call.told_at) for call in calls(small_office)] == [
        ("no_connection", None)
    ]


def test_who_answers_a_byte_at_a_time_holds_nobody_up() -> None:
    """A socket's own limit begins anew with each byte."""
    heard = Event()
    with socket.create_server(("127.0.0.1", 0)) as slow:

        def drips() -> None:
            other, _ = slow.accept()
            with other, suppress(OSError):
                other.sendall(b"HTTP/1.1 200 OK\r\nX: ")
                for _ in range(400):
                    other.sendall(b"x")
                    if heard.wait(0.05):
                        return

        Thread(target=drips, daemon=True).start()
        with pytest.raises(Failed, match="timeout"):
            post(f"http://127.0.0.1:{slow.getsockname()[1]}/", b"{}", {}, limit_s=0.3)
        heard.set()


def test_a_message_that_somebody_took_and_never_settled_is_taken_again(
    small_office: Office, other: Receiver
) -> None:
    told(small_office, other.address)
    alert(small_office)

    def dies(_address: str, _body: bytes, _headers: dict[str, str]) -> None:
        raise SystemExit

    with pytest.raises(SystemExit):
        Webhooks(small_office.store, small_office.clock, dies).send_one()
    assert not sender(small_office).send_one()  # it may still be under way
    small_office.clock.minutes(1)
    assert sender(small_office).send_one()
    assert len(other.bodies) == 1


def test_an_address_taken_away_ends_what_was_waiting(small_office: Office, other: Receiver) -> None:
    told(small_office, other.address)
    alert(small_office)
    small_office.rooms.setup.alerts.change(AlertingWish(2, 3, 30, ""), ADMIN)
    assert sender(small_office).send_one()
    assert not sender(small_office).send_one()
    assert other.bodies == []
    assert [call.problem for call in calls(small_office)] == ["no_address"]


def test_a_month_later_the_outbox_is_empty_and_the_alert_is_not(
    office: Office, other: Receiver
) -> None:
    told(office, other.address)
    alert(office)
    office.clock.minutes(31 * 24 * 60)
    office.rooms.alerts.forget_messages()
    assert calls(office) == []
    assert len(office.contents()["alerts"]) == 1


# ---------------------------------------------------------------- how it is set


def test_the_key_is_shown_once_and_a_new_one_ends_the_old(
    small_office: Office, other: Receiver
) -> None:
    admin = small_office.signed_in(Role.ADMIN)
    form = {"presses": "3", "minutes": "30", "low_up_to": "2", "webhook": other.address}
    assert admin.post("/manage/alerts", data=form).status_code == 303
    first = _shown(admin)
    assert _shown(admin) is None
    admin.post("/manage/alerts", data=form)
    assert _shown(admin) is None  # the same address: the same key
    admin.post("/manage/alerts/try")
    assert sender(small_office).send_one()
    assert json.loads(other.bodies[0])["event"] == "test"
    assert other.believes(first or "")
    admin.post("/manage/alerts/key")
    second = _shown(admin)
    admin.post("/manage/alerts/try")
    assert sender(small_office).send_one()
    assert other.believes(second or "")
    assert not other.believes(first or "")
    assert first
    assert second
    settings = small_office.reads.settings().text()
    assert first not in settings
    assert second not in settings


def _shown(admin: Any) -> str | None:
    field = look(admin, "/manage/alerts").find(".//input[@id='shown-once']")
    return None if field is None else field.get("value")


def test_what_cannot_be_meant_comes_back_with_its_mistake(small_office: Office) -> None:
    admin = small_office.signed_in(Role.ADMIN)
    form = {"presses": "1", "minutes": "๓๐", "low_up_to": "9", "webhook": "ftp://x"}
    back = admin.post("/manage/alerts", data=form)
    assert back.status_code == 422
    assert back.text.count("field__error") == 4
    assert small_office.reads.settings().settings.satisfaction.alerting == Alerting()
    assert admin.post("/manage/alerts/try").status_code == 409  # nobody to send it to


def test_changes_stand_in_the_audit_in_words(small_office: Office, other: Receiver) -> None:
    told(small_office, other.address)
    small_office.rooms.setup.alerts.try_out(ADMIN)
    small_office.rooms.setup.alerts.new_key(ADMIN)
    words = text_of(look(small_office.signed_in(Role.ADMIN), "/manage/history"))
    for said in ("แก้การแจ้งเตือนคะแนนต่ำ", "ส่งข้อความทดลอง", "เปลี่ยนกุญแจของเว็บฮุก", other.address):
        assert said in words


def test_the_page_of_the_set_up_is_open_to_all(screens: Screens, other: Receiver) -> None:
    told(screens.office, other.address)
    screens.office.rooms.setup.alerts.try_out(ADMIN)
    sender(screens.office).send_one()
    page = screens.open("desk", role=Role.ADMIN)
    page.goto(f"{screens.site}/manage/alerts")
    assert page.get_by_text("ส่งถึงแล้ว").is_visible()
    assert Axe().run(page).response["violations"] == []
