"""Everything the faces show of the queue. Reads only: nothing here changes a row."""

import json
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, text

from server.domain.admission import Shut, again, shut
from server.domain.day import office_day, office_time
from server.domain.estimate import wait_for
from server.domain.hours import at_rest
from server.domain.order import Priority, head_start_of, seen_from
from server.domain.refusals import NotFound
from server.domain.seen import Seen
from server.domain.settings import ServiceRules, Settings, Words
from server.domain.shown import Board, Call, Counter, Event, InLine, PoolWaiting, Service
from server.domain.ticket import State, Ticket, number_text
from server.pace import Paces
from server.store import boards, counters, line, schema, services, tickets
from server.store.engine import Store

RECENT_MS = 10 * 60 * 1000

WAITING = text("""
    SELECT prefix, count(*) AS n FROM steps
    WHERE office_id = :office_id AND state = 'waiting' GROUP BY prefix""")
RECENT = text("""
    SELECT e.id AS call_id, t.prefix, t.number AS place, s.service_id, e.counter_id, e.at,
           e.kind = 'recalled' AS recall
    FROM ticket_events e
    JOIN tickets t ON t.office_id = e.office_id AND t.id = e.ticket_id
    JOIN steps s ON s.office_id = e.office_id AND s.id = e.step_id
    WHERE e.office_id = :office_id AND e.at > :since AND e.kind IN ('called', 'recalled')
    ORDER BY e.at DESC, e.id DESC""")
# The waiting of one counter in its order: of the services it takes, and sent to this very one.
LINE = text(f"""
    WITH mine AS (
        SELECT s.*, c.penalty_s
        FROM counter_services c
        CROSS JOIN steps s
        WHERE c.office_id = :office_id AND c.counter_id = :counter_id
          AND s.office_id = c.office_id AND s.service_id = c.service_id
          AND s.state = 'waiting' AND s.counter_id IS NULL
        UNION ALL
        SELECT s.*, 0 FROM steps s
        WHERE s.office_id = :office_id AND s.counter_id = :counter_id
          AND s.state = 'waiting' AND s.{line.OPEN})
    SELECT t.id, t.prefix, t.number AS place, t.priority, t.language, t.channel, m.service_id,
           m.issued_at, m.queue_at, m.penalty_s, m.first_called_at, m.counter_id, m.slot_at,
           t.issued_at AS came_at
    FROM mine m JOIN tickets t ON t.office_id = m.office_id AND t.id = m.ticket_id
    ORDER BY m.queue_at + 1000 * m.penalty_s, m.id LIMIT :limit""")


