"""A screen takes up a new version of its page by itself, at a quiet moment and never in a loop."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Route, expect
from werkzeug.test import TestResponse

from server.domain.roles import DeviceKind
from server.store import schema
from tests.hall import SCREEN, Hall, called, cut, opened
from tests.office import Office
from tests.people.wall import Wall


@pytest.fixture
def hall(browser: Browser, small_office: Office) -> Iterator[Hall]:
    with opened(browser, small_office) as hall:
        yield hall


def update(office: Office) -> None:
    """Something of the page is another one from now on; screens hear of it when they reconnect."""
    voice = office.reads.settings().settings.voice
    office.set(voice=voice.model_copy(update={"chime_ms": voice.chime_ms + 100}))
    cut(office.app)


def told(answer: TestResponse) -> Any:
    assert answer.json is not None
    return answer.json["edition"]


def edition_of(wall: Wall) -> str:
    return wall.screen.get_attribute("data-edition") or ""


# ---------------------------------------------------------------- what an edition is


def test_the_edition_is_that_of_the_page_and_stays_while_nothing_of_it_changes(
    small_office: Office,
) -> None:
    screen = small_office.device(DeviceKind.DISPLAY)
    first = screen.get("/display/edition")
    assert first.headers["Cache-Control"] == "no-store"
    called(small_office)
    small_office.clock.minutes(24 * 60)
    assert screen.get("/display/edition").json == first.json
    assert f'data-edition="{told(first)}"' in screen.get("/display/").text


def test_options_settings_and_shape_make_another_edition(small_office: Office) -> None:
    screen = small_office.device(DeviceKind.DISPLAY)

    def edition(query: str = "") -> Any:
        return told(screen.get(f"/display/edition{query}"))

    seen = {edition(), edition("?shape=portrait")}
    service = small_office.service("land-tax").id
    for change in ({"service_ids": f"[{service}]"}, {"options": '{"layout": "portrait"}'}):
        with small_office.store.writing() as db:
            db.execute(schema.devices.update().values(**change))
        seen.add(edition())
    voice = small_office.reads.settings().settings.voice
    small_office.set(voice=voice.model_copy(update={"chime_ms": 700}))
    seen.add(edition())
    assert len(seen) == 5


# ---------------------------------------------------------------- taking it up


def test_a_new_edition_is_taken_up_and_no_call_is_lost_or_repeated(hall: Hall) -> None:
    wall = hall.wall()
    wall.shows(called(hall.office))
    wall.has_announced(1)
    expect(wall.screen).to_have_attribute("data-announcing", "0")
    old, missed = edition_of(wall), list[str]()

    def while_it_loads(route: Route) -> None:
        if route.request.resource_type == "document":
            missed.append(called(hall.office, "2"))
        route.continue_()

    wall.page.route("**/display/", while_it_loads)
    update(hall.office)
    expect(wall.screen).not_to_have_attribute("data-edition", old, timeout=20_000)
    wall.shows(missed[0], "2")
    wall.has_announced(1)  # what was called while the page came, and not the one before it
    expect(wall.screen).to_have_attribute("data-announcing", "0")
    wall.shows(called(hall.office, "3"), "3")
    wall.has_announced(2)
    assert len(missed) == 1


def test_while_something_is_announced_the_page_stays(hall: Hall) -> None:
    wall = hall.wall()
    wall.page.clock.install()
    wall.page.reload()
    wall.page.evaluate("window.neverReloaded = true")
    expect(wall.screen).to_be_attached()
    wall.page.clock.pause_at("2100-01-01")
    called(hall.office)
    expect(wall.screen).to_have_attribute("data-announcing", "1")
    old = edition_of(wall)
    update(hall.office)
    with wall.page.expect_response("**/display/edition"):
        wall.page.clock.run_for(1_000)
    assert wall.page.evaluate("window.neverReloaded")
    wall.page.clock.resume()
    expect(wall.screen).to_have_attribute("data-announcing", "0", timeout=20_000)
    wall.page.clock.fast_forward(16_000)
    expect(wall.screen).not_to_have_attribute("data-edition", old)
    wall.has_announced(0)


def test_a_page_that_is_not_there_yet_is_not_loaded_again_and_again(hall: Hall) -> None:
    page = hall.screens.open("display", device=SCREEN)
    page.clock.install()
    page.route(
        "**/display/edition", lambda route: route.fulfill(json={"edition": "of another server"})
    )
    wall = Wall(page, hall.site)
    page.evaluate("window.neverReloaded = true")
    for _ in range(3):
        with page.expect_response("**/display/"):
            page.clock.fast_forward(16_000)
    wall.shows(called(hall.office))
    assert page.evaluate("window.neverReloaded")
