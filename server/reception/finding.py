"""Finds a service by what the visitor says: its names, papers and division, in both languages."""

import unicodedata
from dataclasses import dataclass

from server.domain.settings import Words
from server.domain.shown import Service

SHARED = 4  # letters in a row that two Thai words must share: they are written without spaces


@dataclass(frozen=True, slots=True)
class Findable:
    """A service with all the words it is found by, in lower case."""

    service: Service
    division: Words
    words: str

    @property
    def names(self) -> str:
        return plain(f"{self.service.name.th} {self.service.name.en}")


def findable(service: Service, division: Words) -> Findable:
    papers = service.papers
    documents = papers["documents"]
    forms = [word for form in papers["forms"] for word in (form["th"], form["en"])]
    parts = [service.name.th, service.name.en, *documents["th"], *documents["en"], *forms]
    return Findable(service, division, plain(" ".join([*parts, division.th, division.en])))


def matching(all_of_them: list[Findable], asked: str) -> list[Findable]:
    """Those that hold every word asked for; where none does, those whose name shares a part of it.

    Those with a hit in the name stand first.
    """
    words = plain(asked).split()
    whole = [one for one in all_of_them if all(word in one.words for word in words)]
    found = whole or [one for one in all_of_them if shares(one.names, words)]
    return sorted(found, key=lambda one: not all(word in one.names for word in words))


def shares(text: str, words: list[str]) -> bool:
    """Whether some word has `SHARED` letters in a row in common with the text."""
    runs = (word[at : at + SHARED] for word in words for at in range(len(word) - SHARED + 1))
    return any(run in text for run in runs)


def plain(text: str) -> str:
    """As it is compared: small letters, composed; never NFKC, which tears ำ apart."""
    return unicodedata.normalize("NFC", text.replace("ํา", "ำ").replace("เเ", "แ")).lower()
