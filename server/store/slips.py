"""Slips: rows written with the ticket, taken up later by the spool."""

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, exists, insert, select, text, update

from server.domain.ticket import SlipState
from server.store.ids import new_id
from server.store.offices import as_json
from server.store.schema import printers, slip_jobs, tickets

LEASE_MS = 120_000  # longer than the 90 s that a conversation with a printer may take
RETRY_MS = 5_000

_ADD = insert(slip_jobs)

# An index's own condition, word for word: SQLite uses a partial index only then.
OPEN = "state IN ('queued', 'failed', 'printing')"
TAKE = text(f"""
    SELECT j.office_id, j.id, j.ticket_id, j.printer_id, j.slip, j.tries, p.url
    FROM slip_jobs j JOIN printers p ON p.office_id = j.office_id AND p.id = j.printer_id
    WHERE j.{OPEN} AND j.state <> 'printing' AND j.due_at <= :now
      AND (j.office_id, j.printer_id) NOT IN (
          SELECT o.office_id, o.printer_id FROM slip_jobs o
          WHERE o.{OPEN} AND o.state = 'printing')
    ORDER BY j.due_at, j.id LIMIT 1""")
DUE = text(f"""
    SELECT 1 FROM slip_jobs
    WHERE {OPEN} AND due_at <= :now AND (state <> 'printing' OR leased_until <= :now) LIMIT 1""")
# Two workers may choose two slips of one printer at one moment: the second waits here, looks again.
LOCK_PRINTER = text(
    "UPDATE printers SET problem = problem WHERE office_id = :office_id AND id = :id"
)
LAPSED = text(f"""
    SELECT office_id, id, ticket_id FROM slip_jobs
    WHERE {OPEN} AND state = 'printing' AND leased_until <= :now""")


@dataclass(frozen=True, slots=True)
class Job:
    """One slip to print. `slip`: the facts kept when it was ordered; `lease`: Unix ms."""

    office_id: int
    id: int
    ticket_id: int | None
    printer_id: int
    url: str
    slip: dict[str, Any]
    tries: int
    lease: int


def order(
    db: Connection,
    office_id: int,
    *,
    ticket_id: int | None,
    printer_id: int,
    slip: dict[str, Any],
    now: int,
) -> int:
    """Orders a slip, in the transaction that gives the reason for it; returns the job's id."""
    job_id = new_id(now)
    row = {
        "office_id": office_id,
        "id": job_id,
        "ticket_id": ticket_id,
        "printer_id": printer_id,
        "slip": as_json(slip),
        "state": SlipState.QUEUED,
        "due_at": now,
        "created_at": now,
    }
    db.execute(_ADD, row)
    return job_id


def any_due(db: Connection, now: int) -> bool:
    """Whether `lease` would find something to do."""
    return db.execute(DUE, {"now": now}).first() is not None


def lease(db: Connection, now: int) -> Job | None:
    """Takes the slip longest due, of a printer that is free; None when there is none.

    A lease that ran out means that nobody knows what became of the paper: `uncertain`.
    """
    for lapsed in db.execute(LAPSED, {"now": now}).all():
        _write(db, lapsed, SlipState.UNCERTAIN, {"problem": "lease", "settled_at": now})
    row = db.execute(TAKE, {"now": now}).first()
    if row is None:
        return None
    until = now + LEASE_MS
    db.execute(LOCK_PRINTER, {"office_id": row.office_id, "id": row.printer_id})
    mine = (slip_jobs.c.office_id == row.office_id) & (slip_jobs.c.id == row.id)
    still = mine & slip_jobs.c.state.in_([SlipState.QUEUED, SlipState.FAILED])
    taken = db.execute(
        update(slip_jobs)
        .where(still, ~_busy(row.office_id, row.printer_id))
        .values(state=SlipState.PRINTING, leased_until=until, tries=row.tries + 1)
    )
    if taken.rowcount != 1:  # PostgreSQL: another worker was quicker; the next look finds more
        return None
    _show(db, row, SlipState.PRINTING)
    return Job(
        row.office_id,
        row.id,
        row.ticket_id,
        row.printer_id,
        row.url,
        json.loads(row.slip),
        row.tries + 1,
        until,
    )


def _busy(office_id: int, printer_id: int) -> ColumnElement[bool]:
    other = slip_jobs.alias("other")
    return exists().where(
        other.c.office_id == office_id,
        other.c.printer_id == printer_id,
        other.c.state == SlipState.PRINTING,
    )


def settle(
    db: Connection, job: Job, state: SlipState, now: int, *, problem: str | None, near_end: bool
) -> bool:
    """Writes how a leased slip ended; False when its lease has lapsed and staff have the word."""
    mine = (
        (slip_jobs.c.office_id == job.office_id)
        & (slip_jobs.c.id == job.id)
        & (slip_jobs.c.leased_until == job.lease)
        & (slip_jobs.c.state == SlipState.PRINTING)
    )
    written = db.execute(
        update(slip_jobs)
        .where(mine)
        .values(state=state, due_at=now + RETRY_MS, settled_at=now, problem=problem)
    )
    db.execute(
        update(printers)
        .where(printers.c.office_id == job.office_id, printers.c.id == job.printer_id)
        .values(problem=problem, problem_at=now if problem else None, near_end=near_end)
    )
    if written.rowcount == 1:
        _show(db, job, state)
    return written.rowcount == 1


def decide(db: Connection, office_id: int, ticket_id: int, state: SlipState, now: int) -> None:
    """Staff say what became of a slip that is uncertain or could not be printed."""
    open_jobs = slip_jobs.c.state.in_([SlipState.UNCERTAIN, SlipState.FAILED, SlipState.QUEUED])
    db.execute(
        update(slip_jobs)
        .where(slip_jobs.c.office_id == office_id, slip_jobs.c.ticket_id == ticket_id, open_jobs)
        .values(state=state, settled_at=now)
    )


def show(db: Connection, office_id: int, ticket_id: int, state: SlipState) -> None:
    """The state that the ticket's pages show: its newest slip's."""
    db.execute(
        update(tickets)
        .where(tickets.c.office_id == office_id, tickets.c.id == ticket_id)
        .values(slip_state=state)
    )


def facts(db: Connection, office_id: int, ticket_id: int) -> dict[str, Any] | None:
    """What the ticket's newest slip was ordered with; None where none was."""
    found = db.scalar(
        select(slip_jobs.c.slip)
        .where(slip_jobs.c.office_id == office_id, slip_jobs.c.ticket_id == ticket_id)
        .order_by(slip_jobs.c.id.desc())
        .limit(1)
    )
    return None if found is None else json.loads(found)


def _write(db: Connection, row: Any, state: SlipState, values: dict[str, Any]) -> None:
    db.execute(
        update(slip_jobs)
        .where(slip_jobs.c.office_id == row.office_id, slip_jobs.c.id == row.id)
        .values(state=state, **values)
    )
    _show(db, row, state)


def _show(db: Connection, row: Any, state: SlipState) -> None:
    if row.ticket_id is not None:
        show(db, row.office_id, row.ticket_id, state)
