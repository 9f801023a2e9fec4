"""What a second worker adds: one database that waits for its disk, one process or two before it."""

import json
import statistics
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import create_engine

from tests.postgres import cluster
from tests.redis_server import redis_server
from tests.server import init, serving, token

PAIRS = 5
CONNECTIONS = 8
WARM, EACH = 15, 120


def measure() -> list[tuple[str, str, str, str]]:
    """Rows of the table: what, two workers, one worker, ratio."""
    with TemporaryDirectory() as folder, cluster(durable=True) as address, redis_server() as redis:
        data, env = Path(folder) / "khiu", {"KHIU_REDIS_URL": redis.url}
        env["KHIU_DATABASE_URL"] = make_database(address, "khiu")
        init(data, env)
        bearer = token(data, env=env)
        pairs = [(_one(data, env, bearer, 2), _one(data, env, bearer, 1)) for _ in range(PAIRS)]
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
    return rows


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
        print(workers, found, file=sys.stderr)
        return found


if __name__ == "__main__":
    print(measure())
