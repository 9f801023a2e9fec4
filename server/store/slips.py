"""Slips: rows written with the ticket, taken up later by the spool."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, exists, insert, select, text, update

from server.domain.ticket import SlipState
from server.store.holding import OPEN, due_after, put_off, says_how_it_is, show_printer
from server.store.ids import new_id
from server.store.offices import as_json
from server.store.schema import slip_jobs, tickets

LEASE_MS = 120_000  # longer than the 90 s that a conversation with a printer may take
LEASE_LAPSED = "lease"  # the problem of a slip whose end nobody told in time

_ADD = insert(slip_jobs)

# Printed by the agent itself (`store.agents`): the spool leaves it alone.
OF_AGENT = "lower(p.url) LIKE 'agent://%'"
TAKE = text(f"""
    SELECT j.office_id, j.id, j.ticket_id, j.printer_id, j.slip, j.state, j.tries, j.created_at,
        p.url, p.problem AS found
    FROM slip_jobs j JOIN printers p ON p.office_id = j.office_id AND p.id = j.printer_id
    WHERE j.{OPEN} AND j.state <> 'printing' AND j.due_at <= :now AND NOT {OF_AGENT}
      AND (j.office_id, j.printer_id) NOT IN (
          SELECT o.office_id, o.printer_id FROM slip_jobs o
          WHERE o.{OPEN} AND o.state = 'printing')
    ORDER BY j.due_at, j.id LIMIT 1""")
DUE = text(f"""
    SELECT 1 FROM slip_jobs j JOIN printers p ON p.office_id = j.office_id AND p.id = j.printer_id
    WHERE j.{OPEN} AND j.due_at <= :now AND (j.state <> 'printing' AND NOT {OF_AGENT}
        OR j.state = 'printing' AND j.leased_until <= :now) LIMIT 1""")
# Two workers may choose two slips of one printer at one moment: the second waits here, looks again.
LOCK_PRINTER = text(
    "UPDATE printers SET problem = problem WHERE office_id = :office_id AND id = :id"
)
# Of the server's own slips `begun_at` says whether any byte may lie on paper; agents know theirs.
_OVER = f"""{OPEN} AND state = 'printing'
      AND leased_until <= CASE WHEN holder IS NULL THEN :before ELSE :now END"""
END_UNBEGUN = text(f"""
    UPDATE slip_jobs SET state = 'failed', problem = '{LEASE_LAPSED}', due_at = :now,
        settled_at = :now
    WHERE {_OVER} AND holder IS NULL AND begun_at IS NULL RETURNING office_id, ticket_id""")
END_BEGUN = text(f"""
    UPDATE slip_jobs SET state = 'uncertain', problem = '{LEASE_LAPSED}', settled_at = :now
    WHERE {_OVER} RETURNING office_id, ticket_id""")


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
    """Takes the slip longest due, of a printer that is free; None when there is none."""
    end_lapsed(db, now)
    while (row := db.execute(TAKE, {"now": now}).first()) is not None:
        if not put_off(db, row, now):
            break
        show_state(db, row, SlipState.FAILED)
    if row is None:
        return None
    until = now + LEASE_MS
    db.execute(LOCK_PRINTER, {"office_id": row.office_id, "id": row.printer_id})
    mine = (slip_jobs.c.office_id == row.office_id) & (slip_jobs.c.id == row.id)
    mine &= slip_jobs.c.printer_id == row.printer_id  # nobody moved it meanwhile
    still = mine & slip_jobs.c.state.in_([SlipState.QUEUED, SlipState.FAILED])
    taken = db.execute(
        update(slip_jobs)
        .where(still, ~_busy(row.office_id, row.printer_id))
        .values(
            state=SlipState.PRINTING,
            leased_until=until,
            holder=None,
            begun_at=None,
            tries=row.tries + 1,
        )
    )
    if taken.rowcount != 1:  # PostgreSQL: another worker was quicker; the next look finds more
        return None
    show_state(db, row, SlipState.PRINTING)
    return job_of(row, row.tries + 1, until)


def end_lapsed(db: Connection, now: int, before: int | None = None) -> None:
    """Slips whose lease ran out: tried again where nothing went to paper, else staff decide.

    `before`: the server's own that were leased until then, in place of `now`.
    """
    when = {"now": now, "before": now if before is None else before}
    for row in db.execute(END_UNBEGUN, when).all():
        show_state(db, row, SlipState.FAILED)
    for row in db.execute(END_BEGUN, when).all():
        show_state(db, row, SlipState.UNCERTAIN)


def end_orphaned(db: Connection, now: int) -> None:
    """The only process there is has just begun: nobody has the server's slips in hand."""
    end_lapsed(db, now, before=now + LEASE_MS * 1000)


def begin(db: Connection, job: Job, now: int) -> bool:
    """Writes that bytes of this slip go to paper from now on; False: the lease is over."""
    leased = _in_hand(job) & (slip_jobs.c.leased_until > now)
    return db.execute(update(slip_jobs).where(leased).values(begun_at=now)).rowcount == 1


def job_of(row: Any, tries: int, until: int) -> Job:
    """The slip of a row with its printer's `url`, leased `until` (Unix ms)."""
    slip = json.loads(row.slip)
    who = (row.office_id, row.id, row.ticket_id, row.printer_id, row.url)
    return Job(*who, slip, tries, until)


def _in_hand(job: Job) -> ColumnElement[bool]:
    return (
        (slip_jobs.c.office_id == job.office_id)
        & (slip_jobs.c.id == job.id)
        & (slip_jobs.c.leased_until == job.lease)
        & (slip_jobs.c.state == SlipState.PRINTING)
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
    """Writes how a leased slip ended, and what that means for those behind it.

    False when its lease has lapsed and staff have the word.
    """
    asked = (job.office_id, job.printer_id)
    due = due_after(db, *asked, state, problem, job.tries, now)
    written = db.execute(
        update(slip_jobs)
        .where(_in_hand(job))
        .values(state=state, due_at=due, settled_at=now, problem=problem)
    )
    if written.rowcount != 1:
        return False
    show_state(db, job, state)
    if says_how_it_is(state, problem):
        held = show_printer(db, *asked, state, now, due=due, problem=problem, near_end=near_end)
        show_states(db, held, SlipState.FAILED)
    return True


def lock(db: Connection, office_id: int, ticket_id: int) -> None:
    """Nobody else ends or takes this ticket's slips until this transaction ends.

    Before the ticket is locked: whoever prints has the slip first and the ticket after it.
    """
    mine = (slip_jobs.c.office_id == office_id) & (slip_jobs.c.ticket_id == ticket_id)
    db.execute(select(slip_jobs.c.id).where(mine).order_by(slip_jobs.c.id).with_for_update())


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


def show_states(db: Connection, rows: Sequence[Any], state: SlipState) -> None:
    """In the order of the tickets, as whoever locks several does: two must not wait crosswise."""
    for row in sorted(rows, key=lambda row: row.ticket_id or 0):
        show_state(db, row, state)


def show_state(db: Connection, row: Any, state: SlipState) -> None:
    """Shows the state of this slip on its ticket's pages; a test slip has no ticket."""
    if row.ticket_id is not None:
        show(db, row.office_id, row.ticket_id, state)
