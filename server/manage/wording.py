"""The audit list in words: what a change was before and after."""

from datetime import date
from typing import Any

from server.domain.hours import WEEKDAYS
from server.web import language, say
from server.wording import date_words

NAMED = {  # facts whose values have words of their own
    "role": "role",
    "token_role": "token_role",
    "kind": "kind",
    "days": "weekday",
    "layout": "layout",
    "sound": "sound",
    "place": "place",
    "voice_gender": "voice.speaker",
    "voice_languages": "voice.language",
}


TIMES = ("hours", "extra")
DAYS = ("first_day", "last_day")


def change_words(name: str, value: Any) -> str:
    """One value of a fact, as people say it."""
    if value is None or value in ("", []):
        return say("manage.nothing")
    if isinstance(value, bool):
        return say("manage.yes" if value else "manage.no")
    if isinstance(value, list):
        return ", ".join(_one(name, item) for item in value)
    return _one(name, value)


def _one(name: str, value: Any) -> str:
    if name in TIMES:  # "tue thu 09:00–11:30"
        words = (say(f"manage.weekday.{one}") if one in WEEKDAYS else one for one in value.split())
        return " ".join(words)
    if name in DAYS:
        return date_words(date.fromisoformat(value), language())
    return say(f"manage.{NAMED[name]}.{value}") if name in NAMED else str(value)
