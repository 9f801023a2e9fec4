"""What a resident's phone shows of one ticket. The link on the slip is all that is needed."""

import secrets

from flask import Blueprint, Response, g, jsonify, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from server.domain.refusals import NotAllowed
from server.domain.ticket import State, Verb
from server.domain.wish import Actor
from server.phone_pages import on_a_phone
from server.resident.live import Visit, visit
from server.tracking import followed
from server.web import house, open_to_all

face = Blueprint(
    "resident", __name__, url_prefix="/t", template_folder="templates", static_folder="static"
)
open_to_all(face, "the link itself is what lets a resident in")
on_a_phone(face)
RESIDENT = Actor("resident")


@face.get("/<token>")
def ticket(token: str) -> str:
    found = _visit(token)
    asked = house().rooms(found.office_id).satisfaction.questionnaire()
    once = secrets.token_urlsafe(16)  # a double tap is one answer
    return render_template("resident/ticket.html", visit=found, token=token, asked=asked, once=once)


@face.get("/<token>/state")
def state(token: str) -> Response:
    return jsonify(_visit(token).phone.model_dump())


@face.get("/<token>/documents")
def documents(token: str) -> str:
    return render_template("resident/documents.html", visit=_visit(token), token=token)


@face.get("/<token>/leave")
def ask_to_leave(token: str) -> str:
    found = _visit(token)
    _still_waits(found)
    return render_template("resident/leave.html", visit=found, token=token)


@face.post("/<token>/leave")
def leave(token: str) -> AnyResponse:
    found = _visit(token)
    _still_waits(found)
    desk = house().rooms(found.office_id).desk
    desk.cancel(found.ticket.id, "left", RESIDENT)
    return redirect(url_for("resident.ticket", token=token), 303)


def _visit(token: str) -> Visit:
    found = visit(*followed(token))
    g.first_language = found.ticket.language
    return found


def _still_waits(found: Visit) -> None:
    """Whoever is called already is expected at the counter, and tells the officer there."""
    if found.ticket.state is not State.WAITING:
        raise NotAllowed("no_such_move", state=found.ticket.state, verb=Verb.CANCEL)
