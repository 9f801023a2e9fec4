"""Searching Thai text: every word asked for is somewhere in it, however it was typed.

Thai has no blanks between words, so a word is found inside others.
"""

import unicodedata

from server.domain.typed import thai_repaired

_ARABIC = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
_UNSEEN = dict.fromkeys((0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF))  # zero-width


def plain(text: str) -> str:
    """The text as it is compared: marks in one order, one kind of digits, no case, one blank."""
    ordered = unicodedata.normalize("NFC", text.translate(_UNSEEN))  # never NFKC: it tears ำ apart
    return " ".join(thai_repaired(ordered).translate(_ARABIC).casefold().split())


def wanted(text: str) -> list[str]:
    """The words of a search."""
    return plain(text).split()


def holds(text: str, words: list[str]) -> bool:
    """Whether all of `wanted` words are in the text."""
    compared = plain(text)
    return all(word in compared for word in words)
