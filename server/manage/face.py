"""The manage face, and what its pages share: an administrator sets up, an auditor looks on."""

from typing import Any

from flask import Blueprint, g, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from server.catalogue import LANGUAGES
from server.domain import roles
from server.domain.refusals import NotPermitted
from server.domain.wish import Actor
from server.setup import Setup
from server.web import LANGUAGE_COOKIE, YEAR_S, admit, rooms, settings, who

face = Blueprint(
    "manage", __name__, url_prefix="/manage", template_folder="templates", static_folder="static"
)
admit(face, roles.SEE_SETUP)
ID = f"int(max={2**63 - 1})"
PARTS = (
    *("services", "counters", "hours", "staff", "devices", "voice", "printers", "tokens"),
    *("questions", "office", "day", "history"),
)
# Pages that their part leads to.
WITHIN = {"holidays": "hours", "rules": "services", "voice_pack": "voice", "slip": "printers"}
WITHIN |= {"alerts": "office", "points": "questions"}


@face.before_request
def only_administrators_change() -> None:
    if request.method not in ("GET", "HEAD", "OPTIONS") and not may_change():
        raise NotPermitted("only_looks")


@face.before_request
def speak_as_last_time() -> None:
    g.keeps_language = True


@face.after_request
def remember_language(answer: Response) -> Response:
    if (chosen := request.args.get("lang")) in LANGUAGES:
        secure = request.is_secure
        answer.set_cookie(LANGUAGE_COOKIE, chosen, max_age=YEAR_S, samesite="Lax", secure=secure)
    return answer


def may_change() -> bool:
    return who().role in roles.CHANGE_SETUP


def setup() -> Setup:
    return rooms().setup


def actor() -> Actor:
    return who().actor


def page(part: str, **facts: Any) -> str:
    """One part's page, with what was just said about the last change."""
    return render_template(
        f"manage/{part}.html",
        part=part,
        within=WITHIN.get(part),
        parts_of_setup=PARTS,
        settings=settings(),
        may=may_change(),
        said=session.pop("said", None),
        shown_once=session.pop("shown_once", None),
        **facts,
    )


def done(said: str, endpoint: str, **ids: Any) -> Response:
    """Says so on the page that follows."""
    session["said"] = said
    return redirect(url_for(f"manage.{endpoint}", **ids), 303)


def show_once(what: str, secret: str) -> None:
    """A token or link for the next page only; it is stored nowhere but as a hash."""
    session["shown_once"] = {"what": what, "secret": secret}
