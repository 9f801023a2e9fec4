"""What the console shows: one visit, who waits, who is parked, what this counter did last."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from server.counter.line import MINUTE_MS, Waiting, waiting
from server.counter.visit import Absent, Parked, Visit, absent, parked_at, visit_at, worded
from server.domain.settings import Settings, Words
from server.domain.shown import Counter
from server.domain.ticket import State, number_text
from server.store import boards, printers, today
from server.web import house, reads, who

LINE_COUNTED = 500
NO_SHOWS_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Ended:
    """A step that ended here. `lasted_s`: its service time, where it was served."""

    ticket_id: int
    number: str
    state: State
    lasted_s: int | None


@dataclass(frozen=True, slots=True)
class Console:
    settings: Settings
    counter: Counter
    version: int
    now: int
    visit: Visit | None
    line: list[Waiting]
    total: int
    longest_min: int
    last: Ended | None
    parked: list[Parked]
    no_shows: list[Absent]  # of today, the last one first
    pause_reason: Words | None
    helpers: list[str]  # numbers of open counters that call for some of this one's services
    sent_here: int  # who wait for this counter alone
    troubled: list[Row[Any]]  # printers

    @property
    def mode(self) -> str:
        if self.visit is not None:
            return str(self.visit.ticket.state)
        return "paused" if self.counter.state == "paused" else "idle"

    @property
    def fresh(self) -> str:
        """The key of a press that is about the counter, not about one visit."""
        return f"v{self.version}"


def console(counter: Counter) -> Console:
    """Everything on this counter's screen. The version is read first: what is shown is that new."""
    office_id, settings = who().office_id, reads().settings()
    with house().store.reading() as db:
        version = boards.version(db, office_id)
    services = {service.id: service for service in reads().services()}
    names = {service.id: service.name for service in services.values()}
    now = reads().now()
    line = reads().line(counter.id, LINE_COUNTED)
    day = reads().today()
    with house().store.reading() as db:
        ended = today.ended_at(db, office_id, counter.id, day, 1)
        gone = today.no_shows(db, office_id, counter.id, day, NO_SHOWS_SHOWN)
        troubled = printers.troubled(db, office_id)
    absences = {seen.ticket.id: seen.ticket for seen in reads().tickets(gone)}
    rules = settings.settings
    return Console(
        settings=settings,
        counter=counter,
        version=version,
        now=now,
        visit=visit_at(counter, services, settings, now),
        line=waiting(line, names, now),
        total=len(line),
        longest_min=max(((now - one.issued_at) // MINUTE_MS for one in line), default=0),
        last=_ended(ended[0]) if ended else None,
        parked=parked_at(counter, services, settings, now),
        no_shows=[absent(absences[one], rules, now) for one in gone if one in absences],
        pause_reason=worded(counter.pause_reason, rules.reasons.pause),
        helpers=_helpers(counter),
        sent_here=sum(one.sent_here for one in line),
        troubled=troubled,
    )


def _ended(row: Row[Any]) -> Ended:
    state = State(row.state)
    begun = row.started_at or row.called_at
    lasted = (row.ended_at - begun) // 1000 if state is State.DONE and begun else None
    return Ended(row.ticket_id, number_text(row.prefix, row.number), state, lasted)


def _helpers(counter: Counter) -> list[str]:
    mine = set(counter.service_ids)
    return [
        other.number
        for other in reads().counters()
        if other.open and other.id != counter.id and mine & set(other.service_ids)
    ]
