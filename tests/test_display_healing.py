"""Whatever happens between a screen and the server: it is right again within two seconds."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.hall import SCREEN, Hall, called, cut, opened
from tests.office import Office
from tests.people.wall import Wall
from tests.swallowing import Switch, switch

RIGHT_S = 12.0  # on a machine with a dozen tests at work; `make bench` holds the two seconds


@pytest.fixture
def hall(browser: Browser, small_office: Office) -> Iterator[Hall]:
    with opened(browser, small_office) as hall:
        yield hall


@pytest.fixture
def line(hall: Hall) -> Iterator[Switch]:
    with switch(hall.port) as between:
        yield between


def beyond(hall: Hall, line: Switch) -> Wall:
    """A screen beyond the switch."""
    hall.site = hall.screens.site = f"http://127.0.0.1:{line.port}"
    wall = hall.wall()
    wall.page.evaluate("window.neverReloaded = true")
    wall.shows(called(hall.office))
    return wall


def is_right_soon(wall: Wall, number: str) -> None:
    """Soon, by itself, and without a reload."""
    begun = time.monotonic()
    assert wall.comes_to(number)
    assert time.monotonic() - begun <= RIGHT_S
    assert wall.page.evaluate("window.neverReloaded")
    wall.is_live()


# ---------------------------------------------------------------- the network


def test_a_network_that_swallows_everything_for_a_while(hall: Hall, line: Switch) -> None:
    wall = beyond(hall, line)
    for counter, lasts in (("2", 0.4), ("3", 3.0), ("5", 9.0)):
        line.swallow()
        missed = called(hall.office, counter)
        if lasts > 2:
            wall.says_it_is_cut_off()
        wall.page.wait_for_timeout(lasts * 1000)
        line.mend()
        is_right_soon(wall, missed)


def test_a_server_that_was_started_again(hall: Hall) -> None:
    wall = hall.wall()
    wall.page.evaluate("window.neverReloaded = true")
    hall.pull_the_plug()
    wall.says_it_is_cut_off()
    missed = called(hall.office)
    wall.page.wait_for_timeout(1_500)
    hall.plug_in()
    is_right_soon(wall, missed)


# ---------------------------------------------------------------- the box


def test_a_box_that_slept_while_its_line_was_cut(hall: Hall) -> None:
    wall = hall.wall()
    wall.page.evaluate("window.neverReloaded = true")
    wall.shows(called(hall.office))
    box = wall.page.context.new_cdp_session(wall.page)
    box.send("Page.setWebLifecycleState", {"state": "frozen"})
    hall.office.clock.minutes(180)
    cut(hall.office.app)
    called(hall.office, "3")
    newest = called(hall.office, "5")
    box.send("Page.setWebLifecycleState", {"state": "active"})
    is_right_soon(wall, newest)


def test_a_box_that_slept_while_everything_was_swallowed(hall: Hall, line: Switch) -> None:
    """Its timers stand still for hours; the line is open still, and says nothing any more."""
    wall = beyond(hall, line)
    wall.page.clock.install()
    wall.page.reload()
    wall.page.evaluate("window.neverReloaded = true")
    expect(wall.screen).to_be_attached()
    line.swallow()
    missed = called(hall.office, "2")
    line.mend()
    wall.page.clock.fast_forward("05:00:00")
    is_right_soon(wall, missed)


def test_a_clock_that_is_set_while_the_screen_is_cut_off(hall: Hall) -> None:
    hall.office.clock.minutes(90.5)
    page = hall.screens.open("display", device=SCREEN)
    page.clock.install(time="2001-02-03T04:05:06Z")
    wall = Wall(page, hall.site)
    called(hall.office)
    wall.has_announced(1)
    page.clock.set_system_time("2031-02-03T04:05:06Z")
    hall.pull_the_plug()
    expect(wall.offline).to_have_text("ขาดการเชื่อมต่อ ข้อมูลเมื่อ 09:30 น.")
    expect(wall.clock).to_have_text("09:30")
    page.clock.set_system_time("1999-02-03T04:05:06Z")
    hall.plug_in()
    number = called(hall.office, "2")
    wall.shows(number, "2")
    wall.is_live()


# ---------------------------------------------------------------- the events


class Post:
    """Carries what the server says, and may lose, double or keep some of it."""

    def __init__(self, page: Page) -> None:
        self.lost = 0
        self.doubled = False
        self.said: list[Any] = []
        self._screen: Any = None
        page.route_web_socket("**/socket.io/**", self._carry)

    def _carry(self, screen: Any) -> None:
        server = screen.connect_to_server()
        self._screen = screen
        server.on_message(self._pass_on)

    def _pass_on(self, said: Any) -> None:
        if '["board"' in str(said):
            self.said.append(said)
            if self.lost:
                self.lost -= 1
                return
            if self.doubled:
                self._screen.send(said)
        self._screen.send(said)

    def again(self, said: Any) -> None:
        self._screen.send(said)


@pytest.fixture
def posted(hall: Hall) -> tuple[Wall, Post]:
    page = hall.screens.open("display", device=SCREEN)
    post = Post(page)
    wall = Wall(page, hall.site)
    wall.page.evaluate("window.neverReloaded = true")
    wall.shows(called(hall.office))
    return wall, post


def test_an_event_that_was_lost(hall: Hall, posted: tuple[Wall, Post]) -> None:
    wall, post = posted
    post.lost = 1
    missed = called(hall.office, "2")
    is_right_soon(wall, missed)
    wall.has_announced(2)


def test_events_doubled_and_out_of_order(hall: Hall, posted: tuple[Wall, Post]) -> None:
    wall, post = posted
    post.doubled = True
    for counter in ("2", "3"):
        called(hall.office, counter)
    newest = called(hall.office, "5")
    wall.shows(newest, "5")
    for old in (post.said[0], post.said[-1], post.said[1]):
        post.again(old)
    post.doubled = False
    hall.office.issue()
    expect(wall.queue("A").locator(".queues__count")).to_contain_text("1")
    wall.shows(newest, "5")
    expect(wall.earlier()).to_have_count(6)
    assert int(wall.screen.get_attribute("data-announced") or 0) <= 4


def test_a_line_that_hears_everything_but_its_events(hall: Hall, posted: tuple[Wall, Post]) -> None:
    """Half dead: the poll knows more than the socket told, which is then made anew."""
    wall, post = posted
    post.lost = 1_000
    is_right_soon(wall, called(hall.office, "2"))
    with wall.page.expect_websocket():
        pass
    post.lost = 0
    is_right_soon(wall, called(hall.office, "3"))
