"""When low ratings call somebody, and which other system is told."""

from flask import request
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.wrappers import Response

from server.domain.webhook import LONGEST_ADDRESS, MOST_TRIES, is_address
from server.manage.face import actor, done, face, page, setup, show_once
from server.setup.alerts import AlertingWish
from server.sheet import Sheet, comes_back


@face.get("/alerts")
def alerts() -> str:
    return page("alerts", calls=setup().alerts.calls(), longest=LONGEST_ADDRESS, most=MOST_TRIES)


@face.post("/alerts")
@comes_back(alerts)
def change_alerts() -> Response:
    if key := setup().alerts.change(_wish(request.form), actor()):
        show_once("webhook", key)
    return done("saved", "alerts")


@face.post("/alerts/key")
def new_webhook_key() -> Response:
    show_once("webhook", setup().alerts.new_key(actor()))
    return done("saved", "alerts")


@face.post("/alerts/try")
def try_webhook() -> Response:
    setup().alerts.try_out(actor())
    return done("webhook_tried", "alerts")


def _wish(form: ImmutableMultiDict[str, str]) -> AlertingWish:
    """Raises `BadField`."""
    sheet = Sheet(form)
    wish = AlertingWish(
        low_up_to=sheet.number("low_up_to", 1, 4),
        presses=sheet.number("presses", 2, 20),
        minutes=sheet.number("minutes", 5, 240),
        webhook=sheet.text("webhook", most=LONGEST_ADDRESS, needed=False),
    )
    if wish.webhook and not is_address(wish.webhook):
        sheet.wrong.setdefault("webhook", "not_an_address")
    sheet.done()
    return wish
