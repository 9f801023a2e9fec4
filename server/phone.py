"""What a resident's phone is told of one ticket."""

from collections.abc import Callable

from pydantic import BaseModel
from sqlalchemy import bindparam, text

from server.domain.day import rfc3339
from server.domain.estimate import wait_for
from server.domain.seen import Seen
from server.domain.settings import Settings
from server.domain.shown import Counter, Service
from server.domain.ticket import State, Ticket
from server.pace import Paces
from server.reads import Reads
from server.shapes import Wait, Words, wait
from server.store import boards, line, tickets
from server.store.engine import Store

# The place of every phone's ticket in its pool, in one look at those who wait.
PLACES = text("""
    SELECT ticket_id, ahead FROM (
        SELECT ticket_id,
               row_number() OVER (PARTITION BY prefix ORDER BY queue_at, id) - 1 AS ahead
        FROM steps WHERE office_id = :office_id AND state = 'waiting') AS line
    WHERE ticket_id IN :ids""").bindparams(bindparam("ids", expanding=True))


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


class Phones:
    """The phones of one office, however many, in a handful of statements."""

    def __init__(self, store: Store, reads: Reads, clock: Callable[[], int]) -> None:
        self._store, self._reads = store, reads
        self._paces = Paces(store, reads.office_id, clock)

    def look(self, ids: list[int]) -> tuple[int, list[PhoneTicket]]:
        """The board's version, and what the phones of these tickets show at it, oldest first."""
        settings = self._reads.settings()
        counters = {counter.id: counter for counter in self._reads.counters()}
        services = {service.id: service for service in self._reads.services()}
        paces = self._paces.all()
        office_id = self._reads.office_id
        with self._store.reading() as db:
            version = boards.version(db, office_id)
            found = tickets.many(db, office_id, ids)
            rows = db.execute(PLACES, {"office_id": office_id, "ids": ids})
            places = {row.ticket_id: min(row.ahead, line.AHEAD_BOUND) for row in rows}

        def seen(ticket: Ticket) -> Seen:
            if ticket.state is not State.WAITING or ticket.id not in places:
                return Seen(ticket)
            ahead = places[ticket.id]
            pace = paces.get(services[ticket.current.service_id].prefix)
            return Seen(ticket, ahead, wait_for(ahead, pace) if pace else None)

        return version, [
            phone_ticket(seen(ticket), settings, counters, services, version) for ticket in found
        ]


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
