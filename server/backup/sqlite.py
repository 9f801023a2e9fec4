"""A copy of a SQLite database while others write."""

import sqlite3
import time
from contextlib import closing
from pathlib import Path

from server.backup.archive import BadBackup

PAGES = 256  # a megabyte; then whoever serves has the disk for a moment
PAUSE_S = 0.002
BUSY_S = 15.0


def copy(source: Path, target: Path) -> None:
    """Writes all that is committed at this moment into a new file. Raises `BadBackup`.

    The source is read in one snapshot: nobody who writes waits for it, and what they write does
    not make the copy begin again.
    """
    target.touch(0o600, exist_ok=False)
    with (
        closing(sqlite3.connect(source, timeout=BUSY_S, isolation_level=None)) as old,
        closing(sqlite3.connect(target, isolation_level=None)) as new,
    ):
        new.execute("PRAGMA synchronous = OFF")  # it is only packed from here
        try:
            old.execute("BEGIN")
            old.execute("SELECT count(*) FROM sqlite_master").fetchone()
            old.backup(new, pages=PAGES, progress=lambda *_: time.sleep(PAUSE_S))
            old.execute("ROLLBACK")
            new.execute("PRAGMA journal_mode = DELETE")  # one file, with nothing beside it
            (said,) = new.execute("PRAGMA integrity_check(1)").fetchone()
        except sqlite3.DatabaseError as error:
            raise BadBackup(f"{source} cannot be copied: {error}") from None
    if said != "ok":
        told = " ".join(said.split())
        raise BadBackup(f"{source} is damaged, so no backup was made: {told}")
