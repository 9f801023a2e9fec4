from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from server.store import schema
from tests.browser import SIZES
from tests.hall import Hall, called, opened
from tests.office import Office


@pytest.fixture
def hall(browser: Browser, small_office: Office) -> Iterator[Hall]:
    with opened(browser, small_office) as hall:
        yield hall


@pytest.mark.parametrize(
    ("size", "query"),
    [("display", ""), ("kiosk", ""), ("desk", "?lang=en"), ("kiosk", "?lang=en"), ("tablet", "")],
)
def test_the_number_is_large_and_stays_on_the_screen(hall: Hall, size: str, query: str) -> None:
    office, wall = hall.office, hall.wall(size, query)
    upright = SIZES[size]["height"] > SIZES[size]["width"]
    shape = "portrait" if upright else "landscape"
    expect(wall.page.locator("html")).to_have_attribute("data-shape", shape)
    for rung, (counter, number) in enumerate(
        [("1", "A001"), ("2", "W999"), ("2", "W1000"), ("4", "M9999")]
    ):
        series = schema.numbers.insert().values(
            office_id=office.id,
            day=office.reads.today(),
            prefix=number[0],
            last=int(number[1:]) - 1,
        )
        if number != "W1000":  # which comes by itself after W999
            with office.store.writing() as db:
                db.execute(series)
        assert called(office, counter) == number
        wall.shows(number, counter)
        wall.has_announced(rung + 1)
        assert wall.digit_height() >= 0.12
        assert wall.overflows() == []


def test_a_shape_can_be_held_against_what_the_screen_says(hall: Hall) -> None:
    wall = hall.wall("display", "?shape=portrait")
    expect(wall.page.locator("html")).to_have_attribute("data-shape", "portrait")


@pytest.mark.parametrize(
    "query", ["", "?lang=en", "?contrast=high", "?shape=portrait"], ids=lambda q: q or "plain"
)
def test_the_board_is_accessible_calling_idle_and_cut_off(hall: Hall, query: str) -> None:
    wall = hall.wall("display", query)
    assert Axe().run(wall.page).response["violations"] == []
    called(hall.office)
    expect(wall.panel).to_contain_class("newest--fresh")
    expect(wall.panel).not_to_contain_class("newest--fresh")
    assert Axe().run(wall.page).response["violations"] == []
    hall.pull_the_plug()
    wall.says_it_is_cut_off()
    assert Axe().run(wall.page).response["violations"] == []
    assert wall.overflows() == []


def test_what_is_read_from_afar_has_strong_contrast(hall: Hall) -> None:
    wall = hall.wall()
    wall.shows(called(hall.office))
    wall.has_announced(1)
    ratio = wall.page.evaluate("""() => {
      const pen = document.createElement('canvas').getContext('2d', { colorSpace: 'srgb' })
      const light = colour => {
        pen.fillStyle = colour
        pen.fillRect(0, 0, 1, 1)
        const [r, g, b] = [...pen.getImageData(0, 0, 1, 1).data].map(x => x / 255)
          .map(x => x <= .03928 ? x / 12.92 : ((x + .055) / 1.055) ** 2.4)
        return .2126 * r + .7152 * g + .0722 * b + .05
      }
      const panel = document.querySelector('.newest')
      panel.classList.remove('newest--fresh')
      const ground = light(getComputedStyle(panel).backgroundColor)
      const texts = ['__number', '__label', '__to b', '__to span:last-child']
        .map(name => getComputedStyle(document.querySelector(`.newest${name}`)).color)
      return Math.min(...texts.map(colour => light(colour) / ground))
    }""")
    assert ratio >= 7
