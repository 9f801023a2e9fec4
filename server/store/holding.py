"""When slips are tried again, and which wait meanwhile for a printer that is in trouble."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, case, select, text, update

from printers.outcome import FAULT, STUCK
from server.domain.ticket import SlipState
from server.store.ids import first_of
from server.store.schema import printers, slip_jobs

RETRY_MS = 5_000
FAULT_TRIES = 3  # a slip that cannot be laid out is not tried for ever
LONGEST_PAUSE_MS = 300_000  # between two slips that a stuck printer may swallow
LOOK_BACK_MS = 3600_000
NEVER = 2**62  # due then: not by itself

# An index's own condition, word for word: SQLite uses a partial index only then.
OPEN = "state IN ('queued', 'failed', 'printing')"
# The unary plus keeps to the short index of what is open, as in `store.agents`.
_OF_PRINTER = f"{OPEN} AND +office_id = :office_id AND +printer_id = :printer_id"
HOLD_BACK = text(f"""
    UPDATE slip_jobs SET state = 'failed', problem = :problem, due_at = :later
    WHERE {_OF_PRINTER} AND state <> 'printing' AND due_at < :later
    RETURNING office_id, ticket_id""")
TRY_AGAIN = text(f"""
    UPDATE slip_jobs SET due_at = :now
    WHERE {_OF_PRINTER} AND state = 'failed' AND problem <> '{FAULT}' AND due_at > :now
    RETURNING id""")
# The end of the pause that the last slip of a stuck printer began, whether or not any is behind it.
HELD_UNTIL = text("""
    SELECT max(due_at) FROM slip_jobs
    WHERE office_id = :office_id AND printer_id = :printer_id AND id >= :since
      AND state IN ('failed', 'uncertain') AND problem = :problem AND due_at > :now""")


def put_off(db: Connection, row: Any, now: int) -> bool:
    """Whether a number's new slip waits with those that its printer, which is stuck, holds up.

    `row`: what would be printed now. What staff order is tried at once: they stand there.
    """
    new = row.state == SlipState.QUEUED and row.ticket_id is not None
    if row.found not in STUCK or not new or json.loads(row.slip).get("reprint"):
        return False
    asked = {"office_id": row.office_id, "printer_id": row.printer_id, "problem": row.found}
    since = first_of(now - LOOK_BACK_MS)
    until = db.scalar(HELD_UNTIL, {**asked, "since": since, "now": now})
    if until is None:
        return False
    mine = (slip_jobs.c.office_id == row.office_id) & (slip_jobs.c.id == row.id)
    values = {"state": SlipState.FAILED, "problem": row.found, "due_at": until}
    db.execute(update(slip_jobs).where(mine).values(values))
    return True


def due_after(
    db: Connection,
    office_id: int,
    printer_id: int,
    state: SlipState,
    problem: str | None,
    tries: int,
    now: int,
) -> int:
    """When a slip that ended so, or those behind one that may be on paper, are tried (Unix ms).

    A printer that is stuck may take each slip's first bytes, so each could become uncertain: the
    pause between two grows with the time for which it has been stuck.
    """
    if problem == FAULT and tries >= FAULT_TRIES:
        return NEVER
    if state is not SlipState.UNCERTAIN or problem not in STUCK:
        return now + RETRY_MS
    stuck = _printer(office_id, printer_id) & (printers.c.problem == problem)
    since = db.scalar(select(printers.c.problem_at).where(stuck)) or now
    return now + min(max(now - since, RETRY_MS), LONGEST_PAUSE_MS)


def says_how_it_is(state: SlipState, problem: str | None) -> bool:
    """Whether a slip's end tells anything of its printer: not so where the slip was at fault."""
    return state is not SlipState.NONE and problem != FAULT


def show_printer(
    db: Connection,
    office_id: int,
    printer_id: int,
    state: SlipState,
    now: int,
    *,
    due: int,
    problem: str | None,
    near_end: bool,
) -> Sequence[Row[Any]]:
    """A slip's end said how its printer is: those behind it wait until `due`, or go on.

    Else each would have its own conversation and its own two waits for the disk, again and again;
    and where the printer is stuck, each would end uncertain. Returns the `office_id ticket_id` of
    those that wait.
    """
    since = case((printers.c.problem == problem, printers.c.problem_at), else_=now)
    db.execute(
        update(printers)
        .where(_printer(office_id, printer_id))
        .values(problem=problem, problem_at=since if problem else None, near_end=near_end)
    )
    if problem is None:
        try_again(db, office_id, printer_id, now)
    elif state in (SlipState.FAILED, SlipState.UNCERTAIN):
        found = {"problem": problem, "later": due}
        asked = {"office_id": office_id, "printer_id": printer_id}
        return db.execute(HOLD_BACK, {**asked, **found}).all()
    return []


def try_again(db: Connection, office_id: int, printer_id: int, now: int) -> list[int]:
    """The printer is well again: what it refused is due now. Returns the slips' ids.

    Not what failed by a fault of ours: that would be tried without end.
    """
    asked = {"office_id": office_id, "printer_id": printer_id, "now": now}
    return list(db.scalars(TRY_AGAIN, asked))


def _printer(office_id: int, printer_id: int) -> ColumnElement[bool]:
    return (printers.c.office_id == office_id) & (printers.c.id == printer_id)
