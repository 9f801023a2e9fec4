"""The manage face: one module for each part of the set-up."""

from server.manage import (
    counters,
    day,
    devices,
    history,
    holidays,
    hours,
    office,
    papers,
    printers,
    services,
    slip,
    staff,
    tokens,
    voice,
    voice_pack,
)
from server.manage.face import face

__all__ = [
    "counters",
    "day",
    "devices",
    "face",
    "history",
    "holidays",
    "hours",
    "office",
    "papers",
    "printers",
    "services",
    "slip",
    "staff",
    "tokens",
    "voice",
    "voice_pack",
]
