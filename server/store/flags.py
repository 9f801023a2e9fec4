"""Flags that staff set or lift by hand: an answer or press counts, or it does not, and why."""

from typing import Any

from sqlalchemy import Connection, Table, insert, select, update

from server.domain.refusals import NotFound
from server.store.ids import new_id
from server.store.schema import answers, flag_notes, presses

MARKED: dict[str, Table] = {"answer": answers, "press": presses}


def mark(
    db: Connection,
    office_id: int,
    now: int,
    actor: str,
    about: str,
    about_id: int,
    flag: str | None,
    note: str,
) -> None:
    """Sets the flag, or lifts it (None), and writes down who did and why. Raises `NotFound`.

    The comment of an answer that does not count is not published any more.
    """
    table = MARKED[about]
    mine = (table.c.office_id == office_id) & (table.c.id == about_id)
    values: dict[str, str | None] = {"flag": flag}
    if table is answers and flag is not None:
        values["published"] = None
    if db.execute(update(table).where(mine).values(values)).rowcount != 1:
        raise NotFound("no_such_thing")
    row: dict[str, Any] = {
        "office_id": office_id,
        "id": new_id(now),
        "at": now,
        "actor": actor,
        "about": about,
        "about_id": about_id,
        "flag": flag,
        "note": note,
    }
    db.execute(insert(flag_notes), row)


def flag_of(db: Connection, office_id: int, about: str, about_id: int) -> str | None:
    """The flag it carries; the row is locked. Raises `NotFound`."""
    table = MARKED[about]
    mine = (table.c.office_id == office_id) & (table.c.id == about_id)
    row = db.execute(select(table.c.flag).where(mine).with_for_update()).first()
    if row is None:
        raise NotFound("no_such_thing")
    return str(row.flag) if row.flag is not None else None
