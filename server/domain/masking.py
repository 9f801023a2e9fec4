"""What of a comment nobody else may read: found by its form, or marked by staff as a name."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from server.domain.refusals import BadField

ID_DIGITS = 13
LONG_DIGITS = 9  # as many may be a telephone, an account or a case that leads to somebody
PHONE, ID_CARD, EMAIL, NUMBER, NAME = "phone", "id_card", "email", "number", "name"
KINDS = (PHONE, ID_CARD, EMAIL, NUMBER, NAME)

_ARABIC = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")  # same length: places stay
_GAP = "[\\s.()\\-\u2010-\u2015/]{0,3}"
# Digits as people write them: in groups, with blanks, hyphens, dots or brackets between.
_DIGITS = re.compile(rf"(?<![0-9])\+?(?:[0-9]{_GAP})*[0-9]")
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
# A mobile number (06, 08, 09; ten digits) or a landline (02–07; nine), also with the country's
# code and with or without the 0 after it.
_PHONE = re.compile(r"(?:0|\+?66|0066)0?(?:[689][0-9]{8}|[2-7][0-9]{7})")
_MARKS = "[\u0e31-\u0e3a\u0e47-\u0e4e]*"  # vowels and tones that sit on the letter before
_TITLES = re.compile(
    r"(?:นางสาว|น\.ส\.|นาย(?!ก|ทะเบียน|อำเภอ|ช่าง|หน้า)|นาง|ด\.ช\.|ด\.ญ\.|เด็กชาย|เด็กหญิง|คุณ(?!ภาพ|สมบัติ|ค่า|ธรรม)"
    r"|\b(?:Mr|Mrs|Ms|Miss)\b\.?)\s?[^\s,.]{2,}"
)


@dataclass(frozen=True, slots=True)
class Hidden:
    """Characters `first` to before `end` of a comment."""

    first: int
    end: int
    kind: str


def is_id_card(digits: str) -> bool:
    """Whether 13 digits are a Thai identity number: the last one checks the others (mod 11)."""
    if len(digits) != ID_DIGITS or not digits.isascii() or not digits.isdigit():
        return False
    weighted = sum(int(digit) * (ID_DIGITS - at) for at, digit in enumerate(digits[:-1]))
    return (11 - weighted % 11) % 10 == int(digits[-1])


def found(text: str) -> list[Hidden]:
    """Telephone and identity numbers, other long numbers, e-mail addresses; in their order."""
    arabic = text.translate(_ARABIC)
    mails = [Hidden(*hit.span(), EMAIL) for hit in _EMAIL.finditer(arabic)]
    numbers: list[Hidden] = []
    for hit in _DIGITS.finditer(arabic):
        numbers += _numbers(hit[0], hit.start())
    inside = [(mail.first, mail.end) for mail in mails]
    apart = [n for n in numbers if not any(a < n.end and n.first < b for a, b in inside)]
    return sorted([*mails, *apart], key=lambda hidden: hidden.first)


def _numbers(run: str, start: int) -> list[Hidden]:
    """What one run of digits and gaps holds: one number in groups, or several beside another."""
    groups = list(re.finditer(r"\+?[0-9]+", run))
    places, at = [], 0
    while at < len(groups):
        ends = range(len(groups), at, -1)  # the longest that has a name
        known = next((e for e in ends if _kind("".join(g[0] for g in groups[at:e]))), None)
        if known is None:
            at += 1
            continue
        kind = _kind("".join(group[0] for group in groups[at:known])) or NUMBER
        places.append(Hidden(start + groups[at].start(), start + groups[known - 1].end(), kind))
        at = known
    return places or _long_ones(run, start)


def _long_ones(run: str, start: int) -> list[Hidden]:
    """Long numbers of no known form: in hyphens or dots, and in blanks where no date stands."""
    pieces = r"[0-9]+(?:[-.][0-9]+)*" if re.search(r"[./]", run) else r".+"
    return [
        Hidden(start + hit.start(), start + hit.end(), NUMBER)
        for hit in re.finditer(pieces, run)
        if sum(char.isdigit() for char in hit[0]) >= LONG_DIGITS
    ]


def _kind(digits: str) -> str | None:
    if is_id_card(digits):
        return ID_CARD
    return PHONE if _PHONE.fullmatch(digits) else None


def marked(text: str, names: Collection[str]) -> list[Hidden]:
    """Every place of these words. Raises `BadField` for one that is not there: it would stay seen.

    A word that ends inside a letter with its vowels and tones takes them along.
    """
    places: list[Hidden] = []
    for name in names:
        hits = list(re.finditer(re.escape(name) + _MARKS, text, re.IGNORECASE))
        if not hits:
            raise BadField(hide="not_in_comment")
        places += [Hidden(*hit.span(), NAME) for hit in hits]
    return places


def masked(text: str, names: Collection[str], said: Mapping[str, str]) -> str:
    """The comment as others may read it. `said`: what stands in place of each of `KINDS`.

    Raises `BadField` for a name that is not in it.
    """
    shown, before = [], 0
    for hidden in _joined([*found(text), *marked(text, names)]):
        shown += [text[before : hidden.first], said[hidden.kind]]
        before = hidden.end
    return "".join([*shown, text[before:]])


def _joined(places: list[Hidden]) -> list[Hidden]:
    """Those that overlap as one."""
    joined: list[Hidden] = []
    for hidden in sorted(places, key=lambda one: (one.first, -one.end)):
        if joined and hidden.first < joined[-1].end:
            last = joined[-1]
            joined[-1] = Hidden(last.first, max(last.end, hidden.end), last.kind)
        else:
            joined.append(hidden)
    return joined


def perhaps_names(text: str) -> list[str]:
    """What stands behind a title: shown to staff, who decide."""
    return list(dict.fromkeys(hit[0].strip() for hit in _TITLES.finditer(text)))
