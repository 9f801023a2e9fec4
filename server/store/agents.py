"""Slips of printers that hang on another machine, where `khiu-printer` drives them.

`holder` names the agent and its journal: a slip that was handed to it and stands in no journal of
it had no byte sent to paper, so it is handed out again. To another holder it never is.
"""

from typing import Any

from sqlalchemy import Connection, Row, bindparam, select, text, update

from server.domain.refusals import NotFound
from server.domain.ticket import SlipState
from server.store.holding import (
    OPEN,
    due_after,
    put_off,
    says_how_it_is,
    show_printer,
    try_again,
)
from server.store.ids import first_of
from server.store.schema import printers, slip_jobs
from server.store.slips import (
    LEASE_LAPSED,
    LEASE_MS,
    LOCK_PRINTER,
    OF_AGENT,
    Job,
    end_lapsed,
    job_of,
    show_state,
    show_states,
)

AWAY_MS = 10_000
LOOK_BACK_MS = 24 * 3600_000
AWAY = "agent_away"
ON_PAPER = (SlipState.PRINTED, SlipState.SENT, SlipState.UNCERTAIN)  # or perhaps so
HEARD_MS = 4_000  # how often it is written that an agent was heard, when nothing else changed

_PRINTERS = text(f"SELECT * FROM printers p WHERE office_id = :office_id AND {OF_AGENT}")
# The unary plus keeps both databases to the short index of what is open: the other one has every
# slip that the printer ever printed.
_MINE = f"j.{OPEN} AND j.due_at <= :now AND +j.office_id = :office_id AND +j.printer_id IN :ids"
_UNDER_WAY = text(f"""
    SELECT j.*, p.url FROM slip_jobs j
    JOIN printers p ON p.office_id = j.office_id AND p.id = j.printer_id
    WHERE {_MINE} AND j.state = 'printing' ORDER BY j.id LIMIT 1""")
_NEXT = text(f"""
    SELECT j.*, p.url, p.problem AS found FROM slip_jobs j
    JOIN printers p ON p.office_id = j.office_id AND p.id = j.printer_id
    WHERE {_MINE} AND j.state <> 'printing' ORDER BY j.due_at, j.id LIMIT 1""")
_WAITS = text(f"""
    SELECT 1 FROM slip_jobs j JOIN printers p ON p.office_id = j.office_id AND p.id = j.printer_id
    WHERE j.{OPEN} AND j.due_at <= :now AND +j.office_id = :office_id
        AND j.state <> 'printing' AND {OF_AGENT} LIMIT 1""")
_SILENT = text(f"""
    SELECT 1 FROM printers p WHERE {OF_AGENT} AND coalesce(seen_at, 0) <= :before
        AND coalesce(problem, '') <> '{AWAY}' LIMIT 1""")
_END_SILENT = text(f"""
    UPDATE printers AS p SET problem = '{AWAY}', problem_at = :now
    WHERE {OF_AGENT} AND coalesce(seen_at, 0) <= :before AND coalesce(problem, '') <> '{AWAY}'""")
# Handed to an answer that nobody was there to take, and found in no journal until the lease lapsed.
_MISSED = f"""office_id = :office_id AND printer_id IN :ids AND id >= :since
    AND state = 'uncertain' AND problem = '{LEASE_LAPSED}' AND holder = :holder"""
_ANY_MISSED = text(f"SELECT 1 FROM slip_jobs WHERE {_MISSED} LIMIT 1")
_QUEUE_MISSED = text(f"""
    UPDATE slip_jobs SET state = 'queued', problem = NULL, settled_at = NULL
    WHERE {_MISSED} RETURNING office_id, ticket_id""")
_UNDER_WAY_OF, _NEXT_OF, _ANY_MISSED_OF, _QUEUE_MISSED_OF = (
    one.bindparams(bindparam("ids", expanding=True))
    for one in (_UNDER_WAY, _NEXT, _ANY_MISSED, _QUEUE_MISSED)
)


def of_office(db: Connection, office_id: int) -> list[Row[Any]]:
    """The office's printers whose address names an agent."""
    return list(db.execute(_PRINTERS, {"office_id": office_id}))


def slip_waits(db: Connection, office_id: int, now: int) -> bool:
    """Whether a slip is due at any agent of the office."""
    return db.execute(_WAITS, {"office_id": office_id, "now": now}).first() is not None


def finds(db: Connection, office_id: int, ids: list[int], holder: str, now: int) -> bool:
    """Whether `take` would find something to do for the agent of these printers."""
    asked = {"office_id": office_id, "ids": ids, "now": now}
    busy = db.execute(_UNDER_WAY_OF, asked).first()
    if busy is not None:
        return bool(busy.holder == holder or busy.leased_until <= now)
    if db.execute(_NEXT_OF, asked).first() is not None:
        return True
    return db.execute(_ANY_MISSED_OF, _missed(asked, holder)).first() is not None


