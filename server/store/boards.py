"""The board's version, and the call each counter shows."""

from sqlalchemy import ColumnElement, Connection, delete, exists, select

from server.store import schema
from server.store.plain import Plain

# Never down, also not after a restart or a restore: at least old + 1 and at least Unix ms.
RAISE = Plain("""
    INSERT INTO board_versions (office_id, version) VALUES (:office_id, :now)
    ON CONFLICT (office_id) DO UPDATE SET version =
        CASE WHEN board_versions.version >= :now THEN board_versions.version + 1 ELSE :now END""")

SHOW = Plain("""
    INSERT INTO current_calls
        (office_id, counter_id, call_id, ticket_id, service_id, number, at, recall)
    VALUES (:office_id, :counter_id, :call_id, :ticket_id, :service_id, :number, :at, :recall)
    ON CONFLICT (office_id, counter_id) DO UPDATE SET
        call_id = excluded.call_id, ticket_id = excluded.ticket_id,
        service_id = excluded.service_id, number = excluded.number,
        at = excluded.at, recall = excluded.recall""")


def raise_version(db: Connection, office_id: int, now: int) -> None:
    """A verb's last statement, so that its lock is short."""
    RAISE.run(db, {"office_id": office_id, "now": now})


def version(db: Connection, office_id: int) -> int:
    """The board's version now; 0 for an office that never had one."""
    table = schema.board_versions
    found = db.scalar(select(table.c.version).where(table.c.office_id == office_id))
    return int(found or 0)


def show_call(
    db: Connection,
    office_id: int,
    *,
    counter_id: int,
    call_id: int,
    ticket_id: int,
    service_id: int,
    number: str,
    at: int,
    recall: bool,
) -> None:
    """Puts this call up for its counter, in place of the one before."""
    SHOW.run(
        db,
        {
            "office_id": office_id,
            "counter_id": counter_id,
            "call_id": call_id,
            "ticket_id": ticket_id,
            "service_id": service_id,
            "number": number,
            "at": at,
            "recall": recall,
        },
    )


def take_down(db: Connection, office_id: int, ticket_id: int) -> None:
    """The ticket went back, was cancelled or did not come: its call stands no longer."""
    calls = schema.current_calls
    db.execute(delete(calls).where(calls.c.office_id == office_id, calls.c.ticket_id == ticket_id))


def any_before(db: Connection, office_id: int, day: str) -> bool:
    """Whether a call of a ticket of an earlier day still stands. `day`: 2026-10-01."""
    return bool(db.scalar(select(exists().where(_before(office_id, day)))))


def take_down_before(db: Connection, office_id: int, day: str) -> None:
    """No screen begins the day with calls of the day before. `day`: 2026-10-01."""
    db.execute(delete(schema.current_calls).where(_before(office_id, day)))


def _before(office_id: int, day: str) -> ColumnElement[bool]:
    calls, tickets = schema.current_calls, schema.tickets
    old = select(tickets.c.id).where(tickets.c.office_id == office_id, tickets.c.day < day)
    found: ColumnElement[bool] = (calls.c.office_id == office_id) & calls.c.ticket_id.in_(
        old.where(tickets.c.id == calls.c.ticket_id)
    )
    return found
