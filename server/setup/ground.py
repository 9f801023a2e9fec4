"""What every part of the set-up shares: its transaction and its line in the audit list."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Row, Table, select, update

from server.domain.settings import Settings
from server.domain.wish import Actor
from server.office import Office, Turn
from server.pace import Paces
from server.store import offices, schema, setup

Facts = dict[str, Any]  # as the audit list keeps them: text, numbers, yes and no, lists of text


class Part:
    """One part of the set-up, bound to one office."""

    def __init__(self, office: Office, paces: Paces) -> None:
        self._office, self._paces = office, paces

    @contextmanager
    def _changing(self, *, board: bool = False) -> Iterator[Turn]:
        """One change. `board`: the screens show something else afterwards."""
        with self._office.verb(board=board) as turn:
            setup.lock(turn.db, turn.office_id)
            yield turn
        if board:
            self._paces.forget()

    @contextmanager
    def _looking(self) -> Iterator[Connection]:
        with self._office.store.reading() as db:
            yield db

    def _rows(self, table: Table) -> list[Row[Any]]:
        with self._looking() as db:
            return setup.rows(db, table, self._office.id)

    def _row(self, table: Table, row_id: int) -> Row[Any]:
        """Raises `NotFound`."""
        with self._looking() as db:
            return setup.find(db, table, self._office.id, row_id)


def settings_now(turn: Turn) -> Settings:
    """The office's settings as the change before this one left them; the next one waits."""
    table = schema.offices
    mine = select(table.c.id).where(table.c.id == turn.office_id)
    # Not its key: tickets refer to it, and are given meanwhile.
    turn.db.execute(mine.with_for_update(key_share=True))
    return Settings.read(offices.for_verb(turn.db, turn.office_id).settings)


def keep_settings(turn: Turn, changed: Settings) -> Settings:
    """Writes them, checked: copies of parts are not."""
    new = Settings.model_validate_json(changed.text())
    table = schema.offices
    values = {"name_th": new.office.name.th, "name_en": new.office.name.en, "settings": new.text()}
    turn.db.execute(update(table).where(table.c.id == turn.office_id).values(values))
    return new


def added(turn: Turn, actor: Actor, action: str, subject: str, after: Facts) -> None:
    setup.note(turn.db, turn.office_id, turn.now, str(actor), action, subject, None, after)


def changed(
    turn: Turn, actor: Actor, action: str, subject: str, before: Facts, after: Facts
) -> None:
    """Keeps the facts that differ; saving the same again is no change."""
    differing = [name for name in after if before.get(name) != after[name]]
    if differing:
        old = {name: before.get(name) for name in differing}
        new = {name: after[name] for name in differing}
        setup.note(turn.db, turn.office_id, turn.now, str(actor), action, subject, old, new)


def did(turn: Turn, actor: Actor, action: str, subject: str) -> None:
    """Something that has no before and after."""
    setup.note(turn.db, turn.office_id, turn.now, str(actor), action, subject, None, None)


def names(row: Row[Any]) -> Facts:
    return {"name_th": row.name_th, "name_en": row.name_en}
