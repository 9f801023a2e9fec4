"""Makes an export: written down, read as of one moment, given its name when it is whole."""

import sqlite3
from datetime import date
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

from server.backup.keeping import appear
from server.catalogue import LANGUAGES, Catalogue
from server.domain.day import rfc3339
from server.domain.settings import Settings
from server.domain.wish import Actor
from server.exporting import CannotExport
from server.exporting.spans import Spans
from server.exporting.tables import ABOUT, EVENTS, SERVICES, STEPS, TABLES, TICKETS
from server.exporting.telling import Telling, Told
from server.exporting.writing import AuditFile, audit_file
from server.store import exported, offices, setup
from server.store.engine import Store


def export(
    store: Store, office_id: int, first: date, last: date, to: Path, actor: Actor, now: int
) -> dict[str, int]:
    """Writes the rows of these office dates, both included, to a new file; rows by table.

    The file is readable by its owner only. `now` is Unix ms. Raises `CannotExport`, `BadBackup`
    (somebody else made a file of that name meanwhile).
    """
    if to.exists():
        raise CannotExport(f"{to} is there already")
    if not to.parent.is_dir():
        raise CannotExport(f"{to.parent} is no directory")
    with store.writing() as db:
        period = f"{first} – {last}"
        setup.note(db, office_id, now, str(actor), "rows.exported", period, None, None)
    with TemporaryDirectory(prefix=".khiu-export-", dir=to.parent) as folder:
        made = Path(folder) / "whole"
        made.touch(0o600)
        try:
            with audit_file(made) as file:
                _fill(file, store, office_id, first, last, now)
                counts = file.finish()
        except sqlite3.Error as error:
            raise CannotExport(f"{to} cannot be written: {error}") from None
        appear(made, to)
    return counts


def _fill(file: AuditFile, store: Store, office_id: int, first: date, last: date, now: int) -> None:
    period = (office_id, first, last)
    with store.reading() as db:
        settings = Settings.read(offices.for_verb(db, office_id).settings)
        spans = Spans(exported.visits_of(db, *period), first, settings.zone)
        telling = Telling(settings, spans)
        file.add(ABOUT, _about(settings, first, last, now))
        file.add(SERVICES, telling.services(exported.services_of(db, office_id)))
        file.add(TICKETS, telling.tickets(exported.tickets_of(db, *period)))
        file.add(STEPS, telling.steps(exported.steps_of(db, *period)))
        file.add(EVENTS, telling.events(exported.events_of(db, *period)))
        file.add_answers(telling.answers(exported.answers_of(db, *period)))
        file.add_answers(telling.presses(exported.presses_of(db, *period)))


def _about(settings: Settings, first: date, last: date, now: int) -> list[Told]:
    """What the file is, beside its tables."""
    catalogue = Catalogue()
    words = [(table.name, f"exporting.{table.name}") for table in TABLES]
    words.insert(0, ("use", "exporting.use"))
    if settings.settings.demo:
        words.insert(0, ("data", "common.simulated"))
    facts: list[Told] = [
        ("office", settings.office.name.th),
        ("slug", settings.office.slug),
        ("from", first.isoformat()),
        ("to", last.isoformat()),
        ("made_at", rfc3339(now, settings.zone)),
        ("khiu", version("khiu")),
    ]
    told = ((key, " · ".join(catalogue.say(name, one) for one in LANGUAGES)) for key, name in words)
    return [*facts, *told]
