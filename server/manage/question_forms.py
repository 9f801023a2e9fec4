"""The questionnaire as a form: rows of the same fields, one a language, a few
of them empty for what is new.

A row without words is left out of the questionnaire; a row without a code is new and is given one
that no version has used. What the form does not show (levels, the tap's item) stays as it was.
"""

from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import ImmutableMultiDict

from server.domain.questionnaire import (
    Aspect,
    Demographic,
    Level,
    OneTap,
    Questionnaire,
    Reason,
    codes_of,
    fresh_code,
)
from server.domain.self_check import ITEMS, CheckItem, SelfCheck
from server.domain.settings import Coded, Words
from server.domain.tongues import ENGLISH, TONGUES
from server.sheet import Sheet

Form = ImmutableMultiDict[str, str]
SPARE, SPARE_OPTIONS = 2, 1  # empty rows below those there are
NEW = "new"  # in the place of a code: one more question about the person
NEW_OPTIONS = 4
LEAST_OPTIONS = 2
MOST_ROWS = 30
LONGEST = 200
MOST_TONGUES = 4  # beside Thai and English


@dataclass(frozen=True, slots=True)
class Rows:
    """What the form shows: rows of a code and its words by the name of their fields."""

    items: dict[str, list[Coded]]
    reasons: list[Reason]
    options: dict[str, list[Coded]]
    about: list[tuple[str, Words]]
    checks: tuple[CheckItem, ...]
    asked_checks: frozenset[str]


CHECKED = {"code", "indicator", "yes_no", "reverse"}  # of an item, beside its words
NOTHING = Words(th="", en="")
EMPTY = Coded(code="", th="", en="")


def rows_of(asked: Questionnaire) -> Rows:
    kept = {item.code: item for item in asked.self_check.item}
    return Rows(
        items={part.code: [*part.items, *[EMPTY] * SPARE] for part in asked.aspect},
        reasons=[*asked.reason, *[Reason(code="", text=NOTHING)] * SPARE],
        options={one.code: [*one.options, *[EMPTY] * SPARE_OPTIONS] for one in asked.demographic}
        | {NEW: [EMPTY] * NEW_OPTIONS},
        about=[*((one.code, one.text) for one in asked.demographic), (NEW, NOTHING)],
        checks=tuple(kept.get(item.code, item) for item in ITEMS),
        asked_checks=frozenset(kept),
    )


def questionnaire(form: Form, old: Questionnaire, taken: set[str]) -> Questionnaire:
    """The draft that the form describes; `taken`: codes that any version has used.

    Raises `BadField` with everything that is wrong.
    """
    reading = _Reading(form, old, taken)
    read = reading.all()
    reading.sheet.done()
    return Questionnaire.model_validate_json(read.model_dump_json())


