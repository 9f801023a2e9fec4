"""What a second worker adds: one database that waits for its disk, one process or two before it."""

import json
import statistics
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import create_engine

from tests.postgres import cluster
from tests.redis_server import RedisServer, redis_server
from tests.screens import Screen, at_every_worker, shows_call
from tests.server import Running, init, serving, token

PAIRS = 5
CONNECTIONS = 8
WARM, EACH = 15, 120
CALLS = 20


def measure() -> list[tuple[str, str, str, str]]:
    """Rows of the table: what, two workers, one worker, ratio."""
    with TemporaryDirectory() as folder, cluster(durable=True) as address, redis_server() as redis:
        data, env = Path(folder) / "khiu", {"KHIU_REDIS_URL": redis.url}
        env["KHIU_DATABASE_URL"] = make_database(address, "khiu")
        init(data, env)
        bearer = token(data, env=env)
        pairs = [(_one(data, env, bearer, 2), _one(data, env, bearer, 1)) for _ in range(PAIRS)]
        heard = _heard(data, env, bearer, redis)
    ratio = statistics.median(two["per_s"] / one["per_s"] for two, one in pairs)
    rows = []
    for key, words in (
        ("per_s", "numbers given on PostgreSQL, two workers against one (1/s)"),
        ("p50_ms", "the same, median (ms)"),
        ("p99_ms", "the same, 99th percentile (ms)"),
    ):
        two, one = (statistics.median(pair[at][key] for pair in pairs) for at in (0, 1))
        share = ratio if key == "per_s" else two / one
        rows.append((words, f"{two:.0f}", f"{one:.0f}", f"{share:.2f}"))
    return rows + heard


def make_database(cluster: str, name: str) -> str:
    """An empty database; its address."""
    admin = create_engine(f"{cluster}/postgres", isolation_level="AUTOCOMMIT")
    with admin.connect() as db:
        db.exec_driver_sql(f"CREATE DATABASE {name}")
    admin.dispose()
    return f"{cluster}/{name}"


def _one(data: Path, env: dict[str, str], bearer: str, workers: int) -> dict[str, float]:
    """The load on a server of its own, warmed up."""
    with serving(data, env={**env, "KHIU_WORKERS": str(workers)}) as running:
        service = running.ask("GET", "/api/v1/services", bearer)[1][0]["id"]
        body = json.dumps({"service_id": service})
        url, server = f"{running.address}/api/v1/tickets", str(running.process.pid)
        for each in (WARM, EACH):
            client = [sys.executable, "-m", "tests.bench.light", url, server, str(CONNECTIONS)]
            client += [str(each), body, bearer]
            done = subprocess.run(client, check=True, capture_output=True, text=True, timeout=300)
        found: dict[str, float] = json.loads(done.stdout)
        return found


def _heard(
    data: Path, env: dict[str, str], bearer: str, redis: RedisServer
) -> list[tuple[str, str, str, str]]:
    """How long until the last screen of three workers shows a call, and what issuing costs:
    with a Redis that answers, and (as the floor) with one that accepts and says nothing."""
    with serving(data, env={**env, "KHIU_WORKERS": "3"}) as running:
        screens = at_every_worker(running, {"topic": "board", "token": bearer})
        well = _calls(running, bearer, screens)
        redis.hold_still()
        lost = _calls(running, bearer, screens)
        redis.go_on()
    rows = []
    for words, at in (
        ("call → last screen of three workers, with Redis and without", 1),
        ("a number given meanwhile, with Redis and without", 0),
    ):
        with_, without = (sorted(took[at] for took in calls) for calls in (well, lost))
        for share, name in ((0.5, "median"), (0.95, "95th percentile")):
            here, there = (one[int(len(one) * share)] * 1000 for one in (with_, without))
            rows.append(
                (f"{words}, {name} (ms)", f"{here:.0f}", f"{there:.0f}", f"{here / there:.2f}")
            )
    return rows


def _calls(running: Running, bearer: str, screens: list[Screen]) -> list[tuple[float, float]]:
    """Of each call: how long the number took that was given before, and the last screen (s)."""
    service = running.ask("GET", "/api/v1/services", bearer)[1][0]["id"]
    counters = running.ask("GET", "/api/v1/counters", bearer)[1]
    counter = next(one["id"] for one in counters if service in one["service_ids"])
    took = []
    for _ in range(CALLS):
        begun = time.monotonic()
        running.ask("POST", "/api/v1/tickets", bearer, {"service_id": service})
        issued = time.monotonic() - begun
        begun = time.monotonic()
        path = f"/api/v1/counters/{counter}/next"
        call = running.ask("POST", path, bearer, {"finish": True})[1]
        shown = max(one.wait_for(shows_call(call["number"]), begun) for one in screens)
        took.append((issued, shown - begun))
    return took
