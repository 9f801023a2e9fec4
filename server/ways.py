"""The bar's links: where else this member of staff works with what residents said."""

from collections.abc import Callable

from flask import current_app, request, url_for

from server.house import Rooms
from server.web import rooms, say, who

WAYS = (  # a page, and its words in the bar
    ("reports.home", "reports.title"),
    ("wall.home", "wall.title"),
    ("alarms.home", "alarms.title"),
    ("comments.home", "comments.title"),
    ("measuring.home", "measuring.title"),
    ("paper_forms.home", "paper_forms.title"),
    ("cases.home", "cases.title"),
    ("protected.home", "protected.title"),
)


WAITING: dict[str, Callable[[Rooms], int]] = {  # what the bar counts behind a page's words
    "alarms.home": lambda found: found.alerts.how_many_open(),
    "cases.home": lambda found: found.callbacks.how_many_new(),
    "protected.home": lambda found: found.protected.how_many_open(),
    "measuring.home": lambda found: found.measures.how_many_pressing(),
}


def ways(current: str = "") -> list[tuple[str, str, bool]]:
    """(address, words, whether it is the page `current`) for every face that lets the caller in."""
    return [
        (
            url_for(endpoint, lang=request.args.get("lang")),
            say(words) + _waiting(endpoint),
            endpoint == current,
        )
        for endpoint, words in WAYS
        if who().role in current_app.blueprints[endpoint.partition(".")[0]].admitted  # type: ignore[attr-defined]
    ]


def _waiting(endpoint: str) -> str:
    """How much waits there, in brackets; nothing where nothing does."""
    count = WAITING.get(endpoint)
    number = count(rooms()) if count else 0
    return f" ({number})" if number else ""


def open_alarms() -> int:
    """How many alerts nobody answered yet, in the caller's office."""
    return rooms().alerts.how_many_open()
