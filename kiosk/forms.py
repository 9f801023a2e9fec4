"""What a touch sends."""

import re
import secrets
from collections.abc import Mapping
from hashlib import sha256

from kiosk.choice import asked_priorities
from kiosk.visit import Visit
from server.domain.order import Priority
from server.domain.rating import check_score
from server.domain.refusals import BadField
from server.domain.settings import Settings
from server.domain.wish import Actor, RequestKey, Wish

LARGEST_ID = 2**63 - 1
PATH = "/kiosk/tickets"
KEY = re.compile(r"[A-Za-z0-9_-]{16,64}")


def new_key() -> str:
    """One a showing of a page: a second touch there is the same wish, the next visitor's is not."""
    return secrets.token_urlsafe(16)


def wish_from(form: Mapping[str, str], visit: Visit, settings: Settings) -> Wish:
    """Raises `BadField`."""
    return Wish(
        _service_id(form),
        _priority(form, settings),
        channel="kiosk",
        language=visit.language,
        bound_by_hours=True,
        large_print=visit.large,
    )


def key_from(form: Mapping[str, str], actor: Actor, wish: Wish) -> RequestKey:
    """Raises `BadField`."""
    body_hash = sha256(repr(wish).encode()).hexdigest()
    return RequestKey(str(actor), "POST", PATH, key_text(form), body_hash)


def key_text(form: Mapping[str, str]) -> str:
    """What makes all touches on one showing of a page the same one. Raises `BadField`."""
    key = form.get("request_key", "")
    if not KEY.fullmatch(key):
        raise BadField(request_key="invalid" if key else "missing")
    return key


def score_from(form: Mapping[str, str]) -> int:
    """The face that was touched. Raises `BadField`."""
    text = form.get("score", "")
    score = int(text) if text in ("1", "2", "3", "4", "5") else 0
    check_score("score", score)
    return score


def _service_id(form: Mapping[str, str]) -> int:
    text = form.get("service_id", "")
    if not text:
        raise BadField(service_id="missing")
    if not re.fullmatch("[0-9]{1,19}", text) or int(text) > LARGEST_ID:
        raise BadField(service_id="invalid")
    return int(text)


def _priority(form: Mapping[str, str], settings: Settings) -> Priority:
    text = form.get("priority", Priority.NONE)
    if text not in set(Priority):
        raise BadField(priority="invalid")
    if text != Priority.NONE and text not in asked_priorities(settings):
        raise BadField(priority="priority_not_asked")
    return Priority(text)
