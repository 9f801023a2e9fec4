"""What was done for a measure, with its evidence."""

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from server.domain.finding import Stood
from server.domain.measure import LONGEST, By, File, State
from server.domain.refusals import BadField
from server.domain.typed import typed
from server.domain.wish import RequestKey
from server.measures.evidence import Shelf, Upload, told
from server.measures.register import AN_ID, Register, checked, note, same_version, say_measure
from server.office import Office, Turn
from server.store import measures as kept
from server.store import schema
from server.store.ids import new_id


@dataclass(frozen=True, slots=True)
class StepWish:
    """`record`: evidence in words; `figure`: the finding's figure as it stands on this day;
    `state`: the measure's from now on, where it changes with the step (seen at `version`)."""

    day: date
    body: str
    record: str = ""
    figure: Stood | None = None
    file: Upload | None = None
    state: State | None = None
    version: int = 0


class Steps(Register):
    """Bound to one office and its folder of files."""

    def __init__(self, office: Office, shelf: Shelf) -> None:
        super().__init__(office)
        self._shelf = shelf

    def add_step(
        self, measure_id: int, wish: StepWish, by: By, key: RequestKey | None = None
    ) -> int:
        """Returns its id. Raises `BadField`, `NotFound`."""
        body = typed("body", wish.body, LONGEST["body"])
        if not body:
            raise BadField(body="missing")
        record = typed("record", wish.record, LONGEST["record"])
        step_id, file = new_id(self._office.clock()), None
        if wish.file is not None:
            self.measure(measure_id)  # nothing is kept for what is not there
            file = told(wish.file)
            self._shelf.keep(step_id, file, wish.file.data)
        clean = replace(wish, body=body, record=record)
        added = None

        def act(turn: Turn) -> int:
            return self._add_step(turn, measure_id, step_id, clean, file, by)

        try:
            added = self._office.once(key, AN_ID, act, board=False)
        finally:
            if file is not None and added != step_id:  # refused, or the same press once more
                self._shelf.forget(step_id, file)
        return added

    def _add_step(
        self,
        turn: Turn,
        measure_id: int,
        step_id: int,
        wish: StepWish,
        file: File | None,
        by: By,
    ) -> int:
        measure = kept.find(turn.db, schema.measures, turn.office_id, measure_id)
        if wish.day.isoformat() > turn.day:
            raise BadField(day="in_the_future")
        if wish.state is not None and wish.state != measure.state:
            same_version(measure, wish.version)
            now = checked(replace(kept.wish_of(measure), state=wish.state, why=""))
            say_measure(turn, measure, now, by)
        values = {
            "measure_id": measure_id,
            "day": wish.day.isoformat(),
            "body": wish.body,
            "record": wish.record,
            "figure": None if wish.figure is None else wish.figure.text(),
            "file_name": file and file.name,
            "file_kind": file and file.kind,
            "file_size": file and file.size,
            "file_hash": file and file.hash,
            "at": turn.now,
            "actor": str(by.actor),
            "role": by.role,
        }
        kept.add(turn.db, schema.measure_steps, turn.office_id, turn.now, values, step_id)
        about = (measure.finding_id, measure_id)
        note(turn, by, about, "step_added", {}, {"step": wish.body})
        return step_id

    def strike(self, step_id: int, why: str, by: By) -> int:
        """It was put down by mistake: it stays readable as such, its file is taken away.

        Returns the measure's id. Raises `BadField`, `NotFound`.
        """
        why = typed("why", why, LONGEST["why"])
        if not why:
            raise BadField(why="missing")
        file = None
        with self._office.verb(board=False) as turn:
            step = kept.find(turn.db, schema.measure_steps, turn.office_id, step_id)
            measure = kept.find(turn.db, schema.measures, turn.office_id, step.measure_id)
            if step.struck_at is None:
                if step.file_hash is not None:
                    file = kept.file_of(turn.db, turn.office_id, step_id)
                struck = {"struck_at": turn.now, "struck_why": why}
                kept.change(turn.db, schema.measure_steps, turn.office_id, step_id, struck)
                about = (measure.finding_id, measure.id)
                note(turn, by, about, "step_struck", {"step": step.body}, {"why": why})
        if file is not None:
            self._shelf.forget(step_id, file)
        return int(measure.id)

    def file(self, step_id: int) -> tuple[File, Path]:
        """A step's file and where it lies. Raises `NotFound`."""
        with self._office.store.reading() as db:
            found = kept.file_of(db, self._office.id, step_id)
        return found, self._shelf.find(step_id, found)
