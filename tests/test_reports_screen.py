"""The reports in a real browser: choosing, width, paper, and who cannot see."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from server.domain.roles import Role
from tests.browser import Screens
from tests.office import Office, copied
from tests.people.director import Director


@pytest.fixture
def small_office(september_sqlite: Path, tmp_path: Path) -> Iterator[Office]:
    """The demo office has a simulated September 2026; it is now the first of October."""
    with copied(september_sqlite, tmp_path) as office:
        yield office


def test_a_director_finds_the_quarter_of_one_division(screens: Screens) -> None:
    director = Director(screens.open("desk", role=Role.MANAGER), screens.site)
    director.opens().reads("ครึ่งปีหลัง ปีงบประมาณ 2569")
    everybody = director.figure("รับบริการแล้ว").inner_text()
    director.wants("ไตรมาส").reads("ไตรมาส 4 ปีงบประมาณ 2569")
    director.chooses("งานบริการ", "ทั้งกองคลัง").shows().reads("กองคลัง")
    expect(director.figure("รับบริการแล้ว")).not_to_have_text(everybody)
    director.chooses("ช่วงเวลา", "ไตรมาส 1 ปีงบประมาณ 2569").shows().reads("1 ต.ค. 68")
    expect(director.page.get_by_text("ช่วงเวลานี้ยังไม่มีบัตรคิว")).to_be_visible()
    expect(director.page.get_by_role("link", name="ไตรมาส", exact=True)).to_have_attribute(
        "aria-current", "true"
    )


def test_own_dates_may_be_typed(screens: Screens) -> None:
    director = Director(screens.open("desk", role=Role.AUDITOR), screens.site)
    director.opens().wants("กำหนดเอง")
    director.page.get_by_label("ตั้งแต่วันที่").fill("2026-09-14")
    director.page.get_by_label("ถึงวันที่").fill("2026-09-18")
    director.shows().reads("14 ก.ย. 69 – 18 ก.ย. 69").reads("ให้บริการ 5 วัน")


EVERYTHING: dict[str, object] = {"resultTypes": ["violations"]}
CONTRAST = "color-contrast"  # most of the work, in a page of a thousand cells
ONLY = {
    "?contrast=high": EVERYTHING | {"runOnly": {"type": "rule", "values": [CONTRAST]}},
    "?length=own&lang=en": EVERYTHING | {"rules": {CONTRAST: {"enabled": False}}},
}


@pytest.mark.parametrize(
    "address",
    [
        "",
        "?length=own&lang=en",
        "?length=month&of=division-sueksa",
        "?length=today",
        "?contrast=high",
        "method",
    ],
)
def test_axe_finds_nothing(screens: Screens, address: str) -> None:
    director = Director(screens.open("desk", role=Role.MANAGER), screens.site).opens(address)
    for details in director.page.locator("details").all():
        details.locator("summary").click()
    found = Axe().run(director.page, options=ONLY.get(address, EVERYTHING))
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("width", [1366, 683])
@pytest.mark.parametrize("address", ["", "?length=own&lang=en", "method"])
def test_no_page_is_wider_than_its_window(screens: Screens, width: int, address: str) -> None:
    page = screens.open("desk", role=Role.MANAGER)
    page.set_viewport_size({"width": width, "height": 768})
    director = Director(page, screens.site).opens(address)
    for details in page.locator("details").all():
        details.locator("summary").click()
    assert director.sideways == 0


def test_on_paper_stand_the_figures_and_the_demo_mark_but_no_controls(screens: Screens) -> None:
    page = screens.open("desk", role=Role.MANAGER)
    Director(page, screens.site).opens()
    expect(page.get_by_role("button", name="พิมพ์หน้านี้")).to_be_visible()
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 1032, "height": 702})  # A4 across, less its margins
    for control in (".bar", ".chooser", ".button"):
        for one in page.locator(control).all():
            expect(one).to_be_hidden()
    expect(page.locator(".only-paper").get_by_text("ข้อมูลจำลอง")).to_be_visible()
    cut = """[...document.querySelectorAll("td, th, .kpi")].filter(one =>
        one.getBoundingClientRect().right > innerWidth + 1).map(one => one.textContent)"""
    assert page.evaluate(cut) == []
