"""The rating tablet's doors: awake and asleep, one press, its reasons, what it kept, its QR."""

import json
import re
from typing import Any, cast

import pytest
from flask.testing import FlaskClient

from printers.qr import code_for
from server.domain.device_clock import OLDEST_MS
from server.domain.rating_place import AWAKE_MS, Place
from server.domain.roles import DeviceKind, Role
from server.rating.views import WIDEST
from server.store import schema
from server.tracking import turning_url
from tests import tablet
from tests.office import MINUTE, MORNING, Office
from tests.pages import look, text_of
from tests.tablet import kept, presses

DAY = 24 * 60 * MINUTE


@pytest.fixture
def at_counter(small_office: Office) -> FlaskClient:
    """At counter 3; somebody was served there this morning."""
    small_office.serve("land-tax", "3")
    small_office.clock.minutes(30)
    return tablet.client(small_office)


def shown(client: FlaskClient) -> str:
    """Which part of the page is to be seen."""
    page = look(client, "/tablet/")
    parts = [part for part in page.iter("section") if part.get("data-when")]
    (open_one,) = [part.get("data-when") for part in parts if part.get("hidden") is None]
    return str(open_one)


def send(client: FlaskClient, *some: dict[str, Any], now: int) -> dict[str, list[str]]:
    answer = client.post("/tablet/presses", json={"now": now, "presses": list(some)})
    assert answer.status_code == 200, answer.text
    return cast(dict[str, list[str]], answer.json)


def state(client: FlaskClient) -> dict[str, Any]:
    return cast(dict[str, Any], client.get("/tablet/state").json)


# ---------------------------------------------------------------- awake and asleep


def test_it_sleeps_until_a_visit_ends_at_its_counter_and_after_the_press(
    small_office: Office, at_counter: FlaskClient
) -> None:
    assert shown(at_counter) == "asleep"
    small_office.serve("birth", "1")
    assert shown(at_counter) == "asleep"
    small_office.serve("land-tax", "3")
    assert shown(at_counter) == "ask"
    assert state(at_counter)["visit"] == small_office.clock.now
    small_office.clock.minutes(0.2)
    assert send(at_counter, kept(1000), now=1000)["kept"]
    assert shown(at_counter) == "asleep"
    assert state(at_counter)["awake"] is False


def test_it_waits_for_two_minutes(small_office: Office, at_counter: FlaskClient) -> None:
    small_office.serve("land-tax", "3")
    small_office.clock.now += AWAKE_MS
    assert shown(at_counter) == "ask"
    small_office.clock.now += 1
    assert shown(at_counter) == "asleep"


@pytest.mark.parametrize("place", [Place.EXIT, Place.OUTREACH])
def test_by_a_door_it_is_always_awake(small_office: Office, place: Place) -> None:
    stand = tablet.client(small_office, None, place)
    assert shown(stand) == "ask"
    send(stand, kept(1000), now=1000)
    assert shown(stand) == "ask"
    (row,) = presses(small_office)
    assert (row.channel, row.counter_id, row.flag) == (place.value, None, None)


def test_a_tablet_just_paired_asks_at_once_and_a_counter_switched_off_leaves_one_that_does(
    small_office: Office,
) -> None:
    small_office.app.config["WTF_CSRF_ENABLED"] = False
    assert shown(small_office.device(DeviceKind.TABLET)) == "ask"
    stand = tablet.client(small_office)
    with small_office.store.writing() as db:
        db.execute(schema.counters.update().values(active=False))
    assert shown(stand) == "ask"
    assert send(stand, kept(1000), now=1000)["kept"]


# ---------------------------------------------------------------- without scripts


def once_in(client: FlaskClient, url: str = "/tablet/") -> str:
    found = re.search(r'name="once" value="([^"]+)"', client.get(url).text)
    assert found
    return found[1]


def test_a_low_press_is_asked_for_its_reasons_on_one_page_more_and_kept_before(
    small_office: Office, at_counter: FlaskClient
) -> None:
    small_office.serve("land-tax", "3")
    once = once_in(at_counter)
    for _ in range(2):  # a second finger
        answer = at_counter.post("/tablet/", data={"score": 2, "once": once})
    assert answer.location == f"/tablet/why/{once}"
    (row,) = presses(small_office)
    assert (row.score, row.channel, row.reasons) == (2, "tablet", "[]")
    assert row.counter_id == small_office.counter("3").id
    assert row.service_id == small_office.service("land-tax").id
    page = look(at_counter, answer.location)
    offered = {box.get("value") for box in page.iter("input") if box.get("name") == "reason"}
    assert "long_wait" in offered and "asked_for_money" not in offered
    sent = ["long_wait", "asked_for_money"]
    answer = at_counter.post(answer.location, data={"reason": sent})
    assert answer.location == "/tablet/thanks"
    assert "ขอบคุณ" in text_of(look(at_counter, answer.location))
    assert json.loads(presses(small_office)[0].reasons) == ["long_wait"]
    assert small_office.contents()["protected_reports"] == []


