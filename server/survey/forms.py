"""What a resident's survey pages send."""

from werkzeug.datastructures import ImmutableMultiDict, MultiDict

from server.domain.rating import Answer, Beside, SoFar
from server.domain.refusals import BadField
from server.sheet import Sheet

Form = MultiDict[str, str]
SHORTEST_KEY, LONGEST_KEY = 16, 64
LONGEST_POINTS = 3


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


def beside_from(form: Form, so_far: SoFar) -> Beside:
    """What the person said of itself, the self-check and messages, but for what was given before.

    A message stands below its reason, so it gives the reason too. Raises `BadField`.
    """
    asked = so_far.questionnaire
    about = {one.code: form.get(f"about-{one.code}", "") for one in asked.demographic}
    checks = {one.code: form.get(f"check-{one.code}", "") for one in asked.self_check.item}
    messages = {one.code: form.get(f"message-{one.code}", "") for one in asked.reason}
    return Beside(
        about={code: said for code, said in about.items() if said and code not in so_far.about},
        checks={
            code: _points(said)
            for code, said in checks.items()
            if said and code not in so_far.items
        },
        messages={code: said for code, said in messages.items() if said.strip()},
    )


def contact_from(form: Form) -> tuple[str, str, str]:
    """Who asks to be contacted, where, and why. Raises `BadField`: the consent must be ticked."""
    sheet = Sheet(ImmutableMultiDict(form))
    name = sheet.text("name", needed=False)
    reach = sheet.text("reach")
    message = form.get("message", "")
    if not sheet.yes("consent"):
        sheet.wrong["consent"] = "consent_missing"
    sheet.done()
    return name, reach, message


def stops(form: Form) -> bool:
    """Whether the person wants to say no more."""
    return form.get("then") == "stop"


def _points(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= LONGEST_POINTS):
        raise BadField(answers="score_range")
    return int(text)


def _score(text: str) -> int:
    if text not in ("1", "2", "3", "4", "5"):
        raise BadField(answers="score_range")
    return int(text)