def take(db: Connection, office_id: int, ids: list[int], holder: str, now: int) -> Job | None:
    """Hands the slip longest due to `holder`, which has none in its journal; None: there is none.

    First the one that it was handed before: that answer was lost on the way. While another holder
    has one, none is handed out. What lapsed at this holder was never begun and is queued again.
    """
    end_lapsed(db, now)
    for printer_id in sorted(ids):
        db.execute(LOCK_PRINTER, {"office_id": office_id, "id": printer_id})
    asked = {"office_id": office_id, "ids": ids, "now": now}
    busy = db.execute(_UNDER_WAY_OF, asked).first()
    if busy is not None and busy.holder != holder:
        return None
    for missed in db.execute(_QUEUE_MISSED_OF, _missed(asked, holder)).all():
        show_state(db, missed, SlipState.QUEUED)
    row = busy
    while row is None:
        row = db.execute(_NEXT_OF, asked).first()
        if row is None:
            return None
        if put_off(db, row, now):
            show_state(db, row, SlipState.FAILED)
            row = None
    tries, until = row.tries + (busy is None), now + LEASE_MS
    values = {"state": SlipState.PRINTING, "leased_until": until, "holder": holder, "tries": tries}
    _change(db, row, **values)
    show_state(db, row, SlipState.PRINTING)
    return job_of(row, tries, until)


def report(
    db: Connection,
    office_id: int,
    job_id: int,
    holder: str,
    attempt: int,
    state: SlipState,
    now: int,
    *,
    problem: str | None,
    near_end: bool,
) -> SlipState:
    """Writes how a slip ended at its holder; returns how it stands. Raises `NotFound`.

    A report that comes late is taken while nobody else has decided; one that comes again changes
    nothing. So does one of an earlier attempt, unless paper may have come out then: the later one
    went to an answer that nobody was there to take.
    """
    mine = (slip_jobs.c.office_id == office_id) & (slip_jobs.c.id == job_id)
    printer_id = db.scalar(select(slip_jobs.c.printer_id).where(mine))
    db.execute(LOCK_PRINTER, {"office_id": office_id, "id": printer_id})  # first, as `take` does
    row = db.execute(select(slip_jobs).where(mine).with_for_update()).first()
    if row is None or row.holder != holder:
        raise NotFound("no_such_job")
    if not _counts(row, attempt, state):
        return SlipState(row.state)
    asked = (office_id, row.printer_id)
    due = due_after(db, *asked, state, problem, row.tries, now)
    _change(db, row, state=state, due_at=due, settled_at=now, problem=problem)
    show_state(db, row, state)
    if says_how_it_is(state, problem):
        held = show_printer(db, *asked, state, now, due=due, problem=problem, near_end=near_end)
        show_states(db, held, SlipState.FAILED)
    return state


def _counts(row: Any, attempt: int, state: SlipState) -> bool:
    """Whether this end of this attempt is news."""
    lapsed = row.state == SlipState.UNCERTAIN and row.problem == LEASE_LAPSED
    if row.state == SlipState.PRINTING or lapsed:
        return bool(row.tries == attempt) or (row.tries > attempt and state in ON_PAPER)
    waits_again = row.state in (SlipState.QUEUED, SlipState.FAILED)
    return waits_again and row.tries >= attempt and state in ON_PAPER


def hear(
    db: Connection, row: Row[Any], now: int, about: str, problem: str | None, *, near_end: bool
) -> None:
    """Writes what an agent said of this printer; `about` is JSON. Well again, it goes on."""
    since = row.problem_at if problem == row.problem else now
    db.execute(
        update(printers)
        .where(printers.c.office_id == row.office_id, printers.c.id == row.id)
        .values(
            seen_at=now,
            about=about,
            problem=problem,
            problem_at=since if problem else None,
            near_end=near_end,
        )
    )
    if row.problem is not None and problem is None:
        try_again(db, row.office_id, row.id, now)


def someone_fell_silent(db: Connection, now: int) -> bool:
    """Whether `note_silent` would find something to do."""
    return db.execute(_SILENT, {"before": now - AWAY_MS}).first() is not None


def note_silent(db: Connection, now: int) -> None:
    """Printers whose agent was not heard for `AWAY_MS` show that it is away."""
    db.execute(_END_SILENT, {"before": now - AWAY_MS, "now": now})


def _missed(asked: dict[str, Any], holder: str) -> dict[str, Any]:
    return {**asked, "holder": holder, "since": first_of(asked["now"] - LOOK_BACK_MS)}


def _change(db: Connection, row: Any, **values: Any) -> None:
    mine = (slip_jobs.c.office_id == row.office_id) & (slip_jobs.c.id == row.id)
    db.execute(update(slip_jobs).where(mine).values(values))
