"""The tables of the file, with the contract's columns in its order."""

from collections.abc import Mapping
from dataclasses import dataclass, field

NUMBERS = {"standard_minutes", "score"}  # all else is text: an id has more digits than a float


@dataclass(frozen=True, slots=True)
class Table:
    """`key`: what tells its rows apart, if anything does; `refers`: column → table it leads to."""

    name: str
    columns: tuple[str, ...]
    key: str | tuple[str, ...] | None = None
    refers: Mapping[str, str] = field(default_factory=dict)

    @property
    def types(self) -> dict[str, type]:
        return {name: int if name in NUMBERS else str for name in self.columns}


SERVICES = Table("services", ("id", "code", "name_th", "standard_minutes"), "id")
TICKETS = Table(
    "tickets", ("id", "number", "day", "priority", "channel", "language", "issued_at"), "id"
)
STEPS = Table(
    "steps",
    (
        *("id", "ticket_id", "service_id", "counter_id", "state", "outcome", "queue_at"),
        *("issued_at", "slot_at", "first_called_at", "called_at", "started_at", "ended_at"),
    ),
    "id",
    {"ticket_id": "tickets", "service_id": "services"},
)
EVENTS = Table(
    "events",
    ("ticket_id", "step_id", "at", "kind", "counter_id", "reason"),
    refers={"ticket_id": "tickets", "step_id": "steps"},
)
ANSWERS = Table(  # of all that the other tables have, these share the service and nothing else
    "answers",
    ("response_id", "service_id", "item", "aspect", "score", "channel", "at", "flag"),
    ("response_id", "item"),
    {"service_id": "services"},
)
TABLES = (SERVICES, TICKETS, STEPS, EVENTS, ANSWERS)
ABOUT = Table("about", ("key", "value"), "key")
