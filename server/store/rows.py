"""The raw rows behind the figures, for office dates from `first` to `last`, both included."""

from datetime import date

from sqlalchemy import Connection, select

from server.domain.figures import Service, StepRow
from server.domain.questionnaire import OVERALL
from server.domain.satisfaction import ScoreRow
from server.store.schema import answer_items, answers, presses, services, steps, tickets


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


def scores_between(db: Connection, office_id: int, first: date, last: date) -> list[ScoreRow]:
    """Every item answered and every press of these days, flagged ones too."""
    days = first.isoformat(), last.isoformat()
    answered = db.execute(
        select(
            answers.c.id,
            answers.c.service_id,
            answers.c.channel,
            answer_items.c.aspect,
            answer_items.c.item,
            answer_items.c.score,
            answers.c.flag,
        )
        .join(
            answer_items,
            (answer_items.c.office_id == answers.c.office_id)
            & (answer_items.c.answer_id == answers.c.id),
        )
        .where(answers.c.office_id == office_id, answers.c.day.between(*days))
    )
    pressed = db.execute(
        select(
            presses.c.id,
            presses.c.service_id,
            presses.c.channel,
            presses.c.score,
            presses.c.flag,
        ).where(presses.c.office_id == office_id, presses.c.day.between(*days))
    )
    return [
        *(ScoreRow(f"answer {row.id}", *row[1:]) for row in answered),
        *(
            ScoreRow(
                f"press {row.id}",
                row.service_id,
                row.channel,
                OVERALL,
                OVERALL,
                row.score,
                row.flag,
            )
            for row in pressed
        ),
    ]
