"""How far this phone has come: its session holds the key to its answer, and the pages it sent.

What was given stands in the answer itself.
"""

from typing import Any

from flask import session

from server.domain.survey import Way
from server.satisfaction import Satisfaction

KEPT = "survey"  # in the session


def begin(token: str, key: str) -> None:
    """The tap was saved: this phone may go on."""
    session[KEPT] = {"token": token, "key": key, "passed": []}


def under_way(token: str, room: Satisfaction) -> Way | None:
    """This phone's answer to this survey, while it may be added to."""
    kept: dict[str, Any] = session.get(KEPT) or {}
    if kept.get("token") != token:
        return None
    so_far = room.so_far(token, kept["key"])
    return Way(kept["key"], tuple(kept["passed"]), so_far) if so_far else None


def passed(page: str) -> None:
    session[KEPT] = {**session[KEPT], "passed": [*session[KEPT]["passed"], page]}


def end() -> None:
    session.pop(KEPT, None)
