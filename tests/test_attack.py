"""Somebody means ill: the API is asked for what nobody should get, on the real program."""

import http.client
import json
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from threading import Barrier
from typing import Any
from urllib.parse import urlencode

import pytest

from server.check import Check
from server.domain.roles import TokenRole
from server.house import House
from server.serving import unix_ms
from server.store import offices
from server.store.engine import Store
from server.store.migrate import migrate
from tests.office import demo_file
from tests.server import Running, serving

LARGEST = 2**63
NOBODY = "382459586789072890"
BANGKOK = timezone(timedelta(hours=7))


@dataclass
class Attack:
    running: Running
    data: Path
    bearer: str
    ours: str  # a counter's id
    service: str
    theirs: dict[str, str]  # ids of the other office in the same database
    powerless: dict[str, str]  # tokens whose role moves nobody

    def ask(self, method: str, path: str, body: object = None, **headers: str) -> tuple[int, Any]:
        return self.running.ask(method, f"/api/v1{path}", self.bearer, body, **headers)

    def issue(self, **more: object) -> dict[str, Any]:
        status, ticket = self.ask("POST", "/tickets", {"service_id": self.service, **more})
        assert status == 201, ticket
        found: dict[str, Any] = ticket
        return found

    def rows(self) -> dict[str, list[Any]]:
        with sqlite3.connect(self.data / "khiu.db") as db:
            names = ("tickets", "steps", "ticket_events", "numbers", "counters", "current_calls")
            return {name: db.execute(f"SELECT * FROM {name}").fetchall() for name in names}


@pytest.fixture(scope="module")
def attack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Attack]:
    data = tmp_path_factory.mktemp("attack") / "data"
    data.mkdir()
    store = Store(f"sqlite:///{data / 'khiu.db'}")
    migrate(store)
    ids, access = [], House(store, unix_ms, lambda *_, **__: None).access
    for slug in ("ours", "theirs"):
        info = demo_file().office.model_copy(update={"slug": slug})
        with store.writing() as db:
            file = demo_file().model_copy(update={"office": info})
            ids.append(offices.add(db, file, unix_ms()))
    mine, their_token = (access.add_token(one, "test", TokenRole.INTEGRATION) for one in ids)
    powerless = {
        str(role): access.add_token(ids[0], "test", role)
        for role in (TokenRole.REPORTS, TokenRole.MONITOR)
    }
    with serving(data) as running:
        _, services = running.ask("GET", "/api/v1/services", mine)
        _, counters = running.ask("GET", "/api/v1/counters", mine)
        _, their_services = running.ask("GET", "/api/v1/services", their_token)
        _, their_counters = running.ask("GET", "/api/v1/counters", their_token)
        body = {"service_id": their_services[0]["id"]}
        _, their_ticket = running.ask("POST", "/api/v1/tickets", their_token, body)
        theirs = {
            "ticket": their_ticket["id"],
            "service": their_services[0]["id"],
            "counter": their_counters[0]["id"],
        }
        ours = counters[0]["id"], services[0]["id"]
        yield Attack(running, data, mine, *ours, theirs, powerless)
        assert "Traceback" not in running.errors.read_text()
    with store.reading() as db:
        assert list(Check(db, unix_ms()).findings()) == []
    store.close()


def problem(answer: tuple[int, Any], *statuses: int) -> None:
    """A clear refusal in both languages, and never a 500."""
    status, said = answer
    assert status in statuses, (status, said)
    assert said["status"] == status
    assert said["detail_th"] and said["detail_en"]


MOVES: tuple[tuple[str, dict[str, object]], ...] = (
    ("recall", {}),
    ("start", {}),
    ("finish", {}),
    ("no-show", {}),
    ("return", {}),
    ("resume", {}),
    ("hold", {"reason": "x"}),
    ("cancel", {"reason": "x"}),
    ("steps/1/drop", {}),
)


@pytest.mark.parametrize(("verb", "body"), MOVES)
def test_another_offices_ticket_is_unknown(
    attack: Attack, verb: str, body: dict[str, object]
) -> None:
    before = attack.rows()
    problem(attack.ask("POST", f"/tickets/{attack.theirs['ticket']}/{verb}", body), 404)
    assert attack.rows() == before


