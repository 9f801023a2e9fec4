"""API v1 as the contract writes it: good answers, who comes first, lists."""

import json
from typing import Any

import pytest

from server.domain.roles import TokenRole
from server.domain.ticket import State
from server.store import schema
from tests.office import MINUTE, Office
from tests.program import (
    Program,
    birth_id,
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
