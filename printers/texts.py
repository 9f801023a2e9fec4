"""Makes any text fit to be typeset: what Sarabun can draw, cut and broken where Thai may be."""

import re
import unicodedata

# Latin, Thai, punctuation, currency, arrows. Scripts that run leftwards would leave the paper.
_SARABUN = re.compile(
    "[ -~\u00a0-\u036f\u0e01-\u0e5b\u1e00-\u1eff"
    "\u200b-\u200d\u2010-\u2027\u2030-\u205e\u20a0-\u20bf\u2190-\u2193]"
)
_GAPS = ("Cc", "Zl", "Zp", "Zs")


def clean(text: str) -> str:
    """One line of what Sarabun can draw; a box stands for any other character."""
    shown = (" " if unicodedata.category(c) in _GAPS else c for c in text)
    drawn = "".join(c if _SARABUN.fullmatch(c) else "\ufffd" for c in shown)
    return " ".join(_based(word) for word in drawn.split())


def cut(text: str, length: int) -> str:
    """At most `length` characters, and an ellipsis where some are missing."""
    while length and len(text) > length and not _may_break(text, length):
        length -= 1
    return text if len(text) <= length else text[:length] + "…"


def loosened(value: object) -> object:
    """Texts with leave to break within words, for those that no dictionary can break."""
    if isinstance(value, list):
        return [loosened(part) for part in value]
    if not isinstance(value, str):
        return value
    marks = ("\u200b" if _may_break(value, i) else "" for i in range(len(value)))
    return "".join(mark + c for mark, c in zip(marks, value, strict=True))


def _based(word: str) -> str:
    # A mark without a letter before it would hang out of the paper to the left.
    while word and (unicodedata.category(word[0]).startswith("M") or word[0] == "ำ"):
        word = word[1:]
    return word


def _may_break(text: str, at: int) -> bool:
    # Grapheme borders, near enough: marks and Thai vowels stay with the consonant they belong to.
    if at == 0:
        return False
    before, after = text[at - 1], text[at]
    return not (
        unicodedata.category(after).startswith(("M", "Cf", "Sk"))
        or after in "ะาำๅๆ"
        or before in "เแโใไ\u200d"
    )
