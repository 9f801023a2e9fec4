"""SQL that goes to the driver as it stands.

For the statements that every ticket takes: composing one, and dressing its answer, costs several
times what running it does. Both databases take the same text; only how a gap is written differs.
"""

import re
import sqlite3
from collections import namedtuple
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

GAP = re.compile(r"(?<!:):([a-z_]+)")


class Plain:
    """One statement; `:name` marks a gap. Values must be what both drivers know."""

    def __init__(self, sql: str, *, postgresql: str = "") -> None:
        """`postgresql`: where its planner finds an index only by other words."""
        self._sqlite = sql
        self._postgresql = GAP.sub(r"%(\1)s", postgresql or sql)
        self._named: Callable[[tuple[Any, ...]], Any] | None = None  # once a row was seen

    def run(self, db: Connection, values: dict[str, Any]) -> None:
        if _is_quick(db):
            self._on_sqlite(db, values)
        else:
            db.exec_driver_sql(self._said(db), values)

    def run_each(self, db: Connection, rows: list[dict[str, Any]]) -> None:
        """The statement once for each row."""
        if len(rows) == 1:
            self.run(db, rows[0])
        else:
            db.exec_driver_sql(self._said(db), rows)

    def all(self, db: Connection, values: dict[str, Any]) -> list[Any]:
        """Rows whose columns are read by their names or their place."""
        if _is_quick(db):
            cursor = self._on_sqlite(db, values)
            if self._named is None:
                names = [column[0] for column in cursor.description]
                made: Any = namedtuple("Row", names, rename=True)  # type: ignore[misc]
                self._named = made._make
            return [self._named(row) for row in cursor.fetchall()]
        return list(db.exec_driver_sql(self._said(db), values))

    def first(self, db: Connection, values: dict[str, Any]) -> Any:
        """The first row; None where there is none."""
        found = self.all(db, values)
        return found[0] if found else None

    def scalar(self, db: Connection, values: dict[str, Any]) -> Any:
        """The first row's first value; None where there is none."""
        row = self.first(db, values)
        return None if row is None else row[0]

    def _said(self, db: Connection) -> str:
        return self._sqlite if db.dialect.name == "sqlite" else self._postgresql

    def _on_sqlite(self, db: Connection, values: dict[str, Any]) -> sqlite3.Cursor:
        raw: Any = db.connection.dbapi_connection
        try:
            found: sqlite3.Cursor = raw.execute(self._sqlite, values)
        except sqlite3.Error as error:
            known = DBAPIError.instance(
                self._sqlite, values, error, sqlite3.Error, dialect=db.dialect
            )
            raise known from error
        return found


def _is_quick(db: Connection) -> bool:
    """On SQLite, unless somebody listens to every statement."""
    return db.dialect.name == "sqlite" and not db.engine.dispatch.before_cursor_execute


def insert_into(table: str, *columns: str) -> Plain:
    gaps = ", ".join(f":{column}" for column in columns)
    return Plain(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({gaps})")
