"""One visit as its phone shows it."""

from dataclasses import dataclass

from server.domain.seen import Seen
from server.domain.settings import Settings
from server.domain.shown import Service
from server.domain.survey import SurveyState
from server.domain.ticket import State, Ticket
from server.phone import PhoneTicket, phone_ticket
from server.store import boards
from server.tracking import survey_token
from server.web import house, settings_of
from server.wording import minutes

NEAR = 2  # with so many people before you, be in the hall
MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True)
class Visit:
    """`services`: those of the ticket, in order, each once. `survey`: where its survey stands."""

    office_id: int
    seen: Seen
    phone: PhoneTicket
    settings: Settings
    services: tuple[Service, ...]
    survey: SurveyState
    survey_token: str
    at: int

    @property
    def ticket(self) -> Ticket:
        return self.seen.ticket

    @property
    def stage(self) -> str:
        """Which parts of the page are shown; `ticket.js` chooses in the same way."""
        if self.phone.state is State.WAITING:
            return "near" if (self.phone.waiting_ahead or 0) <= NEAR else "waiting"
        return self.phone.outcome or self.phone.state

    @property
    def wait_min(self) -> tuple[int, int] | None:
        """From and to, in minutes, as waits are told; None where none is told."""
        if self.seen.wait is None or self.phone.wait is None:
            return None
        return minutes(self.seen.wait)

    @property
    def between(self) -> tuple[int, int] | None:
        """When the call is expected, from and to (Unix ms)."""
        if self.wait_min is None:
            return None
        low, high = self.wait_min
        return self.at + low * MINUTE_MS, self.at + high * MINUTE_MS


def visit(office_id: int, ticket_id: int) -> Visit:
    """The ticket as it stands now. The version is read first: what is newer is told again."""
    rooms, settings = house().rooms(office_id), settings_of(office_id)
    with house().store.reading() as db:
        version = boards.version(db, office_id)
    seen = rooms.reads.ticket(ticket_id)
    counters = {counter.id: counter for counter in rooms.reads.counters()}
    services = {service.id: service for service in rooms.reads.services()}
    token = survey_token(office_id, ticket_id)
    wanted = dict.fromkeys(step.service_id for step in seen.ticket.steps)
    return Visit(
        office_id=office_id,
        seen=seen,
        phone=phone_ticket(seen, settings, counters, services, version),
        settings=settings,
        services=tuple(services[service_id] for service_id in wanted),
        survey=rooms.satisfaction.state(token),
        survey_token=token,
        at=rooms.reads.now(),
    )
