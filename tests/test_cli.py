"""The command line as an office's technician meets it: one clear line, and exit codes."""

import http.client
import json
import re
import socket
import sqlite3
from collections.abc import Iterator
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import HTTPCookieProcessor, OpenerDirector, build_opener

import pytest

from server.access import Access
from server.app import make_app
from server.cli import run
from server.domain.roles import TokenRole
from server.serving import unix_ms
from server.store.engine import Store
from tests.server import FILE, Running, init, khiu, serving, token

Said = pytest.CaptureFixture[str]


@pytest.fixture
def data(tmp_path: Path, capsys: Said) -> Path:
    """A data directory with the demo office's file as a real office."""
    folder = tmp_path / "data"
    assert run(["init", "--data", str(folder), "--office", str(FILE)]) == 0
    capsys.readouterr()
    return folder


def second_file(tmp_path: Path, slug: str = "second") -> Path:
    text = FILE.read_text("utf-8").replace('slug = "tua-yang"', f'slug = "{slug}"')
    file = tmp_path / f"{slug}.toml"
    file.write_text(text, "utf-8")
    return file


def refused(capsys: Said, *words: str | Path, code: int = 1) -> str:
    """The one line on stderr of a command that fails."""
    capsys.readouterr()
    assert run([str(word) for word in words]) == code
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("khiu: ") and said.err.count("\n") == 1, said.err
    return said.err


def misused(capsys: Said, *words: str | Path) -> str:
    capsys.readouterr()
    with pytest.raises(SystemExit) as ended:
        run([str(word) for word in words])
    assert ended.value.code == 2
    return capsys.readouterr().err


# ---------------------------------------------------------------- init


def test_init_says_what_it_made_and_refuses_the_same_office_again(
    tmp_path: Path, capsys: Said
) -> None:
    folder = tmp_path / "new" / "data"
    assert run(["init", "--data", str(folder), "--office", str(FILE)]) == 0
    assert "tua-yang" in capsys.readouterr().out
    assert "tua-yang" in refused(capsys, "init", "--data", folder, "--office", FILE)


def test_init_with_another_file_adds_an_office_and_then_one_must_be_named(
    data: Path, tmp_path: Path, capsys: Said
) -> None:
    other = second_file(tmp_path)
    assert run(["init", "--data", str(data), "--office", str(other)]) == 0
    asked = ("token", "x", "--data", data, "--role", "integration")
    said = refused(capsys, *asked)
    assert "tua-yang" in said and "second" in said
    assert "nowhere" in refused(capsys, *asked, "--office", "nowhere")
    assert run([*map(str, asked), "--office", "second"]) == 0
    found = Access(Store(f"sqlite:///{data}/khiu.db"), unix_ms).by_api_token(
        capsys.readouterr().out.strip()
    )
    with sqlite3.connect(data / "khiu.db") as db:
        (second,) = db.execute("SELECT id FROM offices WHERE slug = 'second'").fetchone()
    assert found is not None and found.office_id == second


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "office"),
        ("format = ", "TOML"),
        ("format = 1\n", "office"),
        ("[office]\nslug = 5", "office.slug"),
        ("\x00", "TOML"),
    ],
)
def test_an_office_file_that_cannot_be_used_is_refused_with_its_place(
    tmp_path: Path, capsys: Said, text: str, said: str
) -> None:
    file = tmp_path / "office.toml"
    file.write_text(text)
    assert said in refused(capsys, "init", "--data", tmp_path / "data", "--office", file)


def test_an_office_file_with_a_slip_of_the_pen_is_refused_with_its_place(
    tmp_path: Path, capsys: Said
) -> None:
    good = FILE.read_text("utf-8")
    file = tmp_path / "office.toml"
    for wrong, place in (
        (good.replace('slug = "tua-yang"', 'slug = "Tua Yang"'), "office.slug"),
        (good.replace('prefix = "R"', 'prefix = "รร"'), "prefix"),
        (good.replace("birth = 0,", "birht = 0,", 1), "birht"),
        (good.replace("elderly = 10", "elderly = 99"), "elderly"),
        (good + '\ncolour = "red"\n', "colour"),
    ):
        assert wrong != good
        file.write_text(wrong, "utf-8")
        assert place in refused(capsys, "init", "--data", tmp_path / "data", "--office", file)
    assert not (tmp_path / "data").exists()