def test_another_offices_counter_and_service_are_unknown(attack: Attack) -> None:
    ticket, theirs = attack.issue()["id"], attack.theirs
    before = attack.rows()
    asked: list[tuple[str, dict[str, object]]] = [
        (f"/counters/{theirs['counter']}/next", {}),
        (f"/counters/{theirs['counter']}/open", {}),
        (f"/tickets/{ticket}/transfer", {"service_id": theirs["service"]}),
        (f"/tickets/{ticket}/transfer", {"counter_id": theirs["counter"]}),
        (f"/tickets/{ticket}/call", {"counter_id": theirs["counter"], "reason": "x"}),
        (f"/tickets/{ticket}/steps", {"service_id": theirs["service"]}),
        ("/tickets", {"service_id": theirs["service"]}),
        ("/tickets", {"service_id": attack.service, "more_service_ids": [theirs["service"]]}),
    ]
    for path, body in asked:
        problem(attack.ask("POST", path, body), 404)
    problem(attack.ask("GET", f"/tickets/{theirs['ticket']}"), 404)
    assert attack.rows() == before


@pytest.mark.parametrize(
    "slot",
    [
        *("1970-01-01T00:00:00Z", "9999-12-31T23:59:59+14:00", "0001-01-01T00:00:00-14:00"),
        *("2026-10-01T09:00:00", "yesterday", "", "2026-13-40T99:99:99Z", "-1", "١٢:٠٠"),
        *(0, -1, 10**30, 1e308, True, [], {}),
        *(timedelta(days=1), timedelta(days=-1)),  # from now on
    ],
    ids=str,
)
def test_a_slot_that_cannot_be_meant_gives_no_number(attack: Attack, slot: object) -> None:
    if isinstance(slot, timedelta):
        slot = (datetime.now(BANGKOK) + slot).isoformat()
    before = attack.rows()
    problem(attack.ask("POST", "/tickets", {"service_id": attack.service, "slot_at": slot}), 422)
    assert attack.rows() == before


def test_a_slot_of_today_never_puts_anybody_further_ahead_than_the_longest_head_start(
    attack: Attack,
) -> None:
    midnight = datetime.now(BANGKOK).replace(hour=0, minute=0, second=0, microsecond=0)
    for priority in ("none", "disabled"):
        for slot in (midnight, datetime.now(UTC) - timedelta(minutes=20)):
            if slot.astimezone(BANGKOK).date() == datetime.now(BANGKOK).date():
                attack.issue(slot_at=slot.isoformat(), priority=priority)
    with sqlite3.connect(attack.data / "khiu.db") as db:
        ahead = db.execute("SELECT max(issued_at - queue_at) FROM steps").fetchone()[0]
    assert ahead <= 30 * 60_000


@pytest.mark.parametrize("step", ["0", "-1", "9", "99999999999999999999999", "x", "1.5", "%00"])
def test_a_step_that_is_not_there_is_not_dropped(attack: Attack, step: str) -> None:
    ticket = attack.issue(more_service_ids=[attack.service])["id"]
    before = attack.rows()
    problem(attack.ask("POST", f"/tickets/{ticket}/steps/{step}/drop", {}), 404)
    assert attack.rows() == before


def test_a_step_under_way_is_not_dropped_and_a_finished_visit_gets_no_more(attack: Attack) -> None:
    ticket = attack.issue()["id"]
    problem(attack.ask("POST", f"/tickets/{ticket}/steps/1/drop", {}), 409)
    ended = {"reason": "ทดสอบ", "outcome": "issued_in_error"}
    assert attack.ask("POST", f"/tickets/{ticket}/cancel", ended)[0] == 200
    before = attack.rows()
    problem(attack.ask("POST", f"/tickets/{ticket}/steps", {"service_id": attack.service}), 409)
    assert attack.rows() == before


@pytest.mark.parametrize("ticket", ["0", "-1", str(LARGEST), "9" * 40, NOBODY, "x", "%27", "1e3"])
def test_an_id_that_is_none_is_unknown(attack: Attack, ticket: str) -> None:
    problem(attack.ask("POST", f"/tickets/{ticket}/recall", {}), 404)
    problem(attack.ask("POST", "/tickets", {"service_id": ticket}), 404, 422)


