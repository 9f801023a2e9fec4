"""What a slip looks like: measured in dots, 8 to the millimetre."""

import string
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import groupby

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from printers.qr import QUIET, code_for
from printers.raster import WIRE_LIMIT, encode
from printers.slip import Slip
from printers.typeset import typeset
from tests.paper import decode_qr

TH = Slip(
    number="A012",
    office="เทศบาลตำบลตัวอย่าง",
    service="แจ้งเกิด",
    url="https://queue.example.go.th/t/Zk3vQ0x7Rr2mYp9wHh5b",
    date="วันจันทร์ที่ 16 มีนาคม 2569",
    time="10:24",
    language="th",
    ahead=4,
    likely_from="10:44",
    likely_to="10:59",
)
EN = replace(
    TH,
    language="en",
    office="Tua Yang Subdistrict Municipality",
    service="Birth registration",
    date="Monday 16 March 2026",
)
FULL = replace(
    TH,
    number="W1000",
    service="ขออนุญาตประกอบกิจการที่เป็นอันตรายต่อสุขภาพ",
    next_services=("ชำระค่าธรรมเนียมขยะ", "ลงทะเบียนเบี้ยยังชีพผู้สูงอายุ"),
    wifi="TuaYang-Municipality-Free-Wi-Fi",
    reprint=True,
    demo=True,
    test=True,
)
ALL = [replace(slip, large=large) for slip in (TH, EN, FULL) for large in (False, True)]

both_papers = pytest.mark.parametrize("dots", [576, 384])
every_slip = pytest.mark.parametrize("slip", ALL, ids=["th", "th+", "en", "en+", "full", "full+"])


def ink(image: Image.Image) -> tuple[int, int, int, int]:
    box = image.point(lambda dot: 255 - dot).getbbox()
    assert box
    return box


def heights_of_ink(image: Image.Image) -> Iterator[int]:
    """The heights of what stands between white rows, from the top."""
    rows = (image.crop((0, y, image.width, y + 1)) for y in range(image.height))
    runs = groupby(rows, lambda row: row.getextrema() == (255, 255))
    return (len(list(run)) for white, run in runs if not white)


@both_papers
@every_slip
def test_a_slip_is_black_and_white_as_wide_as_the_paper_and_clear_of_its_edges(
    slip: Slip, dots: int
) -> None:
    image = typeset(slip, dots)
    assert (image.mode, image.width) == ("1", dots)
    left, top, right, bottom = ink(image)
    assert min(left, top, dots - right, image.height - bottom) >= 8


@both_papers
@every_slip
def test_the_number_is_at_least_15_mm_tall(slip: Slip, dots: int) -> None:
    number = next(tall for tall in heights_of_ink(typeset(slip, dots)) if tall > 70)
    assert number >= (150 if slip.large else 120)


@both_papers
@every_slip
def test_a_phone_reads_the_link_from_the_slip(slip: Slip, dots: int) -> None:
    assert decode_qr(typeset(slip, dots)) == slip.url


def place_of(image: Image.Image, slip: Slip) -> int | None:
    """The dots per module with which the slip's code, quiet zone included, stands there exactly."""
    code = code_for(slip.url, image.width)
    assert code
    side = len(code.matrix) + 2 * QUIET
    drawn = Image.new("1", (side, side), 1)
    for y, row in enumerate(code.matrix):
        for x, black in enumerate(row):
            drawn.putpixel((x + QUIET, y + QUIET), 0 if black else 255)
    expected = drawn.resize((side * code.dots, side * code.dots), Image.Resampling.NEAREST)
    corner = zxingcpp.read_barcodes(image.convert("L"))[0].position.top_left
    near = [(dx, dy) for dx in range(-12, 13) for dy in range(-12, 13)]
    for dx, dy in near:
        left, top = corner.x + dx - QUIET * code.dots, corner.y + dy - QUIET * code.dots
        found = image.crop((left, top, left + expected.width, top + expected.height))
        inside = left >= 0 and top >= 0 and left + expected.width <= image.width
        if inside and found.tobytes() == expected.tobytes():
            return code.dots
    return None


@both_papers
@every_slip
def test_every_module_is_exactly_8_by_8_dots_with_four_clear_modules_around(
    slip: Slip, dots: int
) -> None:
    assert place_of(typeset(slip, dots), slip) == 8


@pytest.mark.parametrize(
    ("length", "dots", "per_module"),
    [(84, 384, 8), (100, 384, 8), (120, 384, 7), (300, 384, 5), (600, 384, 4), (600, 576, 6)],
)
def test_a_longer_link_gets_smaller_modules_of_whole_dots(
    length: int, dots: int, per_module: int
) -> None:
    slip = replace(TH, url=TH.url.ljust(length, "x"))
    image = typeset(slip, dots)
    assert place_of(image, slip) == per_module
    assert decode_qr(image) == slip.url


def test_a_link_that_no_code_of_the_paper_holds_still_leaves_a_slip_with_its_number() -> None:
    image = typeset(replace(TH, url="https://example.go.th/" + "x" * 5000), 384)
    assert not zxingcpp.read_barcodes(image.convert("L"))
    assert max(heights_of_ink(image)) >= 120


def test_a_slip_without_link_has_no_code() -> None:
    assert not zxingcpp.read_barcodes(typeset(replace(TH, url="")).convert("L"))


