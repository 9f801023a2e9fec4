"""API v1: what is refused, and rubbish of every kind."""

import json
import re

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from server.domain.roles import DeviceKind, TokenRole
from server.domain.ticket import State
from server.store import schema
from tests.office import Office
from tests.program import (
    CALLS,
    Program,
    birth_id,
    check_board,
    check_problem,
)

# ---------------------------------------------------------------- refusals


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
