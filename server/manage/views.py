"""The manage face: one module for each part of the set-up."""

from server.manage import (
    alerts,
    counters,
    day,
    devices,
    history,
    holidays,
    hours,
    office,
    papers,
    printers,
    questions,
    services,
    slip,
    staff,
    tokens,
    voice,
    voice_pack,
)
from server.manage.face import face

__all__ = [
    "alerts",
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
    "questions",
    "services",
    "slip",
    "staff",
    "tokens",
    "voice",
    "voice_pack",
]
