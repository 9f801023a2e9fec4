"""The demo office's past: what its reports and its wall need to show."""

from datetime import timedelta

import pytest

from server import demo
from server.domain.self_check import SELF_CHECK
from server.store import questions, schema
from server.store.engine import Store
from tests.office import MORNING


def test_its_questions_changed_halfway_and_the_self_check_is_answered_since(
    sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.simulation.BEFORE", timedelta(0))  # no estimate is looked at here
    monkeypatch.setattr("server.demo.LEAST_ASKED", timedelta(days=3))
    demo.prepare(sqlite_store, history=8, printer_url="none", seed=1, now=MORNING)
    with sqlite_store.reading() as db:
        office_id = db.scalar(schema.offices.select().with_only_columns(schema.offices.c.id))
        assert office_id is not None
        after, before = questions.versions(db, office_id)
        answers = {row.id: row for row in db.execute(schema.answers.select())}
        items = list(db.execute(schema.answer_items.select()))
    assert (before.asked.self_check.on, after.asked.self_check.on) == (False, True)
    assert (before.draft, after.draft, after.number) == (False, False, 2)
    changed_at = after.asked_from or 0
    of_version = {True: after.id, False: before.id}
    assert all(row.questionnaire_id == of_version[row.at >= changed_at] for row in answers.values())
    assert len({row.questionnaire_id for row in answers.values()}) == 2
    checked = [row for row in items if row.aspect == SELF_CHECK]
    assert {row.score for row in checked} <= {0, 33, 67, 100}
    assert {row.item for row in checked} == {item.code for item in after.asked.self_check.item}
    assert all(answers[row.answer_id].at >= changed_at for row in checked)
