"""The resident face."""

from flask import Blueprint

from server.web import open_to_all

face = Blueprint(
    "resident", __name__, url_prefix="/t", template_folder="templates", static_folder="static"
)
open_to_all(face, "the link itself is what lets a resident in")
