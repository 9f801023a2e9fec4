"""When a ticket's survey may be answered, and what a phone is asked after the one tap."""

from dataclasses import dataclass
from enum import StrEnum

from server.domain.questionnaire import Aspect, Questionnaire
from server.domain.rating import SoFar
from server.domain.self_check import INDICATORS, NOTICE, CheckItem
from server.domain.settings import Words

REASONS, ABOUT, COMMENT = "reasons", "about", "comment"
CHECK = "check-"  # and the number of the indicator


class SurveyState(StrEnum):
    UNKNOWN = "unknown"
    LATER = "later"  # nothing of the visit was served yet
    OPEN = "open"
    ANSWERED = "answered"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class SurveyOpen:
    """A survey that may be answered, or was. Times are Unix ms."""

    questionnaire: Questionnaire
    service_id: int
    opened_at: int
    closes_at: int
    answered: bool


def survey_state(
    opened_at: int | None, closes_at: int | None, answered_at: int | None, now: int
) -> SurveyState:
    """Times are Unix ms; at `closes_at` itself it is still open."""
    if opened_at is None or closes_at is None:
        return SurveyState.LATER
    if now > closes_at:
        return SurveyState.CLOSED
    return SurveyState.OPEN if answered_at is None else SurveyState.ANSWERED


@dataclass(frozen=True, slots=True)
class Way:
    """One answer under way: which pages it is asked, and how far it has come.

    `key`: with it the phone adds to its answer; `passed`: pages that were sent.
    """

    key: str
    passed: tuple[str, ...]
    so_far: SoFar

    @property
    def pages(self) -> tuple[str, ...]:
        """Reasons after a low score, a page an aspect (1, 2 …), a page for the person, one for
        each part of the self-check, then the comment."""
        asked = self.so_far.questionnaire
        score = self.so_far.items.get(asked.one_tap.item, 0)
        low = score <= asked.one_tap.ask_reasons_up_to and asked.reason
        return (
            *([REASONS] if low else []),
            *(str(n) for n in range(1, len(asked.aspect) + 1)),
            *([ABOUT] if asked.demographic else []),
            *(f"{CHECK}{number}" for number, _ in asked.self_check.parts()),
            COMMENT,
        )

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

    def template(self, page: str) -> str:
        """What shows this page."""
        if page.startswith(CHECK):
            return "check"
        return "aspect" if page.isdecimal() else page

    def aspect(self, page: str) -> Aspect | None:
        aspects = self.so_far.questionnaire.aspect
        return aspects[int(page) - 1] if page in self.pages and page.isdecimal() else None

    def checks(self, page: str) -> tuple[Words, tuple[CheckItem, ...]]:
        """What a page of the self-check is about, and what it asks."""
        parts = self.so_far.questionnaire.self_check.parts()
        number, items = next(part for part in parts if f"{CHECK}{part[0]}" == page)
        return INDICATORS.get(number, NOTICE), items

    @property
    def notice(self) -> Words:
        """Stands on every page of the self-check."""
        return NOTICE
