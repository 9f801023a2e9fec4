"""The display."""

from flask import Blueprint, render_template

from server.domain.roles import DeviceKind
from server.web import admit, reads

face = Blueprint(
    "display", __name__, url_prefix="/display", template_folder="templates", static_folder="static"
)
admit(face, {DeviceKind.DISPLAY})


@face.get("/")
def home() -> str:
    return render_template("display/home.html", settings=reads().settings())
