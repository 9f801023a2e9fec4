"""What staff look up of one day's tickets. `day`: 2026-10-01."""

from typing import Any

from sqlalchemy import Connection, Row, select

from server.store.schema import steps, tickets


def newest(db: Connection, office_id: int, day: str, limit: int) -> list[int]:
    """Ids of the tickets issued last."""
    found = db.scalars(
        select(tickets.c.id)
        .where(tickets.c.office_id == office_id, tickets.c.day == day)
        .order_by(tickets.c.id.desc())
        .limit(limit)
    )
    return list(found)


def numbered(
    db: Connection, office_id: int, day: str, *, prefix: str, place: int | None, limit: int
) -> list[int]:
    """Ids of the tickets with this prefix (empty: any) and place (None: any), newest first."""
    wanted = select(tickets.c.id).where(tickets.c.office_id == office_id, tickets.c.day == day)
    if prefix:
        wanted = wanted.where(tickets.c.prefix == prefix)
    if place is not None:
        wanted = wanted.where(tickets.c.number == place)
    return list(db.scalars(wanted.order_by(tickets.c.id.desc()).limit(limit)))


def ended_at(
    db: Connection, office_id: int, counter_id: int, day: str, limit: int
) -> list[Row[Any]]:
    """The steps that ended at this counter, the last one first: `ticket_id prefix number state
    outcome ended_at started_at called_at`."""
    rows: Any = db.execute(
        select(
            steps.c.ticket_id,
            tickets.c.prefix,
            tickets.c.number,
            steps.c.state,
            steps.c.outcome,
            steps.c.ended_at,
            steps.c.started_at,
            steps.c.called_at,
        )
        .join(
            tickets,
            (tickets.c.office_id == steps.c.office_id) & (tickets.c.id == steps.c.ticket_id),
        )
        .where(
            steps.c.office_id == office_id,
            steps.c.day == day,
            steps.c.counter_id == counter_id,
            steps.c.ended_at.is_not(None),
        )
        .order_by(steps.c.ended_at.desc(), steps.c.id.desc())
        .limit(limit)
    )
    return list(rows)