class _Reading:
    def __init__(self, form: Form, old: Questionnaire, taken: set[str]) -> None:
        self.sheet = Sheet(form)
        self._form, self._old = form, old
        self._languages = tuple(code for code in TONGUES if code in form.getlist("language"))
        self._taken = taken | codes_of(old) | {item.code for item in ITEMS}
        self._left = {  # codes that a row of the form may still bring
            "item": {item.code for part in old.aspect for item in part.items},
            "reason": {reason.code for reason in old.reason},
        }
        for one in old.demographic:
            self._left[f"option-{one.code}"] = {option.code for option in one.options}

    def all(self) -> Questionnaire:
        tap = self._old.one_tap
        if len(self._languages) > MOST_TONGUES:
            self.sheet.wrong["language"] = "too_many_languages"
        changed: dict[str, Any] = {
            "languages": self._languages,
            "levels": tuple(self._level(one) for one in self._old.levels),
            "title": self._words("title"),
            "intro": self._words("intro", needed=False),
            "comment": self._words("comment"),
            "thanks": self._words("thanks"),
            "one_tap": OneTap(
                item=tap.item,
                question=self._words("tap"),
                ask_reasons_up_to=self.sheet.number("ask_reasons_up_to", 0, 4),
                reset_seconds=tap.reset_seconds,
            ),
            "aspect": tuple(self._aspect(one) for one in self._old.aspect),
            "reason": self._reasons(),
            "demographic": self._demographics(),
            "self_check": self._self_check(),
        }
        if not changed["reason"] and changed["one_tap"].ask_reasons_up_to:
            self.sheet.wrong["reason_th"] = "missing"
        return self._old.model_copy(update=changed)

    def _words(self, name: str, *, needed: bool = True) -> Words:
        th = self.sheet.text(f"{name}_th", most=LONGEST, needed=needed)
        en = self.sheet.text(f"{name}_en", most=LONGEST, needed=False)
        return Words(th=th, en=en, **self._more(name))

    def _more(self, name: str) -> dict[str, str]:
        """What is typed in the further languages."""
        typed = {
            code: self.sheet.text(f"{name}_{code}", most=LONGEST, needed=False)
            for code in self._languages
        }
        return {code: text for code, text in typed.items() if text}

    def _level(self, old: Level) -> Level:
        """Its Thai and English words are those of every version, so that answers compare."""
        more = self._more(f"level-{old.score}")
        return Level(score=old.score, th=old.th, en=old.en, **more)

    def _aspect(self, old: Aspect) -> Aspect:
        name = self._words(f"aspect-{old.code}")
        items = self._coded(f"item-{old.code}", old.code[:1])
        return Aspect(code=old.code, name=name, items=tuple(one for _, one in items))

    def _reasons(self) -> tuple[Reason, ...]:
        aspects = {"", *(one.code for one in self._old.aspect)}
        found = []
        for at, words in self._coded("reason", "r"):
            aspect = self.sheet.one_line("reason_aspect", at)
            if aspect not in aspects:
                self.sheet.wrong["reason_th"] = "invalid"
            kind = self.sheet.one_line("reason_kind", at)
            text = Words(**words.model_dump(exclude={"code"}))
            protected = kind == "protected"
            found.append(Reason(code=words.code, text=text, aspect=aspect, protected=protected))
        return tuple(found)

    def _demographics(self) -> tuple[Demographic, ...]:
        found = []
        for code in (*(one.code for one in self._old.demographic), NEW):
            text = self._words(f"about-{code}", needed=False)
            options = tuple(one for _, one in self._coded(f"option-{code}", "o"))
            if not text.th and not options:
                continue
            if not text.th or len(options) < LEAST_OPTIONS:
                self.sheet.wrong[f"about-{code}_th"] = "needs_question_and_options"
            own = self._fresh("d") if code == NEW else code
            found.append(Demographic(code=own, text=text, options=options))
        return tuple(found)

    def _self_check(self) -> SelfCheck:
        wanted = self._form.getlist("check")
        kept = {item.code: item for item in (*ITEMS, *self._old.self_check.item)}
        asked = [kept[item.code] for item in ITEMS if item.code in wanted]
        items = tuple(
            CheckItem(
                **one.model_dump(include=CHECKED), **self._words(f"check-{one.code}").model_dump()
            )
            for one in asked
        )
        on = self.sheet.yes("self_check")
        if on and not items:
            self.sheet.wrong["self_check"] = "missing"
        return SelfCheck(on=on, as_official=self.sheet.yes("as_official"), item=items)

    def _coded(self, name: str, stem: str) -> list[tuple[int, Coded]]:
        """Rows that have words, with their place among the fields."""
        found = []
        for at in range(min(len(self._form.getlist(f"{name}_th")), MOST_ROWS)):
            others = {
                code: self.sheet.one_line(f"{name}_{code}", at)
                for code in (ENGLISH, *self._languages)
            }
            th, en = self.sheet.one_line(f"{name}_th", at), others.pop(ENGLISH)
            more = {code: text for code, text in others.items() if text}
            if (en or more) and not th:
                self.sheet.wrong[f"{name}_th"] = "needs_thai"
            if th:
                coded = Coded(code=self._code(name, at, stem), th=th, en=en, **more)
                found.append((at, coded))
        return found

    def _code(self, name: str, at: int, stem: str) -> str:
        """The row's own, where it is one of its kind that no row before had; else a new one."""
        code = self.sheet.one_line(f"{name}_code", at)
        left = self._left.get("item" if name.startswith("item-") else name, set())
        if code not in left:
            return self._fresh(stem)
        left.remove(code)
        return code

    def _fresh(self, stem: str) -> str:
        code = fresh_code(stem, self._taken)
        self._taken.add(code)
        return code
