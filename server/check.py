"""Verifies what is stored: `khiu check`. It only reads, in one snapshot, while others serve."""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from sqlalchemy import Connection, select
from sqlalchemy.exc import DatabaseError

from server.domain.settings import Settings
from server.domain.tally import DAY_MS, Tally
from server.domain.ticket import number_text
from server.store import measures, proofs, schema

MOST_LOST = 20  # numbers that one line names


@dataclass(slots=True)
class Looked:
    """How much has been looked at."""

    offices: int = 0
    tickets: int = 0
    events: int = 0


class Check:
    """One look through the data. `looked` grows while `findings` is read."""

    def __init__(self, db: Connection, now: int, evidence: Path | None = None) -> None:
        """`db`: a snapshot. `now` is Unix ms. `evidence`: the folder of all offices' files."""
        self._db, self._now, self._evidence = db, now, evidence
        self.looked = Looked()

    def findings(self, office_id: int | None = None) -> Iterator[str]:
        """A line for each thing that is wrong, of one office or of all; none when all is well."""
        try:
            if self._db.dialect.name == "sqlite":
                yield from proofs.damage(self._db)
            yield from self._of_offices(office_id)
        except DatabaseError as error:  # a damaged file: what was found before still counts
            yield f"cannot be read any further: {' '.join(str(error.orig).split())}"

    def _of_offices(self, office_id: int | None) -> Iterator[str]:
        offices = schema.offices
        asked = select(offices.c.id, offices.c.slug, offices.c.settings).order_by(offices.c.slug)
        if office_id is not None:
            asked = asked.where(offices.c.id == office_id)
        for row in self._db.execute(asked).all():
            self.looked.offices += 1
            tally = Tally(Settings.read(row.settings).zone, self._now)
            for text in self._of_office(row.id, tally):
                yield f"{row.slug}: {text}"

    def _of_office(self, office_id: int, tally: Tally) -> Iterator[str]:
        yield from self._numbers(office_id)
        yield from self._tickets(office_id, tally)
        yield from proofs.odd_rows(self._db, office_id, self._now + DAY_MS)
        if self._evidence is not None:
            yield from self._files(office_id, self._evidence / str(office_id))

    def _files(self, office_id: int, folder: Path) -> Iterator[str]:
        """Evidence of measures that is missing, changed, or left behind by nobody's step."""
        known = set()
        for step_id, file in measures.files_of(self._db, office_id).items():
            lies = folder / file.lies_as(step_id)
            known.add(lies.name)
            if not lies.is_file():
                yield f"evidence {lies.name} (step {step_id}) is missing"
            elif sha256(lies.read_bytes()).hexdigest() != file.hash:
                yield f"evidence {lies.name} (step {step_id}) is not the file that was brought"
        for lies in sorted(folder.iterdir()) if folder.is_dir() else ():
            if lies.name not in known and self._is_old(lies):
                yield f"evidence {lies.name} belongs to no step"

    def _is_old(self, file: Path) -> bool:
        """A file is there before its step is, and others serve meanwhile."""
        try:
            return file.stat().st_mtime * 1000 < self._now - DAY_MS
        except FileNotFoundError:
            return False

    def _numbers(self, office_id: int) -> Iterator[str]:
        """Given twice, lost, or above the last."""
        for day, prefix, last, rows in proofs.uneven_numbers(self._db, office_id):
            ids: dict[int, list[str]] = {}
            for row in rows:
                ids.setdefault(row.number, []).append(str(row.id))
            for number, given in ids.items():
                name = f"{number_text(prefix, number)} of {day} (ticket {' and '.join(given)})"
                if len(given) > 1:
                    yield f"{name} was given {len(given)} times"
                if number > (last or 0) or number < 1:
                    yield f"{name} is not among the numbers given, 1 to {last or 0}"
            lost = [number for number in range(1, (last or 0) + 1) if number not in ids]
            names = ", ".join(number_text(prefix, number) for number in lost[:MOST_LOST])
            more = f" and {len(lost) - MOST_LOST} more" if len(lost) > MOST_LOST else ""
            if lost:
                yield f"{names}{more} of {day} was given and has no ticket"

    def _tickets(self, office_id: int, tally: Tally) -> Iterator[str]:
        for batch in proofs.batches(self._db, office_id):
            for ticket in batch.tickets:
                steps = batch.steps.pop(ticket.id, [])
                events = batch.events.pop(ticket.id, [])
                self.looked.tickets += 1
                self.looked.events += len(events)
                for text in tally.findings(ticket, steps, events):
                    yield f"{ticket}: {text}"
            for ticket_id, lone in batch.steps.items():
                ids = ", ".join(str(step.id) for step in lone)
                yield f"step {ids} belongs to no ticket: {ticket_id}"
            for ticket_id, happened in batch.events.items():
                for event in happened:
                    yield f"event {event.id} ({event.kind}) belongs to no ticket: {ticket_id}"
