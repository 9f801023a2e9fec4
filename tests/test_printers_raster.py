"""The bytes of a slip, by printer profile."""

import pytest
from PIL import Image

from printers.raster import encode
from printers.typeset import typeset
from tests.test_printers_typeset import TH


def test_a_slip_is_one_raster_image_between_init_and_cut() -> None:
    image = typeset(TH)
    data = encode(image, "TM-T20II")
    head = b"\x1b@\x1dv0\0" + bytes([72, 0]) + image.height.to_bytes(2, "little")
    assert data.startswith(head)
    rest = data[len(head) + 72 * image.height :]
    assert rest == b"\x1bd\x06\x1dV\x01"


def test_black_dots_are_ones() -> None:
    image = Image.new("1", (16, 1), 1)
    image.putpixel((0, 0), 0)
    assert b"\x1dv0\0\x02\0\x01\0\x80\0" in encode(image)


def test_a_profile_without_cutter_only_feeds() -> None:
    assert encode(typeset(TH, 384), "POS-5890").endswith(b"\x1bd\x06")


def test_a_wider_head_prints_the_slip_in_its_middle() -> None:
    assert encode(typeset(TH, 384), "TM-T88V").startswith(b"\x1b@\x1ba\x01\x1dv0\0")


def test_an_image_wider_than_the_head_is_refused() -> None:
    with pytest.raises(ValueError, match="576"):
        encode(typeset(TH, 576), "POS-5890")


def test_an_image_taller_than_a_printer_takes_goes_in_bands() -> None:
    data = encode(Image.new("1", (8, 2400), 1))
    assert b"\x1dv0\0\x01\0\xff\x08" in data  # 2303 rows
    assert b"\x1dv0\0\x01\0\x61\0" in data  # and 97


def test_nothing_is_said_on_the_terminal(capfd: pytest.CaptureFixture[str]) -> None:
    encode(typeset(TH), "default")
    assert capfd.readouterr() == ("", "")
