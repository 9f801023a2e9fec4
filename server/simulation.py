"""A simulated past for a demo office, written in bulk."""

from collections import defaultdict
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, Table, insert, select

from server.domain.hall import Hall, HallCounter, HallService, is_working_day
from server.domain.office_file import ServiceProfile
from server.domain.questionnaire import Questionnaire
from server.domain.refusals import NotAllowed, NotFound
from server.domain.settings import Settings
from server.domain.simulate import SimulatedDay, simulated_day
from server.domain.ticket import Ticket
from server.store import schema
from server.store.engine import Store
from server.store.ids import new_id
from server.store.offices import as_json

ACTOR = "simulation"
DAYS_AT_ONCE = 20  # in one transaction, so that a serving office is not kept waiting long


def simulate(
    store: Store,
    office_id: int,
    first: date,
    last: date,
    seed: int,
    visits_per_day: int | None = None,
) -> int:
    """Writes simulated working days from `first` to `last`, both included; returns the tickets.

    The same seed gives the same days, whichever others are asked for with them. Raises `NotFound`
    or `NotAllowed` (`not_a_demo`, `no_arrivals`, `day_has_tickets`) before anything is written.
    """
    with store.reading() as db:
        hall, questionnaire_id = _read_hall(db, office_id)
        _refuse_used_days(db, office_id, first, last)
    dates = (first + timedelta(days=n) for n in range((last - first).days + 1))
    days = [day for day in dates if is_working_day(hall.settings, day)]
    written = 0
    for start in range(0, len(days), DAYS_AT_ONCE):
        batch = days[start : start + DAYS_AT_ONCE]
        rows = _Rows(office_id, hall, questionnaire_id)
        for day in batch:
            rows.add(simulated_day(hall, day, seed, visits_per_day))
        with store.writing() as db:
            _refuse_used_days(db, office_id, batch[0], batch[-1])
            rows.write(db)
        written += len(rows.of[schema.tickets])
    return written


def _refuse_used_days(db: Connection, office_id: int, first: date, last: date) -> None:
    tickets = schema.tickets
    used = db.scalar(
        select(tickets.c.day)
        .where(
            tickets.c.office_id == office_id,
            tickets.c.day.between(first.isoformat(), last.isoformat()),
        )
        .order_by(tickets.c.day)
        .limit(1)
    )
    if used is not None:
        raise NotAllowed("day_has_tickets", day=used)


def _read_hall(db: Connection, office_id: int) -> tuple[Hall, int | None]:
    """The office as the simulator sees it, and the questionnaire that its answers belong to."""
    offices, services, counters = schema.offices, schema.services, schema.counters
    office = db.execute(select(offices).where(offices.c.id == office_id)).first()
    if office is None:
        raise NotFound("no_such_office")
    if not office.demo:
        raise NotAllowed("not_a_demo")
    settings = Settings.read(office.settings)
    if settings.arrivals is None:
        raise NotAllowed("no_arrivals")
    taken, asked = schema.counter_services, schema.questionnaires
    penalties: dict[int, dict[int, int]] = defaultdict(dict)
    for row in db.execute(select(taken).where(taken.c.office_id == office_id)):
        penalties[row.counter_id][row.service_id] = row.penalty_s
    given = db.execute(
        select(services)
        .where(services.c.office_id == office_id, services.c.active)
        .order_by(services.c.position, services.c.code)
    )
    at_work = db.execute(
        select(counters)
        .where(counters.c.office_id == office_id, counters.c.active)
        .order_by(counters.c.number)
    )
    form = db.execute(
        select(asked)
        .where(asked.c.office_id == office_id, asked.c.active)
        .order_by(asked.c.version.desc(), asked.c.id.desc())
    ).first()
    hall = Hall(
        settings=settings,
        arrivals=settings.arrivals,
        services=tuple(
            HallService(
                id=row.id,
                prefix=row.prefix,
                standard_minutes=row.standard_minutes,
                profile=ServiceProfile.model_validate_json(row.profile),
            )
            for row in given
        ),
        counters=tuple(HallCounter(row.id, row.number, penalties[row.id]) for row in at_work),
        questionnaire=None if form is None else Questionnaire.read(form.body),
    )
    return hall, None if form is None else form.id


