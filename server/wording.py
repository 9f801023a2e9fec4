"""How facts are put into words: waits, times, dates, reasons."""

from collections.abc import Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from server.catalogue import LANGUAGES, Catalogue
from server.domain.alerting import Place
from server.domain.day import office_time
from server.domain.estimate import Wait
from server.domain.settings import Coded, Words
from server.domain.thai import long_date
from server.domain.tongues import told
from server.domain.why import Rule, Why

STEP_MIN = 5  # a wait is told in steps of five minutes: more would be a false precision
SECONDS = 60


def minutes(wait: Wait) -> tuple[int, int]:
    """The wait as told: from and to, in minutes, multiples of five, never the same."""
    low = wait.low_s // SECONDS // STEP_MIN * STEP_MIN
    high = -(-wait.high_s // SECONDS // STEP_MIN) * STEP_MIN
    return low, max(high, low + STEP_MIN)


def wait_words(catalogue: Catalogue, wait: Wait | None, language: str) -> str:
    """ "15–25 minutes"; up to five minutes in words; empty where no wait is told."""
    if wait is None:
        return ""
    low, high = minutes(wait)
    if low == 0:
        return catalogue.say("wait.at_most", language, high=high)
    return catalogue.say("wait.range", language, low=low, high=high)


def clock(at: int | None, zone: ZoneInfo) -> str:
    """09:30, as screens write times."""
    return "" if at is None else office_time(at, zone).strftime("%H:%M")


def day_words(at: int, zone: ZoneInfo, language: str) -> str:
    return long_date(office_time(at, zone).date(), language)


def date_words(day: date, language: str) -> str:
    return long_date(day, language)


def moment_words(catalogue: Catalogue, moment: datetime | None, language: str) -> str:
    """The day and time in the office's zone; that it will be told, where it is not known."""
    if moment is None:
        return catalogue.say("when.unknown", language)
    day = long_date(moment.date(), language)
    return catalogue.say("when.at", language, day=day, time=f"{moment:%H:%M}")


def fact_words(catalogue: Catalogue, name: str, fact: object, language: str) -> object:
    """One of a refusal's facts in that language."""
    if name in ("state", "verb"):
        return catalogue.say(f"{name}.{fact}", language)
    if name == "opens" and (fact is None or isinstance(fact, datetime)):
        return moment_words(catalogue, fact, language)
    if type(fact) is date:  # not of a moment, which is one too
        return date_words(fact, language)
    return local(fact, language) if isinstance(fact, Words) else fact


def local(words: Words | None, language: str) -> str:
    """The office's own words; English, then Thai where a language has none."""
    return "" if words is None else told(words, language)[0]


def place_words(catalogue: Catalogue, place: Place, language: str) -> str:
    """Where presses are made, as staff call it: a counter by its number, a device by its name."""
    name = local(place.name, language)
    if place.kind == "area":
        return catalogue.say("place.area" if name else "place.counter_of_ours", language, name=name)
    if place.kind == "counter" and place.mark:
        return catalogue.say("place.counter", language, number=place.mark, name=name)
    return (
        catalogue.say("place.device", language, name=name)
        if name
        else catalogue.say("place.other", language)
    )


def why_text(
    catalogue: Catalogue, why: Why, zone: ZoneInfo, language: str, reasons: Iterable[Coded] = ()
) -> str:
    """Why this one was called, in one sentence; `reasons` words the codes that officers give."""
    passed = why["passed_over"]
    given = next((one for one in reasons if one.code == why["reason"]), None)
    facts: dict[str, object] = {
        "came": clock(why["arrived_at"], zone),
        "minutes": why["head_start_min"],
        "priority": catalogue.say(f"priority.{why['priority']}", language),
        "other": passed[0]["number"] if passed else "",
        "other_came": clock(passed[0]["arrived_at"], zone) if passed else "",
        "reason": local(given, language) or why["reason"] or "",
    }
    if why["rule"] == Rule.OUT_OF_ORDER and passed:
        return catalogue.say("why.out_of_order_before", language, **facts)
    return catalogue.say(f"why.{why['rule']}", language, **facts)


def passed_over_text(catalogue: Catalogue, why: Why, at: int, zone: ZoneInfo, language: str) -> str:
    """When the `at`th of those passed over came, and by what rule another was first."""
    passed = why["passed_over"][at]
    rule = passed.get("rule", Rule.FIRST)  # calls of the first release do not say
    return catalogue.say(
        f"why.passed_over.{rule}",
        language,
        came=clock(passed["arrived_at"], zone),
        minutes=why["head_start_min"],
        priority=catalogue.say(f"priority.{why['priority']}", language),
    )


def why_shape(
    catalogue: Catalogue, why: Why, zone: ZoneInfo, reasons: Iterable[Coded] = ()
) -> dict[str, object]:
    """`why` as the API gives it."""
    return {
        "rule": str(why["rule"]),
        "text": {tongue: why_text(catalogue, why, zone, tongue, reasons) for tongue in LANGUAGES},
        "queue_at": why["queue_at"],
        "passed_over": [
            {
                "number": passed["number"],
                "text": {
                    tongue: passed_over_text(catalogue, why, at, zone, tongue)
                    for tongue in LANGUAGES
                },
            }
            for at, passed in enumerate(why["passed_over"])
        ],
    }
