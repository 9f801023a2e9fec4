"""The manage face: one module for each part of the set-up."""

from server.manage import counters, devices, history, office, printers, services, staff, tokens
from server.manage.face import face

__all__ = [
    "counters",
    "devices",
    "face",
    "history",
    "office",
    "printers",
    "services",
    "staff",
    "tokens",
]
