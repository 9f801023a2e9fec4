"""Simulated days as rows, written in bulk."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Table, insert
from sqlalchemy.sql.compiler import SQLCompiler

from server.domain.day import office_time, unix_ms
from server.domain.estimate import Wait
from server.domain.hall import Hall
from server.domain.opinions import BY_QR, Answered
from server.domain.searching import plain
from server.domain.simulate import SimulatedDay
from server.domain.ticket import Outcome, Ticket
from server.store import schema
from server.store.ids import new_id
from server.store.offices import as_json
from server.store.tickets import told_values

ACTOR = "simulation"
HOUR_MS = 3_600_000


class Rows:
    """Rows of some days, with the ids they get; a statement per table writes them."""

    def __init__(self, office_id: int, hall: Hall, questionnaire_id: int | None) -> None:
        self._office_id, self._questionnaire_id = office_id, questionnaire_id
        self._zone = hall.settings.zone
        self._open_ms = hall.settings.settings.satisfaction.survey_expires_hours * HOUR_MS
        self._prefix = {service.id: service.prefix for service in hall.services}
        self._staff = {counter.id: counter.staff_id for counter in hall.counters}
        # In the order in which they must be written.
        hall_tables = (schema.counter_events, schema.numbers)
        visits = (schema.tickets, schema.steps, schema.ticket_events)
        opinions = (
            *(schema.survey_tokens, schema.presses),
            *(schema.answers, schema.answer_items),
        )
        tables = hall_tables + visits + opinions
        self.of: dict[Table, list[dict[str, Any]]] = {table: [] for table in tables}

    def write(self, db: Connection) -> None:
        for table, rows in self.of.items():
            if rows:
                _write(db, table, rows)

    def add(self, done: SimulatedDay, told: Mapping[int, Wait]) -> None:
        """`told`: the waits told, by the day's own ids of steps."""
        day = done.day.date.isoformat()
        ticket_ids: list[int] = []
        step_ids: list[int] = []
        last: dict[str, int] = {}
        for ticket in done.day.tickets:
            last[ticket.prefix] = ticket.place
            ticket_ids.append(self._add_ticket(ticket))
            self._add_survey(ticket, ticket_ids[-1])
            step_ids += self._add_steps(ticket, ticket_ids[-1], told)
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
        for sitting in done.day.sittings:
            self._add(
                schema.counter_events,
                id=new_id(sitting.at),
                counter_id=sitting.counter_id,
                at=sitting.at,
                state=sitting.state,
                reason=sitting.reason,
                staff_id=self._staff[sitting.counter_id],
                actor=ACTOR,
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
            priority=ticket.priority.value,
            channel=ticket.channel,
            language=ticket.language,
            issued_at=ticket.issued_at,
            slip_state=ticket.slip_state.value,
            track_hash=f"sim-{ticket_id}",
        )
        return ticket_id

    def _add_steps(self, ticket: Ticket, ticket_id: int, told: Mapping[int, Wait]) -> list[int]:
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
                state=step.state.value,
                outcome=None if step.outcome is None else step.outcome.value,
                queue_at=step.queue_at,
                day=None if step.issued_at is None else ticket.day,
                issued_at=step.issued_at,
                first_called_at=step.first_called_at,
                called_at=step.called_at,
                started_at=step.started_at,
                ended_at=step.ended_at,
                recalls=step.recalls,
                returns=step.returns,
                staff_id=None if step.counter_id is None else self._staff[step.counter_id],
                **told_values(told.get(step.id)),
            )
        return ids

    def _add_survey(self, ticket: Ticket, ticket_id: int) -> None:
        """Open once a step was served; no link leads there."""
        served = next((step for step in ticket.steps if step.outcome is Outcome.SERVED), None)
        opened_at = served.ended_at if served else None
        self._add(
            schema.survey_tokens,
            token_hash=f"sim-{ticket_id}",
            service_id=(served or ticket.steps[0]).service_id,
            opened_at=opened_at,
            closes_at=None if opened_at is None else opened_at + self._open_ms,
            answered_at=None,
            counter_id=served.counter_id if served else None,
        )

    def _use_survey(self, answer: Answered) -> int | None:
        """An answer by phone uses up a survey: of the visits it can be of, the last one's. Where
        that was."""
        for survey in reversed(self.of[schema.survey_tokens]):
            if (
                survey["answered_at"] is None
                and survey["service_id"] == answer.service_id
                and survey["opened_at"] is not None
                and survey["opened_at"] <= answer.at
            ):
                survey["answered_at"] = survey["closes_at"]  # a mark, not a time
                counter_id: int | None = survey["counter_id"]
                return counter_id
        return None

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
            hour_at = unix_ms(
                office_time(answer.at, self._zone).replace(minute=0, second=0, microsecond=0)
            )
            by_phone = answer.channel == BY_QR
            counter_id = self._use_survey(answer) if by_phone else None
            answer_id = new_id(hour_at)
            self._add(
                schema.answers,
                id=answer_id,
                questionnaire_id=self._questionnaire_id,
                service_id=answer.service_id,
                channel=answer.channel,
                at=hour_at,
                counter_id=counter_id,
                day=day,
                reasons=as_json(answer.reasons),
                comment=answer.comment,
                comment_plain=answer.comment and plain(answer.comment),
            )
            for item, aspect, score in answer.scores:
                self._add(
                    schema.answer_items, answer_id=answer_id, item=item, aspect=aspect, score=score
                )

    def _add(self, table: Table, **row: object) -> None:
        self.of[table].append({"office_id": self._office_id, **row})


def _write(db: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    """Straight to the driver: there are a quarter of a million rows in a year."""
    made = insert(table).compile(dialect=db.dialect, column_keys=list(rows[0]))
    assert isinstance(made, SQLCompiler)
    if made.positiontup is None:
        db.exec_driver_sql(made.string, rows)
    else:
        order = made.positiontup
        db.exec_driver_sql(made.string, [tuple(row[name] for name in order) for row in rows])
