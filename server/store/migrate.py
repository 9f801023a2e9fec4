"""Brings a database to the schema this release knows, one process at a time."""

from pathlib import Path

from alembic import command
from alembic.config import Config as Alembic
from alembic.util import CommandError
from sqlalchemy import text

from server.store import planning
from server.store.engine import Store

LOCK = 0x6B686975  # "khiu"; PostgreSQL's advisory lock, held while migrating


class UnknownSchema(Exception):
    """The data were written by a release that this one does not know."""


def migrate(store: Store) -> None:
    """Runs what is missing of the migrations; nothing when the schema is up to date.

    Raises `UnknownSchema`.
    """
    settings = Alembic()
    settings.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
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
