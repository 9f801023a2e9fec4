"""What the pages for paper forms send."""

import re
from datetime import date

from werkzeug.datastructures import MultiDict

from server.domain.refusals import BadField
from server.domain.transcript import Transcript

Form = MultiDict[str, str]
KEY = re.compile(r"[0-9A-Za-z_-]{16,64}")
ID = re.compile(r"[0-9]{1,19}")
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
ITEM, ABOUT = "item.", "about."


def day_from(form: Form) -> date:
    """Raises `BadField`."""
    found = form.get("day", "")
    try:
        if not DATE.fullmatch(found):
            raise ValueError
        return date.fromisoformat(found)
    except ValueError:
        raise BadField(day="no_date") from None


def key_from(form: Form) -> str:
    """What makes a form that is sent twice one form. Raises `BadField`."""
    key = form.get("key", "")
    if not KEY.fullmatch(key):
        raise BadField(key="invalid")
    return key


def questionnaire_from(form: Form) -> int:
    """Raises `BadField`."""
    return _id(form, "questionnaire")


def transcript_from(form: Form) -> Transcript:
    """The paper as it was typed; blank fields were left out on it. Raises `BadField`."""
    return Transcript(
        service_id=_id(form, "service"),
        items={
            name.removeprefix(ITEM): _score(name, text)
            for name, text in form.items()
            if name.startswith(ITEM) and text.strip()
        },
        about={
            name.removeprefix(ABOUT): text
            for name, text in form.items()
            if name.startswith(ABOUT) and text
        },
        reasons=tuple(form.getlist("reason")),
        comment=form.get("comment", ""),
    )


def _score(name: str, text: str) -> int:
    found = text.strip().translate(DIGITS)
    if found not in ("1", "2", "3", "4", "5"):
        raise BadField(**{name: "score_range"})
    return int(found)


def _id(form: Form, name: str) -> int:
    found = form.get(name, "")
    if not found:
        raise BadField(**{name: "missing"})
    if not ID.fullmatch(found) or int(found) >= 2**63:
        raise BadField(**{name: "invalid"})
    return int(found)
