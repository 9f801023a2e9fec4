"""People who asked to be called back. Nothing here leads to an answer, nor any answer here.

Ids are random and the only time kept is the day: in an office with one answer that hour, an hour
would already say whose it was.
"""

from secrets import randbits
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from server.domain.refusals import NotFound
from server.store.schema import contacts

ID_BITS = 62
NEW, TAKEN, CLOSED = "new", "taken", "closed"


def add(
    db: Connection,
    office_id: int,
    *,
    day: str,
    day_began_at: int,
    name: str,
    reach: str,
    message: str,
    consent: str,
    erase_at: int,
) -> None:
    """Times are Unix ms, of whole days."""
    db.execute(
        insert(contacts).values(
            office_id=office_id,
            id=randbits(ID_BITS),
            created_at=day_began_at,
            day=day,
            name=name,
            reach=reach,
            message=message,
            consent=consent,
            state=NEW,
            erase_at=erase_at,
        )
    )


def all_of(db: Connection, office_id: int, now: int) -> list[Row[Any]]:
    """All that are not due to be erased, the longest waiting first."""
    query = select(contacts).where(contacts.c.office_id == office_id, contacts.c.erase_at > now)
    return list(db.execute(query.order_by(contacts.c.day, contacts.c.id)))


def how_many_new(db: Connection, office_id: int, now: int) -> int:
    query = select(func.count()).select_from(contacts)
    mine = (contacts.c.office_id == office_id) & (contacts.c.state == NEW)
    return int(db.execute(query.where(mine, contacts.c.erase_at > now)).scalar_one())


def find(db: Connection, office_id: int, contact_id: int, now: int) -> Row[Any]:
    """The row, locked. Raises `NotFound`, also for one that is due to be erased."""
    mine = (contacts.c.office_id == office_id) & (contacts.c.id == contact_id)
    query = select(contacts).where(mine, contacts.c.erase_at > now).with_for_update()
    row = db.execute(query).first()
    if row is None:
        raise NotFound("no_such_contact")
    return row


def change(db: Connection, office_id: int, contact_id: int, values: dict[str, Any]) -> None:
    mine = (contacts.c.office_id == office_id) & (contacts.c.id == contact_id)
    db.execute(update(contacts).where(mine).values(values))


def erase(db: Connection, office_id: int, contact_id: int) -> None:
    mine = (contacts.c.office_id == office_id) & (contacts.c.id == contact_id)
    db.execute(delete(contacts).where(mine))


def any_due(db: Connection, office_id: int, now: int) -> bool:
    """Whether some have been kept as long as they were promised to be."""
    query = select(contacts.c.id).where(*_due(office_id, now)).limit(1)
    return db.execute(query).first() is not None


def erase_due(db: Connection, office_id: int, now: int) -> None:
    db.execute(delete(contacts).where(*_due(office_id, now)))


def _due(office_id: int, now: int) -> tuple[Any, ...]:
    return contacts.c.office_id == office_id, contacts.c.erase_at <= now
