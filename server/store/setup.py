"""The rows of the set-up, and the list of who changed them.

Every table of the set-up has `office_id` and `id`, so one way to read and write serves them all,
and none of it can reach another office's rows.
"""

from typing import Any

from sqlalchemy import Connection, Row, Table, delete, insert, select, update

from server.domain.refusals import NotFound
from server.store.ids import new_id
from server.store.offices import as_json
from server.store.schema import audit, offices


def lock(db: Connection, office_id: int) -> None:
    """One change of the set-up after another: what a rule counts (administrators) stays counted.

    Queue verbs only point at this row, which the weaker lock lets them.
    """
    db.execute(
        select(offices.c.id).where(offices.c.id == office_id).with_for_update(key_share=True)
    )


def rows(db: Connection, table: Table, office_id: int) -> list[Row[Any]]:
    """The office's rows, oldest first."""
    return list(db.execute(select(table).where(table.c.office_id == office_id).order_by("id")))


def find(db: Connection, table: Table, office_id: int, row_id: int) -> Row[Any]:
    """Raises `NotFound`."""
    found = db.execute(select(table).where(_mine(table, office_id, row_id))).first()
    if found is None:
        raise NotFound("no_such_thing")
    return found


def add(db: Connection, table: Table, office_id: int, now: int, values: dict[str, Any]) -> int:
    """Writes a new row; returns its id."""
    row_id = new_id(now)
    db.execute(insert(table).values(office_id=office_id, id=row_id, **values))
    return row_id


def change(
    db: Connection, table: Table, office_id: int, row_id: int, values: dict[str, Any]
) -> None:
    db.execute(update(table).where(_mine(table, office_id, row_id)).values(values))


def remove(db: Connection, table: Table, office_id: int, row_id: int) -> None:
    db.execute(delete(table).where(_mine(table, office_id, row_id)))


def taken(
    db: Connection, table: Table, office_id: int, column: str, value: str, but: int | None
) -> bool:
    """Whether another row than `but` already has this value."""
    query = select(table.c.id).where(table.c.office_id == office_id, table.c[column] == value)
    return any(found != but for found in db.scalars(query))


def note(
    db: Connection,
    office_id: int,
    now: int,
    actor: str,
    action: str,
    subject: str,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
) -> None:
    """Appends one line to the audit list: words, not ids, so that it stays readable."""
    db.execute(
        insert(audit).values(
            office_id=office_id,
            id=new_id(now),
            at=now,
            actor=actor,
            action=action,
            subject=subject,
            before=None if before is None else as_json(before),
            after=None if after is None else as_json(after),
        )
    )


def history(db: Connection, office_id: int, before: int | None, limit: int) -> list[Row[Any]]:
    """Lines of the audit list, newest first, older than the line `before`."""
    query = select(audit).where(audit.c.office_id == office_id)
    if before is not None:
        query = query.where(audit.c.id < before)
    return list(db.execute(query.order_by(audit.c.id.desc()).limit(limit)))


def _mine(table: Table, office_id: int, row_id: int) -> Any:
    return (table.c.office_id == office_id) & (table.c.id == row_id)
