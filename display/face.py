"""The display face: paired screens, and an administrator who looks at what they show."""

from flask import Blueprint

from server.domain.roles import DeviceKind, Role
from server.web import admit

face = Blueprint(
    "display", __name__, url_prefix="/display", template_folder="templates", static_folder="static"
)
admit(face, {DeviceKind.DISPLAY, Role.ADMIN})
