"""Every visible word is there in Thai and English, with the same gaps."""

import ast
import re
from collections.abc import Iterator
from copy import copy
from gettext import GNUTranslations
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from server.catalogue import LANGUAGES, Catalogue
from server.domain.order import Priority
from server.domain.refusals import BadField, Refusal
from server.domain.ticket import Outcome, SlipState, State, Verb
from server.domain.why import Rule
from server.web import STATUS

ROOT = Path(__file__).parent.parent
ROOMS = ("server", "kiosk", "display")
GAP = re.compile(r"%\((\w+)\)s")
NAME = r"[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)+"
ENUMS = {"state": State, "outcome": Outcome, "verb": Verb, "priority": Priority, "slip": SlipState}


def sources(pattern: str) -> list[Path]:
    return [file for room in ROOMS for file in sorted((ROOT / room).rglob(pattern))]


def catalogue(language: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for file in sources(f"words/{language}/LC_MESSAGES/messages.po"):
        for message in read_po(file.open("rb")):
            if message.id:
                assert message.id not in found, f"{message.id} stands in two catalogues"
                found[str(message.id)] = str(message.string)
    return found


@pytest.fixture(scope="module")
def words() -> dict[str, dict[str, str]]:
    return {language: catalogue(language) for language in LANGUAGES}


# ---------------------------------------------------------------- what the code says


def said_in_templates() -> Iterator[tuple[str, str]]:
    """Names in `_('…')`, `say('…')`; also `say('state.' ~ …)` as `state.`"""
    for file in sources("*.html"):
        for name in re.findall(r"""\b(?:_|say)\(\s*["']([^"']+)["']""", file.read_text("utf-8")):
            yield name, str(file.relative_to(ROOT))


def said_in_python() -> Iterator[tuple[str, str]]:
    for file in sources("*.py"):
        where = str(file.relative_to(ROOT))
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                yield from ((name, where) for name in _said(node))


def _said(call: ast.Call) -> Iterator[str]:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    name = call.func.id if isinstance(call.func, ast.Name) else name
    first = call.args[0] if call.args else None
    if name in ("say", "both") and isinstance(first, ast.Constant):
        yield str(first.value)
    if name in {kind.__name__ for kind in _refusals()} and isinstance(first, ast.Constant):
        yield f"refusal.{first.value!s}"
    if name == BadField.__name__:
        for keyword in call.keywords:
            values = [keyword.value]
            if keyword.arg is None and isinstance(keyword.value, ast.Dict):
                values = keyword.value.values
            for value in values:
                if isinstance(value, ast.Constant):
                    yield f"field.{value.value!s}"


def _refusals() -> list[type[Refusal]]:
    return [kind for kind in Refusal.__subclasses__() if kind is not BadField]


SAID = sorted({*said_in_templates(), *said_in_python()})


def test_something_was_found_to_check() -> None:
    names = {name for name, _ in SAID}
    assert {"common.sign_out", "refusal.counter_busy", "field.password_length"} <= names


def test_every_word_that_is_said_is_there_in_thai_and_english(
    words: dict[str, dict[str, str]],
) -> None:
    missing = [
        f"{name} ({language}; said in {where})"
        for name, where in SAID
        if re.fullmatch(NAME, name)
        for language in LANGUAGES
        if not words[language].get(name)
    ]
    assert missing == []


def test_a_name_put_together_has_words_for_what_it_may_become(
    words: dict[str, dict[str, str]],
) -> None:
    begun = {name for name, _ in SAID if name.endswith(".")}
    for name in begun:
        for language in LANGUAGES:
            assert any(word.startswith(name) for word in words[language]), f"nothing begins {name}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_state_reason_and_status_has_its_word(
    words: dict[str, dict[str, str]], language: str
) -> None:
    wanted = {f"{kind}.{value}" for kind, enum in ENUMS.items() for value in enum}
    wanted |= {f"why.{rule}" for rule in Rule} | {"why.out_of_order_before"}
    wanted |= {f"http.{status}" for status in {*STATUS.values(), 400, 405, 413, 415, 500, 503}}
    assert wanted - set(words[language]) == set()


def test_both_languages_have_the_same_names_and_gaps(words: dict[str, dict[str, str]]) -> None:
    thai, english = words["th"], words["en"]
    assert set(thai) == set(english)
    for name in thai:
        assert set(GAP.findall(thai[name])) == set(GAP.findall(english[name])), name
        for text in (thai[name], english[name]):
            assert text.strip(), f"{name} is empty"
            if GAP.search(text):
                assert "%" not in GAP.sub("", text).replace("%%", ""), f"{name}: a lone %"


def test_thai_is_thai_and_english_is_not(words: dict[str, dict[str, str]]) -> None:
    for name, text in words["th"].items():
        plain = GAP.sub("", text)
        assert re.search("[ก-๙]", plain) or not re.search("[a-z]{4}", plain) or _kept(name), name
    for name, text in words["en"].items():
        assert not re.search("[ก-๙]", text) or _kept(name), name


def _kept(name: str) -> bool:
    """Names of languages are written in the language itself."""
    return "language" in name or name.endswith((".th", ".en", ".thai", ".english"))


# ---------------------------------------------------------------- what the catalogue does


def test_a_word_that_a_language_lacks_falls_back_to_thai(
    words: dict[str, dict[str, str]],
) -> None:
    catalogue = Catalogue()
    lacks = copy(catalogue._read["en"])
    assert isinstance(lacks, GNUTranslations)
    known = lacks._catalog  # type: ignore[attr-defined] # gettext's own
    lacks._catalog = {name: known[name] for name in known if name != "common.save"}  # type: ignore[attr-defined]
    catalogue._read = {**catalogue._read, "en": lacks}  # as if only begun
    assert catalogue.say("common.save", "en") == words["th"]["common.save"]
    assert catalogue.say("common.cancel", "en") == words["en"]["common.cancel"]


def test_an_unknown_language_is_thai_and_an_unknown_word_is_itself() -> None:
    catalogue = Catalogue()
    assert catalogue.say("common.save", "lo") == catalogue.say("common.save", "th")
    assert catalogue.say("no.such.word", "en") == "no.such.word"


def test_gaps_are_filled() -> None:
    assert Catalogue().say("wait.range", "en", low=5, high=10) == "5–10 min"


def test_catalogues_are_built_from_these_files(words: dict[str, dict[str, str]]) -> None:
    catalogue = Catalogue()
    for language in LANGUAGES:
        for name, text in words[language].items():
            assert catalogue.say(name, language) == text
