"""Services, as the verbs need them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, text

from server.domain.refusals import BadField, NotFound
from server.domain.settings import AS_THE_OFFICE, ServiceRules, Words
from server.domain.wish import Wish
from server.store.line import OPEN
from server.store.plain import Plain

# With each service: the printer of the device that asks, else the office's default.
ASKED = """
    SELECT s.id, s.prefix, s.active, s.rules,
           (SELECT p.id FROM printers p
            WHERE p.office_id = :office_id AND p.url <> 'none'
              AND (p.id = :printer_id OR p.is_default)
            ORDER BY CASE WHEN p.id = :printer_id THEN 0 ELSE 1 END LIMIT 1) AS printer_id
    FROM services s WHERE s.office_id = :office_id AND s.id """
ASKED_ONE = Plain(ASKED + "= :id")
ASKED_SOME = text(ASKED + "IN :ids").bindparams(bindparam("ids", expanding=True))
PREFIX = Plain("SELECT prefix FROM services WHERE office_id = :office_id AND id = :id")
NAMES = text("SELECT name_th, name_en FROM services WHERE office_id = :office_id AND id = :id")
TAKERS = text("""
    SELECT t.service_id, c.number FROM counter_services t
    JOIN counters c ON c.office_id = t.office_id AND c.id = t.counter_id
    WHERE t.office_id = :office_id AND c.active""")
# A later step of a visit counts from its number on, though it has no day before it begins.
GIVEN = text(f"""
    SELECT service_id, count(*) AS n FROM (
        SELECT service_id FROM steps
        WHERE office_id = :office_id AND day = :day AND service_id IN :ids
          AND (outcome IS NULL OR outcome <> 'issued_in_error')
        UNION ALL
        SELECT s.service_id FROM steps s
        JOIN tickets t ON t.office_id = s.office_id AND t.id = s.ticket_id
        WHERE s.office_id = :office_id AND s.counter_id IS NULL AND s.{OPEN}
          AND s.state = 'planned' AND s.day IS NULL AND s.service_id IN :ids
          AND t.day = :day) AS today
    GROUP BY service_id""").bindparams(bindparam("ids", expanding=True))
LOCK = text("""
    SELECT id FROM services WHERE office_id = :office_id AND id IN :ids
    ORDER BY id FOR NO KEY UPDATE""").bindparams(bindparam("ids", expanding=True))

MOST_STEPS = 8


@dataclass(frozen=True, slots=True)
class Asked:
    """A service somebody wants, and where the slip goes (None: no printer is set)."""

    id: int
    prefix: str
    active: bool
    printer_id: int | None
    rules: ServiceRules = AS_THE_OFFICE


def for_issue(db: Connection, office_id: int, wish: Wish, printer_id: int | None) -> list[Asked]:
    """The wish's services in its order. Raises `NotFound`, `BadField` (too many)."""
    wanted = [wish.service_id, *wish.more_service_ids]
    if len(wanted) > MOST_STEPS:
        raise BadField(more_service_ids="too_many_services")
    key: dict[str, Any] = {"office_id": office_id, "printer_id": printer_id or 0}
    if wish.more_service_ids:
        rows: Iterable[Any] = db.execute(ASKED_SOME, {**key, "ids": list(set(wanted))})
    else:
        rows = ASKED_ONE.all(db, {**key, "id": wish.service_id})
    found = {
        row.id: Asked(
            row.id, row.prefix, bool(row.active), row.printer_id, ServiceRules.read(row.rules)
        )
        for row in rows
    }
    if not all(service_id in found for service_id in wanted):
        raise NotFound("no_such_service")
    return [found[service_id] for service_id in wanted]


def prefix_of(db: Connection, office_id: int, service_id: int) -> str:
    return str(PREFIX.scalar(db, {"office_id": office_id, "id": service_id}))


def naming(db: Connection, office_id: int, service_id: int) -> tuple[Words, frozenset[str]]:
    """What the service is called, and the numbers of the counters that take it."""
    row = db.execute(NAMES, {"office_id": office_id, "id": service_id}).one()
    taken = takers(db, office_id).get(service_id, frozenset())
    return Words(th=row.name_th, en=row.name_en), taken


def takers(db: Connection, office_id: int) -> dict[int, frozenset[str]]:
    """By service: the numbers of the counters in use that take it."""
    found: dict[int, set[str]] = {}
    for row in db.execute(TAKERS, {"office_id": office_id}):
        found.setdefault(row.service_id, set()).add(row.number)
    return {service_id: frozenset(numbers) for service_id, numbers in found.items()}


def given_today(
    db: Connection, office_id: int, day: str, ids: list[int], *, to_add: bool = False
) -> dict[int, int]:
    """By service: how many were given a number for it on `day`, without those issued in error.

    `to_add`: one more may follow in this transaction, so nobody else counts meanwhile.
    """
    key = {"office_id": office_id, "ids": ids}
    if to_add and db.dialect.name != "sqlite":  # there one writes at a time anyway
        db.execute(LOCK, key)
    return {row.service_id: row.n for row in db.execute(GIVEN, {**key, "day": day})}
