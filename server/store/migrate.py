"""Brings a database to the schema this release knows, one process at a time."""

from pathlib import Path

from alembic import command
from alembic.config import Config as Alembic
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import text

from server.store import planning
from server.store.engine import Store

LOCK = 0x6B686975  # "khiu"; PostgreSQL's advisory lock, held while migrating


class UnknownSchema(Exception):
    """The data were written by another release, and not as this one reads them."""


def migrate(store: Store) -> None:
    """Runs what is missing of the migrations; nothing when the schema is up to date.

    Raises `UnknownSchema`.
    """
    settings = _alembic()
    with store.writing() as db:
        if not store.is_sqlite:  # SQLite's BEGIN IMMEDIATE already keeps others out
            db.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        settings.attributes["connection"] = db
        try:
            command.upgrade(settings, "head")
        except CommandError as error:
            raise UnknownSchema(f"the data are of a later release of Khiu: {error}") from error
        if store.is_sqlite:
            planning.tell(db)


def revision(store: Store) -> str | None:
    """The newest migration the data have seen; None where there are no tables of ours."""
    with store.reading() as db:
        return MigrationContext.configure(db).get_current_revision()


def must_know(stands: str | None) -> None:
    """Raises `UnknownSchema` unless data of this revision can be brought to this release."""
    try:
        if stands is not None:
            ScriptDirectory.from_config(_alembic()).get_revision(stands)
    except CommandError as error:
        raise UnknownSchema(f"the data are of a later release of Khiu: {error}") from error


def must_be_newest(store: Store) -> None:
    """For who only reads. Raises `UnknownSchema` where another release wrote the data."""
    stands = revision(store)
    if stands is None:
        raise UnknownSchema("there are no data of Khiu; make an office with `khiu init`")
    must_know(stands)
    newest = ScriptDirectory.from_config(_alembic()).get_current_head()
    if stands != newest:
        raise UnknownSchema(
            f"the data are of an earlier release of Khiu (schema {stands}, this one has {newest}); "
            "`khiu serve` brings them up to date"
        )


def _alembic() -> Alembic:
    settings = Alembic()
    settings.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return settings
