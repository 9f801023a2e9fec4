"""Small voice packs for tests: every phrase a short tone of a length that no other has."""

import array
import json
import math
import wave
from collections.abc import Iterable
from pathlib import Path
from string import ascii_uppercase

from server.domain.settings import Voice
from server.domain.voice import LANGUAGES, phrases
from tests.office import Office

RATE = 48_000
STEP = 12  # samples by which two phrases differ
SHORTEST = 96
HZ = 2_000


def all_phrases() -> list[tuple[str, str]]:
    """(language, phrase id) of all there are, in the order of their lengths."""
    signs = ascii_uppercase
    return [(one, phrase) for one in LANGUAGES for phrase in phrases(one, signs, Voice())]


def length_s(language: str, phrase: str) -> float:
    return (SHORTEST + STEP * all_phrases().index((language, phrase))) / RATE


def phrase_of(length_s: float) -> tuple[str, str]:
    """The (language, phrase id) that lasts so long; whatever rate the browser plays at."""
    return all_phrases()[round((length_s * RATE - SHORTEST) / STEP)]


def make_pack(office: Office, name: str = "tones", languages: Iterable[str] = ("th",)) -> Path:
    """The folder of a new pack that has every phrase of these languages."""
    slug = office.reads.settings().office.slug
    folder = office.data / "voices" / slug / name
    named: dict[str, dict[str, str]] = {one: {} for one in languages}
    for language, phrase in all_phrases():
        if language in named:
            named[language][phrase] = f"{language}/{phrase}.wav"
            _write_tone(folder / named[language][phrase], length_s(language, phrase))
    told = {"format": 1, "name": name, "speaker": "female", "phrases": named}
    (folder / "manifest.json").write_text(json.dumps(told), "utf-8")
    return folder


def _write_tone(file: Path, lasts_s: float) -> None:
    samples = round(lasts_s * RATE)
    tone = (round(20_000 * math.sin(2 * math.pi * HZ * n / RATE)) for n in range(samples))
    file.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(file), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(RATE)
        sound.writeframes(array.array("h", tone).tobytes())
