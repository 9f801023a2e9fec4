"""Tries other head starts and penalties on a past month. Reads only; nothing is changed by it."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, Row

from server.domain.day import office_day
from server.domain.hall import Hall, HallCounter, HallService
from server.domain.office_file import ServiceProfile
from server.domain.order import Priority
from server.domain.past import PastDay, PastMonth
from server.domain.policy import Comparison, Tried, compare
from server.domain.recorded import EventRecord, StepRecord, TicketRecord, Told, told_by, usual_ms
from server.domain.refusals import NotAllowed
from server.domain.settings import Arrivals, ServiceRules, Settings, VisitsPerDay, Words
from server.domain.shifts import Hours, Seen, absences, habits_of, shifts_of
from server.domain.thai import Period
from server.domain.ticket import Outcome
from server.store import offices, past
from server.store.engine import Store

DAY_MS = 86_400_000
MINUTE_MS = 60_000
YEARS = 3  # that the months to choose from go back
NOBODY_DRAWN = Arrivals(  # the visitors are those who came
    visits_per_day=VisitsPerDay(low=0, typical=0, high=0),
    hour_share={},
    channel_share={},
    language_share={},
)


@dataclass(frozen=True, slots=True)
class Trial:
    """`services`: their names by id, in the office's order."""

    comparison: Comparison
    services: Mapping[int, Words]


class Policy:
    """Bound to one office."""

    def __init__(self, store: Store, office_id: int) -> None:
        self._store, self._office_id = store, office_id

    def settings(self) -> Settings:
        with self._store.reading() as db:
            return Settings.read(offices.for_verb(db, self._office_id).settings)

    def months(self, now: int) -> list[str]:
        """The months (2026-03) that have tickets of days that are over at `now`, newest first."""
        today = self._today(now)
        first = today.replace(year=today.year - YEARS, day=1)
        with self._store.reading() as db:
            return past.months(db, self._office_id, first, today - timedelta(days=1))

    def takes(self) -> dict[tuple[str, str], tuple[int, int]]:
        """Ids of counter and service, by the counter's number and the service's code."""
        with self._store.reading() as db:
            return {
                (row.number, row.code): (row.counter_id, row.service_id)
                for row in past.takes(db, self._office_id)
            }

    def attempt(self, period: Period, tried: Tried, now: int) -> Trial:
        """The days of `period` that are over at `now` (Unix ms), replayed before and after.

        Raises `NotAllowed` (`month_without_tickets`).
        """
        last = min(period.last, self._today(now) - timedelta(days=1))
        with self._store.reading() as db:
            records = _Records(db, self._office_id, period.first, last)
        if not records.told:
            raise NotAllowed("month_without_tickets", month=f"{period.first:%Y-%m}")
        comparison = compare(records.hall, records.month(), tried)
        return Trial(comparison, records.names)

    def _today(self, now: int) -> date:
        return date.fromisoformat(office_day(now, self.settings().zone))


