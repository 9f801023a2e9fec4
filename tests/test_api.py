"""API v1 as the contract writes it: shapes, refusals, rubbish, lists."""

import json
import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from server.domain.roles import DeviceKind, TokenRole
from server.domain.ticket import State
from server.store import schema
from tests.office import MINUTE, Office
from tests.program import (
    ID,
    Program,
    check_board,
    check_counter,
    check_problem,
    check_service,
    check_ticket,
)

# ---------------------------------------------------------------- good answers


def test_services_counters_and_board_have_the_contracts_shape(office: Office) -> None:
    program = Program(office)
    program.issue("birth")
    program.issue("land-tax", priority="monk")
    program.post(f"{program.counter('1')}/next")
    services = program.get("/services")
    assert [one["code"] for one in services] == [one.code for one in office.reads.services()]
    for service in services:
        check_service(service)
    counters = program.get("/counters")
    assert [one["number"] for one in counters] == ["1", "2", "3", "4", "5"]
    for counter in counters:
        check_counter(counter)
    assert [one["open"] for one in counters] == [True, False, False, False, False]
    board = program.get("/board")
    check_board(board)
    assert board["office"] == "tua-yang"
    assert {pool["prefix"]: pool["waiting"] for pool in board["waiting"]}["R"] == 1
    (call,) = board["calls"]
    assert (call["number"], call["counter"], call["recall"]) == ("A001", "1", False)


def test_an_issued_ticket_has_its_links_and_no_other_answer_has(office: Office) -> None:
    program = Program(office)
    given = program.issue("birth", language="en", more_service_ids=[])
    check_ticket(given, issued=True)
    assert given["number"] == "A001"
    assert (given["channel"], given["language"], given["priority"]) == ("api", "en", "none")
    assert given["issued_at"] == "2026-10-01T08:00:00.000+07:00"
    assert given["track_url"].startswith("http://khiu.test/t/")
    assert given["survey_url"].startswith("http://khiu.test/s/")
    assert given["slip"] == {"state": "none"}
    assert (given["waiting_ahead"], given["state"]) == (0, "waiting")
    check_ticket(program.get(f"/tickets/{given['id']}"), events=True)
    listed = program.get("/tickets")
    assert set(listed) == {"items", "next"}
    check_ticket(listed["items"][0])


def test_a_whole_visit_through_the_api(office: Office) -> None:
    program = Program(office)
    tax = str(office.service("land-tax").id)
    ticket = program.issue("birth", more_service_ids=[tax])
    path, desk = f"/tickets/{ticket['id']}", program.counter("1")
    assert [step["state"] for step in ticket["steps"]] == ["waiting", "planned"]
    called = program.post(f"{desk}/next")
    check_ticket(called)
    assert called["state"] == "called" and called["why"]["rule"] == "first"
    office.clock.minutes(1)
    check_ticket(program.post(f"{path}/recall"))
    office.clock.minutes(1)
    started = program.post(f"{path}/start")
    assert started["state"] == "serving"
    assert started["started_at"] == "2026-10-01T08:02:00.000+07:00"
    held = program.post(f"{path}/hold", {"reason": "ถ่ายเอกสาร"})
    assert held["state"] == "held"
    assert program.post(f"{path}/resume")["state"] == "serving"
    office.clock.minutes(5)
    moved_on = program.post(f"{path}/finish", {"outcome": "served"})
    check_ticket(moved_on)
    assert (moved_on["state"], moved_on["service_id"]) == ("waiting", tax)
    assert moved_on["steps"][0] == {
        "service_id": str(office.service("birth").id),
        "state": "done",
        "outcome": "served",
    }
    chosen = {"counter_id": program.counter("3").split("/")[2], "reason": "รีบ"}
    assert program.post(f"{path}/call", chosen)["why"]["rule"] == "out_of_order"
    assert program.post(f"{path}/return")["state"] == "waiting"
    program.post(f"{program.counter('3')}/next")
    assert program.post(f"{path}/no-show")["outcome"] == "no_show"
    assert program.post(f"{path}/return")["outcome"] is None
    program.post(f"{program.counter('3')}/next")
    done = program.post(f"{path}/finish", {"outcome": "served_elsewhere"})
    check_ticket(done)
    assert (done["state"], done["outcome"]) == ("done", "served_elsewhere")
    events = program.get(path)["events"]
    kinds = ["issued", "called", "recalled", "started", "held", "resumed", "finished", "called"]
    kinds += ["returned", "called", "no_show", "returned", "called", "finished"]
    assert [event["kind"] for event in events] == kinds
    assert events[4]["reason"] == "ถ่ายเอกสาร"


