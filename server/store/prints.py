"""What became of slips, printer by printer: for whoever looks after the printers."""

from typing import Any

from sqlalchemy import Connection, Row, and_, func, select, update

from server.domain.ticket import SlipState
from server.store.schema import services, slip_jobs, steps, tickets
from server.store.slips import LOCK_PRINTER

TO_DECIDE = 20  # of one printer; whoever has more has read enough
WAITS = slip_jobs.c.state.in_([SlipState.QUEUED, SlipState.FAILED])
OPEN_STATES = (SlipState.QUEUED, SlipState.PRINTING, SlipState.FAILED, SlipState.UNCERTAIN)


def last(db: Connection, office_id: int, printer_id: int, since: int, most: int) -> list[Row[Any]]:
    """The printer's newest slips and, of those since the id `since`, each that awaits staff.

    Newest first: `id ticket_id state problem at prefix number name_th name_en`; the last four are
    of the ticket and its first service, None at a test slip.
    """
    here = (slip_jobs.c.office_id == office_id) & (slip_jobs.c.printer_id == printer_id)
    newest = _listed().where(here).order_by(slip_jobs.c.id.desc()).limit(most)
    unsettled = slip_jobs.c.ticket_id.is_not(None) & slip_jobs.c.state.in_(
        [SlipState.UNCERTAIN, SlipState.FAILED]
    )
    waiting = newest.where(unsettled, slip_jobs.c.id >= since).limit(TO_DECIDE)
    found = {row.id: row for query in (waiting, newest) for row in db.execute(query)}
    return sorted(found.values(), key=lambda row: -row.id)


def _listed() -> Any:
    any_step = steps.alias("any_step")
    first = and_(
        steps.c.office_id == slip_jobs.c.office_id,
        steps.c.ticket_id == slip_jobs.c.ticket_id,
        steps.c.position
        == select(func.min(any_step.c.position))
        .where(
            any_step.c.office_id == slip_jobs.c.office_id,
            any_step.c.ticket_id == slip_jobs.c.ticket_id,
        )
        .correlate(slip_jobs)
        .scalar_subquery(),
    )
    of_ticket = and_(
        tickets.c.office_id == slip_jobs.c.office_id, tickets.c.id == slip_jobs.c.ticket_id
    )
    of_step = and_(services.c.office_id == steps.c.office_id, services.c.id == steps.c.service_id)
    return (
        select(
            slip_jobs.c.id,
            slip_jobs.c.ticket_id,
            slip_jobs.c.state,
            slip_jobs.c.problem,
            func.coalesce(slip_jobs.c.settled_at, slip_jobs.c.created_at).label("at"),
            tickets.c.prefix,
            tickets.c.number,
            services.c.name_th,
            services.c.name_en,
        )
        .outerjoin(tickets, of_ticket)
        .outerjoin(steps, first)
        .outerjoin(services, of_step)
    )


def movable(db: Connection, office_id: int) -> dict[int, int]:
    """How many numbers' slips wait for each printer, by its id; tests are not counted."""
    rows = db.execute(
        select(slip_jobs.c.printer_id, func.count())
        .where(slip_jobs.c.office_id == office_id, WAITS, slip_jobs.c.ticket_id.is_not(None))
        .group_by(slip_jobs.c.printer_id)
    )
    return {row[0]: row[1] for row in rows}


def under_way(db: Connection, office_id: int) -> set[int]:
    """The printers that have a slip in hand."""
    rows = select(slip_jobs.c.printer_id).where(
        slip_jobs.c.office_id == office_id, slip_jobs.c.state == SlipState.PRINTING
    )
    return set(db.scalars(rows))


def move(db: Connection, office_id: int, source: int, target: int, now: int) -> list[Row[Any]]:
    """Sends every number's slip that waits at one printer to another, due at once.

    Returns their `id` and `ticket_id`. What a printer has in hand, or may have printed, stays.
    """
    for printer_id in sorted((source, target)):  # nothing is taken up there meanwhile
        db.execute(LOCK_PRINTER, {"office_id": office_id, "id": printer_id})
    here = (slip_jobs.c.office_id == office_id) & (slip_jobs.c.printer_id == source)
    moved: Any = db.execute(
        update(slip_jobs)
        .where(here, WAITS, slip_jobs.c.ticket_id.is_not(None))
        .values(printer_id=target, state=SlipState.QUEUED, due_at=now, problem=None)
        .returning(slip_jobs.c.id, slip_jobs.c.ticket_id)
    )
    return list(moved)


def open_states(db: Connection, office_id: int, since: int) -> dict[SlipState, int]:
    """How many numbers' slips, since the id `since`, are in each state that is not the last."""
    rows = db.execute(
        select(slip_jobs.c.state, func.count())
        .where(
            slip_jobs.c.office_id == office_id,
            slip_jobs.c.id >= since,
            slip_jobs.c.ticket_id.is_not(None),
            slip_jobs.c.state.in_(OPEN_STATES),
        )
        .group_by(slip_jobs.c.state)
    )
    counted = {SlipState(state): n for state, n in rows}
    return {state: counted.get(state, 0) for state in OPEN_STATES}