def test_a_file_that_is_not_there_or_no_text_is_one_line(tmp_path: Path, capsys: Said) -> None:
    asked = ("init", "--data", tmp_path / "data", "--office")
    assert "nothing.toml" in refused(capsys, *asked, tmp_path / "nothing.toml")
    refused(capsys, *asked, tmp_path)
    (tmp_path / "latin.toml").write_bytes(b"name = '\xe9'")
    assert "UTF-8" in refused(capsys, *asked, tmp_path / "latin.toml")


# ---------------------------------------------------------------- token, staff


@pytest.mark.parametrize("role", list(TokenRole))
def test_a_token_is_printed_alone_and_only_its_hash_is_kept(
    data: Path, capsys: Said, role: TokenRole
) -> None:
    assert run(["token", "ระบบอื่น", "--data", str(data), "--role", role]) == 0
    said = capsys.readouterr()
    assert re.fullmatch(r"[\w-]{30,}\n", said.out) and said.err == ""
    found = Access(Store(f"sqlite:///{data}/khiu.db"), unix_ms).by_api_token(said.out.strip())
    assert found is not None and found.role is role
    for file in data.iterdir():
        assert said.out.strip().encode() not in file.read_bytes(), file


def test_a_staff_link_sets_a_password_once_and_lets_that_person_sign_in(
    data: Path, capsys: Said
) -> None:
    assert run(["staff", "Officer.One", "--role", "officer", "--data", str(data)]) == 0
    link = capsys.readouterr().out.strip()
    assert re.fullmatch(r"http://127\.0\.0\.1:8080/password/[\w-]+", link)
    app = make_app(Store(f"sqlite:///{data}/khiu.db"), unix_ms, data=data)
    app.config["WTF_CSRF_ENABLED"] = False
    client, path = app.test_client(), link.removeprefix("http://127.0.0.1:8080")
    assert client.get(path).status_code == 200
    password = "ยาวพอ-long enough"
    chosen = {"password": password, "again": password}
    assert client.post(path, data=chosen).status_code == 303
    assert client.post(path, data=chosen).status_code == 410
    signing = {"username": "officer.one", "password": password}
    assert client.post("/sign-in", data=signing).status_code == 303
    assert client.get("/counter/").status_code in (200, 303)


def test_a_lost_password_is_set_anew_by_a_new_link(data: Path, capsys: Said) -> None:
    asked = ["staff", "admin", "--role", "admin", "--data", str(data)]
    links = []
    for _ in range(2):
        assert run([*asked, "--url", "https://q.example.go.th/"]) == 0
        links.append(capsys.readouterr().out.strip())
    assert links[0] != links[1]
    assert all(link.startswith("https://q.example.go.th/password/") for link in links)
    with sqlite3.connect(data / "khiu.db") as db:
        (people,) = db.execute("SELECT count(*) FROM staff WHERE username = 'admin'").fetchone()
    assert people == 1


# ---------------------------------------------------------------- wrong usage

PAST = ["simulate", "--data", "x", "--from", "2026-01-01", "--to", "2026-01-02"]


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["nonsense"],
        ["serve"],
        ["serve", "--data", "x"],
        ["serve", "--data", "x", "--listen", "8080"],
        ["serve", "--data", "x", "--listen", "127.0.0.1:web"],
        ["serve", "--data", "x", "--listen", "127.0.0.1:99999"],
        ["token", "x", "--data", "x", "--role", "king"],
        ["token", "--data", "x", "--role", "integration"],
        ["staff", "x", "--data", "x", "--role", "integration"],
        ["staff", "สมชาย", "--data", "x", "--role", "officer"],
        ["staff", "", "--data", "x", "--role", "officer"],
        ["demo", "--data", "x", "--listen", "127.0.0.1:0", "--history", "many"],
        ["demo", "--data", "x", "--listen", "127.0.0.1:0", "--history", "-1"],
        ["demo", "--data", "x", "--listen", "127.0.0.1:0", "--printer", "lpt1"],
        ["simulate", "--data", "x", "--from", "2026-13-01", "--to", "2026-01-02"],
        ["simulate", "--data", "x", "--from", "2026-01-01"],
        [*PAST, "--seed", "a"],
        [*PAST, "--visits-per-day", "-5"],
    ],
)
def test_wrong_usage_is_exit_code_2(capsys: Said, words: list[str]) -> None:
    assert "usage:" in misused(capsys, *words)
    assert not Path("x").exists()


def test_help_names_every_command_of_the_contract(capsys: Said) -> None:
    with pytest.raises(SystemExit) as ended:
        run(["--help"])
    assert ended.value.code == 0
    told = capsys.readouterr().out
    for command in ("demo", "init", "staff", "serve", "token", "simulate", "check", "backup"):
        assert command in told
    assert "restore" in told