@pytest.mark.parametrize("outcome", ["left", "turned_away", "issued_in_error"])
def test_a_cancelled_ticket_says_how_it_ended(small_office: Office, outcome: str) -> None:
    program = Program(small_office)
    tax = str(small_office.service("land-tax").id)
    path = f"/tickets/{program.issue(more_service_ids=[tax])['id']}"
    ended = program.post(f"{path}/cancel", {"reason": "กลับบ้าน", "outcome": outcome})
    check_ticket(ended)
    assert (ended["state"], ended["outcome"]) == ("cancelled", outcome)
    assert program.get(path)["outcome"] == outcome


def test_transfers_keep_the_place(office: Office) -> None:
    program = Program(office)
    first = program.issue("land-tax")
    office.clock.minutes(20)
    later = program.issue("birth")
    birth = str(office.service("birth").id)
    moved = program.post(f"/tickets/{first['id']}/transfer", {"service_id": birth})
    check_ticket(moved)
    assert (moved["service_id"], moved["waiting_ahead"]) == (birth, 0)
    assert moved["steps"][0]["outcome"] == "transferred"
    called = program.post(f"{program.counter('1')}/next")
    assert called["number"] == first["number"]
    assert called["why"]["rule"] == "first"
    there = program.counter("3").split("/")[2]
    program.post(f"/tickets/{later['id']}/transfer", {"counter_id": there})
    assert program.post(f"{program.counter('3')}/next")["id"] == later["id"]


def test_next_answers_204_when_nobody_waits_and_409_while_somebody_is_there(
    office: Office,
) -> None:
    program = Program(office)
    desk = program.counter("1")
    answer = program.ask("POST", f"{desk}/next")
    assert (answer.status_code, answer.data) == (204, b"")
    assert program.get("/counters")[0]["open"] is True
    first, second = program.issue(), program.issue()
    assert program.post(f"{desk}/next")["id"] == first["id"]
    check_problem(program.ask("POST", f"{desk}/next"), 409)
    assert program.post(f"{desk}/next", {"finish": True})["id"] == second["id"]
    assert program.get(f"/tickets/{first['id']}")["outcome"] == "served"
    assert program.ask("POST", f"{desk}/next", {"finish": True}).status_code == 204
    assert program.get(f"/tickets/{second['id']}")["state"] == "done"


def test_counters_open_pause_and_close(office: Office) -> None:
    program = Program(office)
    desk = program.counter("2")
    for verb, body, state in (
        ("open", None, "open"),
        ("pause", {"reason": "พักกลางวัน"}, "paused"),
        ("close", None, "closed"),
    ):
        changed = program.post(f"{desk}/{verb}", body)
        check_counter(changed)
        assert (changed["state"], changed["open"]) == (state, state == "open")
    program.issue("elderly-allowance")
    program.post(f"{desk}/next")
    check_problem(program.ask("POST", f"{desk}/close"), 409)
    check_problem(program.ask("POST", f"{desk}/pause", {"reason": "พัก"}), 409)


def test_figures_count_what_happened(office: Office) -> None:
    program = Program(office, TokenRole.REPORTS)
    office.serve()
    found = program.get("/figures?from=2026-10-01&to=2026-10-01")
    assert set(found) == {"services", "satisfaction"}
    birth = next(row for row in found["services"] if row["service_code"] == "birth")
    assert (birth["issued"], birth["served"]) == (1, 1)
    only = program.get(f"/figures?from=2026-10-01&to=2026-10-01&service_id={birth_id(office)}")
    assert {row["service_code"] for row in only["services"]} == {"birth"}
    check_problem(program.ask("GET", "/figures?from=2026-10-02&to=2026-10-01"), 422)
    check_problem(program.ask("GET", "/figures?from=yesterday&to=2026-10-01"), 422)
    check_problem(program.ask("GET", "/figures"), 422)
    check_problem(program.ask("GET", "/figures?from=2026-10-01&to=2026-10-01&service_id=5"), 404)


def birth_id(office: Office) -> str:
    return str(office.service("birth").id)


# ---------------------------------------------------------------- who comes first, and why


