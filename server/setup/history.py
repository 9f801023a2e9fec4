"""The audit list: who changed what in the set-up, newest first."""

import json
from dataclasses import dataclass
from typing import Any

from server.domain.settings import Words
from server.setup.ground import Part
from server.store import schema, setup

PAGE = 50


@dataclass(frozen=True, slots=True)
class Line:
    """`who`: the person's name; None for the command line. `facts`: name, before, after."""

    id: int
    at: int
    who: Words | None
    action: str
    subject: str
    facts: tuple[tuple[str, Any, Any], ...]


class History(Part):
    def page(self, before: int | None = None) -> tuple[list[Line], int | None]:
        """Lines older than the line `before`, and where the next page begins, if there is one."""
        with self._looking() as db:
            rows = setup.history(db, self._office.id, before, PAGE + 1)
            people = {
                f"staff:{row.id}": Words(th=row.name_th, en=row.name_en)
                for row in setup.rows(db, schema.staff, self._office.id)
            }
        lines = [
            Line(row.id, row.at, people.get(row.actor), row.action, row.subject, _facts(row))
            for row in rows[:PAGE]
        ]
        return lines, lines[-1].id if len(rows) > PAGE else None


def _facts(row: Any) -> tuple[tuple[str, Any, Any], ...]:
    before = json.loads(row.before) if row.before else {}
    after = json.loads(row.after) if row.after else {}
    return tuple((name, before.get(name), after[name]) for name in after)
