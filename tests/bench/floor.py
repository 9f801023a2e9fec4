"""The floor: the barest server that could give a number and survive a power cut.

One table, one INSERT a request; SQLite in WAL with synchronous=FULL, one kept connection a
thread, one writer lock; the same gunicorn worker as ours. Nothing is checked, nobody is asked.
"""

import sqlite3
import sys
import threading
import time
from pathlib import Path

from flask import Flask

from server.config import Config
from server.serving import Server, listening, own_address


def make(data: Path) -> Flask:
    app, writer, kept = Flask("floor"), threading.Lock(), threading.local()

    def connection() -> sqlite3.Connection:
        if not hasattr(kept, "db"):
            kept.db = sqlite3.connect(data / "floor.db", isolation_level=None, timeout=15)
            kept.db.execute("PRAGMA journal_mode = WAL")
            kept.db.execute("PRAGMA synchronous = FULL")
            kept.db.execute("CREATE TABLE IF NOT EXISTS t (id INTEGER PRIMARY KEY, at INTEGER)")
        return kept.db  # type: ignore[no-any-return]

    @app.get("/healthz")
    def healthz() -> str:
        return "ok\n"

    @app.post("/tickets")
    def issue() -> tuple[dict[str, int], int]:
        db = connection()
        with writer:
            db.execute("BEGIN IMMEDIATE")
            row = db.execute("INSERT INTO t (at) VALUES (?)", (time.time_ns(),))
            db.execute("COMMIT")
        return {"id": row.lastrowid or 0}, 201

    return app


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    bound = listening("127.0.0.1:0")
    print(f"ready {own_address(bound)}", flush=True)
    Server(lambda: make(folder), bound, Config()).run()
