"""What the console's forms send."""

import re
from hashlib import sha256

from flask import request
from werkzeug.datastructures import MultiDict

from server.domain.refusals import BadField
from server.domain.settings import Coded
from server.domain.shown import Counter
from server.domain.wish import RequestKey

Form = MultiDict[str, str]
KEY = re.compile(r"[0-9A-Za-z.-]{1,64}")
ID = re.compile(r"[0-9]{1,19}")
LARGEST_ID = 2**63 - 1
NOT_MEANT = ("csrf_token", "request_key")  # the same press, whatever these say


def pressed(counter: Counter) -> RequestKey:
    """The press this form is. It belongs to the counter, so that two windows that press the same
    on what both still show do it once. Raises `BadField`."""
    key = request.form.get("request_key", "")
    if not KEY.fullmatch(key):
        raise BadField(request_key="invalid" if key else "missing")
    meant = sorted((name, value) for name, value in request.form.items() if name not in NOT_MEANT)
    body = sha256(repr(meant).encode()).hexdigest()
    return RequestKey(f"counter:{counter.id}", request.method, request.path, key, body)


def counter_id(form: Form) -> int:
    """Raises `BadField`."""
    return _id(form, "counter_id")


def finished_id(form: Form) -> int | None:
    """The ticket that the officer sees at the counter and ends; None: the counter was free."""
    return _id(form, "ticket_id") if "ticket_id" in form else None


def takes_over(form: Form) -> bool:
    return form.get("take_over") == "yes"


def reason(form: Form, known: tuple[Coded, ...]) -> str:
    """One of the office's codes. Raises `BadField`."""
    code = form.get("reason", "")
    if code not in {one.code for one in known}:
        raise BadField(reason="invalid" if code else "missing")
    return code


def _id(form: Form, name: str) -> int:
    value = form.get(name, "")
    if not ID.fullmatch(value) or int(value) > LARGEST_ID:
        raise BadField(**{name: "invalid" if value else "missing"})
    return int(value)