class _Records:
    """What is read of a month; the rows are read when it is made."""

    def __init__(self, db: Connection, office_id: int, first: date, last: date) -> None:
        self._settings = Settings.read(offices.for_verb(db, office_id).settings)
        rows = past.services_of(db, office_id)
        self.names = {row.id: Words(th=row.name_th, en=row.name_en) for row in rows}
        self.told = dict(_days(db, office_id, first, last))
        self.hall = Hall(
            settings=self._settings,
            arrivals=NOBODY_DRAWN,
            services=tuple(_service(row) for row in rows),
            counters=self._counters(db, office_id),
            questionnaire=None,
        )
        self._noted: dict[tuple[str, int], list[tuple[int, str]]] = defaultdict(list)
        for note in past.seats_between(db, office_id, *_moments(first, last)):
            day = office_day(note.at, self._settings.zone)
            self._noted[day, note.counter_id].append((note.at, note.state))

    def _counters(self, db: Connection, office_id: int) -> tuple[HallCounter, ...]:
        """With what each takes today, and what it was seen to take in that month."""
        penalties: dict[int, dict[int, int]] = defaultdict(dict)
        for row in past.takes(db, office_id):
            penalties[row.counter_id][row.service_id] = row.penalty_s
        for told in self.told.values():
            for seat in told.seats:
                penalties[seat.counter_id].setdefault(seat.service_id, 0)
        return tuple(
            HallCounter(row.id, row.number, penalties[row.id])
            for row in past.counters_of(db, office_id)
            if penalties[row.id]
        )

    def month(self) -> PastMonth:
        penalties = {counter.id: counter.penalties for counter in self.hall.counters}
        seen: dict[int, Seen] = {}
        days = []
        for day, told in self.told.items():
            hours = self._hours(day, told)
            noted = {
                counter_id: absences(notes, hours.opens, hours.ends)
                for (on, counter_id), notes in self._noted.items()
                if on == day
            }
            shifts = shifts_of(told.seats, told.waits, noted, penalties, hours, seen)
            when = date.fromisoformat(day)
            days.append(PastDay(when, tuple(told.visits), shifts, hours.ends, tuple(told.stays)))
        visits = (visit for told in self.told.values() for visit in told.visits)
        return PastMonth(tuple(days), habits_of(seen), usual_ms(visits))

    def _hours(self, day: str, told: Told) -> Hours:
        """The day's first moment at the counters, its last, and who may have been at lunch."""
        when, rules = date.fromisoformat(day), self._settings
        longer = rules.closing.serve_waiting_after_close_minutes * MINUTE_MS
        calls = [seat.since for seat in told.seats]
        rises = [seat.until for seat in told.seats]
        opens = self.hall.at(when, rules.hours.open)
        last_call = max(calls, default=opens)
        ends = max([*rises, self.hall.at(when, rules.hours.close)]) + longer
        went_home = [at for at in told.closed_at if at > last_call]
        lunch, rest = rules.hours.lunch, {}
        if lunch is not None:
            span = self.hall.at(when, lunch.from_), self.hall.at(when, lunch.to)
            rota = lunch.counters if lunch.served else ()
            everyone = lunch.served and not lunch.counters
            rest = {
                counter.id: span
                for counter in self.hall.counters
                if not everyone and counter.number not in rota
            }
        return Hours(opens, min(went_home, default=ends), rest)


def _days(db: Connection, office_id: int, first: date, last: date) -> Iterator[tuple[str, Told]]:
    """What the records tell of each day that had any tickets."""
    events: dict[int, list[EventRecord]] = defaultdict(list)
    for row in past.events_between(db, office_id, *_moments(first, last)):
        events[row.step_id].append(EventRecord(row.at, row.kind, row.counter_id))
    steps: dict[int, list[StepRecord]] = defaultdict(list)
    for row in past.steps_of(db, office_id, first, last):
        outcome = None if row.outcome is None else Outcome(row.outcome)
        told = StepRecord(
            row.service_id, outcome, row.issued_at, row.slot_at, row.ended_at, events[row.id]
        )
        steps[row.ticket_id].append(told)
    tickets: dict[str, list[TicketRecord]] = defaultdict(list)
    for row in past.tickets_between(db, office_id, first, last):
        ticket = TicketRecord(Priority(row.priority), row.issued_at, steps[row.id])
        tickets[row.day].append(ticket)
    for day in sorted(tickets):
        yield day, told_by(tickets[day])


def _moments(first: date, last: date) -> tuple[int, int]:
    """Unix ms that hold all that happened on these dates, in any time zone, and a day after."""
    since = (first - date(1970, 1, 1)).days
    until = (last - date(1970, 1, 1)).days
    return (since - 1) * DAY_MS, (until + 3) * DAY_MS


def _service(row: Row[Any]) -> HallService:
    profile = ServiceProfile.model_validate_json(row.profile)
    rules = ServiceRules.read(row.rules)
    return HallService(row.id, row.prefix, row.standard_minutes, profile, rules)
