"""How an answer is kept and added to: what `Satisfaction` does inside its transaction."""

import json
from typing import Any

from sqlalchemy import Row

from server import pressing
from server.domain.day import unix_ms
from server.domain.rating import (
    NOTHING_BESIDE,
    Answer,
    Beside,
    check_beside,
    check_channel,
    check_items,
    comment_of,
    message_of,
    new_items,
    sorted_out,
)
from server.domain.refusals import BadField, Expired, NotAllowed
from server.links import token_hash
from server.office import Turn
from server.store import opinions, surveys

CONTINUE_MS = 30 * 60_000
COARSE_MS = 5 * 60_000  # until when: to the millisecond it would tell when the answer was given


def keep(turn: Turn, token: str, row: Row[Any], answer: Answer, own_key: str) -> None:
    """The one answer of the token in `row`, which is open; the same key again is the same answer.

    Raises `NotAllowed` (answered already), `BadField`.
    """
    hour_at = unix_ms(turn.time.replace(minute=0, second=0, microsecond=0))
    known_by = answered_with(token, own_key)
    if not surveys.use(turn.db, turn.office_id, token_hash(token), turn.now, known_by):
        row = surveys.find(turn.db, turn.office_id, token_hash(token)) or row
        if answered_by(row, token, own_key):  # a moment ago, from another side
            return
        raise NotAllowed("survey_answered")
    questionnaire_id, asked = surveys.asked_now(turn.db, turn.office_id)
    if not answer.items:
        raise BadField(answers="missing")
    check_items(asked, answer.items)
    check_channel(turn.settings, answer.channel)
    reasons, protected = sorted_out(asked, answer.reasons)
    opinions.forget_keys(turn.db, turn.office_id, turn.now)
    answer_id = opinions.add_answer(
        turn.db,
        turn.office_id,
        questionnaire_id=questionnaire_id,
        service_id=row.service_id,
        counter_id=row.counter_id,
        channel=answer.channel,
        hour_at=hour_at,
        day=turn.day,
        reasons=reasons,
        comment=comment_of(answer.comment),
        continue_hash=continue_hash(token, own_key),
        continue_until=-(-(turn.now + CONTINUE_MS) // COARSE_MS) * COARSE_MS,
    )
    opinions.add_items(turn.db, turn.office_id, answer_id, asked, answer.items)
    pressing.report(turn, own_key, protected, turn.day)


def add(
    turn: Turn, token: str, continue_key: str, more: Answer, beside: Beside = NOTHING_BESIDE
) -> None:
    """What was not given yet; what was given stays as it is. The channel stays the first one.

    Raises `Expired` (no such key any more), `NotAllowed` (something was given otherwise),
    `BadField`.
    """
    hidden = continue_hash(token, continue_key)
    row = opinions.continued(turn.db, turn.office_id, hidden, turn.now)
    if row is None:
        raise Expired("continue_expired")
    asked = surveys.asked_then(turn.db, turn.office_id, row.questionnaire_id)
    check_items(asked, more.items)
    check_beside(asked, beside)
    given = opinions.items_of(turn.db, turn.office_id, row.id)
    added = new_items(given, {**more.items, **beside.checks})
    opinions.add_items(turn.db, turn.office_id, row.id, asked, added)
    told = {code: told for code, text in beside.messages.items() if (told := message_of(text))}
    kept, protected = sorted_out(asked, [*json.loads(row.reasons), *more.reasons, *told])
    said = comment_of(more.comment) or row.comment
    if row.comment not in (None, said):
        raise NotAllowed("already_given")
    known = json.loads(row.about)
    about = {**known, **new_items(known, beside.about)}
    opinions.add_to_answer(turn.db, turn.office_id, row.id, kept, said, about)
    pressing.report(turn, continue_key, protected, turn.day, told)


def answered_by(row: Row[Any], token: str, own_key: str) -> bool:
    """Whether the token in `row` was answered with this key: the same request, sent once more."""
    known: str | None = row.answered_with
    return known == answered_with(token, own_key)


def answered_with(token: str, own_key: str) -> str:
    """What the token's row keeps of who answered. No answer holds the same, so none leads here."""
    return token_hash(f"answered {token} {own_key}")


def continue_hash(token: str, continue_key: str) -> str:
    # Both together: another ticket's link is of no use with this key.
    return token_hash(f"{token} {continue_key}")