def test_the_address_that_asks_why_tells_nothing_and_is_of_use_for_half_an_hour(
    small_office: Office, at_counter: FlaskClient
) -> None:
    small_office.serve("land-tax", "3")
    once = once_in(at_counter)
    goal = at_counter.post("/tablet/", data={"score": 1, "once": once}).location
    nobodys = text_of(look(at_counter, goal.replace(once, "x" * len(once))))
    assert text_of(look(at_counter, goal)) == nobodys
    small_office.clock.minutes(31)
    answer = at_counter.post(goal, data={"reason": "long_wait"})
    assert answer.status_code == 410
    assert presses(small_office)[0].reasons == "[]"


def test_a_good_press_is_thanked_at_once(small_office: Office, at_counter: FlaskClient) -> None:
    small_office.serve("land-tax", "3")
    answer = at_counter.post("/tablet/?lang=en", data={"score": 4, "once": once_in(at_counter)})
    assert answer.location == "/tablet/thanks?lang=en"
    assert at_counter.post("/tablet/", data={"score": "9"}).status_code == 422
    assert len(presses(small_office)) == 1


def test_reasons_of_a_press_that_nobody_made_are_refused(at_counter: FlaskClient) -> None:
    answer = at_counter.post(f"/tablet/why/{'x' * 22}", data={"reason": "long_wait"})
    assert answer.status_code == 404


# ---------------------------------------------------------------- what it kept


def test_a_batch_is_kept_once_however_often_it_comes(
    small_office: Office, at_counter: FlaskClient
) -> None:
    now = small_office.clock.now
    some = [kept(now - n * 10 * MINUTE, 1 + n % 5) for n in range(40)]
    for _ in range(3):
        told = send(at_counter, *some, now=now)
        assert sorted(told["kept"]) == sorted(one["press_id"] for one in some)
    rows = presses(small_office)
    assert [(row.at, row.score) for row in rows] == [
        (one["at"], one["score"]) for one in reversed(some)
    ]
    assert {row.received_at for row in rows} == {now}


@pytest.mark.parametrize("wrong_by", [-500 * DAY, -3 * MINUTE, 0, 7 * DAY, 10_000 * DAY])
def test_however_wrong_its_clock_is_the_hour_is_right(small_office: Office, wrong_by: int) -> None:
    small_office.clock.now += 30 * DAY
    now, stand = small_office.clock.now, tablet.client(small_office, None, Place.EXIT)
    at = now - 3 * DAY - 17 * MINUTE
    send(stand, kept(at + wrong_by), now=now + wrong_by)
    (row,) = presses(small_office)
    assert (row.at, row.day, row.flag) == (at, "2026-10-28", None)


def test_a_week_without_a_network_comes_whole_each_press_once_at_its_hour(
    small_office: Office,
) -> None:
    """`make bench` sends 20,000."""
    stand, now = tablet.client(small_office, None, Place.OUTREACH), 7 * DAY
    week = [kept(now - n * 72 * MINUTE, 1 + n % 5) for n in range(120)]
    small_office.clock.now += 7 * DAY
    for first in (60, 0, 60, 30):  # a batch whose answer was lost comes again
        assert len(send(stand, *week[first : first + 60], now=now)["kept"]) == 60
    rows, ahead = presses(small_office), small_office.clock.now - now
    assert len(rows) == 120
    assert sorted(row.at for row in rows) == sorted(one["at"] + ahead for one in week)
    assert {row.flag for row in rows} == {None}


@pytest.mark.parametrize("ago", [-MINUTE, OLDEST_MS + MINUTE])
def test_what_cannot_be_when_it_says_is_kept_and_flagged(small_office: Office, ago: int) -> None:
    now, stand = small_office.clock.now, tablet.client(small_office, None, Place.EXIT)
    assert send(stand, kept(MORNING - ago), now=MORNING)["kept"]
    (row,) = presses(small_office)
    assert (row.at, row.flag) == (now, "late_clock")


