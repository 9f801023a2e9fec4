"""Where the QR on a counter's card or tablet, or on the office's poster, leads: one tap."""

import secrets

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from server.domain.rating import Press
from server.domain.wish import Actor
from server.phone_pages import on_a_phone
from server.survey import forms
from server.tracking import Rated, rated
from server.web import house, open_to_all, settings_of

face = Blueprint("rate", __name__, url_prefix="/rate", template_folder="templates")
open_to_all(face, "the link on the counter's card or tablet is what lets anybody in")
on_a_phone(face)


@face.get("/<token>")
def ask(token: str) -> str:
    """Each look at it makes a press of its own: sent twice, it counts once."""
    return _page("rate", token, once=secrets.token_urlsafe(16))


@face.post("/<token>")
def press(token: str) -> Response:
    """A low tap may be followed by its reasons; it is kept whether they come or not."""
    place, once = rated(token), forms.once_from(request.form)
    score, room = forms.score_from(request.form), house().rooms(place.office_id).satisfaction
    made = Press(score, place.channel, counter_id=place.counter_id, press_id=once)
    kept = room.press(made, Actor("resident"))
    asked = room.questionnaire()
    if once and asked.reason and kept.score <= asked.one_tap.ask_reasons_up_to:
        return redirect(url_for("rate.why", token=token, once=once), 303)
    return redirect(url_for("rate.thanks", token=token), 303)


@face.get("/<token>/why/<once>")
def why(token: str, once: str) -> str:
    return _page("rate_reasons", token, once=once)


@face.post("/<token>/why/<once>")
def because(token: str, once: str) -> Response:
    place, reasons = rated(token), tuple(request.form.getlist("reason"))
    if reasons:
        room = house().rooms(place.office_id).satisfaction
        room.give_reasons(once, reasons, place.channel)
    return redirect(url_for("rate.thanks", token=token), 303)


@face.get("/<token>/thanks")
def thanks(token: str) -> str:
    return _page("thanks", token)


def _page(name: str, token: str, **facts: object) -> str:
    place: Rated = rated(token)
    rooms = house().rooms(place.office_id)
    return render_template(
        f"survey/{name}.html",
        settings=settings_of(place.office_id),
        asked=rooms.satisfaction.questionnaire(),
        counter=next((one for one in rooms.reads.counters() if one.id == place.counter_id), None),
        token=token,
        **facts,
    )