def test_priority_comes_before_and_the_answer_says_why_in_both_languages(
    office: Office,
) -> None:
    program = Program(office)
    early = program.issue()
    office.clock.minutes(9)
    elder = program.issue(priority="elderly")
    called = program.post(f"{program.counter()}/next")
    assert called["id"] == elder["id"]
    why = called["why"]
    assert why["rule"] == "head_start"
    assert "10" in why["text"]["th"] and "10" in why["text"]["en"]
    assert "08:09" in why["text"]["en"] and early["number"] in why["text"]["en"]
    assert why["queue_at"] == "2026-10-01T07:59:00.000+07:00"
    assert [one["number"] for one in why["passed_over"]] == [early["number"]]
    assert "08:00" in why["passed_over"][0]["text"]["th"]
    assert program.get(f"/tickets/{elder['id']}")["why"] == why
    program.post(f"/tickets/{elder['id']}/finish")
    assert program.get(f"/tickets/{elder['id']}")["why"] is None
    assert program.post(f"{program.counter()}/next")["why"]["passed_over"] == []


def test_a_chosen_call_keeps_its_reason_and_names_who_was_passed(office: Office) -> None:
    program = Program(office)
    first, second = program.issue(), program.issue()
    body = {"counter_id": program.counter().split("/")[2], "reason": "เจ็บท้องใกล้คลอด"}
    office.clock.minutes(1)
    called = program.post(f"/tickets/{second['id']}/call", body)
    assert called["why"]["rule"] == "out_of_order"
    assert body["reason"] in called["why"]["text"]["th"]
    assert program.get(f"/tickets/{second['id']}")["events"][-1]["reason"] == body["reason"]
    check_problem(program.ask("POST", f"/tickets/{first['id']}/call", body), 409)


def test_the_thousandth_number_of_a_day_is_a1000(office: Office) -> None:
    program = Program(office)
    program.issue()
    with office.store.writing() as db:
        db.execute(schema.numbers.update().values(last=998))
    assert [program.issue()["number"] for _ in range(3)] == ["A999", "A1000", "A1001"]


def test_numbers_begin_anew_with_the_offices_day(office: Office) -> None:
    program = Program(office)
    office.clock.now += 16 * 60 * MINUTE - 1  # the last millisecond of the day in Bangkok
    assert program.issue()["number"] == "A001"
    office.clock.now += 1
    again = program.issue()
    assert again["number"] == "A001"
    assert [one["id"] for one in program.get("/tickets?day=2026-10-02")["items"]] == [again["id"]]


def test_a_switched_off_service_is_refused_for_all(office: Office) -> None:
    program = Program(office)
    waits = program.issue("land-tax")
    with office.store.writing() as db:
        services = schema.services
        db.execute(services.update().where(services.c.code == "birth").values(active=False))
    body = {"service_id": birth_id(office)}
    check_problem(program.ask("POST", "/tickets", body), 409)
    both = {
        "service_id": str(office.service("land-tax").id),
        "more_service_ids": [birth_id(office)],
    }
    check_problem(program.ask("POST", "/tickets", both), 409)
    check_problem(
        program.ask("POST", f"/tickets/{waits['id']}/transfer", {"service_id": birth_id(office)}),
        409,
    )


def test_an_integration_issues_at_any_hour_and_sees_that_it_is_closed(
    sqlite_store: Any,
) -> None:
    office = Office(sqlite_store, demo=False)
    program = Program(office)
    assert all(service["open"] for service in program.get("/services"))
    office.clock.minutes(12 * 60)
    assert not any(service["open"] for service in program.get("/services"))
    check_ticket(program.issue(), issued=True)
    program.post(f"{program.counter()}/next")


@pytest.mark.parametrize("channel", ["kiosk", "reception", "web", "booking", "outreach", "api"])
def test_the_contracts_channels_are_known_in_every_office(
    small_office: Office, channel: str
) -> None:
    with small_office.store.writing() as db:
        offices = schema.offices
        row = db.execute(offices.select()).one()
        kept = json.loads(row.settings) | {"channels": {}}
        db.execute(offices.update().values(settings=json.dumps(kept)))
    assert Program(small_office).issue(channel=channel)["channel"] == channel


# ---------------------------------------------------------------- lists


def test_lists_walk_every_ticket_once_oldest_first(office: Office) -> None:
    program = Program(office)
    given = [program.issue("birth" if n % 3 else "land-tax")["id"] for n in range(25)]
    walked: list[str] = []
    page = "/tickets?limit=7"
    while page:
        found = program.get(page)
        walked += [one["id"] for one in found["items"]]
        page = f"/tickets?limit=7&after={found['next']}" if found["next"] else ""
    assert walked == given
    assert program.get(f"/tickets?after={given[-1]}") == {"items": [], "next": None}
    assert program.get("/tickets?limit=25")["next"] is None


