"""The slip: what stands on it beside the number, and the office's own layout."""

from typing import Any

from sqlalchemy import Row

from server.domain.settings import PaperRules
from server.domain.wish import Actor
from server.setup.ground import Facts, Part, changed, did, keep_settings, settings_now
from server.store import papers

SHOWN = 20  # layouts of the past


class OfficeSlip(Part):
    def change(self, rules: PaperRules, actor: Actor) -> None:
        with self._changing() as turn:
            old = settings_now(turn)
            wished = old.settings.model_copy(update={"paper": rules})
            new = keep_settings(turn, old.model_copy(update={"settings": wished}))
            before, after = _facts(old.settings.paper), _facts(new.settings.paper)
            changed(turn, actor, "slip.changed", old.office.name.th, before, after)

    def newest(self) -> Row[Any] | None:
        """The layout that is printed, with what made it give way; None: never one of its own."""
        with self._looking() as db:
            return papers.newest(db, self._office.id)

    def past(self) -> list[Row[Any]]:
        """The layouts that were kept, newest first; an empty body is Khiu's own."""
        with self._looking() as db:
            return papers.past(db, self._office.id, SHOWN)

    def one(self, row_id: int) -> Row[Any]:
        """Raises `NotFound`."""
        with self._looking() as db:
            return papers.one(db, self._office.id, row_id)

    def keep(self, layout: str, actor: Actor) -> None:
        """Printed from the next slip on; empty: Khiu's own. It was tried before."""
        with self._changing() as turn:
            if papers.layout(turn.db, turn.office_id) == layout:
                return
            papers.keep(turn.db, turn.office_id, layout, turn.now, str(actor))
            action = "slip.own_layout" if layout else "slip.khius_layout"
            did(turn, actor, action, turn.settings.office.name.th)


def _facts(rules: PaperRules) -> Facts:
    return {f"paper_{name}": value for name, value in rules.model_dump().items()}
