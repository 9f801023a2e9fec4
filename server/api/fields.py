"""What programs may send: the types that check each request and, with it, describe it."""

import unicodedata
from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from server.domain.order import Priority
from server.domain.refusals import NotFound
from server.domain.ticket import State

LARGEST_ID = 2**63 - 1
NO_ID = -1  # what no row has: an id that cannot be one is simply unknown


def _plain(text: str) -> str:
    if any(unicodedata.category(sign) == "Cc" and sign not in "\n\t" for sign in text):
        raise ValueError("control_characters")
    return text


Text = Annotated[str, AfterValidator(_plain)]
Short = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    AfterValidator(_plain),
]
Code = Annotated[Text, StringConstraints(min_length=1, max_length=64)]
Id = Annotated[str, StringConstraints(max_length=64), Field(examples=["382459586789072890"])]
Score = Annotated[int, Field(ge=1, le=5, strict=True)]


def as_id(text: str) -> int:
    """The number behind an id; `NO_ID` for text that is none."""
    if text.isascii() and text.isdigit() and len(text) <= len(str(LARGEST_ID)):
        found = int(text)
        return found if found <= LARGEST_ID else NO_ID
    return NO_ID


def known_id(text: str, code: str) -> int:
    """`as_id`. Raises `NotFound` with `code` for text that can be no id."""
    found = as_id(text)
    if found == NO_ID:
        raise NotFound(code)
    return found


class Body(BaseModel):
    """Unknown fields are refused: a mistyped `priority` must not be ignored."""

    model_config = ConfigDict(extra="forbid")


class Nothing(Body):
    """No fields; the body may be left out."""


class NewTicket(Body):
    service_id: Id
    priority: Priority = Priority.NONE
    channel: Literal["kiosk", "reception", "web", "booking", "outreach", "api"] = "api"
    language: Code | None = None
    more_service_ids: Annotated[list[Id], Field(max_length=16)] = []
    slot_at: AwareDatetime | None = None  # a booking stands at its slot
    override: Short | None = None  # why a number is given although the day is full


class NewStep(Body):
    service_id: Id


class CallNext(Body):
    finish: Annotated[bool, Field(strict=True)] = False


class CallChosen(Body):
    counter_id: Id
    reason: Short


class WithReason(Body):
    reason: Short


class Finish(Body):
    outcome: Literal["served", "served_elsewhere"] = "served"


class Cancel(Body):
    reason: Short
    outcome: Literal["left", "turned_away", "issued_in_error"] = "left"


class Transfer(Body):
    service_id: Id | None = None
    counter_id: Id | None = None
    reason: Short | None = None


class SurveyAnswer(Body):
    answers: Annotated[dict[str, Score], Field(min_length=1, max_length=100)]
    reasons: Annotated[list[Code], Field(max_length=20)] = []
    comment: Annotated[Text, StringConstraints(max_length=2000)] | None = None
    channel: Code | None = None


class SurveyMore(Body):
    continue_: Annotated[Code, Field(alias="continue")]
    answers: Annotated[dict[str, Score], Field(max_length=100)] = {}
    reasons: Annotated[list[Code], Field(max_length=20)] = []
    comment: Annotated[Text, StringConstraints(max_length=2000)] | None = None


class NewRating(Body):
    score: Score
    channel: Code
    counter_id: Id | None = None
    service_id: Id | None = None
    reasons: Annotated[list[Code], Field(max_length=20)] = []
    at: Annotated[Text, StringConstraints(max_length=40)] | None = None
    press_id: Code | None = None


class TicketQuery(Body):
    day: date | None = None
    state: State | None = None
    service_id: Id | None = None
    after: Id | None = None
    limit: Annotated[int, Field(ge=1, le=500)] = 100


class FiguresQuery(Body):
    from_: Annotated[date, Field(alias="from")]
    to: date
    service_id: Id | None = None