def test_a_walk_meets_tickets_that_come_meanwhile(small_office: Office) -> None:
    program = Program(small_office)
    given = [program.issue()["id"] for _ in range(4)]
    found = program.get("/tickets?limit=3")
    given.append(program.issue()["id"])
    rest = program.get(f"/tickets?limit=3&after={found['next']}")
    assert [one["id"] for one in found["items"] + rest["items"]] == given


def test_lists_take_a_hundred_and_give_at_most_five_hundred(small_office: Office) -> None:
    program = Program(small_office)
    for _ in range(101):
        small_office.issue()
    assert len(program.get("/tickets")["items"]) == 100
    assert len(program.get("/tickets?limit=500")["items"]) == 101
    assert len(program.get("/tickets?limit=1")["items"]) == 1
    for limit in ("501", "0", "-1", "x", "1.5", "", "9" * 30):
        problem = check_problem(program.ask("GET", f"/tickets?limit={limit}"), 422)
        assert problem["errors"][0]["field"] == "limit"


def test_lists_show_the_state_and_service_that_were_asked_for(office: Office) -> None:
    program = Program(office)
    tax, birth = (str(office.service(code).id) for code in ("land-tax", "birth"))
    both = program.issue("birth", more_service_ids=[tax])
    only = program.issue("birth")
    gone = program.issue("birth", more_service_ids=[tax])
    program.post(f"{program.counter()}/next")
    program.post(f"/tickets/{both['id']}/finish")
    program.post(f"/tickets/{gone['id']}/cancel", {"reason": "กลับบ้าน"})

    def found(query: str) -> list[str]:
        items = program.get(f"/tickets?{query}")["items"]
        for one in items:
            for name in ("state", "service_id"):
                asked = dict(pair.split("=") for pair in query.split("&"))
                assert asked.get(name) in (None, one[name])
        return [one["id"] for one in items]

    assert found("state=waiting") == [both["id"], only["id"]]
    assert found("state=done") == []
    assert found("state=planned") == []
    assert found("state=cancelled") == [gone["id"]]
    assert found(f"service_id={tax}") == [both["id"]]
    assert found(f"service_id={birth}") == [only["id"], gone["id"]]
    assert found(f"service_id={birth}&state=waiting") == [only["id"]]
    program.post(f"{program.counter('3')}/next")
    program.post(f"/tickets/{both['id']}/finish")
    assert found("state=done") == [both["id"]]
    assert found("day=2026-09-30") == []
    assert len(found("day=2026-10-01")) == 3


def test_every_state_can_be_asked_for(small_office: Office) -> None:
    program = Program(small_office)
    for state in State:
        program.get(f"/tickets?state={state}")
    for query in ("state=asleep", "day=tomorrow", "day=2026-02-30", "colour=red", "after=x"):
        check_problem(program.ask("GET", f"/tickets?{query}"), 422)


# ---------------------------------------------------------------- refusals


CALLS = [
    ("GET", "/services"),
    ("GET", "/counters"),
    ("GET", "/board"),
    ("GET", "/tickets"),
    ("GET", "/tickets/1"),
    ("POST", "/tickets"),
    ("POST", "/ratings"),
    ("GET", "/figures?from=2026-10-01&to=2026-10-01"),
    *(("POST", f"/counters/1/{verb}") for verb in ("open", "close", "pause", "next")),
    *(
        ("POST", f"/tickets/1/{verb}")
        for verb in ("call", "recall", "start", "no-show", "return", "finish", "cancel", "hold")
    ),
    ("POST", "/tickets/1/resume"),
    ("POST", "/tickets/1/transfer"),
]


@pytest.mark.parametrize(("method", "path"), CALLS)
def test_no_or_a_bad_token_is_401(small_office: Office, method: str, path: str) -> None:
    program = Program(small_office)
    program.headers = {}
    check_problem(program.ask(method, path), 401)
    thai = "Bearer ก".encode().decode("latin-1")
    for header in ("Bearer nobody", "Basic eDp5", "Bearer", "Bearer ", thai, "x" * 5000):
        program.headers = {"Authorization": header}
        check_problem(program.ask(method, path), 401)


@pytest.mark.parametrize(("method", "path"), CALLS)
@pytest.mark.parametrize("role", [TokenRole.REPORTS, TokenRole.MONITOR])
def test_a_role_without_the_right_is_403(
    small_office: Office, method: str, path: str, role: TokenRole
) -> None:
    answer = Program(small_office, role).ask(method, path)
    if path.startswith("/figures") and role is TokenRole.REPORTS:
        assert answer.status_code == 200
    else:
        check_problem(answer, 403)


