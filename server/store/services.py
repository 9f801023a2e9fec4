"""Services, as the verbs need them."""

from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, text

from server.domain.refusals import BadField, NotFound
from server.domain.settings import AS_THE_OFFICE, ServiceRules
from server.domain.wish import Wish

# With each service: the printer of the device that asks, else the office's default.
FOR_ISSUE = text("""
    SELECT s.id, s.prefix, s.active, s.rules,
           (SELECT p.id FROM printers p
            WHERE p.office_id = :office_id AND p.url <> 'none'
              AND (p.id = :printer_id OR p.is_default)
            ORDER BY CASE WHEN p.id = :printer_id THEN 0 ELSE 1 END LIMIT 1) AS printer_id
    FROM services s WHERE s.office_id = :office_id AND s.id IN :ids""").bindparams(
    bindparam("ids", expanding=True)
)
PREFIX = text("SELECT prefix FROM services WHERE office_id = :office_id AND id = :id")

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
    key = {"office_id": office_id, "printer_id": printer_id or 0, "ids": list(set(wanted))}
    found = {
        row.id: Asked(
            row.id, row.prefix, bool(row.active), row.printer_id, ServiceRules.read(row.rules)
        )
        for row in db.execute(FOR_ISSUE, key)
    }
    if not all(service_id in found for service_id in wanted):
        raise NotFound("no_such_service")
    return [found[service_id] for service_id in wanted]


def prefix_of(db: Connection, office_id: int, service_id: int) -> str:
    return str(db.scalar(PREFIX, {"office_id": office_id, "id": service_id}))
