"""The outbox of what another system is told: written with what happened, sent by another thread."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, text, update

from server.domain.webhook import MOST_TRIES, wait_s
from server.store.ids import first_of, new_id
from server.store.schema import webhook_calls

LEASE_MS = 60_000  # longer than one try can take; after that whoever had it is gone
TAKE = text(f"""
    SELECT office_id, id, body, tries, due_at FROM webhook_calls
    WHERE told_at IS NULL AND tries < {MOST_TRIES} AND due_at <= :now
    ORDER BY due_at, id LIMIT 1""")
# Two processes may choose the same one: the second finds it put off.
CLAIM = text("""
    UPDATE webhook_calls SET tries = tries + 1, due_at = :until
    WHERE office_id = :office_id AND id = :id AND due_at = :due_at AND told_at IS NULL""")


@dataclass(frozen=True, slots=True)
class Call:
    """One message. `tries`: how often it was tried, this time included."""

    office_id: int
    id: int
    body: str
    tries: int


def queue(db: Connection, office_id: int, now: int, body: str) -> None:
    db.execute(
        insert(webhook_calls).values(
            office_id=office_id, id=new_id(now), body=body, created_at=now, due_at=now
        )
    )


def any_due(db: Connection, now: int) -> bool:
    return db.execute(TAKE, {"now": now}).first() is not None


def lease(db: Connection, now: int) -> Call | None:
    """The message longest due, for one try; None where there is none, or another has it."""
    row = db.execute(TAKE, {"now": now}).first()
    if row is None:
        return None
    mine = {"office_id": row.office_id, "id": row.id, "due_at": row.due_at}
    if db.execute(CLAIM, {**mine, "until": now + LEASE_MS}).rowcount != 1:
        return None
    return Call(row.office_id, row.id, row.body, row.tries + 1)


def told(db: Connection, call: Call, now: int) -> None:
    _settle(db, call, {"told_at": now, "problem": None})


def failed(db: Connection, call: Call, now: int, problem: str) -> None:
    """It is tried again later, unless this was the last time."""
    _settle(db, call, {"due_at": now + 1000 * wait_s(call.tries), "problem": problem})


def give_up(db: Connection, call: Call, problem: str) -> None:
    _settle(db, call, {"tries": MOST_TRIES, "problem": problem})


def newest(db: Connection, office_id: int, limit: int) -> list[Row[Any]]:
    query = select(webhook_calls).where(webhook_calls.c.office_id == office_id)
    return list(db.execute(query.order_by(webhook_calls.c.id.desc()).limit(limit)))


def any_before(db: Connection, office_id: int, at: int) -> bool:
    query = select(webhook_calls.c.id).where(*_older(office_id, at)).limit(1)
    return db.execute(query).first() is not None


def forget_before(db: Connection, office_id: int, at: int) -> None:
    """Messages queued before `at` (Unix ms) are history: the alerts themselves stay."""
    db.execute(delete(webhook_calls).where(*_older(office_id, at)))


def _older(office_id: int, at: int) -> tuple[Any, ...]:
    return webhook_calls.c.office_id == office_id, webhook_calls.c.id < first_of(at)


def _settle(db: Connection, call: Call, values: dict[str, Any]) -> None:
    mine = (webhook_calls.c.office_id == call.office_id) & (webhook_calls.c.id == call.id)
    db.execute(update(webhook_calls).where(mine).values(values))
