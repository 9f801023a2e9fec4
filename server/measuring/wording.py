"""How findings, figures and days are called on these pages."""

from collections.abc import Callable
from datetime import date
from typing import Any

from server.catalogue import FIRST
from server.days import half_words
from server.domain.finding import About, Drawn, Kind, Stood
from server.domain.questionnaire import OVERALL
from server.domain.settings import Words
from server.domain.thai import be_year, short_date
from server.domain.written import percent, points
from server.web import language, rooms, words
from server.wording import local


def typed_day(day: date | None) -> str:
    """As it is typed: 31/3/2569."""
    return "" if day is None else f"{day.day}/{day.month}/{be_year(day)}"


def names() -> dict[str, dict[str, Words]]:
    """Services, aspects and reasons that may be chosen, by their codes."""
    asked = rooms().satisfaction.questionnaire()
    return {
        "service": {one.code: one.name for one in rooms().reads.services()},
        "aspect": {one.code: one.name for one in asked.aspect},
        "reason": {one.code: one.text for one in asked.reason},
    }


def name_of(known: dict[str, dict[str, Words]], tongue: str) -> Callable[[str, str], str]:
    """What a code is called; a code that is used no more stands for itself."""

    def name(kind: str, code: str) -> str:
        if kind == "aspect" and code == OVERALL:
            return words().say("measuring.overall", tongue)
        found = known[kind].get(code)
        return local(found, tongue) if found else code

    return name


def about_words(about: About, name: Callable[[str, str], str]) -> str:
    """Service · aspect · reason, where known."""
    pairs = (("service", about.service), ("aspect", about.aspect), ("reason", about.reason))
    return " · ".join(name(kind, code) for kind, code in pairs if code)


def body_of(drawn: Drawn) -> str:
    """A proposal's sentence, in Thai as the register is.

    Without figures: it is read in places that tell less of few people than the office may see.
    """
    about = drawn.about
    name = name_of(names(), FIRST)
    facts = {
        "service": name("service", about.service) if about.service else "",
        "aspect": name("aspect", about.aspect),
        "reason": name("reason", about.reason),
    }
    sentence = f"measuring.drawn.{about.kind}"
    if about.kind is Kind.ASPECT and not about.service:
        sentence = "measuring.drawn.aspect_all"
    return words().say(sentence, FIRST, **facts)


def shared() -> dict[str, Any]:
    tongue, known = language(), names()
    name = name_of(known, tongue)
    return {
        "percent": percent,
        "points": points,
        "names": known,
        "name": name,
        "about_words": lambda about: about_words(about, name),
        "half_words": half_words,
        "day_words": lambda day: short_date(day, tongue),
        "typed_day": typed_day,
        "interval": interval,
        "date_of": date.fromisoformat,
    }


def interval(stood: Stood) -> str:
    return f"{percent(stood.low)}–{percent(stood.high)}"
