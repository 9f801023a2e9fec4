"""What the pages of comments are asked for, and what they send."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeVar

from werkzeug.datastructures import MultiDict

from server.domain.asked_days import when_asked
from server.domain.refusals import BadField
from server.domain.review import Mood, State, Wanted
from server.domain.thai import Period
from server.domain.typed import typed

DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
ID = re.compile(r"[0-9]{1,18}")
CHOSEN = re.compile(r"(answer|press)-([0-9]{1,18})")
LONGEST_SEARCH, LONGEST_CODE, LAST_PAGE = 100, 60, 100_000

Choice = TypeVar("Choice", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Asked:
    """A look at comments: what is wanted, of which days (`when`: their word in the address), which
    page from 1."""

    wanted: Wanted
    when: str
    days: Period
    page: int


def asked(args: Mapping[str, str], today: date) -> Asked:
    """Raises `BadField` for what no list of ours offers."""
    when, days = when_asked(args, today)
    service = args.get("service", "")
    if service and not ID.fullmatch(service):
        raise BadField(service="invalid")
    wanted = Wanted(
        words=" ".join(typed("q", args.get("q", ""), LONGEST_SEARCH).split()),
        service_id=int(service) if service else None,
        channel=typed("channel", args.get("channel", ""), LONGEST_CODE),
        aspect=typed("aspect", args.get("aspect", ""), LONGEST_CODE),
        mood=_one_of(args, "mood", Mood),
        tag=typed("tag", args.get("tag", ""), LONGEST_CODE),
        state=_one_of(args, "state", State),
    )
    return Asked(wanted, when, days, page_of(args))


def page_of(args: Mapping[str, str]) -> int:
    """From 1. Raises `BadField`."""
    page = args.get("page", "1")
    if not page.isascii() or not page.isdigit() or not 1 <= int(page[:9]) <= LAST_PAGE:
        raise BadField(page="invalid")
    return int(page[:9])


def day_of(args: Mapping[str, str]) -> str:
    """A date, or empty. Raises `BadField`."""
    day = args.get("day", "")
    try:
        if day and not DAY.fullmatch(day):
            raise ValueError
        return date.fromisoformat(day).isoformat() if day else ""
    except ValueError:
        raise BadField(day="no_date") from None


def chosen_from(form: MultiDict[str, str]) -> list[tuple[str, int]]:
    """What was ticked: answer-17, press-4. Raises `BadField`."""
    found = [CHOSEN.fullmatch(one) for one in form.getlist("one")]
    if not all(found):
        raise BadField(one="invalid")
    return [(hit[1], int(hit[2])) for hit in found if hit]


def id_from(form: Mapping[str, str], name: str) -> int | None:
    """An id, where one was sent."""
    found = form.get(name, "")
    return int(found) if ID.fullmatch(found) else None


def hidden_from(form: MultiDict[str, str]) -> tuple[str, ...]:
    """The words to hide, one a line."""
    return tuple(line.strip() for line in form.get("hide", "").splitlines() if line.strip())


def _one_of(args: Mapping[str, str], name: str, kind: type[Choice]) -> Choice | None:
    found = args.get(name, "")
    if not found:
        return None
    if found not in set(kind):
        raise BadField(**{name: "invalid"})
    return kind(found)
