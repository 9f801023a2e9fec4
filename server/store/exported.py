"""The rows that internal audit is given, for office dates from `first` to `last`, both included.

Read as streams, so that a half-year needs no more memory than a day.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    Table,
    func,
    literal_column,
    select,
    union_all,
)

from server.domain.ticket import Outcome
from server.store.schema import (
    answer_items,
    answers,
    presses,
    services,
    steps,
    ticket_events,
    tickets,
)

AT_ONCE = 2000  # rows
QUARTER_MS = 900_000  # hours begin in some quarter of an hour, whatever the office's offset
MOMENTS: dict[str, ColumnElement[int]] = {  # of a visit, by each of which it could be looked for
    "issued": steps.c.issued_at,
    "called": steps.c.called_at,
    "started": func.coalesce(steps.c.started_at, steps.c.called_at),
    "ended": steps.c.ended_at,
}

Rows = Iterator[Row[*tuple[Any, ...]]]


def services_of(db: Connection, office_id: int) -> Rows:
    """All, also those switched off since, in the office's order."""
    yield from db.execute(
        select(services.c.id, services.c.code, services.c.name_th, services.c.standard_minutes)
        .where(services.c.office_id == office_id)
        .order_by(services.c.position, services.c.code)
    )


def tickets_of(db: Connection, office_id: int, first: date, last: date) -> Rows:
    """The tickets of those steps, as they were given."""
    counted = select(steps.c.ticket_id).where(_on(steps, office_id, first, last))
    names = ("id", "prefix", "number", "day", "priority", "channel", "language", "issued_at")
    yield from _stream(
        db,
        select(*(tickets.c[name] for name in names))
        .where(tickets.c.office_id == office_id, tickets.c.id.in_(counted))
        .order_by(tickets.c.id),
    )


def steps_of(db: Connection, office_id: int, first: date, last: date) -> Rows:
    """The steps that began to wait on these days: those that never began count nowhere."""
    names = (
        *("id", "ticket_id", "service_id", "counter_id", "state", "outcome", "queue_at"),
        *("issued_at", "slot_at", "first_called_at", "called_at", "started_at", "ended_at"),
    )
    yield from _stream(
        db,
        select(*(steps.c[name] for name in names))
        .where(_on(steps, office_id, first, last))
        .order_by(steps.c.day, steps.c.id),
    )


def visits_of(db: Connection, office_id: int, first: date, last: date) -> Rows:
    """Of served steps: service, moment, quarter of an hour (Unix ms), how many have it there."""
    served = _on(steps, office_id, first, last) & (steps.c.outcome == Outcome.SERVED)
    had = union_all(
        *(
            select(
                steps.c.service_id,
                literal_column(f"'{moment}'").label("moment"),
                (at - at % QUARTER_MS).label("quarter"),
            ).where(served)
            for moment, at in MOMENTS.items()
        )
    ).subquery()
    yield from _stream(db, select(*had.c, func.count()).group_by(*had.c))


def events_of(db: Connection, office_id: int, first: date, last: date) -> Rows:
    """All that happened to those steps, whenever it did."""
    names = ("ticket_id", "step_id", "at", "kind", "counter_id", "reason")
    yield from _stream(
        db,
        select(*(ticket_events.c[name] for name in names))
        .join(
            steps,
            (ticket_events.c.office_id == steps.c.office_id)
            & (ticket_events.c.ticket_id == steps.c.ticket_id)
            & (ticket_events.c.step_id == steps.c.id),
        )
        .where(_on(steps, office_id, first, last))
        .order_by(steps.c.day, steps.c.id, ticket_events.c.id),
    )


def answers_of(db: Connection, office_id: int, first: date, last: date) -> Rows:
    """A row for each item answered; those of one respondent (`id`) stand together."""
    yield from _stream(
        db,
        select(
            *(answers.c[name] for name in ("id", "service_id", "channel", "at", "flag")),
            *(answer_items.c[name] for name in ("item", "aspect", "score")),
        )
        .join(
            answer_items,
            (answer_items.c.office_id == answers.c.office_id)
            & (answer_items.c.answer_id == answers.c.id),
        )
        .where(_on(answers, office_id, first, last))
        .order_by(answers.c.day, answers.c.id),
    )


def presses_of(db: Connection, office_id: int, first: date, last: date) -> Rows:
    names = ("id", "service_id", "channel", "at", "flag", "score")
    yield from _stream(
        db,
        select(*(presses.c[name] for name in names)).where(_on(presses, office_id, first, last)),
    )


def _on(table: Table, office_id: int, first: date, last: date) -> ColumnElement[bool]:
    mine: ColumnElement[bool] = table.c.office_id == office_id
    return mine & table.c.day.between(first.isoformat(), last.isoformat())


def _stream(db: Connection, query: Select[Any]) -> Rows:
    yield from db.execute(query.execution_options(yield_per=AT_ONCE))
