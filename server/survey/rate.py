"""Where the QR of a counter, of the office or of a mobile service point leads: one tap.

A QR may turn, and a point's day may end, between a tap and its thanks: who has pressed by a link
goes on by it.
"""

import secrets

from flask import (
    Blueprint,
    current_app,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from werkzeug.wrappers import Response

from server.domain.rating import Press
from server.often import DAY_MS, MINUTE_MS, Often
from server.phone_pages import on_a_phone
from server.survey import forms
from server.survey.refused import says_so_on_a_phone
from server.tracking import Rated, rated
from server.web import house, open_to_all, settings_of

face = Blueprint("rate", __name__, url_prefix="/rate", template_folder="templates")
open_to_all(face, "the link on a card, poster or tablet is what lets anybody in")
on_a_phone(face)
says_so_on_a_phone(face)
MOST_REPORTS_A_DAY = 100  # from one address: a hall's phones have the same one
MOST_AT_A_POINT = 20  # from one address: a village meeting's phones may have the same one
POINT_SPAN_MS = 10 * MINUTE_MS  # in so long; no visit is known there that would say how many
PRESSED = "pressed"  # in the session: an address would stay in the phone's history and in logs
BY_LINK = "by_link"  # in the session: the link of the last press


@face.get("/<token>")
def ask(token: str) -> str:
    """Each look at it makes a press of its own: sent twice, it counts once."""
    return _page("rate", token, rated(token), once=secrets.token_urlsafe(16))


@face.post("/<token>")
def press(token: str) -> Response:
    """A low tap may be followed by its reasons; it is kept whether they come or not."""
    place, once = rated(token), forms.once_from(request.form)
    score, room = forms.score_from(request.form), house().rooms(place.office_id).satisfaction
    _not_too_often_there(place)
    where = (place.counter_id, place.service_id)
    kept = room.press(Press(score, place.channel, *where, press_id=once), place.actor)
    session[BY_LINK] = token
    asked = room.questionnaire()
    if once and asked.reason and kept.score <= asked.one_tap.ask_reasons_up_to:
        session[PRESSED] = once
        return redirect(url_for("rate.why", token=token), 303)
    return redirect(url_for("rate.thanks", token=token), 303)


@face.get("/<token>/why")
def why(token: str) -> str | Response:
    place = _still_rated(token)
    if PRESSED not in session:
        return redirect(url_for("rate.thanks", token=token), 303)
    return _page("rate_reasons", token, place)


@face.post("/<token>/why")
def because(token: str) -> Response:
    place = _still_rated(token)
    once, reasons = session.get(PRESSED), tuple(request.form.getlist("reason"))
    if once and reasons:
        room = house().rooms(place.office_id).satisfaction
        if any(one.protected and one.code in reasons for one in room.questionnaire().reason):
            _not_too_often()
        room.give_reasons(once, reasons, place.channel)
    session.pop(PRESSED, None)  # not before they are kept: whoever was refused may send them again
    return redirect(url_for("rate.thanks", token=token), 303)


@face.get("/<token>/thanks")
def thanks(token: str) -> str:
    return _page("thanks", token, _still_rated(token))


def _still_rated(token: str) -> Rated:
    return rated(token, pressed=session.get(BY_LINK) == token)


def _not_too_often_there(place: Rated) -> None:
    """Raises `TooOften` at a mobile point."""
    if place.point is not None:
        kept = current_app.extensions
        often = kept.setdefault("points", Often(house().clock, MOST_AT_A_POINT, POINT_SPAN_MS))
        often.ask(f"{request.remote_addr} {place.office_id} {place.point.id}")


def _not_too_often() -> None:
    """Raises `TooOften`: anybody may press here, and each report is somebody's work."""
    kept = current_app.extensions
    often = kept.setdefault("reports", Often(house().clock, MOST_REPORTS_A_DAY, DAY_MS))
    often.ask(request.remote_addr or "")


def _page(name: str, token: str, place: Rated, **facts: object) -> str:
    rooms = house().rooms(place.office_id)
    return render_template(
        f"survey/{name}.html",
        settings=settings_of(place.office_id),
        asked=rooms.satisfaction.questionnaire(),
        counter=next((one for one in rooms.reads.counters() if one.id == place.counter_id), None),
        point=place.point,
        token=token,
        **facts,
    )
