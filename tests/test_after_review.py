"""What reviewers found by trying the running program, kept found."""

import json
import socket
from pathlib import Path

import pytest
from sqlalchemy import select

from server.cli import run
from server.domain.roles import TokenRole
from server.store import schema
from tests.office import PROGRAM, Office
from tests.server import init, khiu, serving
from tests.server import token as token_of


def test_time_on_hold_counts_though_start_was_never_pressed(small_office: Office) -> None:
    small_office.issue()
    called = small_office.call_next()
    assert called is not None
    small_office.desk.hold(called.ticket.id, "documents", PROGRAM)
    small_office.clock.minutes(4)
    resumed = small_office.desk.resume(called.ticket.id, PROGRAM).ticket.current
    assert resumed.started_at == resumed.called_at


def test_a_survey_answered_twice_with_one_key_keeps_nothing_of_the_request(
    small_office: Office,
) -> None:
    client, bearer = small_office.app.test_client(), small_office.bearer()
    service = str(small_office.service("birth").id)
    asked = {"service_id": service}
    issued = client.post("/api/v1/tickets", json=asked, headers=bearer).get_json()
    small_office.call_next()
    small_office.desk.finish(int(issued["id"]), PROGRAM)
    path = f"/api/v1/surveys/{issued['survey_url'].rpartition('/')[2]}"
    body = {"answers": {"overall": 1}, "reasons": ["asked_for_money"]}
    key = {"Idempotency-Key": "once"}

    first, second = (client.post(path, json=body, headers=key) for _ in range(2))

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.data == second.data
    with small_office.store.reading() as db:
        assert db.execute(select(schema.request_keys)).all() == []
        assert len(db.execute(select(schema.protected_reports)).all()) == 1
    assert client.post(path, json=body).status_code == 409


def test_a_body_in_pieces_is_held_to_the_limit_and_to_the_form(tmp_path: Path) -> None:
    data = tmp_path / "data"
    init(data)
    bearer = token_of(data)
    piece = b"10000\r\n" + b"x" * 65_536 + b"\r\n"
    with serving(data) as server:
        for body, status in ((piece * 16 + b"0\r\n\r\n", 413), (b"zz\r\n{}\r\n0\r\n\r\n", 400)):
            with socket.create_connection(("127.0.0.1", server.port), 30) as line:
                line.sendall(
                    b"POST /api/v1/tickets HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                    + f"Authorization: Bearer {bearer}\r\n".encode()
                    + b"Transfer-Encoding: chunked\r\n\r\n"
                )
                line.sendall(body)
                answer = line.makefile("rb").read()
            assert int(answer.split()[1]) == status
            assert json.loads(answer.rpartition(b"\r\n\r\n")[2])["detail_th"]


def test_a_new_link_withdraws_the_one_before_and_is_in_the_audit(tmp_path: Path) -> None:
    data = tmp_path / "data"
    init(data)
    first, second = (
        khiu("staff", "dao", "--role", "officer", "--data", data).stdout.strip() for _ in range(2)
    )
    with serving(data) as server:
        paths = [link[link.index("/password/") :] for link in (first, second)]
        assert [server.ask("GET", path, Accept="application/json")[0] for path in paths] == [
            410,
            200,
        ]


@pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Forwarded-Proto", "Via", "Forwarded"])
def test_metrics_are_not_for_whoever_came_through_a_proxy(
    small_office: Office, header: str
) -> None:
    client = small_office.app.test_client()
    assert client.get("/metrics").status_code == 200
    assert client.get("/metrics", headers={header: "x"}).status_code == 401
    monitor = small_office.bearer(TokenRole.MONITOR)
    assert client.get("/metrics", headers={header: "x", **monitor}).status_code == 200


@pytest.mark.parametrize(
    "words",
    [
        ("serve", "--listen", "nonsense"),
        ("token", "", "--role", "monitor"),
        ("staff", "a b", "--role", "admin"),
        ("simulate", "--from", "2026-11-03", "--to", "2026-11-02"),
        ("simulate", "--from", "2026-11-02", "--to", "2026-11-03", "--visits-per-day", "-5"),
    ],
)
def test_wrong_usage_is_exit_2(
    tmp_path: Path, words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    init(tmp_path / "data")
    try:
        code: object = run([*words, "--data", str(tmp_path / "data")])
    except SystemExit as ended:  # as argparse ends
        code = ended.code
    assert code == 2
    assert capsys.readouterr().err


def test_a_kiosk_for_some_services_offers_and_gives_only_those(small_office: Office) -> None:
    kiosk, birth = small_office.device(), small_office.service("birth")
    small_office.app.config["WTF_CSRF_ENABLED"] = False
    with small_office.store.writing() as db:
        db.execute(schema.devices.update().values(service_ids=json.dumps([birth.id])))
    page = kiosk.get("/kiosk/").text
    assert birth.name.th in page
    assert small_office.service("death").name.th not in page
    for code, status in (("death", 404), ("birth", 303)):
        asked = {"service_id": small_office.service(code).id, "request_key": (code * 16)[:32]}
        assert kiosk.post("/kiosk/tickets", data=asked).status_code == status


def test_a_pool_switched_off_stays_on_the_board_until_the_last_was_called(
    small_office: Office,
) -> None:
    small_office.issue("child-centre")
    with small_office.store.writing() as db:
        db.execute(schema.services.update().values(active=False))
    assert [pool.prefix for pool in small_office.reads.board().waiting] == ["Y"]
