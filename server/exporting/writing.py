"""The SQLite file that an export is, as Datasette and sqlite-utils open it."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path

from sqlite_utils import Database

from server.exporting.tables import ABOUT, ANSWERS, TABLES, Table
from server.exporting.telling import Told

# Answers wait here until all are there: a table of SQLite's own, never a page of the file.
WAITING = "answers_waiting"


class AuditFile:
    """A file under way. Rows come as streams and go on at once."""

    def __init__(self, db: Database) -> None:
        self._db = db
        for table in (*TABLES, ABOUT):
            db.table(table.name).create(
                table.types,
                pk=table.key,
                foreign_keys=[(column, other, "id") for column, other in table.refers.items()],
            )
        columns = ", ".join(ANSWERS.columns)
        db.execute(f"CREATE TEMP TABLE {WAITING} ({columns})")

    def add(self, table: Table, rows: Iterable[Told]) -> None:
        self._db.table(table.name).insert_all(chain([table.columns], rows))

    def add_answers(self, rows: Iterable[Told]) -> None:
        """They come as they were stored; `finish` puts them in the order of their random ids."""
        places = ", ".join("?" * len(ANSWERS.columns))
        with self._db.atomic():
            self._db.conn.executemany(f"INSERT INTO temp.{WAITING} VALUES ({places})", rows)

    def finish(self) -> dict[str, int]:
        """How many rows each table has."""
        with self._db.atomic():
            key = ", ".join(ANSWERS.key or ())
            self._db.execute(
                f"INSERT INTO {ANSWERS.name} SELECT * FROM temp.{WAITING} ORDER BY {key}"
            )
            self._db.index_foreign_keys()
        return {table.name: self._db.table(table.name).count for table in TABLES}


@contextmanager
def audit_file(path: Path) -> Iterator[AuditFile]:
    """Writes into an empty file that nobody else knows yet. Raises `sqlite3.Error`."""
    db = Database(sqlite3.connect(path), execute_plugins=False)
    try:
        # Should it fail halfway, the file is thrown away.
        db.execute("PRAGMA journal_mode = OFF")
        db.execute("PRAGMA synchronous = OFF")
        yield AuditFile(db)
    finally:
        db.close()
