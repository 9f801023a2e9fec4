"""How many numbers were given on office days, by what was known when they were given."""

from datetime import date

from sqlalchemy import Connection, func, select

from server.store.schema import steps, tickets

Volume = tuple[str, str, str | None, int]  # channel, priority, outcome; how many steps


def volumes(db: Connection, office_id: int, first: date, last: date) -> list[Volume]:
    """Steps that began to wait on these days, both included; those that still go on have no
    outcome."""
    parts = (tickets.c.channel, tickets.c.priority, steps.c.outcome)
    query = (
        select(*parts, func.count())
        .join(
            tickets,
            (tickets.c.office_id == steps.c.office_id) & (tickets.c.id == steps.c.ticket_id),
        )
        .where(
            steps.c.office_id == office_id,
            steps.c.day.between(first.isoformat(), last.isoformat()),
            steps.c.issued_at.is_not(None),
        )
        .group_by(*parts)
    )
    return [(row[0], row[1], row[2], row[3]) for row in db.execute(query)]
