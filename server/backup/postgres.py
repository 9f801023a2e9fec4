"""PostgreSQL's own programs, pg_dump and pg_restore, as a backup uses them."""

import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from psycopg.conninfo import make_conninfo
from sqlalchemy import Engine, text

from server.backup.archive import BadBackup

TABLES = text("""
    SELECT count(*) FROM information_schema.tables
    WHERE table_schema NOT IN ('pg_catalog', 'information_schema')""")
AS_WHOEVER_RESTORES = ("--no-owner", "--no-privileges")


def dump(engine: Engine, target: Path, env: Mapping[str, str]) -> None:
    """All of the database as of one moment, in a new file. Raises `BadBackup`."""
    target.touch(0o600, exist_ok=False)
    _run("pg_dump", engine, env, "--format=custom", "--compress=0", f"--file={target}")


def restore(engine: Engine, source: Path, env: Mapping[str, str]) -> None:
    """Fills an empty database in one transaction: all of it, or nothing. Raises `BadBackup`."""
    with engine.connect() as db:
        if db.scalar(TABLES):
            name = engine.url.database
            raise BadBackup(f"the database {name} has tables; restore into an empty one")
    _run("pg_restore", engine, env, "--single-transaction", "--exit-on-error", str(source))


def _run(program: str, engine: Engine, env: Mapping[str, str], *more: str) -> None:
    known: dict[str, Any] = engine.url.translate_connect_args(username="user", database="dbname")
    password = known.pop("password", None)
    # The password goes by the environment: everybody on the machine may read a command line.
    secret = {"PGPASSWORD": str(password)} if password else {}
    known |= engine.url.query
    where = make_conninfo("", **{name: str(value) for name, value in known.items()})
    try:
        done = subprocess.run(
            [program, *AS_WHOEVER_RESTORES, f"--dbname={where}", *more],
            env={**env, **secret, "LC_MESSAGES": "C"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError:
        raise BadBackup(
            f"{program} is not there; install PostgreSQL's client programs (postgresql-client)"
        ) from None
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if "error" in line]
        told = (said or done.stderr.splitlines() or [f"{program} failed"])[0]
        if "version mismatch" in done.stderr:
            told = f"{program} is older than the server; install the client of the server's version"
        raise BadBackup(" ".join(told.split()))
