"""Counters: who sits there, and whether they call."""

from sqlalchemy import Connection, update

from server.domain.wish import Actor
from server.store.schema import counters


def change(
    db: Connection,
    office_id: int,
    counter_id: int,
    state: str,
    actor: Actor,
    now: int,
    reason: str | None = None,
) -> None:
    """Opens, closes or pauses a counter that the caller has locked."""
    values: dict[str, object] = {"state": state, "pause_reason": reason, "since_at": now}
    if state == "closed":
        values["staff_id"] = None
    elif actor.kind == "staff":
        values["staff_id"] = actor.id
    db.execute(
        update(counters)
        .where(counters.c.office_id == office_id, counters.c.id == counter_id)
        .values(values)
    )
