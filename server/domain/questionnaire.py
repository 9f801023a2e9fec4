"""What residents are asked. A questionnaire that was answered is never changed, only followed."""

from functools import lru_cache

from pydantic import Field

from server.domain.settings import Coded, Part, Words

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
    code: str
    version: int = 1
    title: Words
    intro: Words = Words(th="", en="")
    comment: Words = Words(th="", en="")
    thanks: Words = Words(th="", en="")
    levels: tuple[Level, ...]
    one_tap: OneTap
    aspect: tuple[Aspect, ...] = ()
    reason: tuple[Reason, ...] = ()
    demographic: tuple[Demographic, ...] = ()

    def aspect_of(self, item: str) -> str | None:
        """The aspect an item belongs to; None for an item this questionnaire does not ask."""
        if item == self.one_tap.item:
            return OVERALL
        for aspect in self.aspect:
            if any(asked.code == item for asked in aspect.items):
                return aspect.code
        return None

    @classmethod
    @lru_cache(maxsize=64)
    def read(cls, text: str) -> "Questionnaire":
        return cls.model_validate_json(text)
