"""The protected list, and every look at it."""

from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from server.domain.refusals import NotFound
from server.store.ids import new_id
from server.store.schema import protected_openings, protected_reports


def opened(
    db: Connection, office_id: int, now: int, actor: str, report_id: int | None = None
) -> None:
    """Writes down a look: at one report, or at the list."""
    db.execute(
        insert(protected_openings).values(
            office_id=office_id, id=new_id(now), at=now, actor=actor, report_id=report_id
        )
    )


def opened_since(
    db: Connection, office_id: int, actor: str, since: int, report_id: int | None = None
) -> bool:
    """Whether this person opened it since then (Unix ms), and it was written down."""
    query = select(protected_openings.c.id).where(
        protected_openings.c.office_id == office_id,
        protected_openings.c.at >= since,
        protected_openings.c.actor == actor,
        protected_openings.c.report_id.is_(None)
        if report_id is None
        else protected_openings.c.report_id == report_id,
    )
    return db.execute(query.limit(1)).first() is not None


def openings(db: Connection, office_id: int, limit: int) -> list[Row[Any]]:
    """The last looks, the newest first."""
    query = select(protected_openings).where(protected_openings.c.office_id == office_id)
    return list(db.execute(query.order_by(protected_openings.c.id.desc()).limit(limit)))


def all_of(db: Connection, office_id: int) -> list[Row[Any]]:
    """Every report, the open ones first, then the newest day."""
    mine = protected_reports.c.office_id == office_id
    order = (protected_reports.c.closed_at.is_not(None), protected_reports.c.day.desc())
    return list(db.execute(select(protected_reports).where(mine).order_by(*order, "id")))


def how_many_open(db: Connection, office_id: int) -> int:
    mine = (protected_reports.c.office_id == office_id) & protected_reports.c.closed_at.is_(None)
    return int(db.execute(select(func.count()).where(mine)).scalar_one())


def find(db: Connection, office_id: int, report_id: int) -> Row[Any]:
    """Raises `NotFound`."""
    mine = (protected_reports.c.office_id == office_id) & (protected_reports.c.id == report_id)
    query = select(protected_reports).where(mine)
    if db.get_execution_options().get("writes", False):
        query = query.with_for_update()
    row = db.execute(query).first()
    if row is None:
        raise NotFound("no_such_report")
    return row


def close(db: Connection, office_id: int, report_id: int, now: int, done: str) -> None:
    mine = (protected_reports.c.office_id == office_id) & (protected_reports.c.id == report_id)
    db.execute(update(protected_reports).where(mine).values(closed_at=now, done=done))
