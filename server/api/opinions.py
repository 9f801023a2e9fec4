"""The HTTP API, contract section 3: surveys, let in by their link, and ratings by devices."""

import hmac
from typing import Any

from server.api.calls import call, request_key
from server.api.fields import NewRating, SurveyAnswer, SurveyMore, as_id
from server.api.shapes import Added, Given, Press, Survey
from server.api.views import face
from server.domain.day import from_rfc3339, rfc3339
from server.domain.rating import Answer
from server.domain.rating import Press as DomainPress
from server.domain.refusals import BadField
from server.satisfaction import questionnaire_shape
from server.tracking import survey_office, survey_room
from server.web import house, rooms, settings, who

NOBODY = frozenset[Any]()  # no bearer: the link itself is what lets a resident in


@call(
    face,
    "GET",
    "/surveys/{token}",
    "What the visitor of a ticket is asked",
    answer=Survey,
    roles=NOBODY,
)
def get_survey(token: str) -> dict[str, Any]:
    return questionnaire_shape(survey_room(token).survey(token).questionnaire)


@call(
    face,
    "POST",
    "/surveys/{token}",
    "Answer; once a ticket",
    answer=Given,
    status=201,
    body=SurveyAnswer,
    roles=NOBODY,
)
def answer_survey(token: str, body: SurveyAnswer) -> Given:
    answer = Answer(dict(body.answers), tuple(body.reasons), body.comment or "")
    if body.channel is not None:
        answer = Answer(answer.items, answer.reasons, answer.comment, body.channel)
    given = survey_room(token).answer(token, answer, continue_key=_continue_key(token))
    return Given(continue_=given.continue_key)


@call(
    face,
    "PATCH",
    "/surveys/{token}",
    "Add to an answer; never change what was given",
    answer=Added,
    body=SurveyMore,
    roles=NOBODY,
)
def add_to_survey(token: str, body: SurveyMore) -> Added:
    survey_room(token).amend(
        token, body.continue_, dict(body.answers), tuple(body.reasons), body.comment or ""
    )
    return Added()


@call(
    face,
    "POST",
    "/ratings",
    "One press at a rating device",
    answer=Press,
    status=201,
    body=NewRating,
)
def rate(body: NewRating) -> Press:
    actor = who().actor
    pressed = rooms().satisfaction.press(
        DomainPress(
            score=body.score,
            channel=body.channel,
            counter_id=None if body.counter_id is None else as_id(body.counter_id),
            service_id=None if body.service_id is None else as_id(body.service_id),
            reasons=tuple(body.reasons),
            at=_moment(body.at),
            press_id=body.press_id,
        ),
        actor,
        request_key(str(actor)),
    )
    return Press(
        id=str(pressed.id),
        score=pressed.score,
        channel=pressed.channel,
        counter_id=None if pressed.counter_id is None else str(pressed.counter_id),
        service_id=None if pressed.service_id is None else str(pressed.service_id),
        reasons=list(pressed.reasons),
        at=rfc3339(pressed.at, settings().zone) or "",
        flag=pressed.flag,
    )


def _continue_key(token: str) -> str | None:
    """The same request again makes the same key, so nothing of it need be kept.

    An answer kept beside its request's key would lead from a ticket to what was said of it.
    """
    asked = request_key("resident")
    if asked is None:
        return None
    secret = house().secret(survey_office(token))
    named = f"continue:{token}:{asked.key}:{asked.body_hash}".encode()
    return hmac.new(bytes.fromhex(secret), named, "sha256").hexdigest()


def _moment(text: str | None) -> int | None:
    try:
        return None if text is None else from_rfc3339(text)
    except (ValueError, OverflowError):
        raise BadField(at="invalid") from None
