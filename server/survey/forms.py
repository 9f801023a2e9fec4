"""What a resident's survey pages send."""

from werkzeug.datastructures import MultiDict

from server.domain.rating import Answer, SoFar
from server.domain.refusals import BadField

Form = MultiDict[str, str]
SHORTEST_KEY, LONGEST_KEY = 16, 64


def tap_from(form: Form, item: str) -> Answer:
    """The one tap, as the answer to `item`. Raises `BadField`."""
    return Answer({item: score_from(form)})


def score_from(form: Form) -> int:
    """The face that was tapped. Raises `BadField`."""
    return _score(form.get("score", ""))


def once_from(form: Form) -> str | None:
    """A page is one answer however often it is tapped: its first face counts."""
    once = form.get("once", "")
    return once if SHORTEST_KEY <= len(once) <= LONGEST_KEY else None


def additions_from(form: Form, so_far: SoFar) -> tuple[dict[str, int], tuple[str, ...], str]:
    """Scores, reasons and comment on the page, but for what was given before.

    Raises `BadField`.
    """
    asked = [item.code for aspect in so_far.questionnaire.aspect for item in aspect.items]
    added = [item for item in asked if item in form and item not in so_far.items]
    return (
        {item: _score(form[item]) for item in added},
        tuple(form.getlist("reason")),
        "" if so_far.comment else form.get("comment", ""),
    )


def stops(form: Form) -> bool:
    """Whether the person wants to say no more."""
    return form.get("then") == "stop"


def _score(text: str) -> int:
    if text not in ("1", "2", "3", "4", "5"):
        raise BadField(answers="score_range")
    return int(text)
