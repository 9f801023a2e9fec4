"""Several workers before one database: the same office, whoever answers, whatever dies."""

import http.client
import json
import os
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from threading import Barrier, Event
from time import monotonic
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, select, text

from server.access import Access
from server.check import Check
from server.domain.office_file import read_office
from server.domain.roles import TokenRole
from server.serving import unix_ms
from server.store import offices, schema, slips
from server.store.engine import Store
from server.store.migrate import migrate
from tests.office import Office, demo_file
from tests.redis_server import RedisServer, redis_server
from tests.screens import Screen, at_every_worker, shows_call
from tests.server import FILE, Running, khiu, serving
from tests.workers import alive, children, worker_of

WORKERS = 3
CALLS = 6
CLIENTS, EACH = 4, 40
PUSHED_S = 0.5  # well below the second after which every worker looks for itself
LOOKED_S = 2.0
PROMPT_S = 1.0  # far below what a request would take that waits for Redis even once


@dataclass
class Place:
    """One database, one Redis, an office of ours and the neighbours' office."""

    data: Path
    redis: RedisServer
    database: str
    bearer: str
    neighbour: str

    @property
    def env(self) -> dict[str, str]:
        workers = {"KHIU_WORKERS": str(WORKERS)}
        return workers | {"KHIU_DATABASE_URL": self.database, "KHIU_REDIS_URL": self.redis.url}

    def rows(self, sql: str) -> list[Any]:
        store = Store(self.database)
        with store.reading() as db:
            found = list(db.execute(text(sql)))
        store.close()
        return found

    def findings(self) -> list[str]:
        """What `khiu check` says, of both offices."""
        store = Store(self.database)
        with store.reading() as db:
            found = list(Check(db, unix_ms()).findings())
        store.close()
        return found


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisServer]:
    with redis_server() as server:
        yield server


@pytest.fixture(scope="module")
def place(postgres: str, redis: RedisServer, tmp_path_factory: pytest.TempPathFactory) -> Place:
    admin = create_engine(f"{postgres}/postgres", isolation_level="AUTOCOMMIT")
    with admin.connect() as db:
        db.exec_driver_sql("CREATE DATABASE scale")
    admin.dispose()
    data, address = tmp_path_factory.mktemp("scale") / "data", f"{postgres}/scale"
    data.mkdir()
    store = Store(address)
    migrate(store)
    neighbours = FILE.read_text("utf-8").replace('slug = "tua-yang"', 'slug = "next-door"')
    with store.writing() as db:
        ids = [offices.add(db, file, unix_ms()) for file in (demo_file(), read_office(neighbours))]
    access = Access(store, unix_ms)
    tokens = [access.add_token(one, "test", TokenRole.INTEGRATION) for one in ids]
    store.close()
    return Place(data, redis, address, *tokens)


@pytest.fixture(scope="module")
def running(place: Place) -> Iterator[Running]:
    with serving(place.data, env=place.env) as running:
        until(lambda: len(children(running.process.pid)) == WORKERS)
        yield running


def until(true: Callable[[], bool], within_s: float = 60.0) -> float:
    """Waits for what other processes do by themselves; returns how long it took (s)."""
    begun, waited = monotonic(), Event()
    while not true():
        assert monotonic() - begun < within_s, "it did not happen"
        waited.wait(0.02)
    return monotonic() - begun


class Caller:
    """One program at the office: issues for a service, calls at a counter that takes it."""

    def __init__(self, running: Running, bearer: str, prefix: str = "A") -> None:
        self.running, self.bearer = running, bearer
        services = self.ask("GET", "/services")
        self.service = next(one["id"] for one in services if one["prefix"] == prefix)
        counters = self.ask("GET", "/counters")
        self.counters = [one["id"] for one in counters if self.service in one["service_ids"]]

    def ask(self, method: str, path: str, body: object = None, wanted: int = 200) -> Any:
        status, answer = self.running.ask(method, f"/api/v1{path}", self.bearer, body)
        assert status == wanted, answer
        return answer

    def issue(self) -> Any:
        return self.ask("POST", "/tickets", {"service_id": self.service}, 201)

    def issue_and_call(self) -> tuple[float, Any]:
        """When the call was sent (monotonic s), and the ticket that was called."""
        self.issue()
        begun = monotonic()
        return begun, self.ask("POST", f"/counters/{self.counters[0]}/next", {"finish": True})

    def clear(self) -> None:
        """Nobody waits any more."""
        path = f"/api/v1/counters/{self.counters[0]}/next"
        while self.running.ask("POST", path, self.bearer, {"finish": True})[0] == 200:
            pass