class Reads:
    """Bound to one office. `clock` gives Unix ms."""

    def __init__(
        self, store: Store, office_id: int, clock: Callable[[], int], paces: Paces
    ) -> None:
        self._store, self.office_id, self._clock, self._paces = store, office_id, clock, paces

    def settings(self) -> Settings:
        with self._store.glancing() as db:
            return self._settings(db)

    def now(self) -> int:
        return self._clock()

    def board(self) -> Board:
        """The whole board, all of it as of one moment."""
        paces = self._paces.all()
        with self._store.reading() as db:
            settings, now = self._settings(db), self._clock()
            version = boards.version(db, self.office_id)
            key = {"office_id": self.office_id}
            places = {row.id: row for row in self._rows(db, schema.counters)}
            services = {row.id: row for row in self._rows(db, schema.services)}

            def call(row: Row[Any], number: str) -> Call:
                counter, service = places[row.counter_id], services[row.service_id]
                return Call(
                    row.call_id,
                    number,
                    counter.number,
                    _words(counter),
                    _words(service),
                    row.at,
                    bool(row.recall),
                    row.service_id,
                )

            calls = [call(row, row.number) for row in self._rows(db, schema.current_calls)]
            recent = db.execute(RECENT, {**key, "since": now - RECENT_MS}).all()
            return Board(
                office=settings.office.slug,
                name=settings.office.name,
                demo=settings.settings.demo,
                version=version,
                at=now,
                calls=tuple(sorted(calls, key=lambda c: c.call_id, reverse=True)),
                recent=tuple(call(row, number_text(row.prefix, row.place)) for row in recent),
                waiting=self._pools(db, list(services.values()), paces, settings),
                notices=settings.notices,
                closed=_closed(settings, now, services.values()),
            )

    def services(self) -> list[Service]:
        """All services in the office's order, switched off ones too."""
        paces = self._paces.all()
        with self._store.reading() as db:
            settings = self._settings(db)
            now = office_time(self._clock(), settings.zone)
            waiting = {r.prefix: r.n for r in db.execute(WAITING, {"office_id": self.office_id})}
            rows = sorted(self._rows(db, schema.services), key=lambda row: row.position)
            limited = [row.id for row in rows if ServiceRules.read(row.rules).day_limit]
            day, given = now.date().isoformat(), dict[int, int]()
            if limited:
                given = services.given_today(db, self.office_id, day, limited)
            takers = services.takers(db, self.office_id)
            return [
                _service(
                    row,
                    waiting.get(row.prefix, 0),
                    paces,
                    settings=settings,
                    now=now,
                    takers=takers.get(row.id, frozenset()),
                    given=given.get(row.id, 0),
                )
                for row in rows
            ]

    def divisions(self) -> list[Row[Any]]:
        """Rows of `divisions` in the office's order."""
        with self._store.reading() as db:
            return sorted(self._rows(db, schema.divisions), key=lambda row: row.position)

    def counters(self) -> list[Counter]:
        with self._store.reading() as db:
            return counters.shown(db, self.office_id)

    def counter(self, counter_id: int) -> Counter:
        """Raises `NotFound`."""
        for counter in self.counters():
            if counter.id == counter_id:
                return counter
        raise NotFound("no_such_counter")

    def ticket(self, ticket_id: int) -> Seen:
        """The ticket as it stands, with how many are ahead while it waits. Raises `NotFound`."""
        paces = self._paces.all()
        with self._store.reading() as db:
            return self._seen(db, tickets.get(db, self.office_id, ticket_id), paces)

    def tickets(self, ids: list[int]) -> list[Seen]:
        """These tickets, oldest first."""
        paces = self._paces.all()
        with self._store.reading() as db:
            found = tickets.many(db, self.office_id, ids)
            return [self._seen(db, ticket, paces) for ticket in found]

    def held_at(self, counter_id: int) -> list[Ticket]:
        """Who is parked at this counter, oldest first."""
        with self._store.reading() as db:
            steps = schema.steps
            ids = db.scalars(
                select(steps.c.ticket_id).where(
                    steps.c.office_id == self.office_id,
                    steps.c.counter_id == counter_id,
                    steps.c.state == State.HELD,
                )
            )
            return tickets.many(db, self.office_id, list(ids))

    def find_tickets(
        self,
        *,
        day: str | None = None,
        state: State | None = None,
        service_id: int | None = None,
        after: int = 0,
        limit: int = 100,
    ) -> list[Seen]:
        """Tickets oldest first, from after the id `after`; state and service are those shown."""
        table, steps = schema.tickets, schema.steps
        wanted = select(table.c.id).where(table.c.office_id == self.office_id, table.c.id > after)
        if day is not None:
            wanted = wanted.where(table.c.day == day)
        if state is not None or service_id is not None:
            one = (
                select(steps.c.ticket_id)
                .where(steps.c.office_id == table.c.office_id, steps.c.ticket_id == table.c.id)
                .where(steps.c.position == tickets.current_position(table))
                .correlate(table)
            )
            if state is not None:
                one = one.where(steps.c.state == state)
            if service_id is not None:
                one = one.where(steps.c.service_id == service_id)
            wanted = wanted.where(one.exists())
        with self._store.reading() as db:
            ids = list(db.scalars(wanted.order_by(table.c.id).limit(limit)))
        return self.tickets(ids)

    def events(self, ticket_id: int) -> list[Event]:
        """What happened to the ticket, in order."""
        table = schema.ticket_events
        with self._store.reading() as db:
            rows = db.execute(
                select(table)
                .where(table.c.office_id == self.office_id, table.c.ticket_id == ticket_id)
                .order_by(table.c.id)
            )
            return [
                Event(
                    row.at,
                    row.kind,
                    row.counter_id,
                    row.actor,
                    row.reason,
                    None if row.why is None else json.loads(row.why),
                )
                for row in rows
            ]

    def line(self, counter_id: int, limit: int = 50) -> list[InLine]:
        """Who waits for this counter, in the order in which it would call them."""
        with self._store.reading() as db:
            key = {"office_id": self.office_id, "counter_id": counter_id, "limit": limit}
            return [_in_line(row) for row in db.execute(LINE, key)]

    def today(self) -> str:
        return office_day(self._clock(), self.settings().zone)

    # ------------------------------------------------------------ what these share

    def _settings(self, db: Connection) -> Settings:
        offices = schema.offices
        row = db.scalar(select(offices.c.settings).where(offices.c.id == self.office_id))
        return Settings.read(str(row))

    def _rows(self, db: Connection, table: Any) -> list[Row[Any]]:
        return list(db.execute(select(table).where(table.c.office_id == self.office_id)))

    def _seen(self, db: Connection, ticket: Ticket, paces: dict[str, Any]) -> Seen:
        step = ticket.current
        if step.state is not State.WAITING:
            return Seen(ticket)
        prefix = str(
            db.scalar(
                select(schema.services.c.prefix).where(
                    schema.services.c.office_id == self.office_id,
                    schema.services.c.id == step.service_id,
                )
            )
        )
        ahead = line.ahead(db, self.office_id, prefix, step)
        return Seen(ticket, ahead, wait_for(ahead, paces[prefix]) if prefix in paces else None)

    def _pools(
        self, db: Connection, services: list[Row[Any]], paces: dict[str, Any], settings: Settings
    ) -> tuple[PoolWaiting, ...]:
        waiting = {r.prefix: r.n for r in db.execute(WAITING, {"office_id": self.office_id})}
        pools = sorted(self._rows(db, schema.pools), key=lambda row: row.position)
        shown = settings.settings.show_wait
        return tuple(
            PoolWaiting(
                pool.prefix,
                _words(pool),
                tuple(s.id for s in services if s.prefix == pool.prefix),
                waiting.get(pool.prefix, 0),
                wait_for(waiting.get(pool.prefix, 0), paces[pool.prefix])
                if shown and waiting.get(pool.prefix, 0) and pool.prefix in paces
                else None,
            )
            for pool in pools
            # A pool that is switched off stays until its last visitor has been called.
            if waiting.get(pool.prefix, 0)
            or any(s.prefix == pool.prefix and s.active for s in services)
        )


