"""Printers, as the set-up changes and shows them."""

from typing import Any

from sqlalchemy import Connection, Row, func, select, update

from server.store.schema import printers, slip_jobs


def status(db: Connection, office_id: int) -> list[Row[Any]]:
    """The office's printers: `problem` is what the last slip ended with (None: well)."""
    return list(
        db.execute(
            select(printers).where(printers.c.office_id == office_id).order_by(printers.c.id)
        )
    )


def only_default(db: Connection, office_id: int, printer_id: int) -> None:
    """Makes this printer the office's default, and no other."""
    db.execute(
        update(printers)
        .where(printers.c.office_id == office_id)
        .values(is_default=printers.c.id == printer_id)
    )


def clear_problem(db: Connection, office_id: int, printer_id: int) -> None:
    """What the last conversation ended with says nothing about a new address."""
    db.execute(
        update(printers)
        .where(printers.c.office_id == office_id, printers.c.id == printer_id)
        .values(problem=None, problem_at=None, near_end=False)
    )


def last_tests(db: Connection, office_id: int) -> dict[int, Row[Any]]:
    """The newest test slip of each printer, by the printer's id."""
    tests = (slip_jobs.c.office_id == office_id) & slip_jobs.c.ticket_id.is_(None)
    newest = select(func.max(slip_jobs.c.id)).where(tests).group_by(slip_jobs.c.printer_id)
    rows: Any = db.execute(
        select(
            slip_jobs.c.printer_id,
            slip_jobs.c.state,
            slip_jobs.c.problem,
            slip_jobs.c.created_at,
            slip_jobs.c.settled_at,
        ).where(slip_jobs.c.office_id == office_id, slip_jobs.c.id.in_(newest))
    )
    return {row.printer_id: row for row in rows}


def waiting(db: Connection, office_id: int) -> dict[int, int]:
    """How many slips wait for each printer, by the printer's id."""
    rows = db.execute(
        select(slip_jobs.c.printer_id, func.count())
        .where(slip_jobs.c.office_id == office_id, slip_jobs.c.state.in_(["queued", "failed"]))
        .group_by(slip_jobs.c.printer_id)
    )
    return {row[0]: row[1] for row in rows}
