"""The survey on a resident's phone: one tap is saved at once, everything after it is extra."""

import secrets
from functools import partial

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from server import wording
from server.domain.survey import SurveyState
from server.links import token_hash
from server.often import DAY_MS, Often
from server.phone_pages import on_a_phone
from server.sheet import comes_back
from server.survey import forms, way
from server.survey.refused import says_so_on_a_phone
from server.tracking import survey_office, survey_room
from server.web import house, language, open_to_all, say, settings_of

MAY_ASK = (SurveyState.OPEN, SurveyState.ANSWERED)
MOST_CONTACTS = 2  # a minute, with one link
MOST_CONTACTS_A_DAY = 5

face = Blueprint(
    "survey", __name__, url_prefix="/s", template_folder="templates", static_folder="static"
)
open_to_all(face, "the link itself is what lets a resident in")
on_a_phone(face)
says_so_on_a_phone(face)


@face.get("/<token>")
def ask(token: str) -> str | Response:
    """The one tap; after it, the page this phone has come to, or thanks."""
    room = survey_room(token)
    survey = room.survey(token)
    on = way.under_way(token, room)
    if on and on.next:
        return _to(token, on.next)
    facts: dict[str, object] = {"asked": survey.questionnaire, "survey": survey}
    if survey.answered:
        return _page("thanks", token, contact=url_for("survey.contact", token=token), **facts)
    facts |= {"service": _service(token), "action": url_for("survey.answer", token=token)}
    return _page("ask", token, once=secrets.token_urlsafe(16), **facts)


@face.post("/<token>")
def answer(token: str) -> Response:
    room = survey_room(token)
    tap = forms.tap_from(request.form, room.questionnaire().one_tap.item)
    given = room.answer(token, tap, continue_key=forms.once_from(request.form))
    way.begin(token, given.continue_key)
    on = way.under_way(token, room)
    return _to(token, on.next if on else None)  # at once: on a slow line each way round is felt


@face.get("/<token>/contact")
def contact(token: str) -> str | Response:
    """ "Please contact me": nothing that is sent here leads to the answer, or the answer here."""
    if survey_room(token).state(token) not in MAY_ASK:
        return _to(token)
    return _page("contact", token, consent=_consent(token))


@face.post("/<token>/contact")
@comes_back(contact)
def ask_back(token: str) -> Response:
    if survey_room(token).state(token) not in MAY_ASK:
        return _to(token)
    name, reach, message = forms.contact_from(request.form)
    _not_too_often(token)
    house().rooms(survey_office(token)).callbacks.ask(name, reach, message, _consent(token))
    return redirect(url_for("survey.contacted", token=token), 303)


@face.get("/<token>/contacted")
def contacted(token: str) -> str:
    return _page("contacted", token, days=_kept_days(token))


@face.get("/<token>/<page>")
def more(token: str, page: str) -> str | Response:
    """One page of what may be added: reasons, an aspect's items, a comment."""
    on = way.under_way(token, survey_room(token))
    if on is None or not on.shows(page):
        return _to(token)
    facts = {"on": on, "page": page, "asked": on.so_far.questionnaire}
    return _page(on.template(page), token, action=_at(token, page), to=partial(_at, token), **facts)


@face.post("/<token>/<page>")
def add(token: str, page: str) -> Response:
    room = survey_room(token)
    on = way.under_way(token, room)
    if on is None or page not in on.pages:
        return _to(token)
    beside = forms.beside_from(request.form, on.so_far)
    room.amend(token, on.key, *forms.additions_from(request.form, on.so_far), beside)
    if forms.stops(request.form) or on.after(page) is None:
        way.end()
        return _to(token)
    way.passed(page)
    return _to(token, on.after(page))


def _to(token: str, page: str | None = None) -> Response:
    return redirect(_at(token, page) if page else url_for("survey.ask", token=token), 303)


def _at(token: str, page: str) -> str:
    return url_for("survey.more", token=token, page=page)


def _page(name: str, token: str, **facts: object) -> str:
    settings = settings_of(survey_office(token))
    return render_template(f"survey/{name}.html", settings=settings, token=token, **facts)


def _consent(token: str) -> str:
    """The words that are agreed to, in the page's language; they are kept with the request."""
    office = wording.local(settings_of(survey_office(token)).office.name, language())
    return say("survey.consent", office=office, days=_kept_days(token))


def _kept_days(token: str) -> int:
    return house().rooms(survey_office(token)).callbacks.kept_days()


def _not_too_often(token: str) -> None:
    """Raises `TooOften`: one link is one visit, and needs no list of requests."""
    kept, clock = current_app.extensions, house().clock
    often = kept.setdefault("contacts", Often(clock, MOST_CONTACTS))
    a_day = kept.setdefault("contacts_a_day", Often(clock, MOST_CONTACTS_A_DAY, DAY_MS))
    often.ask(token_hash(token))
    a_day.ask(token_hash(token))


def _service(token: str) -> object:
    """What the visit was for, in words; the ticket itself is not known here."""
    rooms = house().rooms(survey_office(token))
    service_id = rooms.satisfaction.survey(token).service_id
    return next(one.name for one in rooms.reads.services() if one.id == service_id)
