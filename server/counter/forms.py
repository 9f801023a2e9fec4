"""What the console's forms send."""

import re
from hashlib import sha256

from flask import request
from werkzeug.datastructures import MultiDict

from server.domain.refusals import BadField
from server.domain.settings import Coded
from server.domain.shown import Counter
from server.domain.ticket import Outcome, State
from server.domain.wish import RequestKey

Form = MultiDict[str, str]
KEY = re.compile(r"[0-9A-Za-z.-]{1,64}")
ID = re.compile(r"[0-9]{1,19}")
LARGEST_ID = 2**63 - 1
NUMBER = re.compile(r"([A-Z]{0,3})-?([0-9]{1,6})")
# What each of the usual reasons for cancelling counts as; an office's own ones: gone home.
OUTCOME_OF = {
    "left": Outcome.LEFT,
    "missing_documents": Outcome.TURNED_AWAY,
    "wrong_service": Outcome.ISSUED_IN_ERROR,
    "duplicate": Outcome.ISSUED_IN_ERROR,
}
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


def outcome_of(reason: str) -> Outcome:
    """What a visit that is cancelled for this reason counts as."""
    return OUTCOME_OF.get(reason, Outcome.LEFT)


def optional_reason(form: Form, known: tuple[Coded, ...]) -> str | None:
    """Raises `BadField`."""
    return reason(form, known) if form.get("reason") else None


def seen_state(form: Form) -> State:
    """As what the officer saw the ticket. Raises `BadField`."""
    value = form.get("state", "")
    if value not in set(State):
        raise BadField(state="invalid" if value else "missing")
    return State(value)


def goal(form: Form) -> tuple[str, int]:
    """Where a transfer goes: ("service", id) or ("counter", id). Raises `BadField`."""
    kind, _, value = form.get("to", "").partition(":")
    if kind not in ("service", "counter") or not ID.fullmatch(value) or int(value) > LARGEST_ID:
        raise BadField(to="invalid" if form.get("to") else "missing")
    return kind, int(value)


def service_id(form: Form) -> int:
    """Raises `BadField`."""
    return _id(form, "service_id")


def step_id(form: Form) -> int:
    """Raises `BadField`."""
    return _id(form, "step_id")


def asked_ticket(query: Form) -> int | None:
    """The ticket that a dialog is about; None where the address names none."""
    value = query.get("ticket", "")
    return int(value) if ID.fullmatch(value) and int(value) <= LARGEST_ID else None


def asked_number(query: Form) -> tuple[str, int] | None:
    """Prefix and place that were typed: A012, a12 or 12; None: no number."""
    found = NUMBER.fullmatch(query.get("number", "").strip().upper().replace(" ", ""))
    return None if found is None else (found[1], int(found[2]))


def _id(form: Form, name: str) -> int:
    value = form.get(name, "")
    if not ID.fullmatch(value) or int(value) > LARGEST_ID:
        raise BadField(**{name: "invalid" if value else "missing"})
    return int(value)