def _closed(settings: Settings, now: int, services: Iterable[Row[Any]]) -> bool:
    rules = {row.rules for row in services if row.active}  # most have the same: none of their own
    at = office_time(now, settings.zone)
    return at_rest(settings, at, [ServiceRules.read(text) for text in rules])


def _words(row: Any) -> Words:
    return Words(th=row.name_th, en=row.name_en)


def _service(
    row: Row[Any],
    waiting: int,
    paces: dict[str, Any],
    *,
    settings: Settings,
    now: datetime,
    takers: frozenset[str],
    given: int,
) -> Service:
    profile = json.loads(row.profile)
    pace, rules = paces.get(row.prefix), ServiceRules.read(row.rules)
    wait = wait_for(waiting, pace) if pace else None
    why: Shut | None = Shut.OFF
    if row.active:
        why = shut(settings, now, rules, takers, given=given, wait=wait)
    return Service(
        id=row.id,
        code=row.code,
        prefix=row.prefix,
        division_id=row.division_id,
        icon=row.icon,
        name=_words(row),
        standard_minutes=row.standard_minutes,
        case_days=row.case_days,
        papers=json.loads(row.papers),
        demand=profile["share"] * profile["month_factor"][now.month - 1],
        active=bool(row.active),
        open=why is None,
        waiting=waiting,
        wait=wait,
        rules=rules,
        takers=takers,
        given=given,
        shut=why,
        again=again(settings, now, why, rules, takers) if why else None,
    )


def _in_line(row: Row[Any]) -> InLine:
    return InLine(
        ticket_id=row.id,
        number=number_text(row.prefix, row.place),
        priority=Priority(row.priority),
        language=row.language,
        channel=row.channel,
        service_id=row.service_id,
        issued_at=row.issued_at,
        queue_at=row.queue_at,
        penalty_s=row.penalty_s,
        seen_at=seen_from(row.queue_at, row.penalty_s),
        came_back=row.first_called_at is not None,
        sent_here=row.counter_id is not None,
        head_start_min=head_start_of(row.queue_at, row.came_at, row.slot_at),
    )
