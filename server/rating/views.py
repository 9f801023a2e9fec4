"""The rating tablet: one press, its reasons when it was low, thanks, and asleep until the next."""

import secrets

from flask import Blueprint, Response, jsonify, redirect, request, url_for
from flask_wtf.csrf import generate_csrf
from werkzeug.wrappers import Response as AnyResponse

from printers.qr import code_for
from server import shapes
from server.domain.rating import Press
from server.domain.refusals import NotFound
from server.domain.roles import DeviceKind
from server.rating import forms
from server.rating.page import edition, rendered
from server.rating.stand import stand_now
from server.tracking import turning_url
from server.web import admit, house, reads, rooms, settings, who

WIDEST = 10_000  # dots: a screen has room for any code

face = Blueprint(
    "tablet", __name__, url_prefix="/tablet", template_folder="templates", static_folder="static"
)
admit(face, {DeviceKind.TABLET})


@face.get("/")
def home() -> str:
    stand = stand_now()
    once = secrets.token_urlsafe(16)  # sent twice, one showing of the page is one press
    return rendered("ask" if stand.awake else "asleep", stand, once=once, edition=edition(stand))


@face.get("/state")
def state() -> Response:
    """Whether somebody may press now; with it the seal that what is sent needs."""
    stand = stand_now()
    qr = url_for("tablet.qr", turn=_turn()[1]) if stand.counter else None
    return jsonify(awake=stand.awake, visit=stand.visit, qr=qr, csrf=generate_csrf())


@face.get("/edition")
def tell_edition() -> Response:
    return jsonify(edition=edition(stand_now()))


@face.get("/board")
def board() -> Response:
    """What the socket tells too: when it changes, the tablet asks for its own state."""
    return jsonify(shapes.board(reads().board(), settings().zone).model_dump())


@face.get("/qr.svg")
def qr() -> Response:
    code = code_for(_turn()[0], WIDEST)
    return Response(code.as_svg() if code else "", mimetype="image/svg+xml")


@face.post("/presses")
def take() -> Response:
    """What a tablet kept: each press once, however often it is sent."""
    sent, now = forms.batch_from(request.get_data()), house().clock()
    presses = forms.presses_of(sent, stand_now(), rooms().satisfaction.questionnaire(), now)
    told = rooms().satisfaction.press_all(presses, who().actor)
    kept = [one.press_id for one, refusal in zip(presses, told, strict=True) if refusal is None]
    return jsonify(kept=kept, refused=[one for one in sent.ids if one not in set(kept)])


# ---------------------------------------------------------------- without scripts


@face.post("/")
def press() -> AnyResponse:
    stand, once = stand_now(), forms.once_from(request.form)
    made = Press(
        forms.score_from(request.form),
        stand.place.channel,
        counter_id=stand.counter_id,
        service_id=stand.place.service_id,
        press_id=once,
    )
    kept = rooms().satisfaction.press(made, who().actor)
    if once and stand.asks_why(kept.score):
        return redirect(url_for("tablet.why", once=once, lang=request.args.get("lang")), 303)
    return redirect(url_for("tablet.thanks", lang=request.args.get("lang")), 303)


@face.get("/why/<once>")
def why(once: str) -> str:
    return rendered("reasons", stand_now(), once=once)


@face.post("/why/<once>")
def because(once: str) -> AnyResponse:
    stand = stand_now()
    if reasons := forms.reasons_from(request.form, stand.asked):
        rooms().satisfaction.give_reasons(once, reasons, stand.place.channel)
    return redirect(url_for("tablet.thanks", lang=request.args.get("lang")), 303)


@face.get("/thanks")
def thanks() -> str:
    return rendered("done", stand_now())


@face.after_request
def keep_nothing(answer: Response) -> Response:
    if request.endpoint != "tablet.static":
        answer.headers["Cache-Control"] = "no-store"
    return answer


def _turn() -> tuple[str, int]:
    """The QR's address now. Raises `NotFound` where the tablet stands at no counter."""
    counter = stand_now().counter
    if counter is None:
        raise NotFound("no_such_page")
    return turning_url(who().office_id, counter.id)
