"""Counters: which services each takes, at once or as a helper after some minutes."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from server import moving
from server.domain.refusals import BadField, NotAllowed
from server.domain.settings import Words
from server.domain.wish import Actor
from server.office import Turn
from server.setup.ground import Facts, Part, added, changed, names
from server.store import line, schema, setup
from server.store.services import naming, takers


@dataclass(frozen=True, slots=True)
class CounterWish:
    """`takes`: penalty seconds by service id; 0 for the counter's own work."""

    number: str
    name: Words
    takes: dict[int, int]
    active: bool


class Counters(Part):
    def all(self) -> list[Row[Any]]:
        """Rows of `counters`, those switched off too, by number."""
        return sorted(self._rows(schema.counters), key=lambda row: (len(row.number), row.number))

    def one(self, counter_id: int) -> Row[Any]:
        """Raises `NotFound`."""
        return self._row(schema.counters, counter_id)

    def working(self) -> dict[int, dict[int, int]]:
        """As `takes`, of the counters that are not switched off."""
        off = {row.id for row in self._rows(schema.counters) if not row.active}
        return {one: takes for one, takes in self.takes().items() if one not in off}

    def takes(self) -> dict[int, dict[int, int]]:
        """Penalty seconds by service id, of every counter by its id."""
        table = schema.counter_services
        found: dict[int, dict[int, int]] = {}
        with self._looking() as db:
            mine = select(table).where(table.c.office_id == self._office.id)
            for row in db.execute(mine):
                found.setdefault(row.counter_id, {})[row.service_id] = row.penalty_s
        return found

    def add(self, wish: CounterWish, actor: Actor) -> int:
        """Raises `BadField`."""
        with self._changing(board=True) as turn:
            _check(turn, wish, None)
            values = {**_values(wish), "state": "closed"}
            counter_id = setup.add(turn.db, schema.counters, turn.office_id, turn.now, values)
            _write_services(turn, counter_id, wish.takes)
            row = setup.find(turn.db, schema.counters, turn.office_id, counter_id)
            added(turn, actor, "counter.added", wish.number, _facts(turn, row))
        return counter_id

    def change(self, counter_id: int, wish: CounterWish, actor: Actor) -> None:
        """Raises `NotFound`, `BadField`.

        `NotAllowed`: somebody is at a counter to switch off, or waits for what no other takes.
        """
        with self._changing(board=True) as turn:
            row = setup.find(turn.db, schema.counters, turn.office_id, counter_id)
            if row.active:  # nobody calls there while it changes
                row = line.lock_counter(turn.db, turn.office_id, counter_id)
            before, stranded = _facts(turn, row), _stranded(turn)
            _check(turn, wish, counter_id)
            setup.change(turn.db, schema.counters, turn.office_id, counter_id, _values(wish))
            _write_services(turn, counter_id, wish.takes)
            if row.active and not wish.active:
                _vacate(turn, row, actor)
            for service_id in sorted(_stranded(turn) - stranded):
                name, _ = naming(turn.db, turn.office_id, service_id)
                raise NotAllowed("nobody_else_takes", service=name)
            now = setup.find(turn.db, schema.counters, turn.office_id, counter_id)
            changed(turn, actor, "counter.changed", row.number, before, _facts(turn, now))


def _check(turn: Turn, wish: CounterWish, counter_id: int | None) -> None:
    if setup.taken(turn.db, schema.counters, turn.office_id, "number", wish.number, counter_id):
        raise BadField(number="taken")
    services = {row.id for row in setup.rows(turn.db, schema.services, turn.office_id)}
    if not set(wish.takes) <= services:
        raise BadField(takes="invalid")


def _stranded(turn: Turn) -> set[int]:
    """Services for which somebody waits and which no counter in use takes."""
    return line.waited_for(turn.db, turn.office_id) - set(takers(turn.db, turn.office_id))


def _values(wish: CounterWish) -> Facts:
    return {
        "number": wish.number,
        "name_th": wish.name.th,
        "name_en": wish.name.en,
        "active": wish.active,
    }


def _write_services(turn: Turn, counter_id: int, takes: dict[int, int]) -> None:
    table = schema.counter_services
    mine = (table.c.office_id == turn.office_id) & (table.c.counter_id == counter_id)
    turn.db.execute(delete(table).where(mine))
    rows = [
        {
            "office_id": turn.office_id,
            "counter_id": counter_id,
            "service_id": service_id,
            "penalty_s": penalty_s,
        }
        for service_id, penalty_s in takes.items()
    ]
    if rows:
        turn.db.execute(insert(table), rows)


def _vacate(turn: Turn, row: Row[Any], actor: Actor) -> None:
    """Nobody works at a counter that is switched off, and nobody waits for it."""
    if line.at_counter(turn.db, turn.office_id, row.id) is not None:
        raise NotAllowed("counter_busy", number=row.number)
    moving.release(turn, row.id, actor)
    closed = {"state": "closed", "staff_id": None, "pause_reason": None, "since_at": turn.now}
    setup.change(turn.db, schema.counters, turn.office_id, row.id, closed)
    table = schema.sign_ins
    sat_there = (table.c.office_id == turn.office_id) & (table.c.counter_id == row.id)
    turn.db.execute(update(table).where(sat_there).values(counter_id=None))


def _facts(turn: Turn, row: Row[Any]) -> Facts:
    table = schema.counter_services
    services = {s.id: s for s in setup.rows(turn.db, schema.services, turn.office_id)}
    mine = (table.c.office_id == turn.office_id) & (table.c.counter_id == row.id)
    taken = turn.db.execute(select(table).where(mine)).all()
    ordered = sorted(taken, key=lambda t: (t.penalty_s, services[t.service_id].position))
    return {
        "number": row.number,
        **names(row),
        "services": [
            services[t.service_id].name_th + (f" +{t.penalty_s / 60:g}" if t.penalty_s else "")
            for t in ordered
        ],
        "active": bool(row.active),
    }
