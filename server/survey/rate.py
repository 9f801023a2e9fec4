"""Where the QR on a counter's card or the office's poster leads: one tap, and thanks."""

import secrets

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from server.domain.rating import Press
from server.domain.settings import COUNTER_QR
from server.domain.wish import Actor
from server.phone_pages import on_a_phone
from server.survey import forms
from server.tracking import rated
from server.web import house, open_to_all, settings_of

face = Blueprint("rate", __name__, url_prefix="/rate", template_folder="templates")
open_to_all(face, "the link on the counter's card is what lets anybody in")
on_a_phone(face)


@face.get("/<token>")
def ask(token: str) -> str:
    """Each look at it makes a press of its own: sent twice, it counts once."""
    return _page("rate", token, once=secrets.token_urlsafe(16))


@face.post("/<token>")
def press(token: str) -> Response:
    office_id, counter_id = rated(token)
    pressed = Press(
        score=forms.score_from(request.form),
        channel=COUNTER_QR.code,
        counter_id=counter_id,
        press_id=forms.once_from(request.form),
    )
    house().rooms(office_id).satisfaction.press(pressed, Actor("resident"))
    return redirect(url_for("rate.thanks", token=token), 303)


@face.get("/<token>/thanks")
def thanks(token: str) -> str:
    return _page("thanks", token)


def _page(name: str, token: str, **facts: object) -> str:
    office_id, counter_id = rated(token)
    rooms = house().rooms(office_id)
    return render_template(
        f"survey/{name}.html",
        settings=settings_of(office_id),
        asked=rooms.satisfaction.questionnaire(),
        counter=next((one for one in rooms.reads.counters() if one.id == counter_id), None),
        token=token,
        **facts,
    )
