"""The console's blueprint, and how a press that was refused comes back to the console."""

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from server.counter import forms
from server.domain import roles
from server.domain.refusals import KeyReused, NotAllowed, NotFound
from server.web import admit, reads, say, worded

face = Blueprint(
    "counter", __name__, url_prefix="/counter", template_folder="templates", static_folder="static"
)
admit(face, roles.COUNTER)


@face.errorhandler(NotAllowed)
@face.errorhandler(KeyReused)
def missed(error: NotAllowed | KeyReused) -> Response:
    """Somebody else was quicker, or the page was old: said on the console, where things stand."""
    code = "page_outdated" if isinstance(error, KeyReused) else error.code
    sentence = say(f"refusal.{code}", **worded(error))
    flash(f"{_number()} {sentence}".strip(), "warn")
    return back()


def back() -> Response:
    return redirect(url_for("counter.home"), 303)


def _number() -> str:
    """Whose form was refused."""
    ticket_id = (request.view_args or {}).get("ticket_id") or forms.finished_id(request.form)
    try:
        return "" if ticket_id is None else f"{reads().ticket(ticket_id).ticket.number}:"
    except NotFound:
        return ""
