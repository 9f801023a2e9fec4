"""The kiosk."""

from flask import Blueprint, render_template

from server.domain.roles import DeviceKind
from server.web import admit, reads

face = Blueprint(
    "kiosk", __name__, url_prefix="/kiosk", template_folder="templates", static_folder="static"
)
admit(face, {DeviceKind.KIOSK})


@face.get("/")
def home() -> str:
    return render_template("kiosk/home.html", settings=reads().settings())
