"""The kiosk's face, and the page that all its pages are."""

from typing import Any

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from kiosk import choice, forms
from kiosk.visit import visit_now
from server.domain.roles import DeviceKind
from server.web import admit, settings

BACK_AFTER_S = 15

face = Blueprint(
    "kiosk", __name__, url_prefix="/kiosk", template_folder="templates", static_folder="static"
)
admit(face, {DeviceKind.KIOSK})
face.add_app_template_filter(choice.unbroken)


def page_of(template: str, **facts: Any) -> str:
    visit = visit_now(settings())
    key = forms.new_key()
    return render_template(template, settings=settings(), visit=visit, key=key, **facts)


@face.after_request
def keep_nothing(answer: Response) -> Response:
    """Back shows a fresh page with a new key; a page that refuses leads to the start by itself."""
    if request.endpoint == "kiosk.static":
        return answer
    answer.headers["Cache-Control"] = "no-store"
    if answer.status_code >= 400:  # noqa: PLR2004
        answer.headers["Refresh"] = f"{BACK_AFTER_S}; url={url_for('kiosk.home')}"
    return answer
