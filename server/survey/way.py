"""Which pages follow the one tap, and how far this phone has come.

The phone's session holds the key to its answer; what was given stands in the answer itself.
"""

from dataclasses import dataclass
from typing import Any

from flask import session

from server.domain.questionnaire import Aspect
from server.domain.rating import SoFar
from server.satisfaction import Satisfaction

REASONS, COMMENT = "reasons", "comment"
KEPT = "survey"  # in the session


@dataclass(frozen=True, slots=True)
class Way:
    """One answer under way. `passed`: pages that were sent."""

    key: str
    passed: tuple[str, ...]
    so_far: SoFar

    @property
    def pages(self) -> tuple[str, ...]:
        """Reasons after a low score, a page an aspect (1, 2 …), then the comment."""
        asked = self.so_far.questionnaire
        score = self.so_far.items.get(asked.one_tap.item, 0)
        low = score <= asked.one_tap.ask_reasons_up_to and asked.reason
        aspects = [str(n) for n in range(1, len(asked.aspect) + 1)]
        return (*([REASONS] if low else []), *aspects, COMMENT)

    @property
    def next(self) -> str | None:
        """The first page that was not sent; None when all were."""
        return next((page for page in self.pages if page not in self.passed), None)

    def before(self, page: str) -> str | None:
        """Where its button "back" leads: to a page of scores, never to the reasons."""
        at = self.pages.index(page)
        return self.pages[at - 1] if at and self.pages[at - 1] != REASONS else None

    def after(self, page: str) -> str | None:
        at = self.pages.index(page)
        return self.pages[at + 1] if at + 1 < len(self.pages) else None

    def shows(self, page: str) -> bool:
        """Whether the page is one of these, and not the reasons again."""
        return page in self.pages and not (page == REASONS and page in self.passed)

    def aspect(self, page: str) -> Aspect | None:
        aspects = self.so_far.questionnaire.aspect
        return aspects[int(page) - 1] if page in self.pages and page.isdecimal() else None


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