def test_the_installed_program_itself_has_these_exit_codes(tmp_path: Path) -> None:
    assert khiu("nonsense").returncode == 2
    done = khiu("token", "x", "--data", tmp_path / "none", "--role", "monitor")
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1 and "khiu init" in done.stderr


def test_text_that_is_no_utf_8_is_one_line(data: Path, capsys: Said) -> None:
    refused(capsys, "token", "\udcff", "--data", data, "--role", "monitor")


# ---------------------------------------------------------------- settings


def test_many_workers_on_sqlite_are_refused_before_anything_is_served(
    data: Path, capsys: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KHIU_WORKERS", "2")
    said = refused(capsys, "serve", "--data", data, "--listen", "127.0.0.1:0")
    assert "KHIU_DATABASE_URL" in said and "KHIU_REDIS_URL" in said


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("KHIU_WORKERS", "many"),
        ("KHIU_THREADS", "0"),
        ("KHIU_DATABASE_URL", "nonsense"),
        ("KHIU_DATABASE_URL", "mysql://u@h/d"),
        ("KHIU_DATABASE_URL", "postgresql+psycopg://u@127.0.0.1:1/d?connect_timeout=2"),
        ("KHIU_DATABASE_URL", "postgresql+nodriver://u@127.0.0.1:1/d"),
    ],
)
def test_a_setting_that_cannot_be_used_is_one_line(
    data: Path, capsys: Said, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    refused(capsys, "serve", "--data", data, "--listen", "127.0.0.1:0")


# ---------------------------------------------------------------- simulate


def test_only_a_demo_office_can_have_a_simulated_past(data: Path, capsys: Said) -> None:
    with sqlite3.connect(data / "khiu.db") as db:
        db.execute("UPDATE offices SET demo = 0")
    asked = ("simulate", "--data", data, "--from", "2026-03-02", "--to", "2026-03-03")
    assert "demo" in refused(capsys, *asked)


def test_a_simulated_past_is_added_once_and_only_to_days_that_are_over(
    data: Path, capsys: Said
) -> None:
    days = ("--from", "2026-03-02", "--to", "2026-03-03")
    asked = ("simulate", "--data", data, *days, "--visits-per-day", "20")
    assert run([str(word) for word in asked]) == 0
    assert re.match(r"\d+ tickets", capsys.readouterr().out)
    with sqlite3.connect(data / "khiu.db") as db:
        (before,) = db.execute("SELECT count(*) FROM tickets").fetchone()
    assert before > 10
    assert "2026-03-02" in refused(capsys, *asked)
    future = ("--from", "2026-03-02", "--to", "2999-01-01")
    refused(capsys, "simulate", "--data", data, *future)
    backwards = ("--from", "2026-03-09", "--to", "2026-03-06")
    assert "--to" in refused(capsys, "simulate", "--data", data, *backwards, code=2)
    with sqlite3.connect(data / "khiu.db") as db:
        assert db.execute("SELECT count(*) FROM tickets").fetchone() == (before,)


# ---------------------------------------------------------------- demo


FACES = {"kiosk", "display", "counter", "reception", "reports", "manage"}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("demo") / "data"
    with serving(folder, "demo", "--history", "2", "--printer", "none") as running:
        yield running


def browser() -> OpenerDirector:
    """Follows redirects and keeps cookies, as a browser does."""
    return build_opener(HTTPCookieProcessor(CookieJar()))


def test_the_demo_prints_ready_and_a_link_for_each_face(demo: Running) -> None:
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+", demo.address)
    assert set(demo.links) == FACES
    assert all(link.startswith(f"{demo.address}/") for link in demo.links.values())


@pytest.mark.parametrize("name", sorted(FACES))
def test_each_link_of_the_demo_enters_its_face_once(demo: Running, name: str) -> None:
    ours, stranger = browser(), browser()
    with ours.open(demo.links[name], timeout=30) as page:
        assert page.status == 200
        assert page.url.removeprefix(demo.address).startswith(f"/{name}")
        text = page.read().decode()
        assert "ข้อมูลจำลอง" in text or "Simulated data" in text
    with ours.open(f"{demo.address}/{name}/", timeout=30) as page:
        assert page.status == 200
    with pytest.raises(HTTPError) as refusal:
        stranger.open(demo.links[name], timeout=30)
    assert refusal.value.code == 410
    refusal.value.close()


def test_the_demo_has_a_past_and_serves_at_any_hour(demo: Running) -> None:
    folder = demo.errors.parent / "data"
    with sqlite3.connect(folder / "khiu.db") as db:
        days = db.execute("SELECT count(DISTINCT day) FROM tickets").fetchone()[0]
    assert days == 2
    bearer = token(folder)
    _, services = demo.ask("GET", "/api/v1/services", bearer)
    assert all(service["open"] for service in services)
    status, ticket = demo.ask("POST", "/api/v1/tickets", bearer, {"service_id": services[0]["id"]})
    assert (status, ticket["number"][-3:]) == (201, "001")
    assert ticket["track_url"].startswith(demo.address)


def test_the_demo_made_once_is_the_same_office_the_next_time(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    names = []
    for _ in range(2):
        with serving(folder, "demo", "--history", "0") as running:
            names.append(running.links["kiosk"])
        with sqlite3.connect(folder / "khiu.db") as db:
            assert db.execute("SELECT count(*) FROM offices").fetchone() == (1,)
            assert db.execute("SELECT count(*) FROM tickets").fetchone() == (0,)
    assert len({name.rpartition("/")[2] for name in names}) == 2


# ---------------------------------------------------------------- bodies at the real server


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Running, str]]:
    folder = tmp_path_factory.mktemp("served") / "data"
    init(folder)
    bearer = token(folder)
    with serving(folder) as running:
        yield running, bearer


