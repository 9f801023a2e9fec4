"""What staff look up of one day's tickets. `day`: 2026-10-01."""

from typing import Any

from sqlalchemy import Connection, Row, func, select, text

from server.store.line import OPEN
from server.store.schema import counter_events, staff, steps, tickets

# With and without a counter apart: both halves are looked up in the index of who is here.
UNDER_WAY = text(f"""
    SELECT service_id, state, count(*) AS n FROM (
        SELECT service_id, state FROM steps
        WHERE office_id = :office_id AND counter_id IS NULL AND {OPEN}
        UNION ALL
        SELECT service_id, state FROM steps
        WHERE office_id = :office_id AND counter_id IS NOT NULL AND {OPEN}) AS here
    WHERE state <> 'planned' GROUP BY service_id, state""")


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


def no_shows(db: Connection, office_id: int, counter_id: int, day: str, limit: int) -> list[int]:
    """Ids of the tickets that this counter called in vain, the last one first."""
    found = db.scalars(
        select(steps.c.ticket_id)
        .where(
            steps.c.office_id == office_id,
            steps.c.day == day,
            steps.c.counter_id == counter_id,
            steps.c.state == "no_show",
        )
        .order_by(steps.c.ended_at.desc(), steps.c.id.desc())
        .limit(limit)
    )
    return list(found)


def called_to(db: Connection, office_id: int, counter_id: int, day: str) -> list[Row[Any]]:
    """Today's steps of this counter, the last call first: `prefix number service_id state outcome
    called_at started_at ended_at name_th name_en` (the officer's who called; None: a program)."""
    of_ticket = (tickets.c.office_id == steps.c.office_id) & (tickets.c.id == steps.c.ticket_id)
    of_staff = (staff.c.office_id == steps.c.office_id) & (staff.c.id == steps.c.staff_id)
    rows: Any = db.execute(
        select(
            tickets.c.prefix,
            tickets.c.number,
            steps.c.service_id,
            steps.c.state,
            steps.c.outcome,
            steps.c.called_at,
            steps.c.started_at,
            steps.c.ended_at,
            staff.c.name_th,
            staff.c.name_en,
        )
        .join(tickets, of_ticket)
        .outerjoin(staff, of_staff)
        .where(
            steps.c.office_id == office_id,
            steps.c.day == day,
            steps.c.counter_id == counter_id,
            steps.c.called_at.is_not(None),
        )
        .order_by(steps.c.called_at.desc(), steps.c.id.desc())
    )
    return list(rows)


def attendance(db: Connection, office_id: int, counter_id: int, since: int) -> list[Row[Any]]:
    """What became of the counter since then (Unix ms), in order: `at state reason name_th
    name_en` of the officer who sat there."""
    of_staff = (staff.c.office_id == counter_events.c.office_id) & (
        staff.c.id == counter_events.c.staff_id
    )
    rows: Any = db.execute(
        select(
            counter_events.c.at,
            counter_events.c.state,
            counter_events.c.reason,
            staff.c.name_th,
            staff.c.name_en,
        )
        .outerjoin(staff, of_staff)
        .where(
            counter_events.c.office_id == office_id,
            counter_events.c.counter_id == counter_id,
            counter_events.c.at >= since,
        )
        .order_by(counter_events.c.id)
    )
    return list(rows)


def under_way(db: Connection, office_id: int) -> list[Row[Any]]:
    """How many stand where, now: `service_id state n` for waiting, called, serving, held."""
    return list(db.execute(UNDER_WAY, {"office_id": office_id}))


def closed(db: Connection, office_id: int, day: str) -> int:
    """How many of today's visits ended because the day did."""
    found = db.scalar(
        select(func.count())
        .select_from(steps)
        .where(
            steps.c.office_id == office_id,
            steps.c.day == day,
            steps.c.outcome == "closed_at_day_end",
        )
    )
    return int(found or 0)
