"""Who is signed in at which counter."""

from sqlalchemy import Connection, select

from server.store.schema import sign_ins


def sitting(db: Connection, office_id: int, since: int) -> set[tuple[int, int]]:
    """Pairs of counter and staff, for each sign-in that was seen after `since` (Unix ms)."""
    rows = db.execute(
        select(sign_ins.c.counter_id, sign_ins.c.staff_id).where(
            sign_ins.c.office_id == office_id,
            sign_ins.c.counter_id.is_not(None),
            sign_ins.c.ended_at.is_(None),
            sign_ins.c.seen_at > since,
        )
    )
    return {(row.counter_id, row.staff_id) for row in rows}
