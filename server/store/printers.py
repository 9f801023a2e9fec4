"""Printers, as staff see them."""

from typing import Any

from sqlalchemy import Connection, Row, select

from server.store import schema


def status(db: Connection, office_id: int) -> list[Row[Any]]:
    """The office's printers: `problem` is what the last slip ended with (None: well)."""
    table = schema.printers
    return list(
        db.execute(select(table).where(table.c.office_id == office_id).order_by(table.c.code))
    )