def test_a_revoked_token_is_401_at_once(small_office: Office) -> None:
    program = Program(small_office)
    program.get("/board")
    with small_office.store.writing() as db:
        db.execute(schema.tokens.update().values(revoked_at=small_office.clock()))
    check_problem(program.ask("GET", "/board"), 401)


def test_the_board_is_for_a_paired_display_too_and_for_no_other_device(
    small_office: Office,
) -> None:
    check_board(small_office.device(DeviceKind.DISPLAY).get("/api/v1/board").json)
    check_problem(small_office.device(DeviceKind.TABLET).get("/api/v1/board"), 401)
    check_problem(small_office.device(DeviceKind.DISPLAY).get("/api/v1/tickets"), 401)


@pytest.mark.parametrize(
    "id", ["1", "0", "-1", "x", "9" * 19, "9" * 40, "1.0", "%00", "ก", "1e3", "%ff", "', 1)", "+1"]
)
def test_an_unknown_id_is_404(small_office: Office, id: str) -> None:
    program = Program(small_office)
    check_problem(program.ask("GET", f"/tickets/{id}"), 404)
    check_problem(program.ask("POST", f"/tickets/{id}/start"), 404)
    check_problem(program.ask("POST", f"/counters/{id}/next"), 404)
    if "%" not in id:
        check_problem(program.ask("POST", "/tickets", {"service_id": id}), 404)
        ticket = program.issue()
        body = {"counter_id": id, "reason": "x"}
        check_problem(program.ask("POST", f"/tickets/{ticket['id']}/call", body), 404)
        for name in ("service_id", "counter_id"):
            path = f"/tickets/{ticket['id']}/transfer"
            check_problem(program.ask("POST", path, {name: id}), 404)


def test_unknown_paths_and_methods_are_answered_as_problems(small_office: Office) -> None:
    program = Program(small_office)
    check_problem(program.ask("GET", "/nothing"), 404)
    check_problem(program.ask("GET", "/tickets/1/dance"), 404)
    problem = program.ask("DELETE", "/tickets")
    check_problem(problem, 405)
    assert {"GET", "POST"} <= set(problem.headers["Allow"].replace(" ", "").split(","))
    check_problem(program.ask("GET", "/counters/1/next"), 405)


def test_a_move_the_state_does_not_allow_is_409_in_plain_words(small_office: Office) -> None:
    program = Program(small_office)
    path = f"/tickets/{program.issue()['id']}"
    for verb in ("recall", "start", "no-show", "return", "finish", "resume"):
        problem = check_problem(program.ask("POST", f"{path}/{verb}"), 409)
        assert "waiting" in problem["detail_en"]
    check_problem(program.ask("POST", f"{path}/hold", {"reason": "x"}), 409)
    assert program.get(path)["state"] == "waiting"


@pytest.mark.parametrize(
    ("asked", "first"),
    [
        ("en", "en"),
        ("th", "th"),
        ("en-GB,en;q=0.9", "en"),
        ("fr,en;q=0.5,th;q=0.4", "en"),
        ("xx", "th"),
        ("", "th"),
        ("*", "th"),
        (";;q=,,\x01", "th"),
    ],
)
def test_the_detail_is_in_the_language_asked_for(
    small_office: Office, asked: str, first: str
) -> None:
    program = Program(small_office, headers={"Accept-Language": asked})
    problem = check_problem(program.ask("GET", "/tickets/1"), 404)
    assert problem["detail"] == problem[f"detail_{first}"]


# ---------------------------------------------------------------- rubbish


GOOD = '{"service_id": "ID"}'
RUBBISH = [
    b"{",
    b"nonsense",
    b"[]",
    b"null",
    b"1",
    b'"text"',
    b"\xff\xfe",
    b'{"service_id": "\xff"}',
    b'{"service_id": "\\ud800"}',
    b'{"service_id": NaN}',
    b'{"service_id": Infinity}',
    b'{"service_id": 1e999}',
    b'{"service_id": ' + b"9" * 4000 + b"}",
    b'{"service_id": 12}',
    b'{"service_id": null}',
    b'{"service_id": ["1"]}',
    b'{"service_id": {"$gt": ""}}',
    b'{"service_id": true}',
    b"[" * 30_000,
    b'{"service_id":' * 4000,
    b"{}",
    b'{"\\u0000": 1}',
    b'{"self": 1}',
    b'{"service_id": "1", "service_id": 2}',
]


