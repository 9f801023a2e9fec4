"""How the office's database is opened, read and written."""

from collections.abc import Iterator
from contextlib import contextmanager
from select import POLLIN, poll
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DisconnectionError

from server.store.sharing import SharedCommits

BUSY_MS = 15_000  # how long `khiu token` and the like wait while the server writes
SILENT_MS = 60_000  # of PostgreSQL: a transaction in which nothing happens for so long is ended


class Store:
    """The data of one installation. SQLite in one process, or PostgreSQL under many workers."""

    def __init__(self, url: str, connections: int = 20) -> None:
        """`connections`: how many to PostgreSQL at one time; whoever comes then waits for one.

        What people wrote is a statement's parameter: an error's message must not log it.
        """
        self.is_sqlite = url.startswith("sqlite")
        if self.is_sqlite:
            # Hundreds of threads may look at once; a connection is one small file handle.
            self.engine: Engine = create_engine(
                url, pool_size=16, max_overflow=-1, pool_use_lifo=True, hide_parameters=True
            )
            event.listen(self.engine, "connect", _prepare)
            event.listen(self.engine, "begin", _begin)
            self._reads = self.engine
            self._glances = self.engine.execution_options(glances=True)
        else:
            # Kept open, all of them: to begin one costs more than most verbs.
            self.engine = create_engine(
                url,
                pool_size=connections,
                max_overflow=0,
                pool_use_lifo=True,
                hide_parameters=True,
            )
            self._reads = self.engine.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
            self._glances = self.engine.execution_options(isolation_level="AUTOCOMMIT")
            event.listen(self.engine, "connect", _give_up_if_silent)
            event.listen(self.engine, "checkout", _drop_if_ended)
        self._writes = self.engine.execution_options(writes=True)
        self._shared = SharedCommits(self._writes) if self.is_sqlite else None

    @contextmanager
    def writing(self, *, gives_way: bool = False) -> Iterator[Connection]:
        """One transaction that writes: all of it is kept, or nothing. Kept means on the disk.

        `gives_way`: where there is one writer at a time, others who wait go first.
        """
        if self._shared is not None:
            with self._shared.writing(gives_way=gives_way) as db:
                yield db
        else:
            with self._writes.begin() as db:
                yield db

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One snapshot: everything read inside is as of a single moment."""
        with self._reads.begin() as db:
            yield db

    @contextmanager
    def glancing(self) -> Iterator[Connection]:
        """For one statement that only reads: no transaction is begun around it."""
        with self._glances.connect() as db:
            yield db

    def close(self) -> None:
        if self._shared is not None:
            self._shared.close()
        self.engine.dispose()


def _prepare(raw: Any, _record: object) -> None:
    raw.isolation_level = None  # the driver must not begin transactions behind our back
    raw.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
    raw.execute("PRAGMA journal_mode = WAL")
    raw.execute("PRAGMA synchronous = FULL")  # a number on paper survives a power cut
    # Written back to the file less often: each time costs a ticket two more waits for the disk.
    raw.execute("PRAGMA wal_autocheckpoint = 4000")
    raw.execute("PRAGMA foreign_keys = ON")


def _give_up_if_silent(raw: Any, _record: object) -> None:
    # A server whose machine is gone must not hold a row that all the others wait for.
    raw.execute(f"SET idle_in_transaction_session_timeout = {SILENT_MS}")
    raw.commit()


def _drop_if_ended(raw: Any, _record: object, _proxy: object) -> None:
    # A database that ended said so on the line. To ask before each use would cost a verb a tenth.
    line = poll()
    line.register(raw.fileno(), POLLIN)
    if line.poll(0):
        raise DisconnectionError  # the pool begins another


def _begin(db: Connection) -> None:
    # A transaction that reads first and writes later can be refused halfway; this one cannot.
    options = db.get_execution_options()
    if options.get("glances", False):
        return
    writes = options.get("writes", False)
    db.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
