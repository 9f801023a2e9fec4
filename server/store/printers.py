"""Printers: as the set-up changes them, as they were found, and what waits for them."""

from typing import Any

from sqlalchemy import Connection, Row, and_, exists, func, or_, select, text, update

from server.store.schema import devices, printers, slip_jobs

# A list of states as a partial index has it, word for word, so that SQLite uses it.
WATCHED = text("""
    SELECT p.office_id, p.id, p.url, p.problem, p.near_end, p.seen_at,
           EXISTS (SELECT 1 FROM slip_jobs j
                   WHERE j.state IN ('queued', 'failed', 'printing') AND j.state = 'printing'
                     AND j.office_id = p.office_id AND j.printer_id = p.id) AS printing
    FROM printers p WHERE p.url <> 'none' ORDER BY p.office_id, p.id""")


def status(db: Connection, office_id: int) -> list[Row[Any]]:
    """The office's printers: `problem` is what was found wrong last (None: well)."""
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


# ---------------------------------------------------------------- how they are


def watched(db: Connection) -> list[Row[Any]]:
    """Every office's printers that are set, and whether a slip is under way there:
    `office_id id url problem near_end seen_at printing`."""
    return list(db.execute(WATCHED))


def found(
    db: Connection, before: Row[Any], *, problem: str | None, near_end: bool, now: int
) -> bool:
    """Writes how a printer is; False when somebody else wrote meanwhile what is newer.

    `before`: its row of `watched`. `problem_at` keeps when this trouble began.
    """
    as_it_was = and_(
        printers.c.office_id == before.office_id,
        printers.c.id == before.id,
        printers.c.url == before.url,
        printers.c.problem.is_not_distinct_from(before.problem),
        printers.c.near_end == before.near_end,
    )
    same = problem == before.problem
    began = {} if same else {"problem_at": now if problem else None}
    written = db.execute(
        update(printers).where(as_it_was).values(problem=problem, near_end=near_end, **began)
    )
    return written.rowcount == 1


def seen(db: Connection, office_id: int, printer_id: int, now: int) -> None:
    """It answered, and is as it was."""
    db.execute(
        update(printers)
        .where(printers.c.office_id == office_id, printers.c.id == printer_id)
        .values(seen_at=now)
    )


def troubled(db: Connection, office_id: int) -> list[Row[Any]]:
    """Printers in trouble or near their roll's end, of those that the hall uses: the default, a
    device's own, and any for which slips wait."""
    device = exists().where(
        devices.c.office_id == printers.c.office_id,
        devices.c.printer_id == printers.c.id,
        devices.c.active,
    )
    waited_for = exists().where(
        slip_jobs.c.office_id == printers.c.office_id,
        slip_jobs.c.printer_id == printers.c.id,
        slip_jobs.c.state.in_(["queued", "failed", "printing"]),
    )
    return list(
        db.execute(
            select(printers)
            .where(
                printers.c.office_id == office_id,
                or_(printers.c.problem.is_not(None), printers.c.near_end),
                or_(printers.c.is_default, device, waited_for),
            )
            .order_by(printers.c.id)
        )
    )
