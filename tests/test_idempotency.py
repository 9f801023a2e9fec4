"""The same request twice is one request: contract section 3, Idempotency-Key."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from alembic import command
from alembic.config import Config as Alembic
from sqlalchemy import text

from server.domain.refusals import KeyReused, NotAllowed
from server.domain.roles import TokenRole
from server.domain.ticket import State
from server.domain.wish import RequestKey, Wish
from server.store import requests, schema
from server.store.engine import Store
from server.store.migrate import migrate
from server.store.requests import hidden
from server.timer import Timer
from tests.office import PROGRAM, Office
from tests.program import Program, check_problem

AT_ONCE = 8
HOUR = 3_600_000


def kept(office: Office) -> int:
    with office.store.reading() as db:
        return len(db.execute(schema.request_keys.select()).all())


def test_the_same_key_and_body_give_the_first_answer_again(office: Office) -> None:
    program = Program(office)
    body = {"service_id": str(office.service("birth").id), "priority": "monk"}
    first = program.ask("POST", "/tickets", body, Idempotency_Key="one press")
    again = program.ask("POST", "/tickets", body, Idempotency_Key="one press")
    assert (again.status_code, again.json) == (first.status_code, first.json)
    assert first.status_code == 201
    assert len(program.get("/tickets")["items"]) == 1


def test_the_answer_stays_the_first_one_though_the_ticket_moved_on(office: Office) -> None:
    program = Program(office)
    body = {"service_id": str(office.service("birth").id)}
    first = program.post("/tickets", body, 201, Idempotency_Key="a")
    called = program.post(f"{program.counter()}/next", Idempotency_Key="b")
    program.post(f"/tickets/{first['id']}/finish")
    office.clock.minutes(90)
    assert program.post("/tickets", body, 201, Idempotency_Key="a") == first
    assert program.post(f"{program.counter()}/next", Idempotency_Key="b") == called
    assert program.get(f"/tickets/{first['id']}")["state"] == "done"


def test_nobody_learns_from_the_kept_key_what_was_sent_with_it(small_office: Office) -> None:
    """A press has few bodies: of a plain hash the right one would be found by trying them."""
    program = Program(small_office)
    body = {"score": 1, "channel": "device", "reasons": ["asked_for_money"]}
    for _ in range(2):
        program.post("/ratings", body, 201, Idempotency_Key="my own key")
    (row,) = small_office.contents()["request_keys"]
    asked = json.dumps(body, sort_keys=True).encode()
    assert sha256(asked).hexdigest() not in repr(row)
    assert "my own key" not in repr(row) and "asked_for_money" not in repr(row)
    other = {**body, "reasons": []}
    check_problem(program.ask("POST", "/ratings", other, Idempotency_Key="my own key"), 409)
    key = RequestKey("x", "POST", "/x", "my own key", "b")
    mine = hidden(key, "00")
    assert mine.body_hash != hidden(replace(key, key="another"), "00").body_hash  # needs the key
    assert mine.body_hash != hidden(key, "01").body_hash


def test_a_key_from_before_keys_were_hidden_is_still_known(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path}/khiu.db")
    settings = Alembic()
    settings.set_main_option("script_location", "server/store/migrations")
    with store.writing() as db:
        settings.attributes["connection"] = db
        command.upgrade(settings, "0003")
        row = """INSERT INTO offices (id, slug, name_th, name_en, settings, secret, created_at)
            VALUES (1, 'x', 'x', 'x', '{}', 'ab', 0)"""
        db.execute(text(row))
        row = "INSERT INTO request_keys VALUES (1, 'c', 'POST', '/p', 'k', 'body', 'the answer', 7)"
        db.execute(text(row))
        db.execute(
            text("INSERT INTO protected_reports VALUES (1, 5, '2026-10-01', 'why', 'paper')")
        )
    migrate(store)
    with store.writing() as db:
        assert requests.claim(
            db, 1, hidden(RequestKey("c", "POST", "/p", "k", "body"), "ab"), 8
        ) == ("the answer")
        (report,) = db.execute(schema.protected_reports.select())
    store.close()
    assert (report.id, report.reason) == (5, "why")


def test_spacing_and_order_of_fields_make_no_other_body(small_office: Office) -> None:
    program = Program(small_office)
    id = small_office.service("birth").id
    one = f'{{"service_id": "{id}", "priority": "monk"}}'.encode()
    other = f'{{ "priority":"monk",\n"service_id":"{id}"}}'.encode()
    first = program.send("POST", "/tickets", one, Idempotency_Key="a")
    assert program.send("POST", "/tickets", other, Idempotency_Key="a").json == first.json


def test_another_body_is_409_and_changes_nothing(office: Office) -> None:
    program = Program(office)
    program.post(
        "/tickets", {"service_id": str(office.service("birth").id)}, 201, Idempotency_Key="a"
    )
    before = office.contents()
    body = {"service_id": str(office.service("land-tax").id)}
    check_problem(program.ask("POST", "/tickets", body, Idempotency_Key="a"), 409)
    assert office.contents() == before


def test_a_repeated_request_changes_no_row_and_tells_no_screen(office: Office) -> None:
    program = Program(office)
    ticket = program.issue()
    program.post(f"{program.counter()}/next", Idempotency_Key="a")
    before = office.contents()
    program.post(f"{program.counter()}/next", Idempotency_Key="a")
    assert office.contents() == before
    assert program.get(f"/tickets/{ticket['id']}")["state"] == "called"


def test_many_at_once_with_one_key_are_one_number(office: Office) -> None:
    wish = Wish(office.service("birth").id)
    key = RequestKey("token:1", "POST", "/api/v1/tickets", "same", "hash")
    start = Barrier(AT_ONCE)

    def press(_: int) -> Any:
        start.wait()
        return office.desk.issue(wish, PROGRAM, key)

    with ThreadPoolExecutor(AT_ONCE) as kiosks:
        seen = list(kiosks.map(press, range(AT_ONCE)))
    assert len({one.ticket.number for one in seen}) == 1
    assert all(one == seen[0] for one in seen)
    assert len(office.reads.find_tickets()) == 1


def test_many_at_once_with_one_key_over_http_are_one_answer(office: Office) -> None:
    program = Program(office)
    body = {"service_id": str(office.service("birth").id)}
    start = Barrier(AT_ONCE)

    def press(_: int) -> tuple[int, bytes]:
        client = office.app.test_client()
        headers = program.headers | {"Idempotency-Key": "same"}
        start.wait()
        answer = client.post("/api/v1/tickets", json=body, headers=headers)
        return answer.status_code, answer.data

    with ThreadPoolExecutor(AT_ONCE) as kiosks:
        answers = set(kiosks.map(press, range(AT_ONCE)))
    assert [status for status, _ in answers] == [201]


def test_one_key_with_two_bodies_at_once_gives_one_number_and_one_refusal(
    office: Office,
) -> None:
    wish = Wish(office.service("birth").id)
    start = Barrier(2)

    def press(body_hash: str) -> str:
        key = RequestKey("token:1", "POST", "/api/v1/tickets", "same", body_hash)
        start.wait()
        try:
            return office.desk.issue(wish, PROGRAM, key).ticket.number
        except KeyReused:
            return "refused"

    with ThreadPoolExecutor(2) as kiosks:
        assert sorted(kiosks.map(press, ["one", "other"])) == ["A001", "refused"]


def test_a_refusal_is_not_kept(office: Office) -> None:
    program = Program(office)
    path = f"/tickets/{program.issue()['id']}/start"
    check_problem(program.ask("POST", path, Idempotency_Key="a"), 409)
    assert kept(office) == 0
    program.post(f"{program.counter()}/next")
    assert program.post(path, Idempotency_Key="a")["state"] == "serving"


def test_a_key_that_waited_for_a_refused_one_acts_itself(postgres_store: Any) -> None:
    """On PostgreSQL the second waits for the first; the first is then rolled back."""
    office = Office(postgres_store)
    key = RequestKey("token:1", "POST", "/x", "same", "hash")
    entered, may_fail = Barrier(2), Barrier(2)

    def refused() -> None:
        with office.rooms.desk._office.verb() as turn:
            mine = requests.hidden(key, turn.secret)
            assert requests.claim(turn.db, office.id, mine, turn.now) is None
            entered.wait()
            may_fail.wait()
            raise NotAllowed("service_off")

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(refused)
        entered.wait()
        second = pool.submit(office.desk.issue, Wish(office.service("birth").id), PROGRAM, key)
        may_fail.wait()
        with pytest.raises(NotAllowed):
            first.result()
        assert second.result().ticket.number == "A001"


def test_each_caller_and_each_path_has_its_own_keys(office: Office) -> None:
    one, other = Program(office), Program(office)
    assert one.headers != other.headers
    body = {"service_id": str(office.service("birth").id)}
    numbers = [
        program.post("/tickets", body, 201, Idempotency_Key="same")["number"]
        for program in (one, other)
    ]
    assert numbers == ["A001", "A002"]
    called = one.post(f"{one.counter('1')}/next", Idempotency_Key="same")
    assert called["number"] == "A001"
    assert one.post(f"{one.counter('2')}/next", Idempotency_Key="same")["number"] == "A002"


def test_keys_are_of_their_office(store: Any) -> None:
    ours = Office(store)
    with store.writing() as db:
        db.execute(schema.offices.update().values(slug="other"))
    theirs = Office(store)
    key = RequestKey("token:1", "POST", "/api/v1/tickets", "same", "hash")
    for office in (ours, theirs):
        wish = Wish(office.service("birth").id)
        assert office.desk.issue(wish, PROGRAM, key).ticket.number == "A001"


def test_nobody_waits_is_an_answer_that_is_kept_too(office: Office) -> None:
    program = Program(office)
    path = f"{program.counter()}/next"
    first = program.ask("POST", path, Idempotency_Key="a")
    program.issue()
    again = program.ask("POST", path, Idempotency_Key="a")
    assert (first.status_code, again.status_code, again.data) == (204, 204, b"")
    assert program.post(path, Idempotency_Key="b")["number"] == "A001"


def test_next_with_finish_repeated_ends_nobody_else(office: Office) -> None:
    program = Program(office)
    for _ in range(3):
        program.issue()
    path = f"{program.counter()}/next"
    program.post(path)
    answers = [program.post(path, {"finish": True}, Idempotency_Key="a") for _ in range(3)]
    assert answers[0] == answers[1] == answers[2]
    states = [one["state"] for one in program.get("/tickets")["items"]]
    assert states == ["done", "called", "waiting"]


@pytest.mark.parametrize("verb", ["open", "close", "pause"])
def test_a_counters_answer_is_the_first_one_too(office: Office, verb: str) -> None:
    program = Program(office)
    desk = program.counter()
    body = {"reason": "พัก"} if verb == "pause" else {}
    first = program.post(f"{desk}/{verb}", body, Idempotency_Key="a")
    program.post(f"{desk}/{'close' if verb == 'open' else 'open'}")
    assert program.post(f"{desk}/{verb}", body, Idempotency_Key="a") == first
    now = program.get("/counters")[0]["state"]
    assert now == ("closed" if verb == "open" else "open")


@pytest.mark.parametrize(
    ("verb", "body"),
    [
        ("recall", {}),
        ("start", {}),
        ("finish", {}),
        ("no-show", {}),
        ("return", {}),
        ("cancel", {"reason": "กลับบ้าน"}),
        ("hold", {"reason": "ถ่ายเอกสาร"}),
        ("transfer", {"counter_id": "3"}),
    ],
)
def test_every_verb_keeps_its_answer(small_office: Office, verb: str, body: dict[str, str]) -> None:
    program = Program(small_office)
    path = f"/tickets/{program.issue()['id']}/{verb}"
    if "counter_id" in body:
        body = {"counter_id": program.counter("3").split("/")[2]}
    program.post(f"{program.counter()}/next")
    first = program.post(path, body, Idempotency_Key="a")
    before = small_office.contents()
    assert program.post(path, body, Idempotency_Key="a") == first
    assert small_office.contents() == before


@pytest.mark.parametrize("key", ["", "x" * 65, "a\tb", "\x80"])
def test_a_key_that_is_none_is_422(small_office: Office, key: str) -> None:
    program = Program(small_office)
    body = {"service_id": str(small_office.service("birth").id)}
    check_problem(program.ask("POST", "/tickets", body, Idempotency_Key=key), 422)
    assert program.get("/tickets")["items"] == []


def test_a_key_of_64_characters_is_one(small_office: Office) -> None:
    program = Program(small_office)
    body = {"service_id": str(small_office.service("birth").id)}
    first = program.post("/tickets", body, 201, Idempotency_Key="x" * 64)
    assert program.post("/tickets", body, 201, Idempotency_Key="x" * 64) == first


def test_keys_are_kept_for_48_hours_and_then_forgotten(office: Office) -> None:
    program = Program(office)
    body = {"service_id": str(office.service("birth").id)}
    first = program.post("/tickets", body, 201, Idempotency_Key="a")
    timer = Timer(office.house)
    office.clock.now += 48 * HOUR
    assert timer.tick()
    assert program.post("/tickets", body, 201, Idempotency_Key="a") == first
    office.clock.now += 1
    assert timer.tick()
    assert kept(office) == 0
    assert program.post("/tickets", body, 201, Idempotency_Key="a")["id"] != first["id"]


def test_the_timer_closes_the_day_and_two_timers_do_it_once(office: Office) -> None:
    waits = office.issue().ticket
    first, second = Timer(office.house), Timer(office.house)
    assert first.tick()
    assert not second.tick()
    office.clock.minutes(24 * 60)
    assert second.tick()  # the first one's lease has lapsed
    assert not first.tick()
    assert office.reads.ticket(waits.id).ticket.state is State.CLOSED


def test_a_figures_token_still_may_not_act_with_a_key(small_office: Office) -> None:
    program = Program(small_office, TokenRole.REPORTS)
    check_problem(program.ask("POST", "/tickets", {}, Idempotency_Key="a"), 403)
    assert kept(small_office) == 0
