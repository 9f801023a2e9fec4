"""A paper form as staff type it in, and what of it is accepted."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from server.domain.questionnaire import Questionnaire
from server.domain.rating import check_items, comment_of, sorted_out
from server.domain.refusals import BadField

OLDEST_DAYS = 60  # of a form that is still typed in
MANY = 5  # items answered, from which two forms alike are hardly two people


@dataclass(frozen=True, slots=True)
class Transcript:
    """`items`: item → score; `about`: what was asked of the person → the option chosen."""

    service_id: int
    items: dict[str, int] = field(default_factory=dict)
    about: dict[str, str] = field(default_factory=dict)
    reasons: tuple[str, ...] = ()
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Batch:
    """Forms of one day typed in together. `wrong`: how many of them carry a flag."""

    id: int
    at: int
    actor: str
    day: str
    forms: int
    wrong: int


@dataclass(frozen=True, slots=True)
class Form:
    """A form as it stands. `number`: its place in the batch, which staff write on the paper."""

    id: int
    number: int
    batch_id: int
    questionnaire_id: int
    flag: str | None
    said: Transcript


def check_day(day: date, today: date) -> None:
    """On which the forms were filled in. Raises `BadField`."""
    if day > today:
        raise BadField(day="in_the_future")
    if day < today - timedelta(days=OLDEST_DAYS):
        raise BadField(day="too_long_ago")


def accepted(asked: Questionnaire, typed: Transcript) -> tuple[Transcript, list[str]]:
    """The form as it is kept, and its protected reasons, which are kept elsewhere.

    Raises `BadField`: what was not asked, a score that is none, a form without anything said.
    """
    check_items(asked, typed.items)
    options = {one.code: {option.code for option in one.options} for one in asked.demographic}
    for code, option in typed.about.items():
        if option not in options.get(code, ()):
            raise BadField(**{f"about.{code}": "unknown_item"})
    reasons, protected = sorted_out(asked, typed.reasons)
    comment = comment_of(typed.comment) or ""
    if not typed.items and not comment:
        raise BadField(answers="missing")
    kept = Transcript(typed.service_id, typed.items, typed.about, tuple(reasons), comment)
    return kept, protected


def tells_apart(typed: Transcript) -> bool:
    """Whether two such forms would hardly be two people: many are all fives and nothing else."""
    return bool(typed.comment) or (len(typed.items) >= MANY and len(set(typed.items.values())) > 1)


def alike(typed: Transcript, others: Iterable[Form]) -> list[Form]:
    """Those of the other forms that say exactly the same."""
    return [other for other in others if other.said == typed] if tells_apart(typed) else []
