"""Who may answer: a token for each ticket, of which only the hash is known here."""

from typing import Any

from sqlalchemy import Connection, Row, select, text

from server.domain.questionnaire import Questionnaire
from server.domain.refusals import NotFound
from server.store.plain import insert_into
from server.store.schema import questionnaires, survey_tokens

_ADD = insert_into("survey_tokens", "office_id", "token_hash", "service_id")
# Opened once, by the first step that was served.
OPEN = text("""
    UPDATE survey_tokens SET opened_at = :now, closes_at = :until, service_id = :service_id,
      counter_id = :counter_id
    WHERE office_id = :office_id AND token_hash = :token_hash AND opened_at IS NULL""")
# Whoever changes the row answers; of two at once the second finds nothing to change.
USE = text("""
    UPDATE survey_tokens SET answered_at = closes_at, answered_with = :own_key_hash
    WHERE office_id = :office_id AND token_hash = :token_hash AND answered_at IS NULL
      AND opened_at IS NOT NULL AND closes_at >= :now""")


def add_token(db: Connection, office_id: int, token_hash: str, service_id: int) -> None:
    """A ticket was given: its survey is known, and not open yet."""
    _ADD.run(db, {"office_id": office_id, "token_hash": token_hash, "service_id": service_id})


def open_token(
    db: Connection,
    office_id: int,
    token_hash: str,
    service_id: int,
    counter_id: int | None,
    now: int,
    until: int,
) -> None:
    """The service was given at this counter: the survey is open until `until` (Unix ms)."""
    key = {"office_id": office_id, "token_hash": token_hash, "service_id": service_id}
    db.execute(OPEN, {**key, "counter_id": counter_id, "now": now, "until": until})


def office_of(db: Connection, token_hash: str) -> int | None:
    """The office whose survey this is; None for a token nobody gave."""
    found: int | None = db.scalar(
        select(survey_tokens.c.office_id).where(survey_tokens.c.token_hash == token_hash)
    )
    return found


def find(db: Connection, office_id: int, token_hash: str) -> Row[Any] | None:
    """The row of `survey_tokens`."""
    return db.execute(
        select(survey_tokens).where(
            survey_tokens.c.office_id == office_id, survey_tokens.c.token_hash == token_hash
        )
    ).first()


def use(db: Connection, office_id: int, token_hash: str, now: int, own_key_hash: str) -> bool:
    """Uses the token up; False when it is not open or was answered.

    When it was answered is kept nowhere: at a quiet hour that would tell whose answer is whose.
    """
    key = {"office_id": office_id, "token_hash": token_hash, "now": now}
    key |= {"own_key_hash": own_key_hash}
    return db.execute(USE, key).rowcount == 1


def asked_now(db: Connection, office_id: int) -> tuple[int, Questionnaire]:
    """The questionnaire that is asked now, with its id. Raises `NotFound`."""
    row = db.execute(
        select(questionnaires.c.id, questionnaires.c.body)
        .where(questionnaires.c.office_id == office_id, questionnaires.c.active)
        .order_by(questionnaires.c.version.desc(), questionnaires.c.id.desc())
        .limit(1)
    ).first()
    if row is None:
        raise NotFound("no_such_survey")
    return row.id, Questionnaire.read(row.body)


def asked_then(db: Connection, office_id: int, questionnaire_id: int) -> Questionnaire:
    """The questionnaire of an earlier answer."""
    body = db.execute(
        select(questionnaires.c.body).where(
            questionnaires.c.office_id == office_id, questionnaires.c.id == questionnaire_id
        )
    ).scalar_one()
    return Questionnaire.read(body)
