"""The reception face."""

from flask import Blueprint, render_template

from server.domain import roles
from server.web import admit, reads

face = Blueprint(
    "reception",
    __name__,
    url_prefix="/reception",
    template_folder="templates",
    static_folder="static",
)
admit(face, roles.RECEPTION)


@face.get("/")
def home() -> str:
    return render_template("reception/home.html", settings=reads().settings())
