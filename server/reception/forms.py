"""What reception's forms send."""

import re
from hashlib import sha256
from secrets import token_urlsafe

from flask import request
from werkzeug.datastructures import MultiDict

from server.domain.order import Priority
from server.domain.refusals import BadField
from server.domain.settings import Coded
from server.domain.ticket import Outcome
from server.domain.typed import typed
from server.domain.wish import RequestKey, Wish
from server.store.services import MOST_STEPS
from server.web import who

Form = MultiDict[str, str]
KEY = re.compile(r"[0-9A-Za-z_-]{1,64}")
ID = re.compile(r"[0-9]{1,19}")
LARGEST_ID = 2**63 - 1
NUMBER = re.compile(r"([A-Z]{0,3})-?([0-9]{0,6})")
LANGUAGES = ("th", "en")
OWN_WORDS = "other"
LONGEST_REASON = 100
OUTCOMES = (Outcome.LEFT, Outcome.TURNED_AWAY, Outcome.ISSUED_IN_ERROR)
NOT_MEANT = ("csrf_token", "request_key")


def pressed() -> RequestKey:
    """The press this form is: the same again gets the same answer. Raises `BadField`."""
    key = request.form.get("request_key", "")
    if not KEY.fullmatch(key):
        raise BadField(request_key="invalid" if key else "missing")
    meant = [one for one in request.form.items(multi=True) if one[0] not in NOT_MEANT]
    body = sha256(repr(meant).encode()).hexdigest()
    return RequestKey(f"{who().actor}", request.method, request.path, key, body)


def fresh_key() -> str:
    """For the next press of a form."""
    return token_urlsafe(16)


def wish_from(form: Form, known: tuple[Coded, ...]) -> Wish:
    """What the visitor came for, in the order chosen. `known`: reasons to give a number although
    the day is full or too short. Raises `BadField`."""
    services = chosen(form)
    if not services:
        raise BadField(s="missing")
    if len(services) > MOST_STEPS:
        raise BadField(s="too_many_services")
    return Wish(
        services[0],
        priority(form),
        channel="reception",
        language=language(form),
        more_service_ids=tuple(services[1:]),
        bound_by_hours=True,
        large_print=form.get("large") == "yes",
        override=override(form, known),
    )


def chosen(form: Form) -> list[int]:
    """Services in the order chosen (`s`, several times). Raises `BadField`."""
    values = form.getlist("s")
    if not all(ID.fullmatch(value) and int(value) <= LARGEST_ID for value in values):
        raise BadField(s="invalid")
    return [int(value) for value in values]


def priority(form: Form) -> Priority:
    value = form.get("priority", "none")
    if value not in set(Priority):
        raise BadField(priority="invalid")
    return Priority(value)


def language(form: Form) -> str:
    value = form.get("language", "th")
    if value not in LANGUAGES:
        raise BadField(language="invalid")
    return value


def override(form: Form, known: tuple[Coded, ...]) -> str | None:
    """One of the office's codes, or staff's own words; None where no reason was given. Raises
    `BadField`."""
    code = form.get("override", "")
    if code in {one.code for one in known}:
        return code
    if code not in ("", OWN_WORDS):
        raise BadField(override="invalid")
    own = typed("override_words", form.get("override_words", ""), LONGEST_REASON)
    return (own or None) if code else None


def reason(form: Form, known: tuple[Coded, ...]) -> str:
    """One of the office's codes. Raises `BadField`."""
    code = form.get("reason", "")
    if code not in {one.code for one in known}:
        raise BadField(reason="invalid" if code else "reason_missing")
    return code


def outcome(form: Form) -> Outcome:
    """How the visit ends, chosen and never guessed. Raises `BadField`."""
    value = form.get("outcome", "")
    if value not in OUTCOMES:
        raise BadField(outcome="invalid" if value else "outcome_missing")
    return Outcome(value)


def number(text: str) -> tuple[str, int | None] | None:
    """Prefix and place that somebody looks for: A012, a12, 12 or A; None: no such number."""
    found = NUMBER.fullmatch(text.strip().upper().replace(" ", ""))
    if found is None:
        return None
    prefix, place = found.groups()
    return prefix, int(place) if place else None