def last_hears(screens: list[Screen], caller: Caller) -> float:
    """Calls somebody; how long until the last of the screens showed it (s)."""
    begun, called = caller.issue_and_call()
    return max(one.wait_for(shows_call(called["number"])) for one in screens) - begun


def readiness(running: Running) -> tuple[int, list[str]]:
    status, answer = running.ask("GET", "/readyz")
    return status, answer["failing"]


# ---------------------------------------------------------------- screens and phones


def test_a_call_reaches_the_screens_of_every_worker_at_once(running: Running, place: Place) -> None:
    caller = Caller(running, place.bearer)
    caller.clear()
    until(lambda: all(readiness(running) == (200, []) for _ in range(2 * WORKERS)))
    screens = at_every_worker(running, {"topic": "board", "token": place.bearer})
    took = [last_hears(screens, caller) for _ in range(CALLS)]
    assert median(took) < PUSHED_S, took
    assert max(took) < LOOKED_S, took


def test_a_phone_hears_of_its_call_whichever_worker_holds_its_line(
    running: Running, place: Place
) -> None:
    caller = Caller(running, place.bearer)
    caller.clear()
    link = caller.issue()["track_url"]
    phones = at_every_worker(running, {"topic": "ticket", "token": link.rpartition("/")[2]})
    begun = monotonic()
    caller.ask("POST", f"/counters/{caller.counters[0]}/next", {"finish": True})
    for phone in phones:
        assert phone.wait_for(lambda told: told["state"] == "called") - begun < LOOKED_S


def test_two_offices_in_one_database_never_see_each_other(running: Running, place: Place) -> None:
    ours, theirs = Caller(running, place.bearer, "L"), Caller(running, place.neighbour, "U")
    our_screens = at_every_worker(running, {"topic": "board", "token": place.bearer})
    their_screens = at_every_worker(running, {"topic": "board", "token": place.neighbour})
    quiet = theirs.ask("GET", "/board")["version"]
    begun, called = ours.issue_and_call()
    for screen in our_screens:
        screen.wait_for(shows_call(called["number"]), begun)
    assert theirs.ask("GET", "/board")["version"] == quiet
    assert theirs.ask("GET", f"/tickets/{called['id']}", wanted=404)["status"] == 404
    path = f"/counters/{ours.counters[0]}/next"
    assert theirs.ask("POST", path, {"finish": True}, 404)["status"] == 404
    begun, answer = theirs.issue_and_call()
    for screen in their_screens:
        screen.wait_for(shows_call(answer["number"]), begun)
    assert {board["office"] for one in our_screens for board in one.heard()} == {called["office"]}
    assert {board["office"] for one in their_screens for board in one.heard()} == {answer["office"]}
    assert called["office"] != answer["office"]
    assert not any(
        shows_call(answer["number"])(board) for one in our_screens for board in one.heard()
    )
    assert len(theirs.ask("GET", "/tickets")["items"]) == 1


# ---------------------------------------------------------------- Redis


