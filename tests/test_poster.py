"""The poster and the counters' cards: PDFs of one page, their words to be copied, their QR read."""

import re
import zlib
from functools import cache
from io import BytesIO
from typing import Any, cast

import fontpkg_sarabun
import pytest
import typst
import zxingcpp
from PIL import Image

from server import posters
from server.domain.roles import Role
from server.domain.settings import Settings, Words
from server.domain.shown import Counter
from server.links import RATE, link
from tests.office import Office, demo_file

URL = "http://192.0.2.10:8080/rate/Zk3vQ0x7Rr2mYp9wHh5bAA"
SAID = posters.Said(
    title="โปสเตอร์",
    label=Words(th="ช่องบริการ", en="Counter"),
    scan=Words(th="สแกนเพื่อประเมิน", en="Scan to rate us"),
    once=Words(th="แตะครั้งเดียว", en="One tap"),
    wifi=Words(th="", en=""),
    simulated=Words(th="", en=""),
)
LONG = Words(th="เทศบาลตำบลตัวอย่างที่มีชื่อยาวมากเพื่อทดสอบ" * 2, en="Quite a long name of an office " * 3)
MM = 72 / 25.4


def counter() -> Counter:
    name = Words(th="งานทะเบียนราษฎรและบัตรประจำตัวประชาชน", en="Civil registration")
    nobody: dict[str, Any] = dict.fromkeys(("pause_reason", "staff_id", "staff", "since_at"))
    return Counter(
        id=1,
        number="12",
        name=name,
        state="open",
        service_ids=(),
        penalties={},
        ticket_id=None,
        **nobody,
    )


AWAY = posters.Away("ศาลากลางบ้าน หมู่ 3", {"th": "วันจันทร์ที่ 16 มีนาคม 2569", "en": "Monday"})


def facts(of: Counter | posters.Away | None, office: Words | None = None, url: str = URL) -> str:
    file = demo_file()
    settings: Settings = file.kept()
    if office:
        renamed = settings.office.model_copy(update={"name": office})
        settings = settings.model_copy(update={"office": renamed})
    away = of if isinstance(of, posters.Away) else None
    counter = of if isinstance(of, Counter) else None
    return posters.facts_for(settings, file.questionnaire, url, SAID, counter=counter, away=away)


@cache
def drawn(data: str) -> tuple[Image.Image, ...]:
    """The pages as somebody sees them, 100 dots to the inch."""
    fonts = typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[str(fontpkg_sarabun.ROOT / "files")],
    )
    main = str(posters.HERE / "poster.typ")
    compiler = typst.Compiler(main, root=str(posters.HERE), font_paths=fonts)
    pages = compiler.compile(format="png", ppi=100, sys_inputs={"data": data})
    made = pages if isinstance(pages, list) else [pages]
    return tuple(Image.open(BytesIO(cast(bytes, page))) for page in made)


def streams(pdf: bytes) -> bytes:
    found = b""
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.S):
        try:
            found += zlib.decompress(stream)
        except zlib.error:
            continue
    return found


@pytest.mark.parametrize(
    ("of", "size"), [(None, (210, 297)), (AWAY, (210, 297)), (counter(), (105, 148))]
)
def test_a_poster_is_one_page_a4_and_a_card_one_page_a6(
    of: Counter | posters.Away | None, size: tuple[int, int]
) -> None:
    pdf = posters.pdf(facts(of))
    boxes = re.findall(rb"/MediaBox ?\[0 0 ([0-9.]+) ([0-9.]+)\]", pdf)
    assert len(boxes) == 1
    assert [round(float(side) / MM) for side in boxes[0]] == list(size)


def test_its_fonts_are_sarabun_and_lie_within_it() -> None:
    pdf = posters.pdf(facts(None))
    names = {name.partition(b"+")[2] for name in re.findall(rb"/FontName ?/([A-Za-z0-9+-]+)", pdf)}
    assert names and all(name.startswith(b"Sarabun") for name in names)
    assert len(re.findall(rb"/FontFile[23]?", pdf)) == len(names)


@pytest.mark.parametrize("of", [None, counter()], ids=["poster", "card"])
@pytest.mark.parametrize("url", [URL, "https://queue.example.go.th/rate/" + "a" * 60])
def test_a_phone_reads_the_link_from_it(of: Counter | None, url: str) -> None:
    (page,) = drawn(facts(of, url=url))
    assert [code.text for code in zxingcpp.read_barcodes(page.convert("L"))] == [url]


@pytest.mark.parametrize("of", [None, counter(), AWAY], ids=["poster", "card", "point"])
def test_a_long_name_still_leaves_one_page_and_a_code_that_is_read(
    of: Counter | posters.Away | None,
) -> None:
    (page,) = drawn(facts(of, LONG))
    assert [code.text for code in zxingcpp.read_barcodes(page.convert("L"))] == [URL]


def test_its_thai_words_are_copied_as_they_were_written() -> None:
    """Sarabun draws ำ as two marks; what is copied must be the one letter again."""
    copied = streams(posters.pdf(facts(None)))
    spans = [
        bytes.fromhex(one.decode()) for one in re.findall(rb"/ActualText<([0-9A-F]+)>", copied)
    ]
    texts = [span.decode("utf-16") for span in spans]
    assert "ตำ" in texts or "ำ" in "".join(texts)
    assert not any("ํา" in text for text in texts)
    mapped = re.findall(rb"<[0-9A-F]{4}> <([0-9A-F]+)>", copied)
    assert not any("ํา" in bytes.fromhex(one.decode()).decode("utf-16-be") for one in mapped)


def test_an_administrator_takes_the_poster_and_each_counters_card(small_office: Office) -> None:
    client = small_office.signed_in(Role.ADMIN)
    secret = cast(Any, small_office.contents()["offices"][0]).secret
    chosen = small_office.counter("3")
    page = client.get("/manage/slip").text
    for where, counter_id in (("poster", 0), (str(chosen.id), chosen.id)):
        assert f"/manage/papers/{where}.pdf" in page
        answer = client.get(f"/manage/papers/{where}.pdf")
        assert answer.mimetype == "application/pdf"
        assert answer.data.startswith(b"%PDF")
        url = link("http://khiu.test", secret, RATE, counter_id)
        assert client.get(url.removeprefix("http://khiu.test")).status_code == 200
    assert client.get("/manage/papers/1.pdf").status_code == 404
