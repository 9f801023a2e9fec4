"""The raw rows behind the figures, for office dates from `first` to `last`, both included."""

from datetime import date

from sqlalchemy import Connection, select

from server.domain.figures import Service, StepRow
from server.store.schema import services, steps, tickets


def services_of(db: Connection, office_id: int) -> list[Service]:
    """All services, also those switched off, in the office's order."""
    rows = db.execute(
        select(services.c.id, services.c.code, services.c.standard_minutes)
        .where(services.c.office_id == office_id)
        .order_by(services.c.position, services.c.code)
    )
    return [Service(row.id, row.code, row.standard_minutes) for row in rows]


def steps_between(
    db: Connection, office_id: int, first: date, last: date, service_id: int | None = None
) -> list[StepRow]:
    """The steps that began to wait on these days, oldest first; of one service, or of all."""
    query = (
        select(
            steps.c.service_id,
            steps.c.state,
            steps.c.outcome,
            steps.c.counter_id,
            tickets.c.priority,
            tickets.c.channel,
            steps.c.issued_at,
            steps.c.slot_at,
            steps.c.first_called_at,
            steps.c.called_at,
            steps.c.started_at,
            steps.c.ended_at,
        )
        .join(
            tickets,
            (tickets.c.office_id == steps.c.office_id) & (tickets.c.id == steps.c.ticket_id),
        )
        .where(
            steps.c.office_id == office_id,
            steps.c.day.between(first.isoformat(), last.isoformat()),
        )
        .order_by(steps.c.issued_at, steps.c.id)
    )
    if service_id is not None:
        query = query.where(steps.c.service_id == service_id)
    return [StepRow(*row) for row in db.execute(query)]
