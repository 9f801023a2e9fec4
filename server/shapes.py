"""The shapes of contract section 3, as programs and our own browser modules get them.

They check what goes out and, with `api.openapi`, describe it. Ids are strings.
"""

from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, Field

from server.catalogue import Catalogue
from server.domain.day import rfc3339
from server.domain.estimate import Wait as DomainWait
from server.domain.order import Priority
from server.domain.seen import Seen
from server.domain.settings import Settings
from server.domain.shown import Board as DomainBoard
from server.domain.shown import Call as DomainCall
from server.domain.shown import Counter as DomainCounter
from server.domain.shown import Event as DomainEvent
from server.domain.shown import Service as DomainService
from server.domain.ticket import Outcome, SlipState, State
from server.wording import why_shape

Time = Annotated[str, Field(json_schema_extra={"format": "date-time"})]


class Words(BaseModel):
    th: str
    en: str


class Wait(BaseModel):
    low_s: int
    likely_s: int
    high_s: int


class Service(BaseModel):
    id: str
    code: str
    prefix: str
    name: Words
    open: bool
    waiting: int
    wait: Wait | None


class Counter(BaseModel):
    id: str
    number: str
    name: Words
    service_ids: list[str]
    open: bool
    state: Literal["open", "closed", "paused"]
    staff: Words | None


class StepShape(BaseModel):
    service_id: str
    state: State
    outcome: Outcome | None


class Slip(BaseModel):
    state: SlipState


class PassedOver(BaseModel):
    number: str
    text: Words


class Why(BaseModel):
    rule: str
    text: Words
    queue_at: Time
    passed_over: list[PassedOver]


class Ticket(BaseModel):
    id: str
    number: str
    office: str
    service_id: str
    counter_id: str | None
    state: State
    priority: Priority
    channel: str
    language: str
    issued_at: Time
    called_at: Time | None
    started_at: Time | None
    ended_at: Time | None
    outcome: Outcome | None
    waiting_ahead: int | None
    wait: Wait | None
    steps: list[StepShape]
    track_url: str | None
    survey_url: str | None
    slip: Slip
    why: Why | None = None


class Event(BaseModel):
    at: Time
    kind: str
    counter_id: str | None
    reason: str | None


class TicketWithEvents(Ticket):
    events: list[Event]


class Tickets(BaseModel):
    items: list[Ticket]
    next: str | None


class Call(BaseModel):
    call_id: str
    number: str
    counter: str
    counter_name: Words
    service: Words
    at: Time
    recall: bool
    service_id: str


class Pool(BaseModel):
    prefix: str
    name: Words
    service_ids: list[str]
    waiting: int
    wait: Wait | None


class Board(BaseModel):
    office: str
    version: int
    at: Time
    calls: list[Call]
    recent: list[Call]
    waiting: list[Pool]
    notices: list[Words]
    closed: bool


def wait(found: DomainWait | None) -> Wait | None:
    if found is None:
        return None
    return Wait(low_s=found.low_s, likely_s=found.likely_s, high_s=found.high_s)


def service(found: DomainService) -> Service:
    return Service(
        id=str(found.id),
        code=found.code,
        prefix=found.prefix,
        name=Words(th=found.name.th, en=found.name.en),
        open=found.open,
        waiting=found.waiting,
        wait=wait(found.wait),
    )


def counter(found: DomainCounter) -> Counter:
    return Counter(
        id=str(found.id),
        number=found.number,
        name=Words(th=found.name.th, en=found.name.en),
        service_ids=[str(service_id) for service_id in found.service_ids],
        open=found.open,
        state=found.state,
        staff=None if found.staff is None else Words(th=found.staff.th, en=found.staff.en),
    )


def ticket(seen: Seen, settings: Settings, catalogue: Catalogue) -> Ticket:
    """As every call but the issuing one gives it: without links."""
    found, step, zone = seen.ticket, seen.ticket.current, settings.zone
    reasons = settings.settings.reasons.call
    why = None if seen.why is None else why_shape(catalogue, seen.why, zone, reasons)
    if why is not None and seen.why is not None:
        why["queue_at"] = rfc3339(seen.why["queue_at"], zone)
    return Ticket(
        id=str(found.id),
        number=found.number,
        office=settings.office.slug,
        service_id=str(step.service_id),
        counter_id=_id(step.counter_id),
        state=step.state,
        priority=found.priority,
        channel=found.channel,
        language=found.language,
        issued_at=_time(found.issued_at, zone),
        called_at=rfc3339(step.called_at, zone),
        started_at=rfc3339(step.started_at, zone),
        ended_at=rfc3339(step.ended_at, zone),
        outcome=step.outcome,
        waiting_ahead=seen.ahead,
        wait=wait(seen.wait),
        steps=[
            StepShape(
                id=str(one.id), service_id=str(one.service_id), state=one.state, outcome=one.outcome
            )
            for one in found.steps
        ],
        track_url=None,
        survey_url=None,
        slip=Slip(state=found.slip_state),
        why=None if why is None else Why.model_validate(why),
    )


def event(found: DomainEvent, zone: ZoneInfo) -> Event:
    return Event(
        at=_time(found.at, zone),
        kind=found.kind,
        counter_id=_id(found.counter_id),
        reason=found.reason,
    )


def board(found: DomainBoard, zone: ZoneInfo) -> Board:
    return Board(
        office=found.office,
        version=found.version,
        at=_time(found.at, zone),
        calls=[_call(call, zone) for call in found.calls],
        recent=[_call(call, zone) for call in found.recent],
        waiting=[
            Pool(
                prefix=pool.prefix,
                name=Words(th=pool.name.th, en=pool.name.en),
                service_ids=[str(service_id) for service_id in pool.service_ids],
                waiting=pool.waiting,
                wait=wait(pool.wait),
            )
            for pool in found.waiting
        ],
        notices=[Words(th=notice.th, en=notice.en) for notice in found.notices],
        closed=found.closed,
    )


def _call(found: DomainCall, zone: ZoneInfo) -> Call:
    return Call(
        call_id=str(found.call_id),
        number=found.number,
        counter=found.counter,
        counter_name=Words(th=found.counter_name.th, en=found.counter_name.en),
        service=Words(th=found.service.th, en=found.service.en),
        at=_time(found.at, zone),
        recall=found.recall,
        service_id=str(found.service_id),
    )


def _id(found: int | None) -> str | None:
    return None if found is None else str(found)


def _time(at: int, zone: ZoneInfo) -> str:
    return rfc3339(at, zone) or ""
