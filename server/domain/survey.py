"""When a ticket's survey may be answered."""

from dataclasses import dataclass
from enum import StrEnum

from server.domain.questionnaire import Questionnaire


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
