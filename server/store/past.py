"""The raw rows of days that are over, for office dates from `first` to `last`, both included."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, select

from server.store.schema import (
    counter_events,
    counter_services,
    counters,
    services,
    steps,
    ticket_events,
    tickets,
)


def tickets_between(
    db: Connection, office_id: int, first: date, last: date
) -> Sequence[Row[*tuple[Any, ...]]]:
    """In order of issue."""
    return db.execute(
        select(tickets.c.id, tickets.c.day, tickets.c.priority, tickets.c.issued_at)
        .where(
            tickets.c.office_id == office_id,
            tickets.c.day.between(first.isoformat(), last.isoformat()),
        )
        .order_by(tickets.c.issued_at, tickets.c.id)
    ).all()


def steps_of(
    db: Connection, office_id: int, first: date, last: date
) -> Sequence[Row[*tuple[Any, ...]]]:
    """The steps of those tickets, also those that never began, in the order of each visit."""
    return db.execute(
        select(
            steps.c.id,
            steps.c.ticket_id,
            steps.c.service_id,
            steps.c.outcome,
            steps.c.issued_at,
            steps.c.slot_at,
            steps.c.ended_at,
        )
        .join(
            tickets,
            (tickets.c.office_id == steps.c.office_id) & (tickets.c.id == steps.c.ticket_id),
        )
        .where(
            tickets.c.office_id == office_id,
            tickets.c.day.between(first.isoformat(), last.isoformat()),
        )
        .order_by(steps.c.ticket_id, steps.c.position, steps.c.id)
    ).all()


def events_between(
    db: Connection, office_id: int, first: int, last: int
) -> Sequence[Row[*tuple[Any, ...]]]:
    """What happened to steps from `first` to before `last` (Unix ms), oldest first."""
    return db.execute(
        select(
            ticket_events.c.step_id,
            ticket_events.c.at,
            ticket_events.c.kind,
            ticket_events.c.counter_id,
        )
        .where(
            ticket_events.c.office_id == office_id,
            ticket_events.c.at >= first,
            ticket_events.c.at < last,
        )
        .order_by(ticket_events.c.id)
    ).all()


def seats_between(
    db: Connection, office_id: int, first: int, last: int
) -> Sequence[Row[*tuple[Any, ...]]]:
    """When counters opened, paused and closed, oldest first."""
    return db.execute(
        select(counter_events.c.counter_id, counter_events.c.at, counter_events.c.state)
        .where(
            counter_events.c.office_id == office_id,
            counter_events.c.at >= first,
            counter_events.c.at < last,
        )
        .order_by(counter_events.c.id)
    ).all()


def months(db: Connection, office_id: int, first: date, last: date) -> list[str]:
    """The months (2026-03) that have tickets on these dates, newest first."""
    days = db.scalars(
        select(tickets.c.day)
        .where(
            tickets.c.office_id == office_id,
            tickets.c.day.between(first.isoformat(), last.isoformat()),
        )
        .distinct()
    )
    return sorted({day[:7] for day in days}, reverse=True)


def services_of(db: Connection, office_id: int) -> Sequence[Row[*tuple[Any, ...]]]:
    """All, also those switched off since, in the office's order."""
    return db.execute(
        select(services)
        .where(services.c.office_id == office_id)
        .order_by(services.c.position, services.c.code)
    ).all()


def counters_of(db: Connection, office_id: int) -> Sequence[Row[*tuple[Any, ...]]]:
    """All, also those switched off since, by number."""
    rows = db.execute(
        select(counters.c.id, counters.c.number).where(counters.c.office_id == office_id)
    ).all()
    return sorted(rows, key=lambda row: (len(row.number), row.number))


def takes(db: Connection, office_id: int) -> Sequence[Row[*tuple[Any, ...]]]:
    """Which counter takes which service today, with its penalty in seconds."""
    mine = counter_services.c.office_id == office_id
    return db.execute(
        select(
            counter_services.c.counter_id,
            counter_services.c.service_id,
            counter_services.c.penalty_s,
            counters.c.number,
            services.c.code,
        )
        .join(
            counters,
            mine
            & (counters.c.office_id == office_id)
            & (counters.c.id == counter_services.c.counter_id),
        )
        .join(
            services,
            (services.c.office_id == office_id) & (services.c.id == counter_services.c.service_id),
        )
        .order_by(counters.c.number, services.c.position)
    ).all()
