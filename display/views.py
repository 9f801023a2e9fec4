"""The hall's board: who is called where, and how many wait."""

from flask import Blueprint, render_template, request

from display.hours import hours_words
from server.domain.roles import DeviceKind, Role
from server.web import admit, reads

SHAPES = ("landscape", "portrait")

face = Blueprint(
    "display", __name__, url_prefix="/display", template_folder="templates", static_folder="static"
)
admit(face, {DeviceKind.DISPLAY, Role.ADMIN})


@face.get("/")
def home() -> str:
    """`?shape=portrait` holds whatever the screen says of itself."""
    settings = reads().settings()
    asked = request.args.get("shape")
    return render_template(
        "display/board.html",
        board=reads().board(),
        settings=settings,
        hours=hours_words(settings),
        held_shape=asked if asked in SHAPES else None,
    )
