"""Slips that came out too late: nobody waits for them any more, so they are not printed."""

from sqlalchemy import Connection, select, text

from server.domain.ticket import SlipState
from server.store.holding import OPEN
from server.store.schema import printers
from server.store.slips import LOCK_PRINTER, Job, show_states

# Nobody waits for it any more: its day is over, by the calendar or because the hall was closed.
# What staff have printed again after that, they want. While its day lasts a slip comes out.
_UNWANTED = """j.ticket_id IS NOT NULL AND (j.created_at < :day_began OR EXISTS (
        SELECT 1 FROM steps s WHERE s.office_id = j.office_id AND s.ticket_id = j.ticket_id
          AND s.state = 'closed' AND s.ended_at >= j.created_at))"""
IS_UNWANTED = text(f"""
    SELECT 1 FROM slip_jobs j WHERE j.office_id = :office_id AND j.id = :id AND {_UNWANTED}""")
ANY_WAITS = text(f"""
    SELECT 1 FROM slip_jobs WHERE {OPEN} AND state <> 'printing' AND +office_id = :office_id
      AND ticket_id IS NOT NULL LIMIT 1""")
DROP_UNWANTED = text(f"""
    UPDATE slip_jobs AS j SET state = 'none', settled_at = :now
    WHERE j.{OPEN} AND j.state <> 'printing' AND j.office_id = :office_id AND {_UNWANTED}
    RETURNING office_id, ticket_id""")


def is_unwanted(db: Connection, job: Job, day_began: int) -> bool:
    """Whether nobody waits for this number's slip any more. `day_began`: today (Unix ms)."""
    asked = {"office_id": job.office_id, "id": job.id, "day_began": day_began}
    return db.execute(IS_UNWANTED, asked).first() is not None


def any_waits(db: Connection, office_id: int) -> bool:
    """Whether any number's slip still waits to be printed."""
    return db.execute(ANY_WAITS, {"office_id": office_id}).first() is not None


def drop_unwanted(db: Connection, office_id: int, day_began: int, now: int) -> None:
    """Slips that still wait, and for which nobody does, are not printed any more."""
    ids = select(printers.c.id).where(printers.c.office_id == office_id).order_by(printers.c.id)
    for printer_id in db.scalars(ids).all():  # nothing is taken up there meanwhile
        db.execute(LOCK_PRINTER, {"office_id": office_id, "id": printer_id})
    asked = {"office_id": office_id, "day_began": day_began, "now": now}
    show_states(db, db.execute(DROP_UNWANTED, asked).all(), SlipState.NONE)
