"""Power cuts, taken ports, second servers: what the program does when its world breaks."""

import fcntl
import http.client
import json
import os
import shutil
import signal
import socket
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest
import simple_websocket  # type: ignore[import-untyped]

from tests.server import FILE, Running, init, khiu, serving, token
from tests.waiting import until
from tests.workers import alive, children

ROUNDS = 10
CONNECTIONS = 4
ENOUGH = 12  # numbers that each round gives before the cut
WITHOUT_ALL_ROWS = """
    SELECT t.id FROM tickets t
    LEFT JOIN steps s ON s.ticket_id = t.id
    LEFT JOIN ticket_events e ON e.ticket_id = t.id AND e.kind = 'issued'
    WHERE s.id IS NULL OR e.id IS NULL"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A data directory with an office, and a token for it; to copy."""
    data = tmp_path_factory.mktemp("made") / "data"
    init(data)
    return data, token(data)


@pytest.fixture
def office(made: tuple[Path, str], tmp_path: Path) -> Path:
    return Path(shutil.copytree(made[0], tmp_path / "data"))


@pytest.fixture
def bearer(made: tuple[Path, str]) -> str:
    return made[1]


class Kiosks:
    """Several connections that issue until the server is gone, and remember what was promised."""

    def __init__(self, running: Running, bearer: str) -> None:
        self._running, self._bearer = running, bearer
        status, services = running.ask("GET", "/api/v1/services", bearer)
        assert status == 200
        self._service_id = services[0]["id"]
        self.promised: dict[str, str] = {}  # ticket id → number
        self._enough = Event()

    def issue_until_it_is_gone(self) -> None:
        with ThreadPoolExecutor(CONNECTIONS) as pool:
            busy = [pool.submit(self._issue) for _ in range(CONNECTIONS)]
            assert self._enough.wait(60)
            self._running.kill()
            for one in busy:
                one.result()

    def _issue(self) -> None:
        line = http.client.HTTPConnection("127.0.0.1", self._running.port, timeout=30)
        headers = {"Authorization": f"Bearer {self._bearer}", "Content-Type": "application/json"}
        body = f'{{"service_id": "{self._service_id}"}}'
        try:
            while True:
                line.request("POST", "/api/v1/tickets", body, headers)
                answer = line.getresponse()
                text = answer.read()
                assert answer.status == 201, text
                given = _json(text)
                self.promised[given["id"]] = given["number"]
                if len(self.promised) >= ENOUGH:
                    self._enough.set()
        except (OSError, http.client.HTTPException):
            return  # the power is out
        finally:
            line.close()


def _json(text: bytes) -> dict[str, str]:
    found: dict[str, str] = json.loads(text)
    return found


def test_ten_power_cuts_lose_no_promised_number_and_give_none_twice(
    office: Path, bearer: str
) -> None:
    """Each time served again at once, on the same port and data."""
    promised: dict[str, str] = {}
    port = 0
    for _ in range(ROUNDS):
        with serving(office, port=port) as running:
            port = running.port
            kiosks = Kiosks(running, bearer)
            kiosks.issue_until_it_is_gone()
        assert len(kiosks.promised) >= ENOUGH
        promised |= kiosks.promised
        with sqlite3.connect(office / "khiu.db") as db:
            rows = db.execute("SELECT id, day, prefix, number FROM tickets").fetchall()
            whole = db.execute("PRAGMA integrity_check").fetchone()
            lame = db.execute(WITHOUT_ALL_ROWS).fetchall()
            last = db.execute("SELECT last FROM numbers").fetchone()[0]
        kept = {str(id): f"{prefix}{number:03}" for id, _, prefix, number in rows}
        assert promised.items() <= kept.items()
        assert len({row[1:] for row in rows}) == len(rows)
        assert last == len(rows) == max(row[3] for row in rows)
        assert (whole, lame) == (("ok",), [])
    assert len(promised) >= ROUNDS * ENOUGH


def test_a_worker_that_dies_is_replaced_and_none_outlives_its_server(
    office: Path, bearer: str
) -> None:
    with serving(office) as running:
        (worker,) = children(running.process.pid)
        os.kill(worker, signal.SIGKILL)
        until(lambda: _answers(running))
        assert running.ask("GET", "/api/v1/board", bearer)[0] == 200
        (another,) = children(running.process.pid)
        assert another != worker
        running.kill()
        until(lambda: not alive(another))


