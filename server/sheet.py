"""A form that staff fill in: read field by field, and shown again as typed when it has mistakes."""

import re
from collections.abc import Callable
from enum import StrEnum
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import g, request
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.wrappers import Response

from server.domain.refusals import BadField
from server.domain.typed import typed

LARGEST_ID = 2**63 - 1
NAME = 120  # characters of a name
CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
SHORT_CLOCK = re.compile(r"[0-9]:[0-5][0-9]")
MINUTES = re.compile(r"[0-9]{1,3}(\.[0-9]{1,2})?")

P = ParamSpec("P")
Choice = TypeVar("Choice", bound=StrEnum)


class Sheet:
    """Gathers what is wrong with each field, so that all of it is said at once by `done`."""

    def __init__(self, form: ImmutableMultiDict[str, str]) -> None:
        self._form = form
        self.wrong: dict[str, str] = {}

    def text(self, name: str, *, most: int = NAME, needed: bool = True) -> str:
        """One line; the empty string where something is wrong with it."""
        found = self._typed(name, self._form.get(name, ""), most)
        if "\n" in found or "\t" in found:
            self.wrong[name] = "control_characters"
        elif needed and not found:
            self.wrong.setdefault(name, "missing")
        return found

    def lines(self, name: str, *, most: int = 30, longest: int = 200) -> tuple[str, ...]:
        """One entry a line; blank lines do not count."""
        lines = self._form.get(name, "").splitlines()
        found = tuple(kept for line in lines if (kept := self._typed(name, line, longest)))
        if len(found) > most:
            self.wrong[name] = "too_many_lines"
        return found

    def one_line(self, name: str, at: int, *, longest: int = 200) -> str:
        """The value at this place among several fields of one name; they may be empty."""
        values = self._form.getlist(name)
        return " ".join(self._typed(name, values[at], longest).split()) if at < len(values) else ""

    def number(self, name: str, low: int, high: int) -> int:
        found = self._form.get(name, "").strip()
        if not found:
            self.wrong[name] = "missing"
        elif not (found.isascii() and found.isdigit()):  # int() would take Thai digits
            self.wrong[name] = "not_a_number"
        elif len(found) > len(str(high)) or not low <= int(found) <= high:
            self.wrong[name] = "out_of_range"
        else:
            return int(found)
        return low

    def minutes(self, name: str, most: int) -> int:
        """Minutes as people write them, in seconds."""
        found = self._form.get(name, "").strip().replace(",", ".")
        if not MINUTES.fullmatch(found):
            self.wrong[name] = "not_a_number" if found else "missing"
        elif float(found) > most:
            self.wrong[name] = "out_of_range"
        else:
            return round(60 * float(found))
        return 0

    def clock(self, name: str, *, needed: bool = True) -> str:
        """A time of day as 08:30, also where somebody wrote 8.30; midnight where it is wrong."""
        found = self._form.get(name, "").strip().replace(".", ":")
        found = f"0{found}" if SHORT_CLOCK.fullmatch(found) else found
        if CLOCK.fullmatch(found):
            return found
        if found or needed:
            self.wrong[name] = "not_a_time" if found else "missing"
        return "" if not found and not needed else "00:00"

    def one_of(self, name: str, kind: type[Choice]) -> Choice:
        found = self._form.get(name, "")
        if found in set(kind):
            return kind(found)
        self.wrong[name] = "invalid"
        return next(iter(kind))

    def yes(self, name: str) -> bool:
        """Whether a box was ticked."""
        return name in self._form

    def ids(self, name: str) -> tuple[int, ...]:
        """Every chosen id."""
        return tuple(self._id(name, chosen) for chosen in self._form.getlist(name))

    def id(self, name: str) -> int | None:
        """The chosen id; None for "none of them"."""
        chosen = self._form.get(name, "")
        return self._id(name, chosen) if chosen else None

    def done(self) -> None:
        """Raises `BadField` with everything that is wrong."""
        if self.wrong:
            raise BadField(**self.wrong)

    def _typed(self, name: str, text: str, longest: int) -> str:
        try:
            return typed(name, text, longest)
        except BadField as mistake:
            self.wrong |= mistake.fields
            return ""

    def _id(self, name: str, chosen: str) -> int:
        if chosen.isascii() and chosen.isdigit() and int(chosen[:20]) <= LARGEST_ID:
            return int(chosen[:20])
        self.wrong[name] = "invalid"
        return 0


def comes_back(
    page: Callable[P, str | Response],
) -> Callable[[Callable[P, Response]], Callable[P, Response]]:
    """For a POST whose form had mistakes: `page`, its GET, is shown again with what was typed.

    The template's fields find the mistakes in `g.wrong` and the typed values in `g.typed`.
    """

    def around(post: Callable[P, Response]) -> Callable[P, Response]:
        @wraps(post)
        def posted(*args: P.args, **ids: P.kwargs) -> Response:
            try:
                return post(*args, **ids)
            except BadField as mistakes:
                g.typed, g.wrong = request.form, mistakes.fields
                shown = page(*args, **ids)
                return (
                    shown
                    if isinstance(shown, Response)
                    else Response(shown, 422, mimetype="text/html")
                )

        return posted

    return around
