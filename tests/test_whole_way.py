"""One visit from the touch to the figures, in the program as an office runs it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import SIZES
from tests.paper import TcpPrinter, decode_qr
from tests.people.director import Director
from tests.people.officer import Officer
from tests.people.resident import Resident
from tests.people.visitor import Visitor
from tests.people.wall import Wall
from tests.server import Running, serving


@pytest.fixture
def demo(tmp_path: Path, printer: TcpPrinter) -> Iterator[Running]:
    words = ("--history", "2", "--printer", printer.url)
    with serving(tmp_path / "data", "demo", *words) as running:
        yield running


def window(browser: Browser, size: str, address: str) -> Page:
    """A window of its own, opened on `address`."""
    context = browser.new_context(
        viewport=SIZES[size],  # type: ignore[arg-type] # a TypedDict by content
        locale="th-TH",
        timezone_id="Asia/Bangkok",
    )
    page = context.new_page()
    page.goto(address)
    return page


def test_a_visit_from_the_touch_to_the_figures(
    browser: Browser, demo: Running, printer: TcpPrinter
) -> None:
    wall = Wall(window(browser, "display", demo.links["display"]), demo.address)
    visitor = Visitor(window(browser, "kiosk", demo.links["kiosk"]), demo.address)

    number = visitor.takes_a_number_for("ชำระค่าน้ำประปา", "elderly")
    assert number == "R001"
    expect(visitor.page.get_by_text("พิมพ์เสร็จแล้ว")).to_be_visible()
    (slip,) = printer.slips
    link = decode_qr(slip.image())
    assert link.startswith(f"{demo.address}/t/")

    resident = Resident(window(browser, "phone", link))
    resident.sees_ahead(0)

    officer = Officer(window(browser, "desk", demo.links["counter"]), demo.address).comes()
    officer.presses("Space").has(number, "called")
    wall.shows(number, "3")
    wall.has_announced(1)
    resident.is_called_to("3")
    officer.presses("Space").has(number, "serving")
    officer.presses("e").is_free()

    resident.taps("มาก").scores(p1=4, p2=5).goes_on()
    resident.stops().is_thanked()

    director = Director(window(browser, "desk", demo.links["reports"]), demo.address)
    director.opens("?length=today")
    expect(director.figure("รับบริการแล้ว")).to_contain_text("1")
    for context in browser.contexts:
        context.close()
