"""What a resident's phone is told of one ticket."""

from pydantic import BaseModel

from server.domain.day import rfc3339
from server.domain.seen import Seen
from server.domain.settings import Settings
from server.domain.shown import Counter, Service
from server.domain.ticket import State
from server.shapes import Wait, Words, wait


class PhoneTicket(BaseModel):
    """Never the priority nor its reason: a phone is shown around. `version` is the board's."""

    id: str
    version: int
    number: str
    state: State
    outcome: str | None
    service: Words
    counter: str | None
    counter_name: Words | None
    waiting_ahead: int | None
    wait: Wait | None
    called_at: str | None
    ended_at: str | None


def phone_ticket(
    seen: Seen,
    settings: Settings,
    counters: dict[int, Counter],
    services: dict[int, Service],
    version: int,
) -> PhoneTicket:
    step = seen.ticket.current
    counter = counters.get(step.counter_id) if step.counter_id else None
    service = services[step.service_id].name
    return PhoneTicket(
        id=str(seen.ticket.id),
        version=version,
        number=seen.ticket.number,
        state=step.state,
        outcome=step.outcome,
        service=Words(th=service.th, en=service.en),
        counter=counter.number if counter else None,
        counter_name=Words(th=counter.name.th, en=counter.name.en) if counter else None,
        waiting_ahead=seen.ahead,
        wait=wait(seen.wait) if settings.settings.show_wait else None,
        called_at=rfc3339(step.called_at, settings.zone),
        ended_at=rfc3339(step.ended_at, settings.zone),
    )
