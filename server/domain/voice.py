"""What is said when a number is called: the phrases a voice must have, and their order.

A number is read sign by sign (thai-office: สอง, never สิบสอง), so a few dozen phrases say any call.
`server/static/js/sentence.js` puts them in the same order on the screen.
"""

from collections.abc import Iterable, Mapping
from string import ascii_uppercase

from server.domain.settings import Voice

DIGITS = {
    "th": ("ศูนย์", "หนึ่ง", "สอง", "สาม", "สี่", "ห้า", "หก", "เจ็ด", "แปด", "เก้า"),
    "en": ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
}
_THAI_LETTERS = (
    *("เอ", "บี", "ซี", "ดี", "อี", "เอฟ", "จี", "เอช", "ไอ", "เจ", "เค", "แอล", "เอ็ม", "เอ็น"),
    *("โอ", "พี", "คิว", "อาร์", "เอส", "ที", "ยู", "วี", "ดับเบิลยู", "เอ็กซ์", "วาย", "แซด"),
)
LETTERS = {
    "th": dict(zip(ascii_uppercase, _THAI_LETTERS, strict=True)),
    "en": {letter: letter for letter in ascii_uppercase},
}
INVITE = {"th": "ขอเชิญหมายเลข", "en": "Number"}
COUNTER = {"th": "ที่ช่องบริการ", "en": "please go to counter"}
POLITE = {"female": "ค่ะ", "male": "ครับ"}
LANGUAGES = ("th", "en")


def phrases(language: str, signs: Iterable[str], voice: Voice) -> Mapping[str, str]:
    """Phrase id → the words to speak, of all that calls made of `signs` need.

    Ids: `invite`, `counter`, `polite` (Thai only), `digit-0` … `digit-9`, `letter-a` … `letter-z`.
    """
    digits = list(DIGITS[language])
    if language == "th":
        digits[2] = voice.two_as or digits[2]
    told = {"invite": INVITE[language]}
    told |= {f"digit-{place}": words for place, words in enumerate(digits)}
    for sign in sorted({sign.upper() for sign in signs}):
        if sign in LETTERS[language]:
            told[f"letter-{sign.lower()}"] = LETTERS[language][sign]
    told["counter"] = COUNTER[language]
    if language == "th":
        told["polite"] = POLITE[voice.gender]
    return told


def sentence(language: str, number: str, counter: str) -> tuple[str, ...]:
    """The phrase ids of one call, in order."""
    end = ("polite",) if language == "th" else ()
    return ("invite", *_signs(number), "counter", *_signs(counter), *end)


def _signs(text: str) -> tuple[str, ...]:
    said = []
    for sign in text.upper():
        if sign in "0123456789":
            said.append(f"digit-{sign}")
        elif "A" <= sign <= "Z":
            said.append(f"letter-{sign.lower()}")
    return tuple(said)