MEGABYTE = 1024 * 1024


def test_a_body_of_1_mb_is_413_however_it_comes(served: tuple[Running, str]) -> None:
    running, bearer = served
    for chunked in (False, True):
        line = http.client.HTTPConnection("127.0.0.1", running.port, timeout=30)
        headers = {"Authorization": f"Bearer {bearer}", "Content-Type": "application/json"}
        pieces = [b'{"service_id": "' + b"1" * 64_000] + [b"1" * 64_000] * (MEGABYTE // 64_000)
        body = iter(pieces) if chunked else b"".join(pieces)
        line.request("POST", "/api/v1/tickets", body, headers, encode_chunked=chunked)
        answer = line.getresponse()
        problem = json.loads(answer.read())
        assert (answer.status, problem["status"]) == (413, 413)
        assert answer.headers.get_content_type() == "application/problem+json"
        line.close()
    assert running.ask("GET", "/healthz")[0] == 200


def test_a_body_that_is_refused_does_not_spoil_the_next_request_of_the_connection(
    served: tuple[Running, str],
) -> None:
    running, _ = served
    line = http.client.HTTPConnection("127.0.0.1", running.port, timeout=30)
    line.request("POST", "/api/v1/tickets", b"x" * 60_000, {"Content-Type": "application/json"})
    answer = line.getresponse()
    assert (answer.status, json.loads(answer.read())["status"]) == (401, 401)
    line.request("GET", "/api/v1/openapi.json")
    answer = line.getresponse()
    assert answer.status == 200 and json.loads(answer.read())["openapi"]
    line.close()


@pytest.mark.parametrize(
    "raw",
    [
        b"nonsense\r\n\r\n",
        b"GET /api/v1/board HTTP/1.1\r\n\r\n",
        b"GET / HTTP/9.9\r\nHost: x\r\n\r\n",
        b"POST /api/v1/tickets HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
        b"POST /api/v1/tickets HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET /api/v1/tickets/\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n",
    ],
)
def test_lines_that_are_no_request_end_no_server(served: tuple[Running, str], raw: bytes) -> None:
    running, _ = served
    with socket.create_connection(("127.0.0.1", running.port), timeout=30) as line:
        line.sendall(raw)
        line.shutdown(socket.SHUT_WR)
        answer = b""
        while piece := line.recv(65536):
            answer += piece
    assert not answer or re.match(rb"HTTP/1\.[01] (4\d\d|505)", answer), answer[:200]
    assert running.ask("GET", "/healthz")[0] == 200


def test_health_and_readiness_need_no_token_and_metrics_do(
    served: tuple[Running, str],
) -> None:
    running, bearer = served
    assert running.ask("GET", "/healthz")[0] == 200
    status, ready = running.ask("GET", "/readyz")
    assert (status, ready["ready"]) == (200, True)
    assert running.ask("GET", "/metrics")[0] == 200  # loopback, nothing forwarded
    assert running.ask("GET", "/metrics", X_Forwarded_For="10.0.0.9")[0] == 401
    assert running.ask("GET", "/metrics", bearer)[0] == 403