def test_without_redis_tickets_go_on_and_screens_are_right_within_two_seconds(
    running: Running, place: Place, redis: RedisServer
) -> None:
    caller = Caller(running, place.bearer)
    caller.clear()
    screens = at_every_worker(running, {"topic": "board", "token": place.bearer})
    redis.kill()
    until(lambda: all(readiness(running) == (503, ["redis"]) for _ in range(2 * WORKERS)), 20)
    for _ in range(CALLS):
        begun = monotonic()
        caller.issue()
        assert monotonic() - begun < PROMPT_S
    took = [last_hears(screens, caller) for _ in range(3)]
    assert max(took) < LOOKED_S, took
    redis.start()
    until(lambda: all(readiness(running) == (200, []) for _ in range(2 * WORKERS)), 20)
    took = [last_hears(screens, caller) for _ in range(CALLS)]
    assert median(took) < PUSHED_S, took


def test_a_redis_that_says_nothing_holds_up_nobody(
    running: Running, place: Place, redis: RedisServer
) -> None:
    caller = Caller(running, place.bearer)
    caller.clear()
    screens = at_every_worker(running, {"topic": "board", "token": place.bearer})
    redis.hold_still()
    try:
        for _ in range(CALLS):
            begun = monotonic()
            caller.issue_and_call()
            assert monotonic() - begun < PROMPT_S
        took = last_hears(screens, caller)
        assert took < LOOKED_S
        until(lambda: all(readiness(running) == (503, ["redis"]) for _ in range(2 * WORKERS)), 20)
    finally:
        redis.go_on()
    until(lambda: all(readiness(running) == (200, []) for _ in range(2 * WORKERS)), 20)


# ---------------------------------------------------------------- who dies, who presses twice


class Program:
    """Asks over one connection; what breaks off is asked again with the same key."""

    def __init__(self, running: Running, bearer: str) -> None:
        self._port = running.port
        self._headers = {"Authorization": f"Bearer {bearer}", "Content-Type": "application/json"}
        self.line = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)

    def post(self, path: str, body: object, key: str | None = None) -> tuple[int, Any]:
        headers = self._headers | {"Idempotency-Key": key or uuid4().hex}
        for _ in range(20):
            try:
                self.line.request("POST", f"/api/v1{path}", json.dumps(body), headers)
                answer = self.line.getresponse()
                raw = answer.read()
                return answer.status, json.loads(raw) if raw else None
            except (OSError, http.client.HTTPException):
                self.line.close()
        raise AssertionError("nobody answers any more")


def test_a_worker_killed_midway_loses_nothing_and_doubles_nothing(
    running: Running, place: Place
) -> None:
    caller = Caller(running, place.bearer)
    caller.clear()
    assert len(caller.counters) >= 2
    numbers: list[str] = []
    called: list[str] = []
    third, issuing = Event(), Event()

    def issue(_: int) -> None:
        program = Program(running, place.bearer)
        for _ in range(EACH):
            status, ticket = program.post("/tickets", {"service_id": caller.service})
            assert status == 201, ticket
            numbers.append(ticket["number"])
            if len(numbers) > CLIENTS * EACH // 3:
                third.set()

    def call(counter: str) -> None:
        program = Program(running, place.bearer)
        while True:
            over = issuing.is_set()
            status, ticket = program.post(f"/counters/{counter}/next", {"finish": True})
            assert status in (200, 204), ticket
            if status == 200:
                called.append(ticket["number"])
            elif over:
                return

    counters = caller.counters[:2]
    with ThreadPoolExecutor(CLIENTS + len(counters)) as pool:
        kiosks = [pool.submit(issue, at) for at in range(CLIENTS)]
        desks = [pool.submit(call, counter) for counter in counters]
        assert third.wait(30)
        before = children(running.process.pid)
        for pid in before[:2]:  # whoever holds a connection that is busy just now
            os.kill(pid, signal.SIGKILL)
        for kiosk in kiosks:
            kiosk.result()
        issuing.set()
        for desk in desks:
            desk.result()
    until(lambda: len(children(running.process.pid)) == WORKERS)
    assert not set(before[:2]) & set(children(running.process.pid))
    assert len(set(numbers)) == len(numbers) == CLIENTS * EACH
    assert sorted(called) == sorted(numbers)
    given = place.rows(
        "SELECT office_id, day, prefix, max(number) AS last, count(*) AS n,"
        " count(DISTINCT number) AS different FROM tickets GROUP BY 1, 2, 3"
    )
    assert all(row.last == row.n == row.different for row in given), given
    calls = place.rows("SELECT ticket_id FROM ticket_events WHERE kind = 'called'")
    assert set(Counter(row.ticket_id for row in calls).values()) == {1}
    assert place.findings() == []


