"""Paper forms typed in: their batches, and each form as an answer of the channel paper."""

import json
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from server.domain.questionnaire import Questionnaire
from server.domain.refusals import NotFound
from server.domain.searching import plain
from server.domain.transcript import Batch, Form, Transcript
from server.store import opinions
from server.store.ids import new_id
from server.store.offices import as_json
from server.store.portions import portions
from server.store.schema import answer_items, answers, paper_batches, questionnaires

PAPER = "paper"


def begin(db: Connection, office_id: int, now: int, actor: str, day: str) -> int:
    """A batch for these forms: the person's empty one of that day, else a new one."""
    batch = paper_batches.c
    empty = (batch.office_id == office_id) & (batch.actor == actor) & (batch.forms == 0)
    found: int | None = db.scalar(select(func.max(batch.id)).where(empty, batch.day == day))
    if found is not None:
        return found
    batch_id = new_id(now)
    values = {"id": batch_id, "at": now, "actor": actor, "day": day, "forms": 0}
    db.execute(insert(paper_batches).values(office_id=office_id, **values))
    return batch_id


def lock(db: Connection, office_id: int, batch_id: int) -> Row[Any]:
    """The batch's row; its forms are kept one after the other. Raises `NotFound`."""
    mine = (paper_batches.c.office_id == office_id) & (paper_batches.c.id == batch_id)
    row = db.execute(select(paper_batches).where(mine).with_for_update()).first()
    if row is None:
        raise NotFound("no_such_thing")
    return row


def batches(
    db: Connection,
    office_id: int,
    limit: int,
    *,
    before: int | None = None,
    only: int | None = None,
) -> list[Batch]:
    """The newest first: those begun before the batch `before`, or only one."""
    query = select(paper_batches).where(paper_batches.c.office_id == office_id)
    if before is not None:
        query = query.where(paper_batches.c.id < before)
    if only is not None:
        query = query.where(paper_batches.c.id == only)
    found = list(db.execute(query.order_by(paper_batches.c.id.desc()).limit(limit)))
    flagged = (
        select(answers.c.batch_id, func.count().label("wrong"))
        .where(
            answers.c.office_id == office_id,
            answers.c.day.in_({row.day for row in found}),  # by its index
            answers.c.batch_id.in_([row.id for row in found]),
            answers.c.flag.is_not(None),
        )
        .group_by(answers.c.batch_id)
    )
    wrong = {row.batch_id: row.wrong for row in db.execute(flagged)}
    return [
        Batch(row.id, row.at, row.actor, row.day, row.forms, wrong.get(row.id, 0)) for row in found
    ]


def next_number(db: Connection, office_id: int, batch_id: int) -> int:
    """Counts one more form in the batch."""
    mine = (paper_batches.c.office_id == office_id) & (paper_batches.c.id == batch_id)
    more = update(paper_batches).where(mine).values(forms=paper_batches.c.forms + 1)
    number: int = db.execute(more.returning(paper_batches.c.forms)).scalar_one()
    return number


def questionnaire(db: Connection, office_id: int, questionnaire_id: int) -> Questionnaire:
    """One that is, or was, asked. Raises `NotFound`."""
    body: str | None = db.scalar(
        select(questionnaires.c.body).where(
            questionnaires.c.office_id == office_id,
            questionnaires.c.id == questionnaire_id,
            questionnaires.c.active,
        )
    )
    if body is None:
        raise NotFound("no_such_survey")
    return Questionnaire.read(body)


def add(
    db: Connection, office_id: int, form: Form, asked: Questionnaire, day: str, at: int
) -> None:
    """Writes the form. `at` (Unix ms): some hour of its day, for nobody knows which it was."""
    row = {
        "office_id": office_id,
        "id": form.id,
        "questionnaire_id": form.questionnaire_id,
        "channel": PAPER,
        "at": at,
        "day": day,
        "batch_id": form.batch_id,
        "batch_no": form.number,
        **_said(form.said),
    }
    db.execute(insert(answers), row)
    opinions.add_items(db, office_id, form.id, asked, form.said.items)


def replace(db: Connection, office_id: int, form: Form, asked: Questionnaire) -> None:
    """Writes what the paper says instead of what was typed first: to be reviewed again."""
    mine = (answers.c.office_id == office_id) & (answers.c.id == form.id)
    unread = {"reviewed_at": None, "reviewed_by": None, "published": None}
    db.execute(update(answers).where(mine).values(_said(form.said) | unread))
    items = answer_items.c
    db.execute(delete(answer_items).where(items.office_id == office_id, items.answer_id == form.id))
    opinions.add_items(db, office_id, form.id, asked, form.said.items)


def _said(said: Transcript) -> dict[str, Any]:
    return {
        "service_id": said.service_id,
        "reasons": as_json(list(said.reasons)),
        "comment": said.comment or None,
        "comment_plain": plain(said.comment) if said.comment else None,
        "about": as_json(said.about),
    }


def of_batch(db: Connection, office_id: int, batch: Batch | Row[Any]) -> list[Form]:
    """The batch's forms, the newest first."""
    found = _forms(db, office_id, (answers.c.day == batch.day, answers.c.batch_id == batch.id))
    return sorted(found, key=lambda form: -form.number)


def of_day(db: Connection, office_id: int, day: str, service_id: int) -> list[Form]:
    """All forms of the day about this service that count."""
    wanted = answers.c.service_id == service_id, answers.c.flag.is_(None)
    return _forms(db, office_id, (answers.c.day == day, *wanted))


def find(db: Connection, office_id: int, batch_id: int, form_id: int) -> Form | None:
    found = _forms(db, office_id, (answers.c.id == form_id, answers.c.batch_id == batch_id))
    return found[0] if found else None


def _forms(db: Connection, office_id: int, wanted: tuple[Any, ...]) -> list[Form]:
    typed = (answers.c.office_id == office_id, answers.c.batch_id.is_not(None), *wanted)
    rows = list(db.execute(select(answers).where(*typed)))
    items: dict[int, dict[str, int]] = {row.id: {} for row in rows}
    for part in portions(items):  # by key: a join would read every answer's items
        scores = select(answer_items.c.answer_id, answer_items.c.item, answer_items.c.score)
        mine = (answer_items.c.office_id == office_id) & answer_items.c.answer_id.in_(part)
        for answer_id, item, score in db.execute(scores.where(mine)):
            items[answer_id][item] = score
    return [_form(row, items[row.id]) for row in rows]


def _form(row: Row[Any], items: dict[str, int]) -> Form:
    return Form(
        id=row.id,
        number=row.batch_no,
        batch_id=row.batch_id,
        questionnaire_id=row.questionnaire_id,
        flag=row.flag,
        said=Transcript(
            service_id=row.service_id,
            items=items,
            about=json.loads(row.about),
            reasons=tuple(json.loads(row.reasons)),
            comment=row.comment or "",
        ),
    )
