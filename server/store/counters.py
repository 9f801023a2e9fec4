"""Counters: who sits there, whom they take, and whether they call."""

from typing import Any

from sqlalchemy import BigInteger, Connection, Row, Text, bindparam, select, text, update

from server.domain.refusals import NotFound
from server.domain.settings import Words
from server.domain.shown import Counter
from server.domain.wish import Actor
from server.store.ids import new_id
from server.store.line import OPEN
from server.store.schema import counter_services, counters, staff

# Locks the counter and, where it was closed or paused, opens it: one statement for every call.
LOCK_OPEN = text("""
    UPDATE counters SET state = 'open', pause_reason = NULL,
        since_at = CASE WHEN state = 'open' THEN since_at ELSE :now END,
        staff_id = CASE WHEN state = 'open' THEN staff_id ELSE coalesce(:staff_id, staff_id) END
    WHERE office_id = :office_id AND id = :id AND active
    RETURNING number, since_at, staff_id""")
PRESENT = text(f"""
    SELECT counter_id, ticket_id FROM steps
    WHERE office_id = :office_id AND counter_id IS NOT NULL
      AND state IN ('called', 'serving') AND {OPEN}""")


# Not twice at one moment: opened, and then the first call that would have opened it.
NOTE = text("""
    INSERT INTO counter_events (office_id, id, counter_id, at, state, reason, staff_id, actor)
    SELECT :office_id, :id, :counter_id, :at, :state, :reason, :staff_id, :actor
    WHERE NOT EXISTS (
        SELECT 1 FROM counter_events e
        WHERE e.office_id = :office_id AND e.counter_id = :counter_id
          AND e.at = :at AND e.state = :state)""").bindparams(
    bindparam("state", type_=Text),
    bindparam("reason", type_=Text),
    bindparam("staff_id", type_=BigInteger),
    bindparam("actor", type_=Text),
)


def shown(db: Connection, office_id: int, counter_id: int | None = None) -> list[Counter]:
    """The counters in use by their numbers, with who sits and who stands there; or only this."""
    mine = counters.c.office_id == office_id
    rows = db.execute(select(counters).where(mine, counters.c.active)).all()
    if counter_id is not None:
        rows = [row for row in rows if row.id == counter_id]
    sitting = select(staff).where(staff.c.office_id == office_id)
    people = {row.id: row for row in db.execute(sitting)}
    takes: dict[int, dict[int, int]] = {}
    taken = select(counter_services).where(counter_services.c.office_id == office_id)
    for pair in db.execute(taken):
        takes.setdefault(pair.counter_id, {})[pair.service_id] = pair.penalty_s
    there = db.execute(PRESENT, {"office_id": office_id})
    present = {row.counter_id: row.ticket_id for row in there}
    return [
        _counter(row, people.get(row.staff_id), takes.get(row.id, {}), present.get(row.id))
        for row in sorted(rows, key=lambda row: (len(row.number), row.number))
    ]


def lock_open(db: Connection, office_id: int, counter_id: int, actor: Actor, now: int) -> Row[Any]:
    """`number` and `since_at` of a counter that calls from now on, held until the transaction
    ends; where that opened it, so it is noted. Raises `NotFound`."""
    staff_id = actor.id if actor.kind == "staff" else None
    key = {"office_id": office_id, "id": counter_id, "now": now, "staff_id": staff_id}
    row = db.execute(LOCK_OPEN, key).first()
    if row is None:
        raise NotFound("no_such_counter")
    if row.since_at == now:
        note(db, office_id, counter_id, "open", actor, now, staff_id=row.staff_id)
    return row


def note(
    db: Connection,
    office_id: int,
    counter_id: int,
    state: str,
    actor: Actor,
    now: int,
    *,
    staff_id: int | None,
    reason: str | None = None,
) -> None:
    """Keeps who sits where from when on: one row a change."""
    row = {
        "office_id": office_id,
        "id": new_id(now),
        "counter_id": counter_id,
        "at": now,
        "state": state,
        "reason": reason,
        "staff_id": staff_id,
        "actor": str(actor),
    }
    db.execute(NOTE, row)


def change(
    db: Connection,
    office_id: int,
    counter: Row[Any],
    state: str,
    actor: Actor,
    now: int,
    reason: str | None = None,
) -> None:
    """Opens, closes or pauses a counter that the caller has locked, and notes who sits there."""
    sits = None if state == "closed" else counter.staff_id
    if state != "closed" and actor.kind == "staff":
        sits = actor.id
    values: dict[str, object] = {
        "state": state,
        "pause_reason": reason,
        "since_at": now,
        "staff_id": sits,
    }
    db.execute(
        update(counters)
        .where(counters.c.office_id == office_id, counters.c.id == counter.id)
        .values(values)
    )
    left = counter.staff_id if state == "closed" else sits
    note(db, office_id, counter.id, state, actor, now, staff_id=left, reason=reason)


def _counter(
    row: Row[Any], person: Row[Any] | None, takes: dict[int, int], ticket_id: int | None
) -> Counter:
    return Counter(
        id=row.id,
        number=row.number,
        name=Words(th=row.name_th, en=row.name_en),
        state=row.state,
        pause_reason=row.pause_reason,
        staff_id=row.staff_id,
        staff=None if person is None else Words(th=person.name_th, en=person.name_en),
        since_at=row.since_at,
        service_ids=tuple(sorted(takes, key=lambda service: (takes[service], service))),
        penalties=takes,
        ticket_id=ticket_id,
    )
