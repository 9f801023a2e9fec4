"""Mobile service points: a link that rates them on their days, its QR and its poster."""

import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, cast

import pytest
from flask.testing import FlaskClient

from server.domain.roles import Role
from server.domain.wish import Actor
from server.links import POINT, RATE, link_token
from server.setup.points import PointWish
from server.store import schema
from server.survey.rate import MOST_AT_A_POINT
from tests.office import Office
from tests.pages import look, text_of

PAGE = "/manage/points"
TODAY = date(2026, 10, 1)  # the office's clock stands there
DAY_MS = 24 * 3_600_000
NAME = "ศาลากลางบ้าน หมู่ 3"


@pytest.fixture
def admin(small_office: Office) -> FlaskClient:
    small_office.app.config["WTF_CSRF_ENABLED"] = False
    return small_office.signed_in(Role.ADMIN)


@pytest.fixture
def phone(small_office: Office) -> FlaskClient:
    small_office.app.config["WTF_CSRF_ENABLED"] = False
    return small_office.app.test_client()


def form(office: Office, *, first: int = 0, last: int = 1, **changed: str) -> dict[str, str]:
    """What is typed for a point that is there from `first` to `last`, days from today."""
    first_day, last_day = (str(TODAY + timedelta(days=n)) for n in (first, last))
    service = str(office.service("land-tax").id)
    typed = {"name": NAME, "service_id": service, "first_day": first_day, "last_day": last_day}
    return {**typed, "active": "yes", **changed}


def added(office: Office, admin: FlaskClient, **typed: Any) -> str:
    """A new point's page."""
    return str(admin.post(PAGE, data=form(office, **typed)).location)


def link_of(office: Office, where: str) -> str:
    point_id = int(where.rpartition("/")[2])
    return f"/rate/{link_token(office.house.secret(office.id), POINT, point_id)}"


def rows(office: Office, table: str) -> list[Any]:
    return cast(list[Any], office.contents()[table])


def tap(phone: FlaskClient, url: str, score: int = 5) -> Any:
    once = re.search(r'name="once" value="([^"]+)"', phone.get(url).text)
    return phone.post(url, data={"score": score, "once": once[1] if once else ""})


def test_a_tap_at_a_mobile_point_is_of_its_service_and_of_nobody(
    small_office: Office, admin: FlaskClient, phone: FlaskClient
) -> None:
    where = added(small_office, admin)
    url = link_of(small_office, where)
    assert url in text_of(look(admin, where))
    assert NAME in text_of(look(phone, url))
    low = tap(phone, url, 1)
    assert phone.post(low.location, data={"reason": "long_wait"}).status_code == 303
    (kept,) = rows(small_office, "presses")
    point_id = int(where.rpartition("/")[2])
    assert (kept.channel, kept.service_id) == ("outreach", small_office.service("land-tax").id)
    assert (kept.counter_id, kept.flag, kept.source) == (None, None, f"point:{point_id}")
    assert kept.reasons == '["long_wait"]'


def test_only_its_days_are_open_and_it_may_be_switched_off(
    small_office: Office, admin: FlaskClient, phone: FlaskClient
) -> None:
    where = added(small_office, admin, first=1, last=2)
    url, seen = link_of(small_office, where), []
    for _ in range(4):  # today until three days from now
        seen.append(phone.get(url).status_code)
        assert phone.post(url, data={"score": "5"}).status_code in (303, seen[-1])
        small_office.clock.now += DAY_MS
    assert seen == [409, 200, 200, 410]
    assert len(rows(small_office, "presses")) == 2
    point_id, room = int(where.rpartition("/")[2]), small_office.rooms.setup.points
    longer = PointWish(NAME, None, TODAY, TODAY + timedelta(days=9), active=True)
    for wish, status in ((longer, 200), (replace(longer, active=False), 410)):
        room.change(point_id, wish, Actor("staff", 1))
        assert phone.get(url).status_code == status
    assert "ปิดรับการประเมินแล้ว" in phone.get(url).text


def test_too_early_says_from_when(
    small_office: Office, admin: FlaskClient, phone: FlaskClient
) -> None:
    url = link_of(small_office, added(small_office, admin, first=1))
    assert "วันศุกร์ที่ 2 ตุลาคม 2569" in phone.get(url).text
    assert "Friday 2 October 2026" in phone.get(f"{url}?lang=en").text


def test_points_beside_each_other_are_no_burst_but_one_of_them_may_have_one(
    small_office: Office, admin: FlaskClient, phone: FlaskClient
) -> None:
    here, there = (link_of(small_office, added(small_office, admin)) for _ in range(2))
    poster = f"/rate/{link_token(small_office.house.secret(small_office.id), RATE, 0)}"
    for url in (here, there, poster, here):
        assert tap(phone, url).status_code == 303
    assert [kept.flag for kept in rows(small_office, "presses")] == [None, None, None, "burst"]


