"""What this counter did today: who sat there from when to when, and whom they called."""

from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from sqlalchemy import Row

from server.counter.visit import worded
from server.domain.day import unix_ms
from server.domain.settings import Settings, Words
from server.domain.shown import Counter
from server.domain.ticket import State, number_text
from server.store import today
from server.web import house, reads, who


@dataclass(frozen=True, slots=True)
class Called:
    """One step that was called here. Times are Unix ms; `officer` None: a program called."""

    number: str
    service: Words
    state: State
    outcome: str | None
    called_at: int
    started_at: int | None
    ended_at: int | None
    officer: Words | None


@dataclass(frozen=True, slots=True)
class Sitting:
    """From when to when the counter was open or paused. `until` None: it still is."""

    state: str
    since: int
    until: int | None
    reason: Words | None
    officer: Words | None


@dataclass(frozen=True, slots=True)
class Todays:
    at: int
    called: list[Called]
    sittings: list[Sitting]


def todays(counter: Counter, settings: Settings) -> Todays:
    names = {service.id: service.name for service in reads().services()}
    day, office_id = reads().today(), who().office_id
    midnight = datetime.combine(datetime.fromisoformat(day), time(), settings.zone)
    with house().store.reading() as db:
        called = today.called_to(db, office_id, counter.id, day)
        events = today.attendance(db, office_id, counter.id, unix_ms(midnight))
    return Todays(
        at=reads().now(),
        called=[_called(row, names) for row in called],
        sittings=_sittings(events, settings),
    )


def _called(row: Row[Any], names: dict[int, Words]) -> Called:
    return Called(
        number=number_text(row.prefix, row.number),
        service=names[row.service_id],
        state=State(row.state),
        outcome=row.outcome,
        called_at=row.called_at,
        started_at=row.started_at,
        ended_at=row.ended_at,
        officer=_officer(row),
    )


def _sittings(events: list[Row[Any]], settings: Settings) -> list[Sitting]:
    """Each lasts until the next change; while the counter is closed nobody sits there."""
    known = settings.settings.reasons.pause
    ends: list[int | None] = [row.at for row in events[1:]]
    ends.append(None)
    return [
        Sitting(row.state, row.at, end, worded(row.reason, known), _officer(row))
        for row, end in zip(events, ends, strict=False)
        if row.state != "closed"
    ]


def _officer(row: Row[Any]) -> Words | None:
    return None if row.name_th is None else Words(th=row.name_th, en=row.name_en)
