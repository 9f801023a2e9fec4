"""What residents say of their visit: one answer a ticket, every press kept."""

import json
import secrets
from collections.abc import Sequence
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, Row

from server import answering, forgetting, pressing
from server.domain.questionnaire import Questionnaire
from server.domain.rating import NOTHING_BESIDE, Answer, Beside, Given, Press, Pressed, SoFar
from server.domain.rating_place import AWAKE_MS
from server.domain.refusals import Expired, NotAllowed, NotFound
from server.domain.settings import Words
from server.domain.survey import SurveyOpen, SurveyState, survey_state
from server.domain.wish import Actor, RequestKey
from server.links import token_hash
from server.office import Office, Turn
from server.store import devices, opinions, surveys, visits

GIVEN, PRESSED = TypeAdapter(Given), TypeAdapter(Pressed)
AT_ONCE = 20  # presses in one transaction


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

        A phone may bring a `continue_key` of its own making: the same one again, however late, is
        the same answer, and nothing of it is kept but hashes. Raises `NotFound`, `NotAllowed` (not
        served yet, or answered), `Expired`, `BadField`.
        """
        own_key = continue_key or secrets.token_urlsafe(24)

        def act(turn: Turn) -> Given:
            row = self._token(turn.db, token)
            if not answering.answered_by(row, token, own_key):
                _check_open(row, turn.now)
                answering.keep(turn, token, row, answer, own_key)
            return Given(own_key)

        return self._office.once(key, GIVEN, act, board=False)

    def amend(
        self,
        token: str,
        continue_key: str,
        items: dict[str, int] | None = None,
        reasons: tuple[str, ...] = (),
        comment: str = "",
        beside: Beside = NOTHING_BESIDE,
    ) -> None:
        """Adds to the answer what was not given yet; what was given stays as it is.

        Raises `NotFound`, `Expired` (no such key any more), `NotAllowed` (an item, or the comment,
        was given otherwise), `BadField`.
        """
        with self._office.verb(board=False) as turn:
            self._token(turn.db, token)
            more = Answer(items or {}, reasons, comment)
            answering.add(turn, token, continue_key, more, beside)

    def so_far(self, token: str, continue_key: str) -> SoFar | None:
        """What was given, for whoever may still add to it; None for anybody else."""
        hidden, now = answering.continue_hash(token, continue_key), self._office.clock()
        with self._office.store.reading() as db:
            row = opinions.continued(db, self._office.id, hidden, now)
            if row is None:
                return None
            return SoFar(
                questionnaire=surveys.asked_then(db, self._office.id, row.questionnaire_id),
                items=opinions.items_of(db, self._office.id, row.id),
                reasons=tuple(json.loads(row.reasons)),
                comment=row.comment or "",
                about=json.loads(row.about),
            )

    def press(self, press: Press, actor: Actor, key: RequestKey | None = None) -> Pressed:
        """One press at a rating device; the same `press_id` again is the same press, for ever.

        Too soon after (or before) one that counted there it is kept with the flag `burst`. Raises
        `NotFound` (counter, service), `BadField`.
        """

        def act(turn: Turn) -> Pressed:
            return pressing.keep(turn, press, actor)

        return self._office.once(key, PRESSED, act, board=False)

    def press_all(self, presses: Sequence[Press], actor: Actor) -> list[str | None]:
        """Many presses that a device kept, in their order; each once, whatever came before.

        For each None, or the code of its refusal: those are not kept, all others are. Reasons that
        come with a press that is there already are added to it. A few at a time, so that nobody
        in the hall waits for them. None at all: the device tells that it keeps nothing.
        """
        told: list[str | None] = []
        with self._office.store.reading() as db:
            heard = devices.heard_until(db, self._office.id, actor.id, self._office.clock())
        for first in range(0, max(1, len(presses)), AT_ONCE):
            with self._office.verb(board=False) as turn:
                some = presses[first : first + AT_ONCE]
                told += pressing.keep_some(turn, some, actor, heard)
        return told

    def waits_for_press(self, counter_id: int, channel: str) -> int | None:
        """When the visit ended whose visitor may press at that counter now (Unix ms); None when
        there is none, or when somebody has pressed there since, by a device of this channel."""
        now = self._office.clock()
        with self._office.store.reading() as db:
            key = (db, self._office.id, counter_id)
            ended_at = visits.last_served(*key, now - AWAKE_MS, now)
            if ended_at is None or opinions.pressed_since(*key, channel, ended_at):
                return None
        return ended_at

    def give_reasons(self, press_id: str, reasons: tuple[str, ...], channel: str) -> None:
        """Why a press of this channel was as it was, given within half an hour after it; the first
        ones given stay.

        Raises `NotFound` (no such press), `Expired`, `BadField`.
        """
        with self._office.verb(board=False) as turn:
            pressing.explain(turn, press_id, reasons, channel)

    def forget_due(self) -> None:
        """Erases what residents wrote and the office keeps no longer."""
        forgetting.forget_due(self._office)

    # ------------------------------------------------------------ what these share

    def _token(self, db: Connection, token: str) -> Row[Any]:
        row = surveys.find(db, self._office.id, token_hash(token))
        if row is None:
            raise NotFound("no_such_survey")
        return row

    def _open(self, db: Connection, token: str, now: int) -> Row[Any]:
        row = self._token(db, token)
        _check_open(row, now)
        return row


def _check_open(row: Row[Any], now: int) -> None:
    """Raises `NotAllowed`, `Expired`."""
    state = _state(row, now)
    if state is SurveyState.LATER:
        raise NotAllowed("survey_not_open")
    if state is SurveyState.CLOSED:
        raise Expired("survey_closed")


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


def _both(words: Words) -> dict[str, str]:
    """In further languages too, where the office has written them."""
    return {"th": words.th, "en": words.en, **words.more}
