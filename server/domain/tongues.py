"""Languages in which an office may ask beside Thai and English, which every page speaks."""

# ISO 639 → the language's own name, by which its readers find it. One more is one more line.
TONGUES = {
    "lo": "ລາວ",
    "my": "မြန်မာ",
    "km": "ខ្មែរ",
    "ms": "Bahasa Melayu",
    "vi": "Tiếng Việt",
    "zh": "中文",
    "ja": "日本語",
    "ru": "Русский",
}
THAI, ENGLISH = "th", "en"
EVERYWHERE = {THAI: "ภาษาไทย", ENGLISH: "English"}


def told(words: object, language: str) -> tuple[str, str]:
    """What `words` (with `th`, `en` and maybe more) say, and the language that it is in.

    As asked; where that is not there, in English, and else in Thai.
    """
    for tongue in () if language == THAI else (language, ENGLISH):
        if found := getattr(words, tongue, ""):
            return str(found), tongue
    return str(getattr(words, THAI)), THAI