@both_papers
@pytest.mark.parametrize("slip", [TH, EN], ids=["th", "en"])
@pytest.mark.parametrize(
    "more",
    [
        {"demo": True},
        {"reprint": True},
        {"test": True},
        {"wifi": "TuaYang-Free"},
        {"next_services": ("ชำระค่าธรรมเนียมขยะ",)},
        {"ahead": 0},
        {"likely_to": "11:59"},
        {"number": "A013"},
        {"office": "อบต."},
        {"service": "แจ้งตาย"},
        {"date": "1"},
        {"time": "10:25"},
        {"large": True},
    ],
    ids=lambda more: next(iter(more)),
)
def test_each_fact_of_a_slip_shows_on_paper(slip: Slip, dots: int, more: dict[str, object]) -> None:
    changed = Slip.from_json(slip.as_json() | more)
    assert typeset(changed, dots).tobytes() != typeset(slip, dots).tobytes()


@pytest.mark.parametrize("mark", ["demo", "reprint", "test"])
def test_the_marks_of_a_slip_are_a_line_of_their_own(mark: str) -> None:
    marked = Slip.from_json(TH.as_json() | {mark: True})
    assert typeset(marked).height >= typeset(TH).height + 20


def test_the_marks_differ_from_each_other_and_by_language() -> None:
    marked = [
        typeset(Slip.from_json(TH.as_json() | {mark: True, "language": language})).tobytes()
        for mark in ("demo", "reprint", "test")
        for language in ("th", "en")
    ]
    assert len(set(marked)) == 6


def test_what_is_not_known_is_left_out() -> None:
    silent = replace(TH, ahead=None, likely_from="", likely_to="")
    assert typeset(silent).height < typeset(TH).height - 40
    assert typeset(replace(TH, ahead=None), 384).height < typeset(TH, 384).height - 40


def test_a_language_just_begun_falls_back_to_thai() -> None:
    assert typeset(replace(TH, language="lo")).tobytes() == typeset(TH).tobytes()


def test_a_word_too_long_for_its_line_is_broken_and_the_rest_keeps_its_language() -> None:
    wide = replace(EN, office="W" * 60)
    assert typeset(wide).height > typeset(EN).height + 40
    assert typeset(wide).tobytes() != typeset(replace(wide, language="th")).tobytes()


def test_a_long_service_name_takes_more_lines_and_leaves_the_rest_as_it_was() -> None:
    long = replace(TH, service=FULL.service)
    assert typeset(long).height > typeset(TH).height + 40
    assert typeset(long, 384).height > typeset(TH, 384).height + 80


@both_papers
def test_even_the_fullest_slip_in_large_print_stays_within_the_wire(dots: int) -> None:
    most = replace(
        FULL,
        large=True,
        office="W" * 500,
        service="กตัญญู" * 100,
        next_services=("ผู้ใหญ่" * 40,) * 50,
        wifi="W" * 200,
        date="W" * 100,
        url=TH.url.ljust(600, "x"),
    )
    for slip in (most, replace(most, large=False), replace(FULL, large=True)):
        assert len(encode(typeset(slip, dots))) <= WIRE_LIMIT


@pytest.mark.parametrize("text", ["#(1 + 1)", "#panic()", "*2*", "$1 + 1$", "= 2", '"#2"', "\\ 2"])
def test_typst_markup_in_a_name_is_printed_as_it_is(text: str) -> None:
    shown = typeset(replace(TH, service=text))
    plain = typeset(replace(TH, service="2"))
    assert shown.tobytes() != plain.tobytes()
    assert shown.height == plain.height  # one line, no heading and no formula


texts = st.one_of(
    st.text(max_size=40),
    st.text(alphabet="กขคงจเแโใไัิีึืุู็่้๊๋์ะาำๆ ", max_size=60),
    st.text(alphabet=string.printable, max_size=60),
    st.sampled_from(
        ['#panic("!")', "#import", "\\ ", "😀👩‍👩‍👧‍👦", '"}', "<a>", "\u202eabc", "\ud800", "\0"]
    ),
    st.text(alphabet="W", max_size=80),
)
# The system makes these; nobody types them.
made = st.text(alphabet=string.printable, max_size=30)
numbers = st.text(alphabet=string.ascii_letters + string.digits, max_size=30)


@given(
    st.builds(
        Slip,
        number=numbers,
        office=texts,
        service=texts,
        url=texts,
        date=texts,
        time=made,
        language=st.sampled_from(["th", "en", ""]),
        next_services=st.lists(texts, max_size=4).map(tuple),
        ahead=st.none() | st.integers(0, 9999),
        likely_from=made,
        likely_to=made,
        wifi=texts,
        large=st.booleans(),
        demo=st.booleans(),
    ),
    st.sampled_from([576, 384]),
)
@settings(max_examples=80, deadline=None)
def test_no_text_whatever_breaks_a_slip_or_leaves_its_paper(slip: Slip, dots: int) -> None:
    image = typeset(slip, dots)
    left, _, right, _ = ink(image)
    assert left >= 1
    assert right <= dots - 1
    assert len(encode(image)) <= WIRE_LIMIT


def test_threads_that_typeset_at_once_get_each_their_own_slip() -> None:
    slips = [replace(TH, number=f"A{n:03}", url=f"https://example.go.th/{n}") for n in range(16)]
    with ThreadPoolExecutor(8) as threads:
        images = list(threads.map(typeset, slips))
    assert [decode_qr(image) for image in images] == [slip.url for slip in slips]
