"""The reports face."""

from flask import Blueprint, render_template

from server.domain import roles
from server.web import admit, reads

face = Blueprint(
    "reports", __name__, url_prefix="/reports", template_folder="templates", static_folder="static"
)
admit(face, roles.REPORTS)


@face.get("/")
def home() -> str:
    return render_template("reports/home.html", settings=reads().settings())