# ---------------------------------------------------------------- what cannot start


def one_line(done: object) -> str:
    text = str(getattr(done, "stderr", ""))
    assert getattr(done, "returncode", None) == 1, text
    assert len(text.strip().splitlines()) == 1, text
    assert text.startswith("khiu: ")
    assert "Traceback" not in text
    return text


def test_a_second_server_on_the_same_data_is_refused_in_one_line(office: Path, bearer: str) -> None:
    with serving(office) as running:
        done = khiu("serve", "--data", office, "--listen", "127.0.0.1:0")
        assert "another server" in one_line(done)
        assert done.stdout == ""
        again = khiu("demo", "--data", office, "--listen", "127.0.0.1:0", "--history", "0")
        assert "another server" in one_line(again)
        env = {"KHIU_DATABASE_URL": f"sqlite:///{office / 'khiu.db'}"}
        by_address = khiu("serve", "--data", office, "--listen", "127.0.0.1:0", env=env)
        assert "another server" in one_line(by_address)
        assert running.ask("GET", "/api/v1/board", bearer)[0] == 200


def test_a_taken_port_is_named_in_one_line(office: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = khiu("serve", "--data", office, "--listen", f"127.0.0.1:{port}")
    assert f"127.0.0.1:{port}" in one_line(done)


def test_a_data_directory_that_cannot_be_made_is_named_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a directory")
    below = tmp_path / "file" / "data"
    for command in (
        ("demo", "--listen", "127.0.0.1:0"),
        ("init", "--office", FILE),
        ("serve", "--listen", "127.0.0.1:0"),
    ):
        done = khiu(command[0], "--data", below, *command[1:])
        assert str(below) in one_line(done)


def test_data_that_is_no_database_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "khiu.db").write_text("this is no database " * 100)
    done = khiu("serve", "--data", tmp_path, "--listen", "127.0.0.1:0")
    assert "database" in one_line(done)


def test_a_database_that_cannot_be_opened_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "khiu.db").mkdir()  # to root every file is open, but no directory is one
    done = khiu("serve", "--data", tmp_path, "--listen", "127.0.0.1:0")
    assert "unable to open" in one_line(done)


def test_data_of_a_later_release_is_left_alone(office: Path) -> None:
    with sqlite3.connect(office / "khiu.db") as db:
        db.execute("UPDATE alembic_version SET version_num = '9999'")
    done = khiu("serve", "--data", office, "--listen", "127.0.0.1:0")
    assert "release" in one_line(done)


def test_no_office_yet_is_said_in_one_line(tmp_path: Path) -> None:
    assert "khiu init" in one_line(khiu("serve", "--data", tmp_path, "--listen", "127.0.0.1:0"))


# ---------------------------------------------------------------- how it ends


def test_sigterm_ends_it_within_five_seconds_whoever_is_connected(
    office: Path, bearer: str
) -> None:
    with serving(office) as running:
        wall = simple_websocket.Client(
            f"ws://127.0.0.1:{running.port}/socket.io/?EIO=4&transport=websocket"
        )
        asked = json.dumps({"topic": "board", "token": bearer})
        wall.send(f"40/live,{asked}")
        heard = [wall.receive(30) for _ in range(3)]
        assert any(str(one).startswith('42/live,["board",') for one in heard), heard
        kept = http.client.HTTPConnection("127.0.0.1", running.port, timeout=30)
        kept.request("GET", "/healthz")
        kept.getresponse().read()
        half = socket.create_connection(("127.0.0.1", running.port))
        half.sendall(b"POST /api/v1/tickets HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{")
        begun = time.monotonic()
        assert running.end() == 0
        assert time.monotonic() - begun < 5
        half.close()
        kept.close()
    with (office / "khiu.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_ctrl_c_ends_it_without_a_traceback(office: Path) -> None:
    with serving(office) as running:
        running.process.send_signal(signal.SIGINT)
        assert running.process.wait(10) == 0
        assert "Traceback" not in running.errors.read_text()


# ---------------------------------------------------------------- what these share


def _answers(running: Running) -> bool:
    try:
        return running.ask("GET", "/healthz")[0] == 200
    except OSError:
        return False