def test_reasons_of_ten_thousand_characters_are_refused_and_longer_bodies_not_read(
    attack: Attack,
) -> None:
    ticket = attack.issue()["id"]
    before = attack.rows()
    long: list[tuple[str, dict[str, object]]] = [
        (f"/tickets/{ticket}/cancel", {"reason": "ก" * 10_000}),
        (f"/tickets/{ticket}/hold", {"reason": "x" * 10_000}),
        (f"/tickets/{ticket}/transfer", {"counter_id": attack.ours, "reason": "x" * 10_000}),
        (f"/tickets/{ticket}/call", {"counter_id": attack.ours, "reason": "x\0y"}),
        (f"/counters/{attack.ours}/pause", {"reason": "x" * 10_000}),
        ("/tickets", {"service_id": attack.service, "override": "x" * 10_000}),
        ("/tickets", {"service_id": attack.service, "override": "   "}),
        ("/tickets", {"service_id": attack.service, "more_service_ids": [attack.service] * 9}),
    ]
    for path, body in long:
        problem(attack.ask("POST", path, body), 422)
    problem(attack.ask("POST", f"/tickets/{ticket}/cancel", {"reason": "x" * 70_000}), 413)
    assert attack.rows() == before


def test_one_key_with_many_bodies_at_once_gives_one_number(attack: Attack) -> None:
    given = len(attack.rows()["tickets"])

    def ask(at: int) -> tuple[int, str]:
        body = {"service_id": attack.service, "channel": ("api", "web", "kiosk")[at % 3]}
        status, said = attack.ask("POST", "/tickets", body, Idempotency_Key="one-for-all")
        return status, json.dumps(said, sort_keys=True) if status == 201 else ""

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(ask, range(12)))
    assert {status for status, _ in answers} == {201, 409}
    assert len({said for status, said in answers if status == 201}) == 1
    assert len(attack.rows()["tickets"]) == given + 1


def test_of_fifty_phones_that_answer_with_one_link_at_once_one_is_heard(attack: Attack) -> None:
    ticket = attack.issue()
    assert attack.ask("POST", f"/counters/{attack.ours}/next", {"finish": True})[0] == 200
    while attack.ask("GET", f"/tickets/{ticket['id']}")[1]["state"] != "done":
        assert attack.ask("POST", f"/counters/{attack.ours}/next", {"finish": True})[0] in (
            200,
            204,
        )
    path = f"/api/v1/surveys/{ticket['survey_url'].rpartition('/')[2]}"
    ready = Barrier(50)

    def send(at: int) -> tuple[int, int]:
        body = {"answers": {"overall": at % 5 + 1}}
        ready.wait()
        status, said = attack.running.ask("POST", path, "", body)
        if status != 201:
            problem((status, said), 409)
        return status, at % 5 + 1

    with ThreadPoolExecutor(50) as phones:
        answers = list(phones.map(send, range(50)))
    kept = [score for status, score in answers if status == 201]
    assert len(kept) == 1
    with sqlite3.connect(attack.data / "khiu.db") as db:
        assert db.execute("SELECT score FROM answer_items").fetchall() == [(kept[0],)]
        assert db.execute("SELECT count(*) FROM answers").fetchone() == (1,)


@pytest.mark.parametrize("role", ["reports", "monitor", None])
def test_who_has_not_the_right_moves_nobody(attack: Attack, role: str | None) -> None:
    bearer = attack.powerless[role] if role else "wrong"
    ticket, before = attack.issue()["id"], attack.rows()
    paths = [f"/tickets/{ticket}/{verb}" for verb, _ in MOVES]
    for path in ("/tickets", f"/counters/{attack.ours}/next", *paths):
        problem(attack.running.ask("POST", f"/api/v1{path}", bearer, {}), 403 if role else 401)
    assert attack.rows() == before


@pytest.mark.parametrize("path", ["/manage/day", "/counter/next", "/reception/tickets"])
def test_the_faces_do_nothing_for_a_token_or_a_stranger(attack: Attack, path: str) -> None:
    before = attack.rows()
    for bearer in (attack.bearer, ""):
        body = {"reason": "day_end", "sure": "yes"}
        status = status_of(attack.running, path, bearer, body)
        assert status in (400, 401, 403, 404, 405), status
    assert attack.rows() == before


def status_of(running: Running, path: str, bearer: str, form: dict[str, str]) -> int:
    """The status of a form posted without following where it leads."""
    line = http.client.HTTPConnection("127.0.0.1", running.port, timeout=30)
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    if bearer:
        headers["Authorization"] = f"Bearer {bearer}"
    line.request("POST", path, urlencode(form), headers)
    answer = line.getresponse()
    answer.read()
    line.close()
    return answer.status