@pytest.mark.parametrize("raw", RUBBISH, ids=range(len(RUBBISH)))
def test_rubbish_is_422_and_names_the_field(small_office: Office, raw: bytes) -> None:
    program = Program(small_office)
    before = small_office.contents()
    check_problem(program.send("POST", "/tickets", raw), 422)
    check_problem(program.send("POST", "/tickets", raw, Idempotency_Key="rubbish"), 422)
    assert small_office.contents() == before


@pytest.mark.parametrize(
    ("more", "wrong"),
    [
        ({"priority": "vip"}, "priority"),
        ({"priority": 1}, "priority"),
        ({"channel": "fax"}, "channel"),
        ({"channel": "a\u0000b"}, "channel"),
        ({"channel": "\u001b[2J"}, "channel"),
        ({"language": "xx"}, "language"),
        ({"language": 5}, "language"),
        ({"more_service_ids": "1"}, "more_service_ids"),
        ({"more_service_ids": [1]}, "more_service_ids.0"),
        ({"more_service_ids": ["1"] * 17}, "more_service_ids"),
        ({"priorty": "monk"}, "priorty"),
        ({"self": 1}, "self"),
        ({"fields": 1, "cls": 2, "code": 3}, "fields"),
        ({"a" * 5000: 1}, "a" * 5000),
    ],
)
def test_a_field_that_cannot_be_meant_is_named(
    small_office: Office, more: dict[str, object], wrong: str
) -> None:
    program = Program(small_office)
    body = {"service_id": birth_id(small_office), **more}
    problem = check_problem(program.ask("POST", "/tickets", body), 422)
    assert wrong in [one["field"] for one in problem["errors"]]


@pytest.mark.parametrize("reason", ["", " ", "x" * 201, "a\x00b", "\x7f", 5, None, ["x"]])
def test_a_reason_that_says_nothing_is_422(small_office: Office, reason: object) -> None:
    program = Program(small_office)
    ticket = program.issue()
    program.post(f"{program.counter()}/next")
    for verb in ("hold", "cancel"):
        path = f"/tickets/{ticket['id']}/{verb}"
        check_problem(program.ask("POST", path, {"reason": reason}), 422)
        check_problem(program.ask("POST", path, {}), 422)
    check_problem(program.ask("POST", f"{program.counter('2')}/pause", {"reason": reason}), 422)


def test_wrong_types_of_flags_and_outcomes_are_422(small_office: Office) -> None:
    program = Program(small_office)
    path = f"/tickets/{program.issue()['id']}"
    flags: list[object] = ["yes", 1, None, [], "true"]
    for finish in flags:
        body = {"finish": finish}
        check_problem(program.ask("POST", f"{program.counter()}/next", body), 422)
    program.post(f"{program.counter()}/next")
    for outcome in ("left", "no_show", "", 1, None):
        check_problem(program.ask("POST", f"{path}/finish", {"outcome": outcome}), 422)
    for outcome in ("served", "no_show", "closed_at_day_end"):
        body = {"reason": "x", "outcome": outcome}
        check_problem(program.ask("POST", f"{path}/cancel", body), 422)
    check_problem(program.ask("POST", f"{path}/transfer", {}), 422)
    check_problem(program.ask("POST", f"{path}/start", {"now": True}), 422)


def test_a_body_above_64_kib_is_413_and_one_below_is_read(small_office: Office) -> None:
    program = Program(small_office)
    padding = b" " * (64 * 1024)
    good = GOOD.replace("ID", birth_id(small_office)).encode()
    check_problem(program.send("POST", "/tickets", good + padding), 413)
    answer = program.send("POST", "/tickets", good + padding[: 64 * 1024 - len(good)])
    assert answer.status_code == 201


def test_an_empty_body_is_as_good_as_an_empty_object(small_office: Office) -> None:
    program = Program(small_office)
    path = f"/tickets/{program.issue()['id']}"
    assert program.send("POST", f"{program.counter()}/next", b"").status_code == 200
    assert program.send("POST", f"{path}/start", b"{}").status_code == 200
    assert program.send("POST", f"{path}/finish", b" \n").status_code == 200


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=True)
    | st.text(max_size=20)
    | st.sampled_from(["1", "birth", "served", "left", "th", "api", "monk", "x" * 300]),
    lambda inside: (
        st.lists(inside, max_size=4) | st.dictionaries(st.text(max_size=10), inside, max_size=4)
    ),
    max_leaves=10,
)
FIELDS = """service_id priority channel language more_service_ids finish reason counter_id outcome
    score answers comment reasons at press_id continue self limit"""