def test_one_key_sent_to_every_worker_at_once_is_one_ticket(running: Running, place: Place) -> None:
    programs: dict[int, Program] = {}
    while len(programs) < WORKERS:
        program = Program(running, place.bearer)
        program.line.request("GET", "/healthz")
        program.line.getresponse().read()
        own = program.line.sock.getsockname()[1]
        pid = worker_of(running.process.pid, running.port, own)
        assert pid is not None
        programs.setdefault(pid, program)
    service = Caller(running, place.bearer).service
    for nth in range(CALLS):
        start = Barrier(WORKERS)

        def press(program: Program, key: str = f"once {nth}", start: Barrier = start) -> Any:
            start.wait()
            return program.post("/tickets", {"service_id": service}, key)

        with ThreadPoolExecutor(WORKERS) as pool:
            answers = list(pool.map(press, programs.values()))
        assert [status for status, _ in answers] == [201] * WORKERS
        assert all(ticket == answers[0][1] for _, ticket in answers)


def test_connections_that_the_database_ended_are_not_used_again(
    running: Running, place: Place
) -> None:
    caller = Caller(running, place.bearer)
    ended = place.rows(
        "SELECT pid, pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    pids = ", ".join(str(row.pid) for row in ended)
    still_there = f"SELECT 1 FROM pg_stat_activity WHERE pid IN ({pids})"
    until(lambda: not place.rows(still_there))  # they are told to end, and do so a moment later
    for _ in range(4 * WORKERS):
        caller.issue()


def test_a_killed_master_takes_its_workers_along_and_the_next_goes_on_counting(
    place: Place,
) -> None:
    env = place.env | {"KHIU_WORKERS": "2"}
    with serving(place.data, env=env) as first:
        given = Caller(first, place.bearer, "Y").issue()["number"]
        workers, port = children(first.process.pid), first.port
        first.kill()
        until(lambda: not any(alive(pid) for pid in workers))
        with serving(place.data, env=env, port=port) as second:
            assert Caller(second, place.bearer, "Y").issue()["number"] > given


def test_two_workers_never_print_at_one_printer_at_the_same_time(postgres_store: Store) -> None:
    office = Office(postgres_store)
    with postgres_store.reading() as db:
        printer_id = int(db.scalar(select(schema.printers.c.id)) or 0)

    def order(at: int) -> None:
        with postgres_store.writing() as db:
            asked = {"printer_id": printer_id, "slip": dict[str, object](), "now": at}
            slips.order(db, office.id, ticket_id=None, **asked)  # type: ignore[arg-type]

    def lease() -> slips.Job | None:
        with postgres_store.writing() as db:
            return slips.lease(db, office.clock())

    waits = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    order(office.clock() - 10)
    with ThreadPoolExecutor(1) as pool, postgres_store.writing() as db:
        assert slips.lease(db, office.clock()) is not None
        order(office.clock() - 20)  # begun earlier, committed only now: it is the first in line
        other = pool.submit(lease)
        with postgres_store.glancing() as watch:
            until(lambda: watch.scalar(waits) == 1)
        db.commit()
        assert other.result() is None


# ---------------------------------------------------------------- what cannot start


def test_several_workers_on_sqlite_are_refused_saying_why(tmp_path: Path) -> None:
    env = {"KHIU_WORKERS": "2", "KHIU_REDIS_URL": "redis://127.0.0.1:1/0"}
    done = khiu("serve", "--data", tmp_path, "--listen", "127.0.0.1:0", env=env)
    assert (done.returncode, done.stdout) == (1, "")
    (line,) = done.stderr.strip().splitlines()
    assert "SQLite" in line and "KHIU_DATABASE_URL" in line
