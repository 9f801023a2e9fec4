from collections.abc import Iterator
from itertools import pairwise
from string import ascii_uppercase

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from server.domain.settings import Words
from server.store import schema
from tests.browser import SIZES
from tests.hall import SCREEN, Hall, called, opened
from tests.office import Office
from tests.people.wall import Wall
from tests.shelf import picture

RESIZED = """() => {
  window.resized = false
  addEventListener('resize', () => { window.resized = true }, { once: true })
}"""
SCREENS = ((1920, 1080), (1080, 1920), (1280, 720), (3840, 2160))


@pytest.fixture
def hall(browser: Browser, small_office: Office) -> Iterator[Hall]:
    with opened(browser, small_office) as hall:
        yield hall


@pytest.mark.parametrize(
    ("size", "query"),
    [("display", ""), ("kiosk", "?lang=en"), ("tablet", "")],
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
    "query", ["", "?contrast=high&lang=en", "?shape=portrait"], ids=lambda q: q or "plain"
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


# ---------------------------------------------------------------- with everything on it


def crowded(office: Office) -> None:
    """Twenty pools, each with a service, and counters up to number 12."""
    with office.store.writing() as db:
        pools = list(db.execute(schema.pools.select()).mappings())
        services = list(db.execute(schema.services.select()).mappings())
        known = {pool["prefix"] for pool in pools}
        free = [letter for letter in ascii_uppercase if letter not in known][: 20 - len(pools)]
        for n, prefix in enumerate(free):
            name = "ทะเบียนราษฎรและบัตรประจำตัวประชาชนของผู้สูงอายุและผู้พิการ" * (1 + n % 2)
            changed = {"prefix": prefix, "position": 100 + n, "name_th": name}
            db.execute(schema.pools.insert().values({**pools[0], **changed}))
            changed |= {"id": 7_000 + n, "code": f"more-{n}"}
            db.execute(schema.services.insert().values({**services[0], **changed}))
        db.execute(
            schema.counters.update().where(schema.counters.c.number == "1").values(number="12")
        )
        notices = (Words(th="ประกาศ", en=""), Words(th="ชำระภาษีที่ดินได้ถึงสิ้นเดือน " * 6, en=""))
        settings = office.reads.settings().model_copy(update={"notices": notices})
        db.execute(schema.offices.update().values(settings=settings.text()))


@pytest.mark.parametrize("media", [False, True], ids=["calls", "media"])
def test_everything_fits_at_every_size_with_twenty_services(
    browser: Browser, small_office: Office, media: bool
) -> None:
    office = small_office
    for counter in ("1", "2", "3", "4", "5"):
        called(office, counter)
    crowded(office)
    office.issue()
    office.call_next("12", finish=True)
    if media:
        picture(office, "a.png")
    with opened(browser, office) as hall:
        page = hall.screens.open("display", device=SCREEN)
        page.clock.install()
        wall = Wall(page, hall.site)
        for width, height in SCREENS:
            page.evaluate(RESIZED)
            page.set_viewport_size({"width": width, "height": height})
            if (width, height) != SCREENS[0]:
                page.wait_for_function("() => window.resized")
            wall.shows("A002", "12")
            seen: set[str] = set()
            panels = set()
            for _ in range(8):  # pages of pools, and places of the picture
                seen |= set(page.locator(".queues__prefix").filter(visible=True).all_inner_texts())
                panels.add(page.locator(".newest").evaluate("one => one.offsetHeight"))
                assert wall.overflows() == [], (width, height)
                page.clock.fast_forward(10_000)
            assert len(seen) == 20, (width, height)
            assert len(panels) == 1, "the board jumps"
            assert wall.digit_height() >= 0.12, (width, height)
            assert wall.digit_height(".earlier td") >= 0.02, (width, height)


def test_all_words_have_strong_contrast_in_every_state(hall: Hall) -> None:
    office, wall = hall.office, hall.wall()
    assert faint(wall.page) == []
    for counter in ("1", "2"):
        called(office, counter)
    office.issue()
    wall.has_announced(2)
    expect(wall.panel).not_to_contain_class("newest--fresh")
    assert faint(wall.page) == []
    wall.screen.evaluate("one => one.toggleAttribute('data-asleep')")
    assert faint(wall.page) == []
    wall.screen.evaluate("one => one.toggleAttribute('data-asleep')")
    hall.pull_the_plug()
    wall.says_it_is_cut_off()
    assert faint(wall.page) == []


def faint(page: Page) -> list[str]:
    """Words whose contrast with what lies behind them is less than 7 : 1."""
    found: list[str] = page.evaluate("""() => {
      const pen = document.createElement('canvas').getContext('2d', { colorSpace: 'srgb' })
      const light = colour => {
        pen.clearRect(0, 0, 1, 1)
        pen.fillStyle = colour
        pen.fillRect(0, 0, 1, 1)
        const [r, g, b] = [...pen.getImageData(0, 0, 1, 1).data].map(x => x / 255)
          .map(x => x <= .03928 ? x / 12.92 : ((x + .055) / 1.055) ** 2.4)
        return .2126 * r + .7152 * g + .0722 * b + .05
      }
      const ground = one => {
        const own = getComputedStyle(one).backgroundColor
        const before = getComputedStyle(one, '::before')
        if (before.position === 'absolute') return before.backgroundColor
        return own === 'rgba(0, 0, 0, 0)' && one.parentElement ? ground(one.parentElement) : own
      }
      const out = []
      for (const one of document.querySelectorAll('.board-screen *')) {
        const words = [...one.childNodes].filter(n => n.nodeType === 3 && n.data.trim())
        if (!words.length || !one.checkVisibility({ checkVisibilityCSS: true })) continue
        const [a, b] = [light(getComputedStyle(one).color), light(ground(one))]
        const ratio = Math.max(a, b) / Math.min(a, b)
        if (ratio < 7) out.push(`${one.className} ${words[0].data.trim()} ${ratio.toFixed(2)}`)
      }
      return out
    }""")
    return found


# ---------------------------------------------------------------- years on a wall


def test_the_picture_wanders_a_little_and_stays_on_the_screen(hall: Hall) -> None:
    page = hall.screens.open("display", device=SCREEN)
    page.clock.install()
    wall = Wall(page, hall.site)
    places = []
    height = page.locator(".newest").evaluate("one => one.offsetHeight")
    for _ in range(20):
        box = page.locator(".board").bounding_box()
        assert box is not None
        places.append((box["x"], box["y"]))
        assert wall.overflows() == []
        page.clock.fast_forward(150_000)
    steps = [max(abs(a - c), abs(b - d)) for (a, b), (c, d) in pairwise(places)]
    assert max(steps) <= 4
    assert all(step == round(step) for step in steps), "half pixels blur"
    assert len(set(places)) >= 12
    reach = [max(one) - min(one) for one in zip(*places, strict=True)]
    assert 4 <= min(reach) <= max(reach) <= 10
    assert page.locator(".newest").evaluate("one => one.offsetHeight") == height


def test_nothing_moves_for_who_wants_no_motion(hall: Hall) -> None:
    page = hall.screens.open("display", device=SCREEN)
    page.emulate_media(reduced_motion="reduce")
    wall = Wall(page, hall.site)
    wall.shows(called(hall.office))
    expect(wall.panel).to_contain_class("newest--fresh")
    assert page.evaluate("document.getAnimations().length") == 0


def test_the_date_turns_at_midnight(hall: Hall) -> None:
    hall.office.clock.minutes(16 * 60 - 0.5)
    page = hall.screens.open("display", device=SCREEN)
    page.clock.install()
    Wall(page, hall.site)
    date = page.locator(".board__date")
    expect(date).to_have_text("วันพฤหัสบดีที่ 1 ตุลาคม 2569")
    hall.pull_the_plug()  # the clock turns by itself
    page.clock.run_for(60_000)
    expect(date).to_have_text("วันศุกร์ที่ 2 ตุลาคม 2569")


def test_hours_of_sleep_do_not_put_the_clock_back(hall: Hall) -> None:
    page = hall.screens.open("display", device=SCREEN)
    page.clock.install()
    wall = Wall(page, hall.site)
    expect(wall.clock).to_have_text("08:00")
    page.context.set_offline(True)  # the clock goes on by itself
    mine = page.evaluate("Date.now()")
    for slept_hours, shown in ((9, "17:00"), (9 + 24 * 365, "17:00")):  # a year: it was set
        page.clock.set_system_time(mine / 1_000 + slept_hours * 3_600)
        page.clock.run_for(1_000)
        expect(wall.clock).to_have_text(shown)
