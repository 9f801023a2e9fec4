"""The sign-in face, and what its pages share."""

from flask import Blueprint, current_app, redirect, request, session, url_for
from werkzeug.wrappers import Response

from server.domain.refusals import NotAllowed, NotFound
from server.domain.roles import FIRST_FACE, DeviceKind, Role
from server.domain.settings import Settings
from server.web import DEVICE_COOKIE, YEAR_S, AnyRole, house, open_to_all, settings_of

face = Blueprint(
    "sign_in",
    __name__,
    template_folder="templates",
    static_folder="static",
    static_url_path="/sign-in/static",
)
open_to_all(face, "here strangers become known")


ENTERED = "entered"  # in the session: what the demo links that this browser opened let in


def asked_office() -> int | None:
    """The office of `?office=`, or the only one; None where there are several to choose from.

    Raises `NotFound`.
    """
    try:
        return house().find_office(request.args.get("office"))
    except NotAllowed:
        return None


def all_offices() -> list[Settings]:
    return [settings_of(office_id) for office_id in house().office_ids()]


def home_of(role: AnyRole) -> str:
    """Where somebody with this role begins. Raises `NotFound` (a device without pages here)."""
    name = FIRST_FACE[role] if isinstance(role, Role) else str(role)
    if f"{name}.home" not in current_app.view_functions:
        raise NotFound("no_such_page")
    return url_for(f"{name}.home")


def enter_as(face_name: str, token: str) -> Response:
    """By a demo link: signed in, or a device, and on the way to that face."""
    answer = redirect(url_for(f"{face_name}.home"), 303)
    if face_name in set(DeviceKind):
        return become(answer, DeviceKind(face_name), token)
    kept = session.get(ENTERED, {})
    begin(token)
    session[ENTERED] = kept
    return answer


def begin(token: str) -> None:
    """This browser is signed in, by a session that nobody could have prepared."""
    session.clear()
    session.permanent = True
    session["sign_in"] = token


def become(answer: Response, kind: DeviceKind, token: str) -> Response:
    """This browser is a device from now on.

    Set for the whole site (its sockets and the API) and for the face itself, which comes first
    there: so one browser can be kiosk and display side by side, as on a demo's machine.
    """
    for path in ("/", home_of(kind).rstrip("/")):
        answer.set_cookie(
            DEVICE_COOKIE,
            token,
            max_age=YEAR_S,
            path=path,
            httponly=True,
            samesite="Lax",
            secure=request.is_secure,
        )
    return answer
