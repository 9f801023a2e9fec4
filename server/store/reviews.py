"""Comments to be read and published, and answers and presses that are in doubt."""

import json
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Float,
    Row,
    ScalarSelect,
    case,
    cast,
    func,
    select,
    update,
)

from server.domain.refusals import NotFound
from server.domain.review import HIGH_FROM, LOW_UP_TO, Comment, Doubtful, Mood, Note, State, Wanted
from server.domain.searching import wanted
from server.domain.self_check import SELF_CHECK
from server.store.offices import as_json
from server.store.portions import portions
from server.store.schema import answer_items, answers, flag_notes, presses


def comments(
    db: Connection,
    office_id: int,
    days: tuple[str, str],
    asked: Wanted,
    part: tuple[int, int],
) -> tuple[list[Comment], int]:
    """Comments of these days, both included, the newest first; and how many there are in all.

    `part`: how many to pass over, and how many to give.
    """
    found = [*_written(office_id), answers.c.day.between(*days), *_fitting(asked)]
    newest = (answers.c.day.desc(), answers.c.at.desc(), answers.c.id.desc())
    passed, limit = part
    total = db.scalar(select(func.count()).select_from(answers).where(*found)) or 0
    if total <= passed:
        return [], total
    # The ids first: scores are only asked for those that are given.
    query = select(answers.c.id).where(*found).order_by(*newest)
    ids = list(db.scalars(query.limit(limit).offset(passed)))
    mine = answers.c.office_id == office_id, answers.c.id.in_(ids)
    shown = select(answers, _score(asked.aspect)).where(*mine).order_by(*newest)
    return [_comment(row) for row in db.execute(shown)], total


def tags(db: Connection, office_id: int, days: tuple[str, str]) -> list[str]:
    """All that stand at comments of these days."""
    named = answers.c.day.between(*days), answers.c.tags != "[]"
    query = select(answers.c.tags).where(*_written(office_id), *named).distinct()
    return sorted({tag for text in db.scalars(query) for tag in _words(text)})


def comment(db: Connection, office_id: int, answer_id: int) -> Comment:
    """Raises `NotFound`."""
    mine = *_written(office_id), answers.c.id == answer_id
    row = db.execute(select(answers, _score()).where(*mine)).first()
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


def _written(office_id: int) -> tuple[ColumnElement[bool], ...]:
    return answers.c.office_id == office_id, answers.c.comment.is_not(None)


def _fitting(asked: Wanted) -> Iterator[ColumnElement[bool]]:
    for word in wanted(asked.words):
        # Thai has no word to make an index of: all are looked at, in the form that is compared.
        yield answers.c.comment_plain.contains(word, autoescape=True)
    if asked.service_id is not None:
        yield answers.c.service_id == asked.service_id
    if asked.channel:
        yield answers.c.channel == asked.channel
    if asked.tag:
        yield answers.c.tags.contains(as_json(asked.tag), autoescape=True)
    if asked.state is not None:
        yield _IN_STATE[asked.state]
    if asked.mood is Mood.LOW:
        yield _scored(asked.aspect) < LOW_UP_TO
    elif asked.mood is Mood.HIGH:
        yield _scored(asked.aspect) >= HIGH_FROM
    elif asked.aspect:
        yield _scored(asked.aspect).is_not(None)


_IN_STATE = {
    State.NEW: answers.c.published.is_(None) & answers.c.reviewed_at.is_(None),
    State.REVIEWED: answers.c.published.is_(None) & answers.c.reviewed_at.is_not(None),
    State.PUBLISHED: answers.c.published.is_not(None),
}


def _score(aspect: str = "") -> Any:
    return _scored(aspect).label("score")


def _scored(aspect: str = "") -> ScalarSelect[Any]:
    """The aspect's mean; without one the one tap, else the mean of the items; the self-check has
    another scale."""
    item = answer_items.c
    mine = (item.office_id == answers.c.office_id) & (item.answer_id == answers.c.id)
    if aspect:
        own = item.aspect == aspect
        return select(func.avg(cast(item.score, Float))).where(mine, own).scalar_subquery()
    return (
        select(
            func.coalesce(
                func.max(case((item.aspect == "overall", cast(item.score, Float)))),
                func.avg(cast(item.score, Float)),
            )
        )
        .where(mine, item.aspect != SELF_CHECK)
        .scalar_subquery()
    )


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
