"""What `khiu check` reads: every ticket with its rows, and rows that agree with no other."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, select, text

from server.domain.ledger import Event
from server.domain.tally import StoredStep, StoredTicket
from server.store.schema import steps, ticket_events, tickets

AT_ONCE = 2000  # tickets: enough to be quick, few enough for the memory of a small machine
LOWEST = -(2**63)

_TICKETS = select(
    tickets.c.id, tickets.c.day, tickets.c.prefix, tickets.c.number, tickets.c.issued_at
)
_STEPS = select(*(steps.c[name] for name in StoredStep._fields))
_EVENTS = select(*(ticket_events.c[name] for name in Event._fields))

# Numbers of a day that are not 1, 2, 3 … to the last one given.
UNEVEN = text("""
    SELECT g.day, g.prefix, n.last FROM (
        SELECT day, prefix, count(*) AS given, count(DISTINCT number) AS different,
               min(number) AS lowest, max(number) AS highest
        FROM tickets WHERE office_id = :office_id GROUP BY day, prefix) g
    LEFT JOIN numbers n ON n.office_id = :office_id AND n.day = g.day AND n.prefix = g.prefix
    WHERE n.last IS NULL OR g.given <> n.last OR g.different <> n.last
       OR g.lowest <> 1 OR g.highest <> n.last
    UNION ALL
    SELECT n.day, n.prefix, n.last FROM numbers n
    WHERE n.office_id = :office_id AND n.last <> 0 AND NOT EXISTS (
        SELECT 1 FROM tickets t
        WHERE t.office_id = n.office_id AND t.day = n.day AND t.prefix = n.prefix)
    ORDER BY 1, 2""")
GIVEN = text("""
    SELECT number, id FROM tickets
    WHERE office_id = :office_id AND day = :day AND prefix = :prefix ORDER BY number, id""")

# Each finds rows that agree with no other; the sentence's gaps are the columns.
ODD = {
    "counter {counter_id} has two tickets: {first} and {last}": """
        SELECT counter_id, min(ticket_id) AS first, max(ticket_id) AS last FROM steps
        WHERE office_id = :office_id AND state IN ('called', 'serving')
        GROUP BY counter_id HAVING count(*) > 1""",
    "the board calls {number} to counter {counter_id}: no ticket {ticket_id} was called there": """
        SELECT c.number, c.counter_id, c.ticket_id FROM current_calls c
        LEFT JOIN ticket_events e ON e.office_id = c.office_id AND e.id = c.call_id
            AND e.ticket_id = c.ticket_id AND e.counter_id = c.counter_id
            AND e.kind IN ('called', 'recalled')
        LEFT JOIN tickets t ON t.office_id = c.office_id AND t.id = c.ticket_id
        WHERE c.office_id = :office_id AND (e.id IS NULL OR t.id IS NULL)""",
    "counter {counter_id}: event {id} is earlier than the one before it": """
        SELECT counter_id, id FROM (
            SELECT counter_id, id, at,
                   lag(at) OVER (PARTITION BY counter_id ORDER BY id) AS before
            FROM counter_events WHERE office_id = :office_id) AS lined_up
        WHERE at < before""",
    "counter {counter_id}: event {id} lies in the future": """
        SELECT counter_id, id FROM counter_events WHERE office_id = :office_id AND at > :latest""",
    "slip job {id} has no ticket {ticket_id}": """
        SELECT j.id, j.ticket_id FROM slip_jobs j
        LEFT JOIN tickets t ON t.office_id = j.office_id AND t.id = j.ticket_id
        WHERE j.office_id = :office_id AND j.ticket_id IS NOT NULL AND t.id IS NULL""",
    "survey token {token} has no service {service_id}": """
        SELECT substr(s.token_hash, 1, 8) AS token, s.service_id FROM survey_tokens s
        LEFT JOIN services v ON v.office_id = s.office_id AND v.id = s.service_id
        WHERE s.office_id = :office_id AND v.id IS NULL""",
    "survey token {token} has impossible times": """
        SELECT substr(token_hash, 1, 8) AS token FROM survey_tokens
        WHERE office_id = :office_id AND (closes_at < opened_at
            OR answered_at < opened_at
            OR (opened_at IS NULL AND (answered_at IS NOT NULL OR closes_at IS NOT NULL)))""",
    "an item ({item}) has no answer {answer_id}": """
        SELECT i.answer_id, i.item FROM answer_items i
        LEFT JOIN answers a ON a.office_id = i.office_id AND a.id = i.answer_id
        WHERE i.office_id = :office_id AND a.id IS NULL""",
}
ODD_ROWS = {sentence: text(f"{query} ORDER BY 1") for sentence, query in ODD.items()}


@dataclass(frozen=True, slots=True)
class Batch:
    """Some tickets, oldest first, with the rows that name them; what is left names no ticket."""

    tickets: list[StoredTicket]
    steps: dict[int, list[StoredStep]]  # by ticket
    events: dict[int, list[Event]]  # by ticket, oldest first


def batches(db: Connection, office_id: int) -> Iterator[Batch]:
    """Every ticket, step and event of the office once, in the order of ticket ids."""
    low = LOWEST
    while True:
        mine = tickets.c.office_id == office_id
        rows = db.execute(
            _TICKETS.where(mine, tickets.c.id > low).order_by(tickets.c.id).limit(AT_ONCE)
        )
        found = [StoredTicket._make(row) for row in rows]
        high = found[-1].id if len(found) == AT_ONCE else None
        by_ticket: dict[int, list[StoredStep]] = defaultdict(list)
        table = steps.c
        where = _of(table.office_id == office_id, table.ticket_id, low, high)
        for row in db.execute(_STEPS.where(where).order_by(table.ticket_id, table.position)):
            by_ticket[row[1]].append(StoredStep._make(row))
        happened: dict[int, list[Event]] = defaultdict(list)
        of = ticket_events.c
        where = _of(of.office_id == office_id, of.ticket_id, low, high)
        for row in db.execute(_EVENTS.where(where).order_by(of.ticket_id, of.id)):
            happened[row[1]].append(Event._make(row))
        yield Batch(found, by_ticket, happened)
        if high is None:
            return
        low = high


def uneven_numbers(
    db: Connection, office_id: int
) -> Iterator[tuple[str, str, int | None, list[Row[Any]]]]:
    """Day, prefix, the last number given and the rows (`number`, `id`) where these do not agree."""
    for row in db.execute(UNEVEN, {"office_id": office_id}).all():
        key = {"office_id": office_id, "day": row.day, "prefix": row.prefix}
        yield row.day, row.prefix, row.last, list(db.execute(GIVEN, key))


def odd_rows(db: Connection, office_id: int, latest: int) -> Iterator[str]:
    """A sentence for each row that agrees with no other. Times after `latest` (Unix ms) are odd."""
    for sentence, query in ODD_ROWS.items():
        key = {"office_id": office_id, "latest": latest}
        for row in db.execute(query, key):
            yield sentence.format(**row._mapping)


def damage(db: Connection) -> Iterator[str]:
    """What SQLite itself finds wrong with its file."""
    for (said,) in db.exec_driver_sql("PRAGMA integrity_check(100)"):
        if said != "ok":
            yield f"the database file is damaged: {' '.join(said.split())}"
    for row in db.exec_driver_sql("PRAGMA foreign_key_check"):
        yield f"a row of {row[0]} names a row of {row[2]} that is not there (rowid {row[1]})"


def _of(
    mine: ColumnElement[bool], ticket_id: ColumnElement[int], low: int, high: int | None
) -> ColumnElement[bool]:
    if high is None:
        return and_(mine, ticket_id > low)
    return and_(mine, ticket_id > low, ticket_id <= high)