def test_what_cannot_be_read_is_named_and_holds_up_nothing(small_office: Office) -> None:
    stand, good = tablet.client(small_office, None, Place.EXIT), kept(MORNING)
    bad = [kept(MORNING, 6), kept(-1), kept(MORNING, more="x"), kept(MORNING, "5")]  # type: ignore[arg-type]
    told = send(stand, bad[0], good, *bad[1:], now=MORNING)
    assert told["kept"] == [good["press_id"]]
    assert told["refused"] == [one["press_id"] for one in bad]
    assert len(presses(small_office)) == 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{",
        b'{"now": "1", "presses": []}',
        b'{"now": 1, "presses": [1]}',
        json.dumps({"now": 1, "presses": [{"press_id": "x"}] * 201}).encode(),
    ],
)
def test_what_is_no_batch_is_refused(small_office: Office, body: bytes) -> None:
    stand = tablet.client(small_office, None, Place.EXIT)
    answer = stand.post("/tablet/presses", data=body, headers={"Accept": "application/json"})
    assert answer.status_code == 422
    told = cast(dict[str, str], answer.json)
    assert told["detail_th"] and told["detail_en"]
    assert presses(small_office) == []


def test_reasons_that_come_after_their_press_are_added_once(small_office: Office) -> None:
    stand, one = tablet.client(small_office, None, Place.EXIT), kept(MORNING, 1)
    send(stand, one, now=MORNING)
    send(stand, {**one, "reasons": ["long_wait", "asked_for_money", "?"]}, now=MORNING)
    send(stand, {**one, "reasons": ["impolite"]}, now=MORNING)
    (row,) = presses(small_office)
    assert json.loads(row.reasons) == ["long_wait"]
    assert small_office.contents()["protected_reports"] == []


# ---------------------------------------------------------------- whose word it is


