"""People who asked to be called back: who takes care of each, and what came of it."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from server.domain import roles
from server.domain.refusals import NotAllowed, NotFound
from server.sheet import comes_back
from server.web import admit, rooms, say, settings, who

face = Blueprint("cases", __name__, url_prefix="/cases", template_folder="templates")
admit(face, roles.CONTACTS)
ID = f"int(max={2**63 - 1})"


@face.get("/")
def home() -> str:
    return _home(None)


def _home(contact_id: int | None) -> str:
    """The page; with what was typed and is wrong, in the form of this contact."""
    found = rooms().callbacks.all()
    return render_template(
        "cases/contacts.html",
        settings=settings(),
        asked_about=contact_id,
        waiting=[one for one in found if one.state != "closed"],
        closed=[one for one in found if one.state == "closed"][::-1],
        days=rooms().callbacks.kept_days(),
    )


@face.post(f"/<{ID}:contact_id>/take")
def take(contact_id: int) -> Response:
    rooms().callbacks.take(contact_id, who().actor)
    return _done("cases.said.taken")


def _again(contact_id: int) -> str:
    return _home(contact_id)


@face.post(f"/<{ID}:contact_id>/close")
@comes_back(_again)
def close(contact_id: int) -> Response:
    rooms().callbacks.close(contact_id, who().actor, request.form.get("done", ""))
    return _done("cases.said.closed")


@face.post(f"/<{ID}:contact_id>/erase")
def erase(contact_id: int) -> Response:
    rooms().callbacks.erase(contact_id, who().actor)
    return _done("cases.said.erased")


@face.errorhandler(NotAllowed)
@face.errorhandler(NotFound)
def missed(error: NotAllowed | NotFound) -> Response:
    """A colleague was quicker, or its time is over: the page shows how things stand."""
    flash(say(f"refusal.{error.code}"), "warn")
    return redirect(url_for("cases.home", lang=request.args.get("lang")), 303)


def _done(said: str) -> Response:
    flash(say(said), "good")
    return redirect(url_for("cases.home", lang=request.args.get("lang")), 303)
