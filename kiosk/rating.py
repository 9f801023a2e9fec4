"""Rating at the kiosk, for who passes it on the way out: quiet, and one touch."""

from flask import redirect, request
from werkzeug.wrappers import Response

from kiosk import forms
from kiosk.face import face, page_of
from kiosk.visit import visit_now
from server.domain.questionnaire import Questionnaire, Reason
from server.domain.rating import Press
from server.web import rooms, settings, who

CHANNEL = "kiosk"


@face.get("/rate")
def rate() -> str:
    return page_of("kiosk/rate.html", asked=rooms().satisfaction.questionnaire())


@face.post("/rate")
def press() -> Response:
    """Kept at once; a low one may be followed by its reasons."""
    key, room = forms.key_text(request.form), rooms().satisfaction
    made = Press(forms.score_from(request.form), CHANNEL, press_id=key)
    kept, asked = room.press(made, who().actor), room.questionnaire()
    visit = visit_now(settings())
    if kept.score <= asked.one_tap.ask_reasons_up_to and open_reasons(asked):
        return redirect(visit.to("why", key=key), 303)
    return redirect(visit.to("thanks"), 303)


@face.get("/rate/why/<key>")
def why(key: str) -> str:
    reasons = open_reasons(rooms().satisfaction.questionnaire())
    return page_of("kiosk/rate_why.html", pressed=key, reasons=reasons)


@face.post("/rate/why/<key>")
def because(key: str) -> Response:
    room = rooms().satisfaction
    offered = {reason.code for reason in open_reasons(room.questionnaire())}
    chosen = tuple(code for code in request.form.getlist("reason") if code in offered)
    if chosen:
        room.give_reasons(key, chosen, CHANNEL)
    return redirect(visit_now(settings()).to("thanks"), 303)


@face.get("/rate/thanks")
def thanks() -> str:
    return page_of("kiosk/rate_thanks.html", asked=rooms().satisfaction.questionnaire())


def open_reasons(asked: Questionnaire) -> list[Reason]:
    """Those that may be chosen in a hall full of people: the protected ones are on phones."""
    return [reason for reason in asked.reason if not reason.protected]
