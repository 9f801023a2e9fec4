"""What residents are asked. A questionnaire that was answered is never changed, only followed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from itertools import count

from pydantic import Field, field_validator

from server.domain.self_check import SELF_CHECK, SelfCheck
from server.domain.settings import Coded, Part, Words
from server.domain.tongues import EVERYWHERE, TONGUES

OVERALL = "overall"  # the aspect of the one tap


class Level(Words):
    score: int = Field(ge=1, le=5)


class OneTap(Part):
    item: str = OVERALL
    question: Words
    ask_reasons_up_to: int = Field(2, ge=0, le=5)
    reset_seconds: int = 8


class Aspect(Part):
    code: str
    name: Words
    items: tuple[Coded, ...]


class Reason(Part):
    code: str
    text: Words
    aspect: str = ""
    protected: bool = False  # goes to the protected complaint list, shown on no dashboard


class Demographic(Part):
    code: str
    text: Words
    options: tuple[Coded, ...]


class Questionnaire(Part):
    """`languages`: beside Thai and English, as the office writes them."""

    code: str
    version: int = 1
    languages: tuple[str, ...] = ()
    title: Words
    intro: Words = Words(th="", en="")
    comment: Words = Words(th="", en="")
    thanks: Words = Words(th="", en="")
    levels: tuple[Level, ...]
    one_tap: OneTap
    aspect: tuple[Aspect, ...] = ()
    reason: tuple[Reason, ...] = ()
    demographic: tuple[Demographic, ...] = ()
    self_check: SelfCheck = SelfCheck()

    @field_validator("languages")
    @classmethod
    def _known(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        if unknown := set(given) - TONGUES.keys():
            raise ValueError(f"no such language: {', '.join(sorted(unknown))}")
        return given

    @property
    def offered(self) -> tuple[str, ...]:
        """Its further languages in which anything is written yet."""
        written = set[str]().union(*(one.more for one in words_of(self)))
        return tuple(one for one in self.languages if one in written)

    @property
    def spoken(self) -> tuple[tuple[str, str], ...]:
        """Every language that it may be read in, with the language's own name."""
        further = ((code, TONGUES[code]) for code in self.offered)
        return (*EVERYWHERE.items(), *further)

    def aspect_of(self, item: str) -> str | None:
        """The aspect an item belongs to; None for an item this questionnaire does not ask."""
        if item == self.one_tap.item:
            return OVERALL
        for aspect in self.aspect:
            if any(asked.code == item for asked in aspect.items):
                return aspect.code
        return SELF_CHECK if self.self_check.asks(item) else None

    @classmethod
    @lru_cache(maxsize=64)
    def read(cls, text: str) -> "Questionnaire":
        return cls.model_validate_json(text)


@dataclass(frozen=True, slots=True)
class Version:
    """A questionnaire as it is, was or will be asked. Times are Unix ms.

    `asked_from`: None for a draft, and for the one the office began with. `who`: the caller that
    wrote it, as the audit list has it.
    """

    id: int
    number: int
    asked: Questionnaire
    draft: bool
    created_at: int | None
    asked_from: int | None
    who: str | None

    @property
    def mark(self) -> str:
        """Tells whether somebody changed it since it was looked at."""
        return sha256(self.asked.model_dump_json().encode()).hexdigest()[:16]


def asked_between(versions: Iterable[Version], start_at: int, end_at: int) -> list[Version]:
    """Those that somebody was asked between these moments (the end not included), oldest first."""
    published = sorted((one for one in versions if not one.draft), key=lambda one: one.number)
    ends = [*(one.asked_from or 0 for one in published[1:]), None]
    return [
        one
        for one, until in zip(published, ends, strict=True)
        if (one.asked_from or 0) < end_at and (until is None or until > start_at)
    ]


def words_of(asked: Questionnaire) -> Iterator[Words]:
    """Everything that a resident reads of it."""
    yield from (asked.title, asked.intro, asked.comment, asked.thanks, asked.one_tap.question)
    yield from asked.levels
    for aspect in asked.aspect:
        yield from (aspect.name, *aspect.items)
    yield from (reason.text for reason in asked.reason)
    for one in asked.demographic:
        yield from (one.text, *one.options)
    yield from asked.self_check.item


def codes_of(questionnaire: Questionnaire) -> set[str]:
    """Every code that stands for a question or an answer in it."""
    items = {item.code for aspect in questionnaire.aspect for item in aspect.items}
    options = {option.code for one in questionnaire.demographic for option in one.options}
    reasons = {reason.code for reason in questionnaire.reason}
    about = {one.code for one in questionnaire.demographic}
    checks = {item.code for item in questionnaire.self_check.item}
    return {questionnaire.one_tap.item} | items | options | reasons | about | checks


def fresh_code(stem: str, taken: set[str]) -> str:
    """A code that no version has used: an old answer never comes to mean a new question."""
    return next(code for n in count(1) if (code := f"{stem}{n}") not in taken)
