"""Mobile service points: rows that links lead to."""

from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, select

from server.domain.mobile_point import MobilePoint
from server.store import setup
from server.store.schema import mobile_points


def ids(db: Connection, office_id: int) -> list[int]:
    mine = mobile_points.c.office_id == office_id
    return list(db.scalars(select(mobile_points.c.id).where(mine)))


def point(db: Connection, office_id: int, point_id: int) -> MobilePoint:
    """Raises `NotFound`."""
    return point_of(setup.find(db, mobile_points, office_id, point_id))


def point_of(row: Row[Any]) -> MobilePoint:
    return MobilePoint(
        id=row.id,
        name=row.name,
        service_id=row.service_id,
        first_day=date.fromisoformat(row.first_day),
        last_day=date.fromisoformat(row.last_day),
        active=bool(row.active),
    )