def test_one_address_taps_so_often_at_a_point_and_a_later_send_loses_nothing(
    small_office: Office, admin: FlaskClient, phone: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert MOST_AT_A_POINT >= 20  # a village meeting has one Wi-Fi
    monkeypatch.setattr("server.survey.rate.MOST_AT_A_POINT", 2)
    here, there = (link_of(small_office, added(small_office, admin)) for _ in range(2))
    assert [tap(phone, here, 5).status_code for _ in range(2)] == [303, 303]
    phone.get(here)
    refused = phone.post(here, data={"score": "3", "once": "x" * 20})
    assert (refused.status_code, int(refused.headers["Retry-After"]) <= 600) == (429, True)
    assert "ส่งอีกครั้งในอีก" in refused.text and "survey." not in refused.text
    assert tap(phone, there).status_code == 303
    elsewhere = {"REMOTE_ADDR": "203.0.113.7"}
    assert phone.post(here, data={"score": "4"}, environ_base=elsewhere).status_code == 303
    small_office.clock.minutes(10)
    kept_on_the_page = dict(re.findall(r'name="(score|once)" value="([^"]+)"', refused.text))
    assert phone.post(here, data=kept_on_the_page).status_code == 303
    assert sorted(kept.score for kept in rows(small_office, "presses")) == [3, 4, 5, 5, 5]


def test_who_tapped_before_midnight_is_thanked_after_it(
    small_office: Office, admin: FlaskClient, phone: FlaskClient
) -> None:
    url = link_of(small_office, added(small_office, admin, last=0))
    small_office.clock.now += 16 * 3_600_000 - 60_000  # the last minute of the day
    low = tap(phone, url, 1)
    small_office.clock.minutes(2)
    assert phone.get(low.location).status_code == 200
    thanks = phone.post(low.location, data={"reason": "long_wait"}).location
    assert phone.get(thanks).status_code == 200
    assert phone.get(url).status_code == 410
    assert small_office.app.test_client().get(thanks).status_code == 410
    assert [kept.reasons for kept in rows(small_office, "presses")] == ['["long_wait"]']


def test_low_taps_there_are_an_alert_that_names_the_point(
    small_office: Office, admin: FlaskClient, phone: FlaskClient
) -> None:
    url = link_of(small_office, added(small_office, admin))
    for _ in range(3):
        tap(phone, url, 1)
        small_office.clock.minutes(1)
    (found,) = small_office.rooms.alerts.open()
    assert found.place.name is not None
    assert found.place.name.th == NAME


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("service_id", "17"),
        ("first_day", "1 ต.ค."),
        ("last_day", "2026-09-30"),
        ("last_day", ""),
    ],
)
def test_what_cannot_be_meant_comes_back_as_it_was_typed(
    small_office: Office, admin: FlaskClient, field: str, value: str
) -> None:
    answer = admin.post(PAGE, data=form(small_office) | {field: value})
    assert answer.status_code == 422
    assert 'class="field__error"' in answer.text
    assert ">field." not in answer.text
    assert rows(small_office, "mobile_points") == []


def test_a_link_of_another_kind_or_office_opens_no_point(
    small_office: Office, admin: FlaskClient, phone: FlaskClient
) -> None:
    point_id = int(added(small_office, admin).rpartition("/")[2])
    secret = small_office.house.secret(small_office.id)
    for token in (link_token(secret, RATE, point_id), link_token("00" * 32, POINT, point_id)):
        assert phone.get(f"/rate/{token}").status_code == 404
    assert admin.get(f"{PAGE}/17").status_code == 404


def test_its_code_and_poster_are_there_and_its_changes_are_told_in_words(
    small_office: Office, admin: FlaskClient
) -> None:
    where = added(small_office, admin, service_id="")
    admin.post(where, data=form(small_office, last=3))
    assert admin.get(f"{where}/qr.svg").mimetype == "image/svg+xml"
    assert admin.get(f"{where}/poster.pdf").data.startswith(b"%PDF")
    told = text_of(look(admin, "/manage/history"))
    for words in (NAME, "แก้ไขจุดบริการเคลื่อนที่", "วันอาทิตย์ที่4ตุลาคม2569"):
        assert words.replace(" ", "") in told.replace(" ", "")
    for page in (where, PAGE, f"{PAGE}/new", "/manage/history"):
        assert "manage." not in text_of(look(admin, f"{page}?lang=en"))
    auditor = small_office.signed_in(Role.AUDITOR)
    assert NAME in text_of(look(auditor, where))
    assert auditor.post(where, data=form(small_office)).status_code == 403


def test_an_office_that_switches_the_service_off_still_takes_what_is_said(
    small_office: Office, admin: FlaskClient, phone: FlaskClient
) -> None:
    url = link_of(small_office, added(small_office, admin))
    with small_office.store.writing() as db:
        table = schema.services
        db.execute(table.update().where(table.c.code == "land-tax").values(active=False))
    assert tap(phone, url).status_code == 303
    assert len(rows(small_office, "presses")) == 1
