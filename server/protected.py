"""Reports that staff asked for money: two roles may open them, and each sees who did."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row

from server.domain.refusals import BadField, NotAllowed
from server.domain.settings import Words
from server.domain.typed import typed
from server.domain.wish import Actor
from server.office import Office
from server.store import places, protected

OPEN_MS = 10 * 60_000  # how long one opening, once written down, lets its reader look
SHOWN_OPENINGS = 100
LONGEST_DONE = 1000


@dataclass(frozen=True, slots=True)
class Report:
    """`day`: when it came, and neither time nor channel; `reason`: a code of the questionnaire;
    `message`: what was written with it, empty in the list; `closed_at`: Unix ms."""

    id: int
    day: date
    reason: str
    message: str
    closed_at: int | None
    done: str


@dataclass(frozen=True, slots=True)
class Opening:
    """One look. `report_id` None: at the list. `who`: None when that person is no more."""

    at: int
    who: Words | None
    report_id: int | None


class Protected:
    """Bound to one office. Nothing is shown that was not opened first: opening is a verb."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def how_many_open(self) -> int:
        with self._office.store.reading() as db:
            return protected.how_many_open(db, self._office.id)

    def openings(self) -> list[Opening]:
        """Who looked, the newest first: also for whoever has not opened anything yet."""
        with self._office.store.reading() as db:
            rows = protected.openings(db, self._office.id, SHOWN_OPENINGS)
            who = places.people(db, self._office.id, {row.actor for row in rows})
        return [Opening(row.at, who.get(row.actor), row.report_id) for row in rows]

    def open_list(self, actor: Actor) -> None:
        """Writes the look down; the list may be read for ten minutes."""
        with self._office.verb(board=False) as turn:
            protected.opened(turn.db, turn.office_id, turn.now, str(actor))

    def open_report(self, report_id: int, actor: Actor) -> None:
        """The same for one report. Raises `NotFound`."""
        with self._office.verb(board=False) as turn:
            protected.find(turn.db, turn.office_id, report_id)
            protected.opened(turn.db, turn.office_id, turn.now, str(actor), report_id)

    def reports(self, actor: Actor) -> list[Report] | None:
        """The list without messages, the open ones first; None for whoever has not opened it."""
        since = self._office.clock() - OPEN_MS
        with self._office.store.reading() as db:
            if not protected.opened_since(db, self._office.id, str(actor), since):
                return None
            return [_report(row, message="") for row in protected.all_of(db, self._office.id)]

    def report(self, report_id: int, actor: Actor) -> Report | None:
        """One report; None for whoever has not opened it. Raises `NotFound`."""
        since = self._office.clock() - OPEN_MS
        with self._office.store.reading() as db:
            row = protected.find(db, self._office.id, report_id)
            if not protected.opened_since(db, self._office.id, str(actor), since, report_id):
                return None
            return _report(row, message=row.message or "")

    def close(self, report_id: int, actor: Actor, done: str) -> None:
        """Says what was done about it. The look it takes is written down like any other.

        Raises `NotFound`, `NotAllowed` (closed already), `BadField`.
        """
        done = typed("done", done, LONGEST_DONE)
        if not done:
            raise BadField(done="missing")
        with self._office.verb(board=False) as turn:
            row = protected.find(turn.db, turn.office_id, report_id)
            if row.closed_at is not None:
                raise NotAllowed("report_closed")
            protected.close(turn.db, turn.office_id, report_id, turn.now, done)
            protected.opened(turn.db, turn.office_id, turn.now, str(actor), report_id)


def _report(row: Row[Any], *, message: str) -> Report:
    return Report(
        id=row.id,
        day=date.fromisoformat(row.day),
        reason=row.reason,
        message=message,
        closed_at=row.closed_at,
        done=row.done or "",
    )
