"""Text that people typed: what is refused of it and what is put right."""

import re
import unicodedata

from server.domain.refusals import BadField

KEPT_CONTROLS = "\n\t"
UNSTORABLE = ("Cc", "Cs")  # control characters and halves of surrogate pairs

# Keyboards and PDFs write ำ and แ as two characters, and a tone mark behind ำ. Never NFKC: it
# tears ำ apart.
_SPLIT_AM = re.compile("\u0e4d([\u0e48-\u0e4b]?)\u0e32")
_TONE_BEFORE_NIKHAHIT = re.compile("([\u0e48-\u0e4b])\u0e4d\u0e32")
_TONE_BEHIND_AM = re.compile("\u0e33([\u0e48-\u0e4b])")
_TWO_E = "\u0e40\u0e40"


def typed(field: str, text: str, longest: int) -> str:
    """The text as it is kept, without blanks around it. Raises `BadField` for `field`."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if len(text) > longest:
        raise BadField(**{field: "too_long"})
    if any(unicodedata.category(c) in UNSTORABLE and c not in KEPT_CONTROLS for c in text):
        raise BadField(**{field: "control_characters"})
    return thai_repaired(text)


def thai_repaired(text: str) -> str:
    """ํ + า are ำ, เ + เ are แ, and a tone mark stands before ำ; nothing else is touched."""
    text = _SPLIT_AM.sub("\\1\u0e33", text)
    text = _TONE_BEFORE_NIKHAHIT.sub("\\1\u0e33", text)
    text = _TONE_BEHIND_AM.sub("\\1\u0e33", text)
    return text.replace(_TWO_E, "\u0e41")