class _Rows:
    """Rows of some days, with the ids they get; a statement per table writes them."""

    def __init__(self, office_id: int, hall: Hall, questionnaire_id: int | None) -> None:
        self._office_id, self._questionnaire_id = office_id, questionnaire_id
        self._prefix = {service.id: service.prefix for service in hall.services}
        # In the order in which they must be written.
        queue = (schema.numbers, schema.tickets, schema.steps, schema.ticket_events)
        opinions = (schema.presses, schema.answers, schema.answer_items)
        self.of: dict[Table, list[dict[str, Any]]] = {table: [] for table in queue + opinions}

    def write(self, db: Connection) -> None:
        for table, rows in self.of.items():
            if rows:
                db.execute(insert(table), rows)

    def add(self, done: SimulatedDay) -> None:
        day = done.day.date.isoformat()
        ticket_ids: list[int] = []
        step_ids: list[int] = []
        last: dict[str, int] = {}
        for ticket in done.day.tickets:
            last[ticket.prefix] = ticket.place
            ticket_ids.append(self._add_ticket(ticket))
            step_ids += self._add_steps(ticket, ticket_ids[-1])
        for prefix, place in last.items():
            self._add(schema.numbers, day=day, prefix=prefix, last=place)
        for event in done.day.events:
            self._add(
                schema.ticket_events,
                id=new_id(event.at),
                ticket_id=ticket_ids[event.ticket],
                step_id=step_ids[event.step],
                at=event.at,
                kind=event.kind,
                counter_id=event.counter_id,
                actor=ACTOR,
                reason=event.reason,
                why=None if event.why is None else as_json(event.why),
            )
        self._add_opinions(done, day)

    def _add_ticket(self, ticket: Ticket) -> int:
        ticket_id = new_id(ticket.issued_at)
        self._add(
            schema.tickets,
            id=ticket_id,
            day=ticket.day,
            prefix=ticket.prefix,
            number=ticket.place,
            priority=ticket.priority,
            channel=ticket.channel,
            language=ticket.language,
            issued_at=ticket.issued_at,
            slip_state=ticket.slip_state,
            track_hash=f"sim-{ticket_id}",
        )
        return ticket_id

    def _add_steps(self, ticket: Ticket, ticket_id: int) -> list[int]:
        ids = []
        for step in ticket.steps:
            ids.append(new_id(ticket.issued_at))
            self._add(
                schema.steps,
                id=ids[-1],
                ticket_id=ticket_id,
                position=step.position,
                service_id=step.service_id,
                prefix=self._prefix[step.service_id],
                counter_id=step.counter_id,
                state=step.state,
                outcome=step.outcome,
                queue_at=step.queue_at,
                day=None if step.issued_at is None else ticket.day,
                issued_at=step.issued_at,
                first_called_at=step.first_called_at,
                called_at=step.called_at,
                started_at=step.started_at,
                ended_at=step.ended_at,
                recalls=step.recalls,
            )
        return ids

    def _add_opinions(self, done: SimulatedDay, day: str) -> None:
        for press in done.presses:
            self._add(
                schema.presses,
                id=new_id(press.at),
                at=press.at,
                day=day,
                score=press.score,
                channel=press.channel,
                counter_id=press.counter_id,
                service_id=press.service_id,
                source=f"counter:{press.counter_id}",
                reasons=as_json(press.reasons),
            )
        for answer in done.answers:
            answer_id = new_id(answer.at)
            self._add(
                schema.answers,
                id=answer_id,
                questionnaire_id=self._questionnaire_id,
                service_id=answer.service_id,
                channel=answer.channel,
                at=answer.at,
                day=day,
                reasons=as_json(answer.reasons),
                comment=answer.comment,
            )
            for item, aspect, score in answer.scores:
                self._add(
                    schema.answer_items, answer_id=answer_id, item=item, aspect=aspect, score=score
                )

    def _add(self, table: Table, **row: object) -> None:
        self.of[table].append({"office_id": self._office_id, **row})
