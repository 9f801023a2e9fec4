"""What residents say of their visit: one answer a ticket, every press kept."""

import json
import secrets
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, Row

from server import pressing
from server.domain.day import unix_ms
from server.domain.questionnaire import Questionnaire
from server.domain.rating import (
    Answer,
    Given,
    Press,
    Pressed,
    SoFar,
    check_channel,
    check_items,
    comment_of,
    new_items,
    sorted_out,
)
from server.domain.refusals import BadField, Expired, NotAllowed, NotFound
from server.domain.survey import SurveyOpen, SurveyState, survey_state
from server.domain.wish import Actor, RequestKey
from server.links import token_hash
from server.office import Office, Turn
from server.store import opinions, surveys

GIVEN, PRESSED = TypeAdapter(Given), TypeAdapter(Pressed)
CONTINUE_MS = 30 * 60_000


class Satisfaction:
    """Bound to one office. No verb here changes what the hall's screens show."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def questionnaire(self) -> Questionnaire:
        """What is asked now."""
        with self._office.store.reading() as db:
            return surveys.asked_now(db, self._office.id)[1]

    def survey(self, token: str) -> SurveyOpen:
        """Raises `NotFound`, `NotAllowed` (not served yet), `Expired`."""
        with self._office.store.reading() as db:
            row = self._open(db, token, self._office.clock())
            asked = surveys.asked_now(db, self._office.id)[1]
            answered = row.answered_at is not None
            return SurveyOpen(asked, row.service_id, row.opened_at, row.closes_at, answered)

    def state(self, token: str) -> SurveyState:
        """Where the survey stands; refuses nothing."""
        with self._office.store.reading() as db:
            row = surveys.find(db, self._office.id, token_hash(token))
        return _state(row, self._office.clock())

    def answer(
        self,
        token: str,
        answer: Answer,
        key: RequestKey | None = None,
        *,
        continue_key: str | None = None,
    ) -> Given:
        """The ticket's one answer; whoever holds the key may add to it for half an hour.

        A phone may bring a `continue_key` of its own making: the same one again is the same
        answer, and nothing of it is kept but a hash. Raises `NotFound`, `NotAllowed` (not served
        yet, or answered), `Expired`, `BadField`.
        """
        own_key = continue_key or secrets.token_urlsafe(24)

        def act(turn: Turn) -> Given:
            hour_at = unix_ms(turn.time.replace(minute=0, second=0, microsecond=0))
            row = self._open(turn.db, token, turn.now)
            hidden = _continue_hash(token, own_key)
            if not surveys.use(turn.db, turn.office_id, token_hash(token), turn.now, hour_at):
                if opinions.continued(turn.db, turn.office_id, hidden, turn.now):
                    return Given(own_key)
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
                channel=answer.channel,
                hour_at=hour_at,
                day=turn.day,
                reasons=reasons,
                comment=comment_of(answer.comment),
                continue_hash=hidden,
                continue_until=turn.now + CONTINUE_MS,
            )
            opinions.add_items(turn.db, turn.office_id, answer_id, asked, answer.items)
            pressing.report(turn, own_key, protected, turn.day, answer.channel)
            return Given(own_key)

        return self._office.once(key, GIVEN, act, board=False)

    def amend(
        self,
        token: str,
        continue_key: str,
        items: dict[str, int] | None = None,
        reasons: tuple[str, ...] = (),
        comment: str = "",
    ) -> None:
        """Adds to the answer what was not given yet; what was given stays as it is.

        Raises `NotFound`, `Expired` (no such key any more), `NotAllowed` (an item, or the comment,
        was given otherwise), `BadField`.
        """
        with self._office.verb(board=False) as turn:
            self._token(turn.db, token)
            hidden = _continue_hash(token, continue_key)
            row = opinions.continued(turn.db, turn.office_id, hidden, turn.now)
            if row is None:
                raise Expired("continue_expired")
            asked = surveys.asked_then(turn.db, turn.office_id, row.questionnaire_id)
            check_items(asked, items or {})
            given = opinions.items_of(turn.db, turn.office_id, row.id)
            added = new_items(given, items or {})
            opinions.add_items(turn.db, turn.office_id, row.id, asked, added)
            kept, protected = sorted_out(asked, [*json.loads(row.reasons), *reasons])
            said = comment_of(comment) or row.comment
            if row.comment not in (None, said):
                raise NotAllowed("already_given")
            opinions.add_to_answer(turn.db, turn.office_id, row.id, kept, said)
            pressing.report(turn, continue_key, protected, turn.day, row.channel)

    def so_far(self, token: str, continue_key: str) -> SoFar | None:
        """What was given, for whoever may still add to it; None for anybody else."""
        hidden, now = _continue_hash(token, continue_key), self._office.clock()
        with self._office.store.reading() as db:
            row = opinions.continued(db, self._office.id, hidden, now)
            if row is None:
                return None
            return SoFar(
                questionnaire=surveys.asked_then(db, self._office.id, row.questionnaire_id),
                items=opinions.items_of(db, self._office.id, row.id),
                reasons=tuple(json.loads(row.reasons)),
                comment=row.comment or "",
            )

    def press(self, press: Press, actor: Actor, key: RequestKey | None = None) -> Pressed:
        """One press at a rating device; the same `press_id` again is the same press, for ever.

        Too soon after (or before) one that counted there it is kept with the flag `burst`. Raises
        `NotFound` (counter, service), `BadField`.
        """

        def act(turn: Turn) -> Pressed:
            return pressing.keep(turn, press, actor)

        return self._office.once(key, PRESSED, act, board=False)

    # ------------------------------------------------------------ what these share

    def _token(self, db: Connection, token: str) -> Row[Any]:
        row = surveys.find(db, self._office.id, token_hash(token))
        if row is None:
            raise NotFound("no_such_survey")
        return row

    def _open(self, db: Connection, token: str, now: int) -> Row[Any]:
        row = self._token(db, token)
        state = _state(row, now)
        if state is SurveyState.LATER:
            raise NotAllowed("survey_not_open")
        if state is SurveyState.CLOSED:
            raise Expired("survey_closed")
        return row


def questionnaire_shape(questionnaire: Questionnaire) -> dict[str, Any]:
    """As the API gives it: the one tap first, then every aspect's items in their order."""
    tap = questionnaire.one_tap
    items = [(tap.item, questionnaire.aspect_of(tap.item), tap.question)]
    items += [(item.code, part.code, item) for part in questionnaire.aspect for item in part.items]
    return {
        "title": _both(questionnaire.title),
        "items": [
            {"id": item, "aspect": aspect, "text": _both(words)} for item, aspect, words in items
        ],
        "reasons": [
            {"code": reason.code, "text": _both(reason.text), "protected": reason.protected}
            for reason in questionnaire.reason
        ],
        "levels": [{"score": level.score, **_both(level)} for level in questionnaire.levels],
    }


def _state(row: Row[Any] | None, now: int) -> SurveyState:
    if row is None:
        return SurveyState.UNKNOWN
    return survey_state(row.opened_at, row.closes_at, row.answered_at, now)


def _both(words: Any) -> dict[str, str]:
    return {"th": words.th, "en": words.en}


def _continue_hash(token: str, continue_key: str) -> str:
    # Both together: another ticket's link is of no use with this key.
    return token_hash(f"{token} {continue_key}")
