"""The HTTP API."""

from flask import Blueprint

from server.web import open_to_all

face = Blueprint("api", __name__, url_prefix="/api/v1")
open_to_all(face, "every call checks its bearer token")
