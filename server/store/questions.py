"""The versions of what is asked: one that is asked now, those before it, at most one draft."""

from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from server.domain.questionnaire import Questionnaire, Version
from server.domain.refusals import NotFound
from server.store.ids import new_id
from server.store.schema import questionnaires


def versions(db: Connection, office_id: int) -> list[Version]:
    """All of them, the newest first; a draft is the newest."""
    mine = select(questionnaires).where(questionnaires.c.office_id == office_id)
    rows = db.execute(mine.order_by(questionnaires.c.version.desc(), questionnaires.c.id.desc()))
    return [_version(row) for row in rows]


def version(db: Connection, office_id: int, version_id: int) -> Version:
    """Raises `NotFound`."""
    row = db.execute(select(questionnaires).where(_this(office_id, version_id))).first()
    if row is None:
        raise NotFound("no_such_thing")
    return _version(row)


def add_draft(db: Connection, office_id: int, asked: Questionnaire, now: int, actor: str) -> int:
    row_id = new_id(now)
    db.execute(
        insert(questionnaires).values(
            office_id=office_id,
            id=row_id,
            code=asked.code,
            version=asked.version,
            body=asked.model_dump_json(),
            active=False,
            created_at=now,
            actor=actor,
        )
    )
    return row_id


def change_draft(
    db: Connection, office_id: int, draft_id: int, asked: Questionnaire, actor: str
) -> None:
    values = {"body": asked.model_dump_json(), "actor": actor}
    db.execute(update(questionnaires).where(_this(office_id, draft_id)).values(values))


def publish(db: Connection, office_id: int, draft_id: int, now: int) -> None:
    """From now on it is asked: the highest version that is no draft."""
    asked = {"active": True, "asked_from": now}
    db.execute(update(questionnaires).where(_this(office_id, draft_id)).values(asked))


def drop(db: Connection, office_id: int, draft_id: int) -> None:
    db.execute(delete(questionnaires).where(_this(office_id, draft_id)))


def _this(office_id: int, version_id: int) -> Any:
    return (questionnaires.c.office_id == office_id) & (questionnaires.c.id == version_id)


def _version(row: Row[Any]) -> Version:
    return Version(
        id=row.id,
        number=row.version,
        asked=Questionnaire.read(row.body),
        draft=not row.active,
        created_at=row.created_at,
        asked_from=row.asked_from,
        who=row.actor,
    )
