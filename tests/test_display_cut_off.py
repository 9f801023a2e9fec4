import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Route, expect

from server.domain.roles import Role
from server.store import schema
from tests.hall import SCREEN, Hall, called, cut, opened
from tests.office import Office
from tests.people.wall import Wall

LOST = "ขาดการเชื่อมต่อ ข้อมูลเมื่อ"


@pytest.fixture
def hall(browser: Browser, small_office: Office) -> Iterator[Hall]:
    with opened(browser, small_office) as hall:
        yield hall


# ---------------------------------------------------------------- cut off


def test_a_push_that_was_lost_is_made_good_by_the_poll(hall: Hall) -> None:
    page = hall.screens.open("display", device=SCREEN)
    page.clock.install()
    # The live channel says nothing: as behind a proxy that swallows it after the greeting.
    page.route_web_socket("**/socket.io/**", _swallow)
    wall = Wall(page, hall.site)
    number = called(hall.office)
    page.clock.run_for(16_000)
    wall.shows(number)
    wall.has_announced(1)
    wall.is_live()


def _swallow(socket: Any) -> None:
    server = socket.connect_to_server()
    greeted: list[str] = []

    def pass_on(message: Any) -> None:
        if "board" in str(message):
            greeted.append("board")
            if len(greeted) > 1:
                return
        socket.send(message)

    server.on_message(pass_on)


def test_without_the_live_channel_the_screen_lives_by_its_poll(hall: Hall) -> None:
    page = hall.screens.open("display", device=SCREEN)
    page.clock.install()
    page.route_web_socket("**/socket.io/**", lambda socket: socket.close())
    wall = Wall(page, hall.site)
    number = called(hall.office)
    page.clock.run_for(4_000)
    wall.shows(number)
    wall.is_live()


def test_a_server_that_stops_is_seen_on_the_wall_with_the_time_of_the_last_news(hall: Hall) -> None:
    hall.office.clock.minutes(141.5)  # not on the stroke of a minute
    called(hall.office)
    wall = hall.wall()
    hall.office.clock.minutes(3)
    number = called(hall.office)
    wall.shows(number)
    hall.pull_the_plug()
    wall.says_it_is_cut_off()
    expect(wall.offline).to_have_text(f"{LOST} 10:24 น.")
    expect(wall.panel).to_contain_text("เรียกเมื่อ 10:24 น.")
    expect(wall.panel).to_contain_text("ฟังเสียงเรียกจากเจ้าหน้าที่")
    accent = "getComputedStyle(document.querySelector('.newest')).backgroundColor"
    assert wall.page.evaluate(accent) == "rgba(0, 0, 0, 0)"


def test_the_screen_comes_back_without_a_reload_and_announces_what_it_missed(hall: Hall) -> None:
    wall = hall.wall()
    wall.shows(called(hall.office))
    wall.page.evaluate("window.neverReloaded = true")
    hall.pull_the_plug()
    wall.says_it_is_cut_off()
    missed = called(hall.office, "2")
    hall.plug_in()
    wall.shows(missed, "2")
    wall.is_live()
    wall.has_announced(2)
    wall.shows(called(hall.office, "5"), "5")
    assert wall.page.evaluate("window.neverReloaded")


def test_a_line_that_is_dead_is_noticed_and_so_is_its_return(hall: Hall) -> None:
    wall = hall.wall()
    wall.shows(called(hall.office))
    wall.page.context.set_offline(True)
    wall.says_it_is_cut_off()
    missed = called(hall.office, "2")
    wall.page.context.set_offline(False)
    wall.is_live()
    wall.shows(missed, "2")


def test_a_server_that_answers_rubbish_is_no_news(hall: Hall) -> None:
    page = hall.screens.open("display", device=SCREEN)
    page.clock.install()
    page.route_web_socket("**/socket.io/**", lambda socket: socket.close())
    answers = iter(["<h1>portal</h1>", "null", "[]", '{"version": "x"}'])

    def answer(route: Route) -> None:
        body = next(answers, None)
        if body is None:
            route.continue_()
        else:
            route.fulfill(body=body, content_type="application/json")

    page.route("**/api/v1/board", answer)
    wall = Wall(page, hall.site)
    page.clock.run_for(3_500)
    wall.says_it_is_cut_off()
    number = called(hall.office)
    for _ in range(5):
        page.clock.run_for(3_500)
    wall.shows(number)
    wall.is_live()


def test_a_screen_that_was_unpaired_goes_where_it_can_be_paired(hall: Hall) -> None:
    wall = hall.wall()
    with hall.office.store.writing() as db:
        db.execute(schema.devices.update().values(active=False))
    hall.screens.errors.clear()
    wall.page.route("**/api/v1/board", lambda route: route.abort())  # its 401 is an error line
    cut(hall.office.app)
    expect(wall.page).to_have_url(re.compile("/pair/display"))


def test_an_administrator_without_the_poll_still_sees_the_board(hall: Hall) -> None:
    page = hall.screens.open("display", role=Role.ADMIN)
    wall = Wall(page, hall.site)
    wall.shows(called(hall.office))


# ---------------------------------------------------------------- clock


def test_a_screen_with_a_wrong_clock_shows_the_offices_time(hall: Hall) -> None:
    hall.office.clock.minutes(0.5)  # not on the stroke of a minute
    page = hall.screens.open("display", device=SCREEN)
    page.clock.install(time="2001-02-03T04:05:06Z")
    wall = Wall(page, hall.site)
    expect(wall.clock).to_have_text("08:00")
    page.clock.run_for(60_000)
    expect(wall.clock).to_have_text("08:01")
    hall.office.clock.minutes(90)
    called(hall.office)
    expect(wall.clock).to_have_text("09:30")
    hall.office.clock.minutes(24 * 60)
    called(hall.office, "2")
    expect(page.locator(".board__date")).to_have_text("วันศุกร์ที่ 2 ตุลาคม 2569")
