"""Printer URLs, good and bad."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from printers.address import (
    LAYOUTS,
    Address,
    Agent,
    BadAddress,
    File,
    NoPrinter,
    Tcp,
    head_dots,
    parse,
)
from printers.models import PROFILES


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("none", NoPrinter()),
        ("tcp://192.168.1.50", Tcp("192.168.1.50")),
        ("tcp://192.168.1.50:9101/", Tcp("192.168.1.50", 9101)),
        (" tcp://slips.office.lan ", Tcp("slips.office.lan")),
        ("tcp://[fe80::1]:9100", Tcp("fe80::1")),
        ("tcp://h?profile=TM-T20II", Tcp("h", profile="TM-T20II")),
        ("tcp://h?width=58&rate=2000&ack=none", Tcp("h", width=58, rate=2000, ack=False)),
        ("tcp://h?profile=POS-5890", Tcp("h", profile="POS-5890", width=58)),
        ("tcp://h?profile=POS-5890&width=80", Tcp("h", profile="POS-5890", width=80)),
        ("file:///dev/usb/lp0", File("/dev/usb/lp0")),
        ("file:///var/a%20b?profile=ZJ-5870", File("/var/a b", "ZJ-5870", 58)),
        ("agent://kiosk-2", Agent("kiosk-2")),
    ],
)
def test_a_printer_url_names_its_printer(url: str, address: Address) -> None:
    assert parse(url) == address


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("", "scheme"),
        ("192.168.1.50:9100", "scheme"),
        ("http://192.168.1.50", "scheme"),
        ("None", "scheme"),
        ("tcp://192.168.1.\n50", "scheme"),
        ("tcp://", "host"),
        ("tcp://:9100", "host"),
        ("tcp://user@h", "host"),
        ("tcp://192.168.1.500", "host"),
        ("tcp://192.168.1", "host"),
        ("tcp://[::zz]", "host"),
        ("tcp://เครื่องพิมพ์", "host"),
        ("tcp://h/queue", "host"),
        ("tcp://h:0", "port"),
        ("tcp://h:65536", "port"),
        ("tcp://h:๙๑๐๐", "port"),
        ("tcp://h:+9100", "port"),
        ("tcp://h?profile=TM-T2000", "profile"),
        ("tcp://h?profile=", "profile"),
        ("tcp://h?profile=OCD-100", "profile"),
        ("tcp://h?profile=TM-U220", "profile"),
        ("tcp://h?profile=default&profile=default", "profile"),
        ("tcp://h?width=76", "width"),
        ("tcp://h?rate=0", "rate"),
        ("tcp://h?rate=fast", "rate"),
        ("tcp://h?rate=๑๐๐๐", "rate"),
        ("tcp://h?ack=maybe", "ack"),
        ("tcp://h?profil=default", "option"),
        ("tcp://h#9100", "option"),
        ("file://dev/usb/lp0", "path"),
        ("file:///", "path"),
        ("file:///dev/usb/lp0?profile=nobody", "profile"),
        ("file:///dev/usb/lp0?ack=none", "option"),
        ("agent://", "name"),
        ("agent://a/b", "name"),
    ],
)
def test_a_wrong_url_says_which_part_is_wrong(url: str, reason: str) -> None:
    with pytest.raises(BadAddress) as refused:
        parse(url)
    assert refused.value.reason == reason, refused.value


def test_a_head_too_narrow_for_wide_slips_gets_narrow_ones() -> None:
    wide, narrow = parse("tcp://h?profile=TM-T20II"), parse("tcp://h?profile=TM-T88V")
    assert isinstance(wide, Tcp)
    assert isinstance(narrow, Tcp)
    assert (wide.width, wide.dots) == (80, 576)
    assert (narrow.width, narrow.dots) == (80, 384)  # 512 dots, on paper of 80 mm


def test_every_profile_that_prints_images_is_taken_and_gets_a_slip_its_head_can_print() -> None:
    taken = 0
    for profile, abilities in PROFILES.items():
        try:
            address = parse(f"tcp://h?profile={profile}")
        except BadAddress:
            assert not abilities["features"]["bitImageRaster"]
            continue
        assert isinstance(address, Tcp)
        assert address.dots in LAYOUTS
        assert address.dots <= (head_dots(profile) or 576)
        taken += 1
    assert taken >= 30


@given(st.text() | st.text().map("tcp://{}".format) | st.text().map("tcp://h?{}".format))
def test_rubbish_is_refused_and_never_breaks_the_parser(text: str) -> None:
    try:
        parse(text)
    except BadAddress as refused:
        assert refused.reason
