"""What of a comment nobody else may read, and how a comment is found again."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.masking import KINDS, found, is_id_card, masked, perhaps_names
from server.domain.refusals import BadField
from server.domain.searching import plain, wanted

SAID = {kind: f"<{kind}>" for kind in KINDS}
DIGITS = st.text("0123456789", min_size=1)
THAI_DIGITS = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")


def check_digit(twelve: str) -> str:
    """By the rule as it is published: weights 13 down to 2, 11 less the remainder, last digit."""
    total = 0
    for place in range(12):
        total += int(twelve[place]) * (13 - place)
    return str((11 - total % 11) % 10)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("โทร 081-234-5678 บ้านเลขที่ 12", "โทร <phone> บ้านเลขที่ 12"),
        ("โทร๐๘๑ ๒๓๔ ๕๖๗๘ได้", "โทร<phone>ได้"),
        ("0812345678 0898765432", "<phone> <phone>"),
        ("081 234 5678 089 876 5432", "<phone> <phone>"),
        ("02-123-4567 ต่อ 12", "<phone> ต่อ 12"),
        ("+66 81 234 5678, 0066812345678", "<phone>, <phone>"),
        ("(044) 123 456", "(<phone>"),
        ("บัตร 1-2345-67890-12-1 นะ", "บัตร <id_card> นะ"),
        ("บัตร ๑๒๓๔๕๖๗๘๙๐๑๒๑", "บัตร <id_card>"),
        ("1234567890121 0812345678", "<id_card> <phone>"),
        ("บัญชี 123-4-56789-0 และ 123 4 56789 0", "บัญชี <number> และ <number>"),
        ("อีเมลa.b@mail.go.thครับ", "อีเมล<email>ครับ"),
        ("เขียนถึง 0812345678@mail.com", "เขียนถึง <email>"),
        ("รอ 45 นาที คิว A012 เวลา 08.30-16.30", "รอ 45 นาที คิว A012 เวลา 08.30-16.30"),
        ("วันที่ 12/10/2569 08.30 น.", "วันที่ 12/10/2569 08.30 น."),
        ("จ่าย 1,500 บาท ปี 2569", "จ่าย 1,500 บาท ปี 2569"),
    ],
)
def test_numbers_and_addresses_are_hidden_and_other_digits_are_not(text: str, shown: str) -> None:
    assert masked(text, (), SAID) == shown


@given(st.text("0123456789", min_size=12, max_size=12))
def test_an_identity_number_is_known_by_its_last_digit(twelve: str) -> None:
    right = check_digit(twelve)
    assert [d for d in "0123456789" if is_id_card(twelve + d)] == [right]
    assert is_id_card((twelve + right).translate(THAI_DIGITS)) is False  # read as Arabic first
    assert masked((twelve + right).translate(THAI_DIGITS), (), SAID).startswith("<")


@given(
    st.text("กขคงจ่ำ ,", max_size=8).filter(lambda t: "," not in t[-1:]),
    st.sampled_from("689"),
    st.text("0123456789", min_size=8, max_size=8),
    st.lists(st.sampled_from(["", "-", " ", ".", " - "]), min_size=9, max_size=9),
    st.booleans(),
)
def test_a_mobile_number_is_hidden_however_it_is_written(
    before: str, second: str, rest: str, gaps: list[str], thai: bool
) -> None:
    number = f"0{second}{rest}"
    written = "".join(digit + gap for digit, gap in zip(number, [*gaps, ""], strict=True))
    text = f"{before}โทร {written.translate(THAI_DIGITS) if thai else written} ค่ะ"
    shown = masked(text, (), SAID)
    assert shown == f"{before}โทร <phone> ค่ะ"


@given(st.text(max_size=200))
def test_nothing_but_what_was_found_is_changed(text: str) -> None:
    places = found(text)
    assert all(a.end <= b.first for a, b in pairwise(places))
    left = "".join(
        text[a:b]
        for a, b in zip(
            [0, *(p.end for p in places)], [*(p.first for p in places), None], strict=True
        )
    )
    assert masked(text, (), dict.fromkeys(KINDS, "")) == left
    assert found(masked(text, (), SAID)) == []


def test_words_that_staff_marked_are_hidden_everywhere_with_their_vowels() -> None:
    text = "คุณสมศรี ช่วยดี ขอบคุณสมศรี และ Nok nok"
    assert masked(text, ("สมศร", "NOK"), SAID) == ("คุณ<name> ช่วยดี ขอบคุณ<name> และ <name> <name>")


def test_a_name_over_a_number_is_one_mask() -> None:
    assert masked("นิด0812345678", ("นิด0812",), SAID) == "<name>"


def test_a_word_that_is_not_there_is_refused_lest_it_stay_seen() -> None:
    with pytest.raises(BadField) as refused:
        masked("คุณสมศรี", ("สมสี",), SAID)
    assert refused.value.fields == {"hide": "not_in_comment"}


def test_titles_are_shown_to_staff_and_words_that_only_look_so_are_not() -> None:
    assert perhaps_names("นายสมชาย และคุณสมศรี ช่อง 3") == ["นายสมชาย", "คุณสมศรี"]
    assert perhaps_names("นายกดี คุณภาพดี ขอบคุณ") == []


# ---------------------------------------------------------------- finding


def holds(text: str, words: list[str]) -> bool:
    return all(word in plain(text) for word in words)


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("ห้องน\u0e49ำสะอาด", "น\u0e49\u0e4d\u0e32"),  # ำ typed as two characters
        ("ห้องน้ำสะอาด", "ห้องนํ้า"),
        ("แม่บ้านใจดี", "เเม่บ้าน"),  # two เ
        ("รอนานมาก ที่นั่งน้อย", "ที่นั่ง รอนาน"),  # all of them, in any order
        ("ช่อง ๓ ช้า", "ช่อง 3"),
        ("WiFi ช้า", "wifi"),
        ("รอ\u200bนาน", "รอนาน"),
        ("รอ  นาน", "รอ นาน"),
        ("รอ นาน", "รอนาน"),  # a blank inside a word
        ("บริการดีมาก ๆ ค่ะ", "มากๆ"),
        ("ช่อง ๓ ช้า", "ช่อง3"),
        ("อะไรก็ได้", ""),
    ],
)
def test_what_was_typed_otherwise_is_found(text: str, asked: str) -> None:
    assert holds(text, wanted(asked))


def test_what_is_not_there_is_not_found() -> None:
    assert not holds("รอนานมาก", wanted("รอนาน ที่นั่ง"))
    assert not holds("น้ำ", wanted("น้า"))
    assert not holds("100% ดี_มาก", wanted("1%0"))  # no wild cards
