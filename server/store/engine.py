"""How the office's database is opened, read and written."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from threading import Lock
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event

BUSY_MS = 15_000  # how long `khiu token` and the like wait while the server writes


class Store:
    """The data of one installation. SQLite in one process, or PostgreSQL under many workers."""

    def __init__(self, url: str) -> None:
        self.is_sqlite = url.startswith("sqlite")
        if self.is_sqlite:
            # Hundreds of threads may look at once; a connection is one small file handle.
            self.engine: Engine = create_engine(url, pool_size=16, max_overflow=-1)
            # Waiting here always ends; waiting in SQLite is a poll that can time out.
            self._one_writer: AbstractContextManager[Any] = Lock()
            event.listen(self.engine, "connect", _prepare)
            event.listen(self.engine, "begin", _begin)
        else:
            self.engine = create_engine(url, pool_size=10, max_overflow=20, pool_pre_ping=True)
            self._one_writer = nullcontext()

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction that writes: all of it is kept, or nothing."""
        with self._one_writer, self.engine.connect() as plain:
            db = plain.execution_options(writes=True)
            with db.begin():
                yield db

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One snapshot: everything read inside is as of a single moment."""
        with self.engine.connect() as plain:
            db = (
                plain
                if self.is_sqlite
                else plain.execution_options(
                    isolation_level="REPEATABLE READ", postgresql_readonly=True
                )
            )
            with db.begin():
                yield db

    @contextmanager
    def glancing(self) -> Iterator[Connection]:
        """For one statement that only reads: no transaction is begun around it."""
        with self.engine.connect() as plain:
            if self.is_sqlite:
                yield plain.execution_options(glances=True)
            else:
                yield plain.execution_options(isolation_level="AUTOCOMMIT")

    def close(self) -> None:
        self.engine.dispose()


def _prepare(raw: Any, _record: object) -> None:
    raw.isolation_level = None  # the driver must not begin transactions behind our back
    raw.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
    raw.execute("PRAGMA journal_mode = WAL")
    raw.execute("PRAGMA synchronous = FULL")  # a number on paper survives a power cut
    # Written back to the file less often: each time costs a ticket two more waits for the disk.
    raw.execute("PRAGMA wal_autocheckpoint = 4000")
    raw.execute("PRAGMA foreign_keys = ON")


def _begin(db: Connection) -> None:
    # A transaction that reads first and writes later can be refused halfway; this one cannot.
    options = db.get_execution_options()
    if options.get("glances", False):
        return
    writes = options.get("writes", False)
    db.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
