"""Searching Thai text: every word wanted is somewhere in what is `plain` of it, however typed.

Thai has no blanks between words, so a word is found inside others, and a blank that somebody typed
beside Thai letters, before ๆ or a number, is none.
"""

import re
import unicodedata

from server.domain.typed import thai_repaired

_ARABIC = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
_UNSEEN = dict.fromkeys((0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF))  # zero-width
_BLANK_BY_THAI = re.compile("(?<=[\u0e01-\u0e4e]) | (?=[\u0e01-\u0e4e])")


def plain(text: str) -> str:
    """The text as it is compared, and kept for it: marks in one order, one kind of digits, no case,
    no blanks beside Thai letters."""
    ordered = unicodedata.normalize("NFC", text.translate(_UNSEEN))  # never NFKC: it tears ำ apart
    words = " ".join(thai_repaired(ordered).translate(_ARABIC).casefold().split())
    return _BLANK_BY_THAI.sub("", words)


def wanted(text: str) -> list[str]:
    """The words of a search: those with a blank between, each by itself."""
    return list(dict.fromkeys(plain(word) for word in text.translate(_UNSEEN).split()))
