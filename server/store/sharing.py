"""One writer at a time on SQLite, and one wait for the disk for all who wrote meanwhile.

To commit is to wait for the disk, a while in which nobody else can write. So whoever is done while
others wait for their turn does not commit: the next one goes on in the same transaction, and the
last of them commits for all. Nobody is told "done" before that.

A writer that gives way (an answer: no screen waits for it) lets others go first, and they do not
wait for its part: three hundred phones at once do not hold up the hall.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition, Event, Lock
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
        self._nobody_waits = Condition(self._counting)  # of those who do not give way
        self._waiting = 0
        self._gate = Lock()  # of those who give way one at a time waits for its turn
        self._giving_way = 0
        self._open: _Group | None = None
        self._kept: Connection | None = None  # the writer's own: its cache knows every page

    @contextmanager
    def writing(self, *, gives_way: bool = False) -> Iterator[Connection]:
        """A writer's part of a transaction: all of it is kept, or nothing."""
        group = self._join(gives_way=gives_way)
        try:
            yield group.db
        except BaseException:
            self._leave(group, kept=False)
            raise
        self._leave(group, kept=True)
        group.wait()

    def _join(self, *, gives_way: bool) -> "_Group":
        if gives_way:
            self._take_turn_last()
        else:
            self._take_turn()
        try:
            if self._open is None:
                if self._kept is None:
                    self._kept = self._engine.connect()
                self._open = _Group(self._kept)
            self._open.enter(gives_way=gives_way)
        except BaseException:
            self._end()  # and keep what the others did
            self._turn.release()
            raise
        return self._open

    def _take_turn(self) -> None:
        with self._counting:
            self._waiting += 1
        self._turn.acquire()
        with self._counting:
            self._waiting -= 1
            if not self._waiting:
                self._nobody_waits.notify()

    def _take_turn_last(self) -> None:
        with self._counting:
            self._giving_way += 1
        with self._gate:
            with self._counting:
                self._nobody_waits.wait_for(lambda: not self._waiting)
            self._turn.acquire()
        with self._counting:
            self._giving_way -= 1

    def _leave(self, group: "_Group", *, kept: bool) -> None:
        try:
            group.keep() if kept else group.take_back()
            if group.goes_on and self._somebody_joins(group):
                return  # the next one does, and commits
            self._end()
        finally:
            self._turn.release()

    def _somebody_joins(self, group: "_Group") -> bool:
        return self._waiting > 0 or (self._giving_way > 0 and group.gives_way)

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
        self.gives_way = True  # all of its members do

    @property
    def goes_on(self) -> bool:
        """Whether the next writer may join. A full disk ends a transaction by itself."""
        return 0 < self.members < MOST and bool(self._raw.in_transaction)

    def enter(self, *, gives_way: bool) -> None:
        self.gives_way = self.gives_way and gives_way
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