field_names = st.sampled_from(FIELDS.split())
bodies = st.dictionaries(field_names | st.text(max_size=8), json_values, max_size=5) | json_values
raw_bodies = bodies.map(lambda value: json.dumps(value).encode("utf-8", "replace"))
paths = st.sampled_from(
    [path for method, path in CALLS if method == "POST"] + ["/surveys/1/", "PATCH /surveys/1/"]
)
strange = st.text(max_size=12) | st.sampled_from(["TICKET", "COUNTER", "..", "%2e%2e", "9" * 25])


@hypothesis_settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(path=paths, raw=raw_bodies | st.binary(max_size=60), id=strange, key=st.text(max_size=70))
def test_whatever_is_sent_no_answer_is_an_error_of_ours(
    small_office: Office, path: str, raw: bytes, id: str, key: str
) -> None:
    program = fuzzing(small_office)
    path = path.replace("/1/", f"/{id.replace('TICKET', '1')}/")
    path = re.sub(r"[?#\r\n]", "", path).removesuffix("/")
    method = "PATCH" if path.startswith("PATCH ") else "POST"
    path = path.removeprefix("PATCH ")
    headers = {"Idempotency_Key": key} if key.isascii() and key.isprintable() else {}
    answer = program.send(method, path, raw, **headers)
    assert answer.status_code in (200, 201, 204, 404, 405, 409, 422, 429), answer.text
    if answer.status_code >= 400:
        check_problem(answer, answer.status_code)


queries = st.dictionaries(
    st.sampled_from(["day", "state", "service_id", "after", "limit", "from", "to"])
    | st.text(max_size=5),
    st.text(max_size=12)
    | st.integers().map(str)
    | st.dates().map(str)
    | st.sampled_from(list(State)),
    max_size=4,
)


@hypothesis_settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=queries, path=st.sampled_from(["/tickets", "/figures", "/services", "/board"]))
def test_whatever_is_asked_no_answer_is_an_error_of_ours(
    small_office: Office, query: dict[str, str], path: str
) -> None:
    program = fuzzing(small_office)
    answer = program.client.get(f"/api/v1{path}", query_string=query, headers=program.headers)
    assert answer.status_code in (200, 404, 422), answer.text


def fuzzing(office: Office) -> Program:
    """One program an office, however many examples there are."""
    kept: dict[str, Program] = office.app.extensions.setdefault("fuzzing", {})
    if "program" not in kept:
        kept["program"] = Program(office)
    return kept["program"]


# ---------------------------------------------------------------- the description


def description(office: Office) -> dict[str, Any]:
    answer = office.app.test_client().get("/api/v1/openapi.json")
    assert answer.status_code == 200
    found: dict[str, Any] = json.loads(answer.data)
    return found


def test_the_description_needs_no_token_and_names_every_route(small_office: Office) -> None:
    told = description(small_office)
    assert told["openapi"].startswith("3.1.")
    assert {"title", "version"} <= set(told["info"])
    routes = {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), method.lower())
        for rule in small_office.app.url_map.iter_rules()
        if rule.rule.startswith("/api/v1/") and not rule.rule.endswith("/openapi.json")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert {(path, verb) for path, verbs in told["paths"].items() for verb in verbs} == routes


def test_the_description_is_sound(small_office: Office) -> None:
    told = description(small_office)
    schemas = told["components"]["schemas"]
    names: list[str] = []
    for path, verbs in told["paths"].items():
        for verb, one in verbs.items():
            names.append(one["operationId"])
            assert one["summary"] and one["responses"]
            inside = {p["name"] for p in one["parameters"] if p["in"] == "path"}
            assert inside == set(re.findall(r"{(\w+)}", path))
            assert all(p["required"] for p in one["parameters"] if p["in"] == "path")
            assert all("schema" in p for p in one["parameters"])
            assert ("requestBody" in one) == (verb in ("post", "patch"))
            assert any(status.startswith("2") for status in one["responses"])
            for status, answer in one["responses"].items():
                assert re.fullmatch(r"[1-5]\d\d", status) and answer["description"]
            known = set(told["components"]["securitySchemes"])
            assert all(set(way) <= known for way in one["security"])
    assert len(names) == len(set(names))
    for ref in re.findall(r'"\$ref": "([^"]+)"', json.dumps(told)):
        assert ref.removeprefix("#/components/schemas/") in schemas, ref
    assert "$defs" not in json.dumps(told)


