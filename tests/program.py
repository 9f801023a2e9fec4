"""A program that talks to the API, and what the contract promises it about every answer."""

import json
import re
from dataclasses import dataclass, field
from typing import Any

from werkzeug.test import TestResponse

from server.domain.roles import TokenRole
from tests.office import Office

TIME = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+07:00$")
ID = re.compile(r"^[1-9]\d{0,18}$")
NUMBER = re.compile(r"^[A-Z]{1,2}\d{3,}$")

SERVICE = {"id", "code", "prefix", "name", "open", "waiting", "wait"}
COUNTER = {"id", "number", "name", "service_ids", "open", "staff", "state"}
TICKET = {
    *("id", "number", "office", "service_id", "counter_id", "state", "priority", "channel"),
    *("language", "issued_at", "called_at", "started_at", "ended_at", "outcome", "waiting_ahead"),
    *("wait", "steps", "track_url", "survey_url", "slip", "why"),
}
BOARD = {"office", "version", "at", "calls", "recent", "waiting", "notices", "closed"}
CALL = {"call_id", "number", "counter", "counter_name", "service", "at", "recall", "service_id"}
POOL = {"prefix", "name", "service_ids", "waiting", "wait"}
PROBLEM = {"type", "title", "status", "detail", "detail_th", "detail_en"}

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


@dataclass
class Program:
    """Asks as a token of this role does; `headers` go with every request."""

    office: Office
    role: TokenRole = TokenRole.INTEGRATION
    headers: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.client = self.office.app.test_client()
        self.headers |= self.office.bearer(self.role)

    def ask(self, method: str, path: str, body: object = None, **headers: str) -> TestResponse:
        raw = b"" if body is None else json.dumps(body).encode()
        return self.send(method, path, raw, **headers)

    def send(self, method: str, path: str, raw: bytes, **headers: str) -> TestResponse:
        """Bytes as they are."""
        sent = self.headers | {name.replace("_", "-"): value for name, value in headers.items()}
        kind = "application/json"
        url = f"/api/v1{path}"
        return self.client.open(url, method=method, headers=sent, data=raw, content_type=kind)

    def get(self, path: str) -> Any:
        answer = self.ask("GET", path)
        assert answer.status_code == 200, answer.text
        return answer.json

    def post(self, path: str, body: object = None, status: int = 200, **headers: str) -> Any:
        answer = self.ask("POST", path, body, **headers)
        assert answer.status_code == status, answer.text
        return answer.json if answer.data else None

    def issue(self, code: str = "birth", **more: object) -> Any:
        body = {"service_id": str(self.office.service(code).id), **more}
        return self.post("/tickets", body, 201)

    def counter(self, number: str = "1") -> str:
        return f"/counters/{self.office.counter(number).id}"


def check_words(words: Any) -> None:
    assert set(words) == {"th", "en"}
    assert all(isinstance(text, str) and text for text in words.values())


def check_wait(wait: Any) -> None:
    if wait is not None:
        assert set(wait) == {"low_s", "likely_s", "high_s"}
        assert 0 <= wait["low_s"] <= wait["likely_s"] <= wait["high_s"]
        assert all(type(seconds) is int for seconds in wait.values())


def check_service(one: Any) -> None:
    assert set(one) == SERVICE
    assert ID.match(one["id"])
    assert isinstance(one["open"], bool) and isinstance(one["waiting"], int)
    check_words(one["name"])
    check_wait(one["wait"])


def check_counter(one: Any) -> None:
    assert set(one) == COUNTER
    assert ID.match(one["id"])
    assert isinstance(one["number"], str) and isinstance(one["open"], bool)
    assert all(ID.match(service_id) for service_id in one["service_ids"])
    check_words(one["name"])
    if one["staff"] is not None:
        check_words(one["staff"])


def check_ticket(one: Any, *, events: bool = False, issued: bool = False) -> None:
    assert set(one) == (TICKET | {"events"} if events else TICKET)
    assert ID.match(one["id"]) and ID.match(one["service_id"])
    assert one["counter_id"] is None or ID.match(one["counter_id"])
    assert NUMBER.match(one["number"])
    assert TIME.match(one["issued_at"])
    for name in ("called_at", "started_at", "ended_at"):
        assert one[name] is None or TIME.match(one[name])
    check_wait(one["wait"])
    for step in one["steps"]:
        assert set(step) == {"service_id", "state", "outcome"}
        assert ID.match(step["service_id"])
    assert set(one["slip"]) == {"state"}
    assert (one["track_url"] is not None) == (one["survey_url"] is not None) == issued
    waits = one["state"] == "waiting"
    assert (one["waiting_ahead"] is not None) == waits
    ended = one["state"] in ("done", "no_show", "cancelled", "closed")
    assert (one["outcome"] is not None) == (one["ended_at"] is not None) == ended
    if one["why"] is not None:
        check_why(one["why"])
    for event in one.get("events", []):
        assert set(event) == {"at", "kind", "counter_id", "reason"}
        assert TIME.match(event["at"])


def check_why(why: Any) -> None:
    assert set(why) == {"rule", "text", "queue_at", "passed_over"}
    check_words(why["text"])
    assert "%(" not in why["text"]["th"] + why["text"]["en"]
    assert TIME.match(why["queue_at"])
    for one in why["passed_over"]:
        assert set(one) == {"number", "text"}
        check_words(one["text"])


def check_board(board: Any) -> None:
    assert set(board) == BOARD
    assert isinstance(board["version"], int) and TIME.match(board["at"])
    for call in [*board["calls"], *board["recent"]]:
        assert set(call) == CALL
        assert ID.match(call["call_id"]) and NUMBER.match(call["number"]) and TIME.match(call["at"])
        assert isinstance(call["counter"], str) and isinstance(call["recall"], bool)
        check_words(call["counter_name"])
        check_words(call["service"])
    for pool in board["waiting"]:
        assert set(pool) == POOL
        check_words(pool["name"])
        check_wait(pool["wait"])
        assert pool["service_ids"] and all(ID.match(one) for one in pool["service_ids"])
    for notice in board["notices"]:
        check_words(notice)


def check_problem(answer: TestResponse, status: int) -> Any:
    """A problem document (RFC 9457) of this status; returns it."""
    assert answer.status_code == status, answer.text
    assert answer.mimetype == "application/problem+json"
    problem: Any = answer.json
    assert set(problem) - {"errors"} == PROBLEM
    assert problem["status"] == status
    assert problem["detail"] in (problem["detail_th"], problem["detail_en"])
    assert re.search("[ก-๙]", problem["detail_th"])
    assert not re.search("[ก-๙]", problem["detail_en"])
    for text in (problem["detail_th"], problem["detail_en"], problem["title"]):
        assert text and "%(" not in text and not re.match(r"^(refusal|http|field)\.", text)
    for one in problem.get("errors", []):
        assert set(one) == {"field", "message"}
        assert not one["message"].startswith("field.")
    if status == 422:
        assert problem["errors"], "which field?"
    return problem


def birth_id(office: Office) -> str:
    return str(office.service("birth").id)
