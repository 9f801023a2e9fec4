"""SQL that goes to the driver as it stands.

For the statements that every ticket takes: composing one costs several times what running it does.
Both databases take the same text; only the way a gap is written differs.
"""

import re
from typing import Any

from sqlalchemy import Connection, CursorResult

GAP = re.compile(r"(?<!:):([a-z_]+)")


class Plain:
    """One statement; `:name` marks a gap. Values must be what both drivers know."""

    def __init__(self, sql: str, *, postgresql: str = "") -> None:
        """`postgresql`: where its planner finds an index only by other words."""
        self._said = {"sqlite": sql, "postgresql": GAP.sub(r"%(\1)s", postgresql or sql)}

    def run(self, db: Connection, values: dict[str, Any]) -> CursorResult[Any]:
        return db.exec_driver_sql(self._said[db.dialect.name], values)

    def run_each(self, db: Connection, rows: list[dict[str, Any]]) -> None:
        """The statement once for each row."""
        db.exec_driver_sql(self._said[db.dialect.name], rows if len(rows) > 1 else rows[0])


def insert_into(table: str, *columns: str) -> Plain:
    gaps = ", ".join(f":{column}" for column in columns)
    return Plain(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({gaps})")
