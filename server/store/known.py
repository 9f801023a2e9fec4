"""What is known for estimates: the lines and counters as they stand, and days that are over."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, select, text

from server.domain.day import office_time
from server.domain.lived import Change, Lived, Stint
from server.domain.outlook import Desk
from server.domain.settings import Settings
from server.domain.ticket import Outcome
from server.store import schema
from server.store.line import OPEN

LINE_BOUND = 200  # of each pool; what stands behind goes on at the same pace
PAST_BOUND = 3000  # steps of past days
CHANGES_BOUND = 3000
RECENT_MS = 10 * 60_000

IN_LINE = text(f"""
    SELECT service_id, queue_at FROM steps
    WHERE office_id = :office_id AND prefix = :prefix AND state = 'waiting'
    ORDER BY queue_at, id LIMIT {LINE_BOUND}""")
AT_WORK = text(f"""
    SELECT c.id, c.state, c.since_at, s.service_id,
           CASE WHEN s.returns = 0 THEN s.first_called_at ELSE s.called_at END AS there_at
    FROM counters c
    LEFT JOIN steps s ON s.office_id = c.office_id AND s.counter_id = c.id
        AND s.state IN ('called', 'serving') AND s.{OPEN}
    WHERE c.office_id = :office_id AND c.active""")
FREE_SINCE = text("""
    SELECT counter_id, max(at) AS at FROM ticket_events
    WHERE office_id = :office_id AND at >= :since AND counter_id IS NOT NULL
      AND kind IN ('finished', 'no_show', 'cancelled', 'held', 'transferred')
    GROUP BY counter_id""")
# By the index of days from its end, so that the bound holds whatever lies before.
PAST = text(f"""
    SELECT day, ticket_id, service_id, queue_at, issued_at, first_called_at, called_at, ended_at,
           counter_id, position, outcome, returns, slot_at
    FROM steps WHERE office_id = :office_id AND day >= :since AND day < :today
    ORDER BY day DESC LIMIT {PAST_BOUND}""")
CHANGES = text(f"""
    SELECT counter_id, at, state FROM counter_events
    WHERE office_id = :office_id AND at >= :since AND at < :until
    ORDER BY at, id LIMIT {CHANGES_BOUND}""")


def settings(db: Connection, office_id: int) -> Settings:
    table = schema.offices
    return Settings.read(str(db.scalar(select(table.c.settings).where(table.c.id == office_id))))


def services(db: Connection, office_id: int) -> list[Row[Any]]:
    """`id`, `prefix` and `standard_minutes` of all, switched off ones too."""
    table = schema.services.c
    asked = select(table.id, table.prefix, table.standard_minutes)
    return list(db.execute(asked.where(table.office_id == office_id)))


def penalties(db: Connection, office_id: int) -> dict[int, dict[int, int]]:
    """Seconds, by counter and service."""
    table = schema.counter_services.c
    found: dict[int, dict[int, int]] = defaultdict(dict)
    asked = select(table.counter_id, table.service_id, table.penalty_s)
    for row in db.execute(asked.where(table.office_id == office_id)):
        found[row.counter_id][row.service_id] = row.penalty_s
    return found


def lines(db: Connection, office_id: int, pools: Iterable[str]) -> dict[int, list[int]]:
    """The places (Unix ms, ascending) of those who stand first in each pool, by service."""
    found: dict[int, list[int]] = defaultdict(list)
    for prefix in pools:
        for row in db.execute(IN_LINE, {"office_id": office_id, "prefix": prefix}):
            found[row.service_id].append(row.queue_at)
    return found


def numbers(db: Connection, office_id: int) -> dict[int, str]:
    """Of the counters in use, by id."""
    table = schema.counters.c
    asked = select(table.id, table.number).where(table.office_id == office_id, table.active)
    return {row.id: row.number for row in db.execute(asked)}


def desks(db: Connection, office_id: int, now: int) -> dict[int, Desk]:
    """Each counter in use as it stands, by id."""
    key = {"office_id": office_id, "since": now - RECENT_MS}
    free_since = {row.counter_id: row.at for row in db.execute(FREE_SINCE, key)}
    return {
        row.id: Desk(
            state=row.state,
            since=row.since_at or 0,
            service_id=row.service_id,
            visit_since=row.there_at or 0,
            free_since=free_since.get(row.id, 0),
        )
        for row in db.execute(AT_WORK, key)
    }


def past(
    db: Connection, office_id: int, since: date, today: date, bounds: tuple[int, int]
) -> dict[date, Lived]:
    """The days from `since` on before `today`, oldest first; the latest, when there is much.

    `bounds`: the same in Unix ms.
    """
    key: dict[str, Any] = {"office_id": office_id}
    days = {"since": since.isoformat(), "today": today.isoformat()}
    rows = db.execute(PAST, {**key, **days}).all()
    first: dict[int, int] = {}  # by ticket; positions begin with 0 or with 1
    for row in rows:
        first[row.ticket_id] = min(row.position, first.get(row.ticket_id, row.position))
    stints: dict[str, list[Stint]] = defaultdict(list)
    for row in rows:
        stints[row.day].append(_stint(row, first=row.position == first[row.ticket_id]))
    if len(rows) == PAST_BOUND and len(stints) > 1:
        del stints[rows[-1].day]  # there may be more of it
    zone = settings(db, office_id).zone
    changes: dict[str, list[Change]] = defaultdict(list)
    moments = {"since": bounds[0], "until": bounds[1]}
    for row in db.execute(CHANGES, {**key, **moments}):
        day = office_time(row.at, zone).date().isoformat()
        changes[day].append(Change(row.counter_id, row.at, row.state))
    return {
        date.fromisoformat(day): Lived(stints[day], changes.get(day, ())) for day in sorted(stints)
    }


def _stint(row: Row[Any], *, first: bool) -> Stint:
    return Stint(
        service_id=row.service_id,
        queue_at=row.queue_at,
        issued_at=row.issued_at,
        called_at=row.first_called_at,
        there_at=row.called_at if row.returns else row.first_called_at,
        ended_at=row.ended_at,
        counter_id=row.counter_id,
        first=first and row.slot_at is None,
        served=row.outcome == Outcome.SERVED,
    )
