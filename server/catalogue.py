"""Every visible word, from the message catalogues (gettext) beside each room.

A language that is only begun falls back to Thai, word by word.
"""

import gettext
from functools import cache
from pathlib import Path

LANGUAGES = ("th", "en")
FIRST = "th"
ROOMS = ("server", "kiosk", "display")
ROOT = Path(__file__).parent.parent


def _read(language: str) -> gettext.NullTranslations:
    merged = gettext.GNUTranslations()
    merged._catalog = {}  # type: ignore[attr-defined] # gettext's own name for what it looks up
    merged.plural = lambda n: int(n != 1)  # type: ignore[attr-defined] # asked for unknown words
    for room in ROOMS:
        for file in sorted((ROOT / room).rglob(f"words/{language}/LC_MESSAGES/messages.mo")):
            with file.open("rb") as compiled:
                merged._catalog.update(gettext.GNUTranslations(compiled)._catalog)  # type: ignore[attr-defined]
    return merged


@cache
def _all() -> dict[str, gettext.NullTranslations]:
    found = {language: _read(language) for language in LANGUAGES}
    for language, words in found.items():
        if language != FIRST:
            words.add_fallback(found[FIRST])
    return found


class Catalogue:
    """All words in all languages; read once in a process."""

    def __init__(self) -> None:
        self._read = _all()

    def say(self, message: str, language: str = FIRST, **facts: object) -> str:
        """The sentence named `message`, its gaps filled with `facts`."""
        found = self._read.get(language, self._read[FIRST]).gettext(message)
        return found % facts if facts else found

    def both(self, message: str, **facts: object) -> dict[str, str]:
        """The sentence in every language, as the API gives names and reasons."""
        return {language: self.say(message, language, **facts) for language in LANGUAGES}
