"""One writer at a time on SQLite, and one wait for the disk for all who wrote meanwhile.

To commit is to wait for the disk, a while in which nobody else can write. So whoever is done while
others wait for their turn does not commit: the next one goes on in the same transaction, and the
last of them commits for all. Nobody is told "done" before that.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Lock
from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError

FULL = sqlite3.OperationalError("the database gave the transaction up; nothing was written")
MOST = 16  # share one commit; more would only wait longer


class SharedCommits:
    """The writers of one SQLite file in this process."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._turn = Lock()  # waiting here always ends; in SQLite it is a poll that can time out
        self._counting = Lock()
        self._waiting = 0
        self._open: _Group | None = None
        self._kept: Connection | None = None  # the writer's own: its cache knows every page

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A writer's part of a transaction: all of it is kept, or nothing."""
        group = self._join()
        try:
            yield group.db
        except BaseException:
            self._leave(group, kept=False)
            raise
        self._leave(group, kept=True)
        group.wait()

    def _join(self) -> "_Group":
        with self._counting:
            self._waiting += 1
        self._turn.acquire()
        with self._counting:
            self._waiting -= 1
        try:
            if self._open is None:
                if self._kept is None:
                    self._kept = self._engine.connect()
                self._open = _Group(self._kept)
            self._open.enter()
        except BaseException:
            self._end()  # and keep what the others did
            self._turn.release()
            raise
        return self._open

    def _leave(self, group: "_Group", *, kept: bool) -> None:
        try:
            group.keep() if kept else group.take_back()
            if group.goes_on and self._waiting:
                return  # the next one does, and commits
            self._end()
        finally:
            self._turn.release()

    def _end(self) -> None:
        group, self._open = self._open, None
        if group is None or not group.commit():
            self._drop()

    def _drop(self) -> None:
        """A connection on which something failed is not used again."""
        kept, self._kept = self._kept, None
        if kept is not None:
            kept.close()

    def close(self) -> None:
        with self._turn:
            self._drop()


class _Group:
    """One transaction and how many writers wait for its commit."""

    def __init__(self, db: Connection) -> None:
        self.db = db
        self._transaction = db.begin()
        self._raw: Any = self.db.connection.dbapi_connection
        self._done = Event()
        self._error: BaseException | None = None
        self.members = 0

    @property
    def goes_on(self) -> bool:
        """Whether the next writer may join. A full disk ends a transaction by itself."""
        return 0 < self.members < MOST and bool(self._raw.in_transaction)

    def enter(self) -> None:
        if self.members:
            self._raw.execute("SAVEPOINT member")

    def keep(self) -> None:
        if self.members:
            self._raw.execute("RELEASE member")
        self.members += 1

    def take_back(self) -> None:
        """Undoes what the one who failed did, and nothing of the others."""
        if self.members and self._raw.in_transaction:
            self._raw.execute("ROLLBACK TO member")
            self._raw.execute("RELEASE member")

    def commit(self) -> bool:
        """For all members; each hears of a failure in `wait`. False when there was one."""
        try:
            if self.members and not self._raw.in_transaction:
                raise OperationalError("COMMIT", None, FULL)
            if self.members:
                self._transaction.commit()
            else:
                self._transaction.rollback()
        except BaseException as error:
            self._error = error
        finally:
            self._done.set()
        return self._error is None

    def wait(self) -> None:
        """Returns when it is on the disk. Raises what kept it from getting there."""
        self._done.wait()
        if self._error is not None:
            raise self._error
