"""What happened to a ticket, appended and never changed."""

from typing import Any

from sqlalchemy import Connection

from server.domain.why import Why
from server.store.ids import new_id
from server.store.offices import as_json
from server.store.plain import Plain, insert_into

ADD = insert_into(
    "ticket_events",
    *("office_id", "id", "ticket_id", "step_id", "at", "kind"),
    *("counter_id", "actor", "reason", "why"),
)

NEWEST = Plain("""
    SELECT max(id) FROM ticket_events WHERE office_id = :office_id AND ticket_id = :ticket_id""")


def newest(db: Connection, office_id: int, ticket_id: int) -> int:
    """The id of what happened to the ticket last."""
    return int(NEWEST.scalar(db, {"office_id": office_id, "ticket_id": ticket_id}) or 0)


def add(
    db: Connection,
    office_id: int,
    *,
    ticket_id: int,
    step_id: int,
    kind: str,
    at: int,
    actor: str,
    counter_id: int | None = None,
    reason: str | None = None,
    why: Why | None = None,
) -> int:
    """Writes one event and returns its id; a call's is its `call_id`."""
    row: dict[str, Any] = {
        "office_id": office_id,
        "id": new_id(at),
        "ticket_id": ticket_id,
        "step_id": step_id,
        "at": at,
        "kind": kind,
        "counter_id": counter_id,
        "actor": actor,
        "reason": reason,
        "why": None if why is None else as_json(why),
    }
    ADD.run(db, row)
    event_id: int = row["id"]
    return event_id