def test_the_description_tells_the_fields_that_are_checked(small_office: Office) -> None:
    told = description(small_office)
    asked = told["paths"]["/api/v1/tickets"]["post"]["requestBody"]
    schema_ = told["components"]["schemas"][
        asked["content"]["application/json"]["schema"]["$ref"].split("/")[-1]
    ]
    assert schema_["required"] == ["service_id"]
    assert schema_["additionalProperties"] is False
    given = told["paths"]["/api/v1/tickets"]["post"]["responses"]
    ticket = told["components"]["schemas"][
        given["201"]["content"]["application/json"]["schema"]["$ref"].split("/")[-1]
    ]
    example = Program(small_office).issue()
    assert set(example) == set(ticket["properties"])
    assert ID.match(example["id"]) and ticket["properties"]["id"]["type"] == "string"


# ---------------------------------------------------------------- several offices


def test_two_offices_in_one_store_never_see_each_other(store: Any) -> None:
    ours, theirs = Office(store), second_office(store)
    here, there = Program(ours), Program(theirs)
    ticket, other = here.issue(), there.issue()
    assert (ticket["number"], other["number"]) == ("A001", "A001")
    there.post(f"{there.counter()}/next")
    for program, mine, foreign in ((here, ticket, other), (there, other, ticket)):
        assert [one["id"] for one in program.get("/tickets")["items"]] == [mine["id"]]
        check_problem(program.ask("GET", f"/tickets/{foreign['id']}"), 404)
        bodies: dict[str, dict[str, object]] = {
            "call": {"reason": "x", "counter_id": program.counter("2").split("/")[2]},
            "cancel": {"reason": "x"},
            "hold": {"reason": "x"},
            "transfer": {"service_id": birth_id(program.office)},
        }
        for method, path in CALLS:
            if method == "POST" and path.startswith("/tickets/1/"):
                verb = path.split("/")[-1]
                url = f"/tickets/{foreign['id']}/{verb}"
                check_problem(program.ask("POST", url, bodies.get(verb)), 404)
    before = ours.contents()
    for verb, body in (("next", {}), ("open", {}), ("close", {}), ("pause", {"reason": "x"})):
        check_problem(here.ask("POST", f"{there.counter()}/{verb}", body), 404)
    check_problem(here.ask("POST", "/tickets", {"service_id": birth_id(theirs)}), 404)
    mixed = {"service_id": birth_id(ours), "more_service_ids": [birth_id(theirs)]}
    check_problem(here.ask("POST", "/tickets", mixed), 404)
    path = f"/tickets/{ticket['id']}"
    for foreign_place in (
        {"service_id": birth_id(theirs)},
        {"counter_id": there.counter().split("/")[2]},
    ):
        check_problem(here.ask("POST", f"{path}/transfer", foreign_place), 404)
    away = {"counter_id": there.counter().split("/")[2], "reason": "x"}
    check_problem(here.ask("POST", f"{path}/call", away), 404)
    assert ours.contents() == before
    assert here.get("/board")["calls"] == []
    assert [pool["waiting"] for pool in here.get("/board")["waiting"] if pool["waiting"]] == [1]
    assert not any(pool["waiting"] for pool in there.get("/board")["waiting"])
    assert {one["id"] for one in here.get("/services")} & {
        one["id"] for one in there.get("/services")
    } == set()
    figures = "/figures?from=2026-10-01&to=2026-10-01"
    assert sum(row["issued"] for row in here.get(figures)["services"]) == 1
    assert sum(row["served"] for row in there.get(figures)["services"]) == 0


def test_a_walk_through_one_office_is_not_cut_short_by_another(store: Any) -> None:
    ours, theirs = Office(store), second_office(store)
    here, mine = Program(ours), []
    for _ in range(4):
        theirs.issue()
        mine.append(here.issue()["id"])
    walked, page = [], "/tickets?limit=1"
    while page:
        found = here.get(page)
        walked += [one["id"] for one in found["items"]]
        page = f"/tickets?limit=1&after={found['next']}" if found["next"] else ""
    assert walked == mine


def test_the_day_end_of_one_office_leaves_the_other_alone(store: Any) -> None:
    ours, theirs = Office(store), second_office(store)
    here, there = ours.issue().ticket, theirs.issue().ticket
    ours.clock.minutes(24 * 60)
    ours.desk.close_days_before(ours.reads.today())
    assert ours.reads.ticket(here.id).ticket.state is State.CLOSED
    assert theirs.reads.ticket(there.id).ticket.state is State.WAITING


def second_office(store: Any) -> Office:
    """Another office of the same file beside the first."""
    with store.writing() as db:
        db.execute(schema.offices.update().values(slug="other"))
    return Office(store)
