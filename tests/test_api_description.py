"""API v1 describes itself; several offices in one store never meet."""

import json
import re
from typing import Any

from server.domain.ticket import State
from server.store import schema
from tests.office import Office
from tests.program import (
    CALLS,
    ID,
    Program,
    birth_id,
    check_problem,
)

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
