"""Alerts: which low presses there were at a place, what was raised, what was done about it."""

import json
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from server.domain.alerting import Raised
from server.store.ids import new_id
from server.store.offices import as_json
from server.store.schema import alerts, presses


def place_of(db: Connection, office_id: int, press_id: int) -> str:
    """Whose presses are one burst (`presses.source`): that is the place."""
    mine = (presses.c.office_id == office_id) & (presses.c.id == press_id)
    return str(db.execute(select(presses.c.source).where(mine)).scalar_one())


def near(
    db: Connection, office_id: int, place: str, between: tuple[int, int]
) -> list[tuple[int, Raised]]:
    """The place's alerts of this time (Unix ms, both included), each with its id, oldest first."""
    rows = db.execute(
        select(alerts)
        .where(
            alerts.c.office_id == office_id,
            alerts.c.source == place,
            alerts.c.at.between(*between),
        )
        .order_by(alerts.c.at, alerts.c.id)
    )
    return [(row.id, Raised(row.at, row.answered_at)) for row in rows]


def lows(
    db: Connection, office_id: int, place: str, between: tuple[int, int], low_up_to: int
) -> list[tuple[int, list[str]]]:
    """When low presses that count were made there (Unix ms, both included), and their reasons."""
    rows = db.execute(
        select(presses.c.at, presses.c.reasons).where(
            presses.c.office_id == office_id,
            presses.c.source == place,
            presses.c.at.between(*between),
            presses.c.score <= low_up_to,
            presses.c.flag.is_(None),
        )
    )
    return [(row.at, json.loads(row.reasons)) for row in rows]


def add(
    db: Connection,
    office_id: int,
    *,
    at: int,
    day: str,
    place: str,
    counter_id: int | None,
    presses: int,
    reasons: dict[str, int],
) -> int:
    """Writes a new alert; returns its id."""
    alert_id = new_id(at)
    db.execute(
        insert(alerts).values(
            office_id=office_id,
            id=alert_id,
            at=at,
            day=day,
            source=place,
            counter_id=counter_id,
            presses=presses,
            reasons=as_json(reasons),
        )
    )
    return alert_id


def find(db: Connection, office_id: int, alert_id: int) -> Row[Any] | None:
    """The row, locked where the transaction writes."""
    query = select(alerts).where(alerts.c.office_id == office_id, alerts.c.id == alert_id)
    if db.get_execution_options().get("writes", False):
        query = query.with_for_update()
    return db.execute(query).first()


def grow(
    db: Connection, office_id: int, alert_id: int, presses: int, reasons: dict[str, int]
) -> None:
    """Writes how many low presses the alert stands for now, and all their reasons."""
    mine = (alerts.c.office_id == office_id) & (alerts.c.id == alert_id)
    db.execute(update(alerts).where(mine).values(presses=presses, reasons=as_json(reasons)))


def answer(db: Connection, office_id: int, alert_id: int, now: int, actor: str, done: str) -> None:
    mine = (alerts.c.office_id == office_id) & (alerts.c.id == alert_id)
    db.execute(update(alerts).where(mine).values(answered_at=now, answered_by=actor, done=done))


def unanswered(db: Connection, office_id: int, since: str) -> list[Row[Any]]:
    """Of this day (YYYY-MM-DD) and later, the newest first."""
    query = select(alerts).where(alerts.c.office_id == office_id, alerts.c.day >= since)
    return list(db.execute(query.where(alerts.c.answered_at.is_(None)).order_by(*_NEWEST_FIRST)))


def how_many_unanswered(db: Connection, office_id: int, since: str) -> int:
    mine = (alerts.c.office_id == office_id) & (alerts.c.day >= since)
    query = select(func.count()).select_from(alerts).where(mine, alerts.c.answered_at.is_(None))
    return int(db.execute(query).scalar_one())


def between(db: Connection, office_id: int, days: tuple[str, str]) -> list[Row[Any]]:
    """All of these days, both included, the newest first."""
    query = select(alerts).where(alerts.c.office_id == office_id, alerts.c.day.between(*days))
    return list(db.execute(query.order_by(*_NEWEST_FIRST)))


_NEWEST_FIRST = (alerts.c.at.desc(), alerts.c.id.desc())
