"""The counter face."""

from flask import Blueprint, render_template

from server.domain import roles
from server.web import admit, reads

face = Blueprint(
    "counter", __name__, url_prefix="/counter", template_folder="templates", static_folder="static"
)
admit(face, roles.COUNTER)


@face.get("/")
def home() -> str:
    return render_template("counter/home.html", settings=reads().settings())
