"""The manage face."""

from flask import Blueprint, render_template

from server.domain import roles
from server.web import admit, reads

face = Blueprint(
    "manage", __name__, url_prefix="/manage", template_folder="templates", static_folder="static"
)
admit(face, roles.SEE_SETUP)


@face.get("/")
def home() -> str:
    return render_template("manage/home.html", settings=reads().settings())
