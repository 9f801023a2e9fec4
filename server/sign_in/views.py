"""Signing in and out, and where each caller begins."""

from flask import redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from server.domain.refusals import NotSignedIn, Refusal, TooOften
from server.sign_in import forms, pairing, passwords
from server.sign_in.face import ENTERED, all_offices, asked_office, begin, enter_as, face, home_of
from server.web import STATUS, caller, house, settings_of

__all__ = ["face", "pairing", "passwords"]


@face.get("/")
def start() -> Response:
    found = caller()
    return redirect(home_of(found.role) if found else url_for("sign_in.ask"), 303)


@face.get("/sign-in")
def ask() -> str:
    return _page(None)


def _page(refusal: Refusal | None) -> str:
    office_id = asked_office()
    if office_id is None:
        return render_template("sign_in/offices.html", offices=all_offices(), settings=None)
    settings = settings_of(office_id)
    return render_template("sign_in/ask.html", settings=settings, refusal=refusal)


@face.post("/sign-in")
def arrive() -> Response:
    """The one view that words a refusal itself: the form comes back, whichever was wrong."""
    office_id = asked_office()
    name, password = forms.credentials(request.form)
    address = request.remote_addr or ""
    try:
        if office_id is None:
            raise NotSignedIn("wrong_password")
        token = house().access.sign_in(office_id, name, password, address)
    except (NotSignedIn, TooOften) as refusal:
        return _again(refusal)
    return _arrived(token, forms.safe_next(request.args.get("next")))


def _again(refusal: Refusal) -> Response:
    answer = Response(_page(refusal), STATUS[type(refusal)], mimetype="text/html")
    if isinstance(refusal, TooOften):
        answer.headers["Retry-After"] = str(refusal.retry_after_s)
    return answer


def _arrived(token: str, goal: str | None) -> Response:
    access = house().access
    before = caller()
    if before is not None and before.sign_in_id is not None:
        access.sign_out(before)  # on this browser the next person takes over
    begin(token)
    found = access.by_sign_in(token)
    return redirect(goal or (home_of(found.role) if found else url_for("sign_in.ask")), 303)


@face.post("/sign-out")
def leave() -> Response:
    found = caller()
    if found is not None and found.sign_in_id is not None:
        house().access.sign_out(found)
    session.clear()
    return redirect(url_for("sign_in.ask"), 303)


@face.get("/enter/<code>")
def enter(code: str) -> Response:
    """The one listed GET that signs in: a demo link, used once; later it leads the same browser
    to its page again, as whoever it was there."""
    if request.method == "HEAD":  # whoever only looks whether the link is good
        return Response()
    opened = session.get(ENTERED, {}).get(code)
    if opened is None:
        opened = house().access.open_invitation(code)
        session[ENTERED] = {**session.get(ENTERED, {}), code: opened}
    return enter_as(*opened)
