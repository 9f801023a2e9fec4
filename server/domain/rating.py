"""What a resident says of a visit, and what of it is accepted."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import TypeVar

from server.domain.questionnaire import Questionnaire
from server.domain.refusals import BadField, NotAllowed
from server.domain.self_check import SELF_CHECK
from server.domain.settings import Settings
from server.domain.typed import typed

LONGEST_COMMENT = 2000
LOWEST, HIGHEST = 1, 5
Value = TypeVar("Value", int, str)


@dataclass(frozen=True, slots=True)
class Answer:
    """`items`: the score of each item answered; the one tap is the item `overall`."""

    items: dict[str, int]
    reasons: tuple[str, ...] = ()
    comment: str = ""
    channel: str = "slip_qr"


@dataclass(frozen=True, slots=True)
class Given:
    """`continue_key`: with it the same person may add to the answer for a while.

    The answer's id is not here: kept with a request's key it would lead from ticket to answer.
    """

    continue_key: str


@dataclass(frozen=True, slots=True)
class Beside:
    """What a phone may add that is no part of satisfaction.

    `about`: demographic → option; `checks`: item of the self-check → points; `messages`: protected
    reason → what is told with it, to those alone who take such reports.
    """

    about: dict[str, str] = field(default_factory=dict)
    checks: dict[str, int] = field(default_factory=dict)
    messages: dict[str, str] = field(default_factory=dict)


NOTHING_BESIDE = Beside()


@dataclass(frozen=True, slots=True)
class SoFar:
    """What an answer that may still be added to holds. `items`: with those of the self-check."""

    questionnaire: Questionnaire
    items: dict[str, int] = field(default_factory=dict)
    reasons: tuple[str, ...] = ()
    comment: str = ""
    about: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Press:
    """One press at a rating device. `at` (Unix ms): when, if it was kept on the device first;
    `wrong_clock`: nobody can say when, so it does not count; `late`: nor does one from a time of
    which the device had sent everything."""

    score: int
    channel: str
    counter_id: int | None = None
    service_id: int | None = None
    reasons: tuple[str, ...] = ()
    at: int | None = None
    press_id: str | None = None
    wrong_clock: bool = False
    late: bool = False


@dataclass(frozen=True, slots=True)
class Pressed:
    """A press as it is kept. `flag`: why it is left out of the main figures; None: it counts."""

    id: int
    at: int
    score: int
    channel: str
    counter_id: int | None
    service_id: int | None
    reasons: tuple[str, ...]
    flag: str | None


def check_items(asked: Questionnaire, items: dict[str, int]) -> None:
    """Raises `BadField` for an item that is not asked, or a score that is none."""
    if any(asked.aspect_of(item) in (None, SELF_CHECK) for item in items):
        raise BadField(answers="unknown_item")
    for score in items.values():
        check_score("answers", score)


def check_beside(asked: Questionnaire, beside: Beside) -> None:
    """Raises `BadField` for a question that is not asked, or an answer that it does not offer."""
    options = {one.code: {option.code for option in one.options} for one in asked.demographic}
    if any(chosen not in options.get(code, ()) for code, chosen in beside.about.items()):
        raise BadField(about="unknown_option")
    for code, points in beside.checks.items():
        item = asked.self_check.asks(code)
        offered = asked.self_check.choices(item) if item else ()
        if points not in {choice.points for choice in offered}:
            raise BadField(answers="unknown_item")
    if not {one.code for one in asked.reason if one.protected}.issuperset(beside.messages):
        raise BadField(reasons="unknown_reason")


def check_score(field: str, score: int) -> None:
    if not LOWEST <= score <= HIGHEST:
        raise BadField(**{field: "score_range"})


def check_channel(settings: Settings, channel: str) -> None:
    """Raises `BadField` for a channel that is none of the office's."""
    if channel not in {known.code for known in settings.channels.survey}:
        raise BadField(channel="unknown_channel")


def sorted_out(asked: Questionnaire, reasons: Collection[str]) -> tuple[list[str], list[str]]:
    """The reasons kept with the answer, and the protected ones, each once, as they are asked.

    Raises `BadField` for a code that is not asked.
    """
    codes = {reason.code for reason in asked.reason}
    if not codes.issuperset(reasons):
        raise BadField(reasons="unknown_reason")
    chosen = [reason for reason in asked.reason if reason.code in reasons]
    return (
        [reason.code for reason in chosen if not reason.protected],
        [reason.code for reason in chosen if reason.protected],
    )


def comment_of(text: str) -> str | None:
    """The comment as it is kept. Raises `BadField`."""
    return typed("comment", text, LONGEST_COMMENT) or None


def message_of(text: str) -> str | None:
    """What is told with a protected reason, as it is kept. Raises `BadField`."""
    return typed("message", text, LONGEST_COMMENT) or None


def new_items(given: dict[str, Value], items: dict[str, Value]) -> dict[str, Value]:
    """Those not given yet. Raises `NotAllowed` when one was given with another score."""
    if any(given.get(item, score) != score for item, score in items.items()):
        raise NotAllowed("already_given")
    return {item: score for item, score in items.items() if item not in given}


def in_burst(at: int, counted: Collection[int], burst_ms: int) -> bool:
    """Whether a press counted so shortly before or after that this one hardly is another person.

    Presses that a device kept while it was offline come late: so both sides are looked at.
    """
    return burst_ms > 0 and any(abs(at - other) <= burst_ms for other in counted)
