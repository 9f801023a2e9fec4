"""Brings a database to the schema this release knows, one process at a time."""

from pathlib import Path

from alembic import command
from alembic.config import Config as Alembic
from sqlalchemy import text

from server.store.engine import Store

LOCK = 0x6B686975  # "khiu"; PostgreSQL's advisory lock, held while migrating


def migrate(store: Store) -> None:
    """Runs what is missing of the migrations; nothing when the schema is up to date."""
    settings = Alembic()
    settings.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with store.writing() as db:
        if not store.is_sqlite:  # SQLite's BEGIN IMMEDIATE already keeps others out
            db.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        settings.attributes["connection"] = db
        command.upgrade(settings, "head")
