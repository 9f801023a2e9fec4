"""Comments to be read and published, and answers and presses that are in doubt."""

import json
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Float, Row, ScalarSelect, case, cast, func, select, update

from server.domain.refusals import NotFound
from server.domain.review import Comment, Doubtful, Note
from server.domain.self_check import SELF_CHECK
from server.store.offices import as_json
from server.store.portions import portions
from server.store.schema import answer_items, answers, flag_notes, presses


def comments(
    db: Connection,
    office_id: int,
    days: tuple[str, str],
    service_id: int | None = None,
    channel: str = "",
) -> list[Comment]:
    """Every comment of these days, both included, the newest first."""
    query = _comments(office_id).where(answers.c.day.between(*days))
    if service_id is not None:
        query = query.where(answers.c.service_id == service_id)
    if channel:
        query = query.where(answers.c.channel == channel)
    newest = query.order_by(answers.c.day.desc(), answers.c.at.desc(), answers.c.id.desc())
    return [_comment(row) for row in db.execute(newest)]


def comment(db: Connection, office_id: int, answer_id: int) -> Comment:
    """Raises `NotFound`."""
    row = db.execute(_comments(office_id).where(answers.c.id == answer_id)).first()
    if row is None:
        raise NotFound("no_such_thing")
    return _comment(row)


def change(db: Connection, office_id: int, answer_id: int, values: dict[str, Any]) -> None:
    """Writes tags, or what a review found."""
    mine = (answers.c.office_id == office_id) & (answers.c.id == answer_id)
    if "tags" in values:
        values = {**values, "tags": as_json(list(values["tags"]))}
    db.execute(update(answers).where(mine).values(values))


def lock(db: Connection, office_id: int, answer_id: int) -> None:
    """One review of a comment after the other."""
    mine = (answers.c.office_id == office_id) & (answers.c.id == answer_id)
    db.execute(select(answers.c.id).where(mine).with_for_update())


def doubtful(db: Connection, office_id: int, days: tuple[str, str]) -> list[Doubtful]:
    """Answers and presses of these days that carry a flag or once did, the newest first."""
    noted = _noted(db, office_id, days)
    found = []
    for about, table in (("answer", answers), ("press", presses)):
        ids = [one for kind, one in noted if kind == about]
        rows = _rows(db, office_id, table, (table.c.day.between(*days), table.c.flag.is_not(None)))
        for part in portions(ids):
            rows |= _rows(db, office_id, table, (table.c.id.in_(part),))
        found += [_doubtful(about, row, noted) for row in rows.values()]
    return sorted(found, key=lambda one: (-one.at, one.about, one.id))


def said_on(db: Connection, office_id: int, day: str) -> list[Doubtful]:
    """Everything that was said on one day, the newest first."""
    noted = _noted(db, office_id, (day, day))
    found = []
    for about, table in (("answer", answers), ("press", presses)):
        rows = _rows(db, office_id, table, (table.c.day == day,))
        found += [_doubtful(about, row, noted) for row in rows.values()]
    return sorted(found, key=lambda one: (-one.at, one.about, one.id))


def _comments(office_id: int) -> Any:
    return select(answers, _score()).where(
        answers.c.office_id == office_id, answers.c.comment.is_not(None)
    )


def _score() -> Any:
    """The one tap, else the mean of the items; the self-check has another scale."""
    item = answer_items.c
    scored: ScalarSelect[Any] = (
        select(
            func.coalesce(
                func.max(case((item.aspect == "overall", cast(item.score, Float)))),
                func.avg(cast(item.score, Float)),
            )
        )
        .where(
            item.office_id == answers.c.office_id,
            item.answer_id == answers.c.id,
            item.aspect != SELF_CHECK,
        )
        .scalar_subquery()
    )
    return scored.label("score")


@lru_cache(maxsize=4096)
def _words(text: str) -> tuple[str, ...]:
    """A JSON list; mostly the same few."""
    return tuple(json.loads(text))


def _comment(row: Row[Any]) -> Comment:
    return Comment(
        id=row.id,
        day=row.day,
        service_id=row.service_id,
        channel=row.channel,
        text=row.comment,
        score=row.score,
        reasons=_words(row.reasons),
        tags=_words(row.tags),
        flag=row.flag,
        reviewed_at=row.reviewed_at,
        reviewed_by=row.reviewed_by,
        published=row.published,
    )


def _rows(
    db: Connection, office_id: int, table: Any, wanted: tuple[Any, ...]
) -> dict[int, Row[Any]]:
    columns = [table] if table is presses else [answers, _score()]
    query = select(*columns).where(table.c.office_id == office_id, *wanted)
    return {row.id: row for row in db.execute(query)}


def _doubtful(about: str, row: Row[Any], noted: dict[tuple[str, int], list[Note]]) -> Doubtful:
    return Doubtful(
        about=about,
        id=row.id,
        at=row.at,
        day=row.day,
        score=row.score,
        channel=row.channel,
        service_id=row.service_id,
        counter_id=row.counter_id,
        flag=row.flag,
        notes=tuple(noted.get((about, row.id), ())),
    )


def _noted(
    db: Connection, office_id: int, days: tuple[str, str]
) -> dict[tuple[str, int], list[Note]]:
    """What staff wrote about answers and presses of these days, the newest first."""
    notes: dict[tuple[str, int], list[Note]] = {}
    for about, table in (("answer", answers), ("press", presses)):
        query = (
            select(flag_notes)
            .join(
                table,
                (table.c.office_id == flag_notes.c.office_id)
                & (table.c.id == flag_notes.c.about_id),
            )
            .where(
                flag_notes.c.office_id == office_id,
                flag_notes.c.about == about,
                table.c.day.between(*days),
            )
        )
        for row in db.execute(query.order_by(flag_notes.c.id.desc())):
            note = Note(row.at, row.actor, row.flag, row.note)
            notes.setdefault((about, row.about_id), []).append(note)
    return notes
