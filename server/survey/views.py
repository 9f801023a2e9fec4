"""The survey on a resident's phone: one tap is saved at once, everything after it is extra."""

import secrets

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from server.phone_pages import on_a_phone
from server.survey import forms, way
from server.tracking import survey_office, survey_room
from server.web import house, open_to_all, settings_of

face = Blueprint(
    "survey", __name__, url_prefix="/s", template_folder="templates", static_folder="static"
)
open_to_all(face, "the link itself is what lets a resident in")
on_a_phone(face)


@face.get("/<token>")
def ask(token: str) -> str | Response:
    """The one tap; after it, the page this phone has come to, or thanks."""
    room = survey_room(token)
    survey = room.survey(token)
    on = way.under_way(token, room)
    if on and on.next:
        return _to(token, on.next)
    facts = {"asked": survey.questionnaire, "survey": survey}
    if survey.answered:
        return _page("thanks", token, **facts)
    return _page("ask", token, service=_service(token), once=secrets.token_urlsafe(16), **facts)


@face.post("/<token>")
def answer(token: str) -> Response:
    room = survey_room(token)
    tap = forms.tap_from(request.form, room.questionnaire().one_tap.item)
    given = room.answer(token, tap, continue_key=forms.once_from(request.form))
    way.begin(token, given.continue_key)
    return _to(token)


@face.get("/<token>/<page>")
def more(token: str, page: str) -> str | Response:
    """One page of what may be added: reasons, an aspect's items, a comment."""
    on = way.under_way(token, survey_room(token))
    if on is None or not on.shows(page):
        return _to(token)
    template = page if page in (way.REASONS, way.COMMENT) else "aspect"
    return _page(template, token, on=on, page=page, asked=on.so_far.questionnaire)


@face.post("/<token>/<page>")
def add(token: str, page: str) -> Response:
    room = survey_room(token)
    on = way.under_way(token, room)
    if on is None or page not in on.pages:
        return _to(token)
    room.amend(token, on.key, *forms.additions_from(request.form, on.so_far))
    if forms.stops(request.form) or on.after(page) is None:
        way.end()
        return _to(token)
    way.passed(page)
    return _to(token, on.after(page))


def _to(token: str, page: str | None = None) -> Response:
    where = url_for("survey.more", token=token, page=page) if page else None
    return redirect(where or url_for("survey.ask", token=token), 303)


def _page(name: str, token: str, **facts: object) -> str:
    settings = settings_of(survey_office(token))
    return render_template(f"survey/{name}.html", settings=settings, token=token, **facts)


def _service(token: str) -> object:
    """What the visit was for, in words; the ticket itself is not known here."""
    rooms = house().rooms(survey_office(token))
    service_id = rooms.satisfaction.survey(token).service_id
    return next(one.name for one in rooms.reads.services() if one.id == service_id)
