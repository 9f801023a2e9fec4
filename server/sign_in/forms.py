"""What the sign-in face's forms and addresses say."""

from flask import current_app
from werkzeug.datastructures import ImmutableMultiDict

from server.domain.refusals import BadField, NotFound
from server.domain.roles import DeviceKind


def credentials(form: ImmutableMultiDict[str, str]) -> tuple[str, str]:
    """Name and password as typed; Access says whether they are right."""
    return form.get("username", ""), form.get("password", "")


def new_password(form: ImmutableMultiDict[str, str]) -> str:
    """Raises `BadField` when the two do not agree."""
    password = form.get("password", "")
    if password != form.get("again", ""):
        raise BadField(again="passwords_differ")
    return password


def safe_next(address: str | None) -> str | None:
    """A page of ours to go to; None for anything that browsers could read as elsewhere."""
    if not address or not address.startswith("/") or address.startswith("//"):
        return None
    # Browsers take a backslash for a slash, and drop tabs and line breaks.
    return address if address.isprintable() and "\\" not in address else None


def device_kind(name: str) -> DeviceKind:
    """Raises `NotFound` for what has no pages here."""
    if name not in set(DeviceKind) or f"{name}.home" not in current_app.view_functions:
        raise NotFound("no_such_page")
    return DeviceKind(name)