def test_who_has_the_tablets_name_brings_no_presses_from_before_what_it_sent(
    small_office: Office, at_counter: FlaskClient
) -> None:
    """An officer's own finger: one press for each visitor of the morning who did not press."""
    visits = [small_office.clock.now]
    for _ in range(3):
        small_office.serve("land-tax", "3")
        small_office.clock.minutes(20)
        visits.append(small_office.clock.now)
    now = small_office.clock.now
    small_office.serve("land-tax", "3")
    assert send(at_counter, kept(now), now=now)["kept"]
    made_up = [kept(at - MINUTE // 2) for at in visits]
    assert len(send(at_counter, *made_up, now=now)["kept"]) == 4
    flags = {row.at: row.flag for row in presses(small_office)}
    assert [flags[one["at"]] for one in made_up[:3]] == ["late"] * 3
    assert flags[now] is None


def test_a_tablet_that_tells_that_it_keeps_nothing_is_believed(small_office: Office) -> None:
    stand, now = tablet.client(small_office, None, Place.EXIT), small_office.clock.now
    assert send(stand, now=now) == {"kept": [], "refused": []}
    some = [kept(now - 9 * MINUTE), kept(now - 11 * MINUTE), kept(now - 9 * DAY)]
    send(stand, *some, now=now)
    assert [row.flag for row in presses(small_office)] == ["late", "late", None]
    other = tablet.client(small_office, None, Place.EXIT)
    send(other, kept(now - 8 * DAY), now=now)
    assert [row.flag for row in presses(small_office)] == ["late", None, "late", None]


def test_while_our_own_clock_was_ahead_nothing_was_heard(small_office: Office) -> None:
    stand = tablet.client(small_office, None, Place.EXIT)
    small_office.clock.now += 300 * DAY
    send(stand, now=0)
    small_office.clock.now -= 299 * DAY
    now = small_office.clock.now
    send(stand, kept(now - 60 * MINUTE), now=now)
    send(stand, kept(now - 50 * MINUTE), now=now)
    assert [row.flag for row in presses(small_office)] == [None, None]


def test_what_it_kept_before_it_was_moved_is_of_where_it_stood(small_office: Office) -> None:
    stand = tablet.client(small_office)
    (device,) = small_office.rooms.setup.devices.all()
    admin, where = small_office.signed_in(Role.ADMIN), f"/manage/devices/{device.id}"
    moments = []
    for number in ("2", "1"):
        moments.append(small_office.clock.now)
        small_office.clock.minutes(60)
        counter = str(small_office.counter(number).id)
        form = {"name": "แท็บเล็ต", "place": "counter", "counter_id": counter}
        assert admin.post(where, data=form).status_code == 303
        assert admin.post(where, data=form).status_code == 303  # it did not move again
        small_office.clock.minutes(60)
    moments.append(small_office.clock.now)
    with small_office.store.writing() as db:  # counter 2 was given up
        table = schema.counters
        db.execute(table.update().where(table.c.number == "2").values(active=False))
    some = [kept(at) for at in (*moments[:2], moments[1] - 70 * MINUTE, moments[2])]
    assert len(send(stand, *some, now=small_office.clock.now)["kept"]) == 4
    three, one = small_office.counter("3").id, small_office.counter("1").id
    assert [row.counter_id for row in presses(small_office)] == [three, three, None, one]


# ---------------------------------------------------------------- the QR that changes


def qr_link(office: Office, stand: FlaskClient) -> str:
    """The address in the code that the tablet at counter 3 shows now."""
    with office.app.test_request_context():
        url, until = turning_url(office.id, office.counter("3").id)
    assert office.clock.now < until <= office.clock.now + 15 * MINUTE
    code = code_for(url, WIDEST)
    assert code and stand.get("/tablet/qr.svg").text == code.as_svg()
    return url.removeprefix("http://khiu.test")


def test_the_qr_leads_to_its_counter_for_a_while_and_an_old_one_is_told_so(
    small_office: Office, at_counter: FlaskClient
) -> None:
    small_office.serve("land-tax", "3")
    link = qr_link(small_office, at_counter)
    phone = small_office.app.test_client()
    once = once_in(phone, link)
    assert phone.post(link, data={"score": 5, "once": once}).status_code == 303
    (row,) = presses(small_office)
    assert (row.channel, row.counter_id, row.flag) == (
        "counter_qr",
        small_office.counter("3").id,
        None,
    )
    small_office.clock.minutes(15)
    assert qr_link(small_office, at_counter) != link
    assert phone.get(link).status_code == 200  # scanned just before it changed
    small_office.clock.minutes(15)
    answer = phone.get(link)
    assert answer.status_code == 410 and "คิวอาร์นี้หมดเวลาแล้ว" in answer.text
    assert phone.post(link, data={"score": 5, "once": once}).status_code == 410
    assert len(presses(small_office)) == 1


def test_a_code_that_is_of_no_counter_or_of_tomorrow_is_unknown(
    small_office: Office, at_counter: FlaskClient
) -> None:
    link = qr_link(small_office, at_counter)
    turn, _, made = link.rpartition("/")[2].partition(".")
    phone = small_office.app.test_client()
    for token in (f"{int(turn, 16) + 1:x}.{made}", f"{turn}.{'A' * 22}", f"{turn}."):
        assert phone.get(f"/rate/{token}").status_code == 404


def test_a_tablet_at_no_counter_has_no_qr(small_office: Office) -> None:
    stand = tablet.client(small_office, None, Place.EXIT)
    assert stand.get("/tablet/qr.svg").status_code == 404
    assert state(stand)["qr"] is None


# ---------------------------------------------------------------- how it is set up


def test_an_administrator_says_where_it_stands(small_office: Office) -> None:
    tablet.client(small_office, None, Place.EXIT)
    (row,) = small_office.rooms.setup.devices.all()
    admin, where = small_office.signed_in(Role.ADMIN), f"/manage/devices/{row.id}"
    counter = str(small_office.counter("2").id)
    places = {box.get("value") for box in look(admin, where).iter("option")}
    assert {"counter", "exit", "outreach", counter} <= places
    form = {"name": "แท็บเล็ต 2", "place": "counter", "counter_id": counter}
    assert admin.post(where, data=form).status_code == 303
    (row,) = small_office.rooms.setup.devices.all()
    options = json.loads(row.options)
    assert options.pop("before") == [{"until": small_office.clock.now}]  # by the exit
    assert options == {"place": "counter", "counter_id": int(counter)}
    assert "ที่ช่องบริการ" in text_of(look(admin, "/manage/history"))
    for wrong in ({"counter_id": ""}, {"counter_id": "1"}, {"place": "roof"}):
        assert admin.post(where, data={**form, **wrong}).status_code == 422
    outreach = {"name": "x", "place": "outreach", "service_id": "1"}
    assert admin.post(where, data=outreach).status_code == 422


def test_a_tablet_shows_a_new_edition_when_what_it_asks_changes(
    small_office: Office, at_counter: FlaskClient
) -> None:
    first = at_counter.get("/tablet/edition").json
    small_office.serve("land-tax", "3")
    assert at_counter.get("/tablet/edition").json == first
    assert at_counter.get("/tablet/edition?lang=en").json != first
    with small_office.store.writing() as db:
        table = schema.questionnaires
        body = db.execute(table.select()).one().body
        db.execute(table.update().values(body=body.replace("วันนี้ท่านพอใจ", "ท่านพอใจ")))
    assert at_counter.get("/tablet/edition").json != first
