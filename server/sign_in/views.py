"""Signing in and out, one-time links and pairing."""

from flask import Blueprint, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from server.domain.roles import DeviceKind
from server.web import DEVICE_COOKIE, YEAR_S, house, open_to_all, who

face = Blueprint("sign_in", __name__, template_folder="templates", static_folder="static")
open_to_all(face, "here strangers become known")


@face.get("/sign-in")
def ask() -> str:
    return render_template("sign_in/ask.html", settings=None)


@face.get("/pair/<kind>")
def pair(kind: str) -> str:
    return kind


@face.post("/sign-out")
def leave() -> Response:
    house().access.sign_out(who())
    session.clear()
    return redirect(url_for("sign_in.ask"), 303)


@face.get("/enter/<code>")
def enter(code: str) -> Response:
    """The one listed GET that signs in: a demo link, used once."""
    opened, token = house().access.open_invitation(code)
    answer = redirect(url_for(f"{opened}.home"), 303)
    if opened in (DeviceKind.KIOSK, DeviceKind.DISPLAY):
        answer.set_cookie(
            DEVICE_COOKIE,
            token or "",
            max_age=YEAR_S,
            httponly=True,
            samesite="Lax",
            secure=request.is_secure,
        )
    else:
        session.permanent = True
        session["sign_in"] = token
    return answer
