"""More screens than there is room for: who is left out lives by its poll, and comes in later."""

from collections.abc import Iterator
from contextlib import suppress
from threading import Thread
from time import monotonic

import pytest
import simple_websocket  # type: ignore[import-untyped]
from playwright.sync_api import Browser, expect

from server.app import make_app
from server.config import Config
from tests.hall import SCREEN, Hall, called, opened
from tests.listener import push_of
from tests.office import Office
from tests.people.wall import Wall

ROOM = 2
COMES_WITHIN_S = 20.0  # it tries every few seconds; a browser delays who was refused often


@pytest.fixture
def full(browser: Browser, small_office: Office) -> Iterator[Hall]:
    """An office whose server has room for two sockets."""
    small_office.app = make_app(
        small_office.store,
        small_office.clock,
        data=small_office.data,
        config=Config(threads=100 + ROOM),
        base_url="http://khiu.test",
    )
    with opened(browser, small_office) as hall:
        yield hall


def address(hall: Hall) -> str:
    return f"ws://127.0.0.1:{hall.port}/socket.io/?EIO=4&transport=websocket"


def screen(hall: Hall) -> simple_websocket.Client:
    """One that listens to the board."""
    found = simple_websocket.Client.connect(address(hall))
    found.send(f'40/live,{{"topic": "board", "token": "{hall.office.token()}"}}')
    while not str(found.receive(timeout=30)).startswith("42/live,"):
        pass
    Thread(target=stay, args=(found,), daemon=True).start()
    return found


def stay(line: simple_websocket.Client) -> None:
    """Says that it is there when it is asked."""
    with suppress(simple_websocket.ConnectionClosed):
        while True:
            if line.receive() == "2":
                line.send("3")


def test_who_finds_no_room_polls_and_takes_the_first_place_that_is_free(full: Hall) -> None:
    others = [screen(full) for _ in range(ROOM)]
    with pytest.raises(simple_websocket.ConnectionError) as refused:
        simple_websocket.Client.connect(address(full))
    assert refused.value.status_code == 401

    page = full.screens.open("display", device=SCREEN)
    wall = Wall(page, full.site)
    page.evaluate("window.neverReloaded = true")
    for counter in ("1", "2"):
        wall.shows(called(full.office, counter), counter)  # by its poll, every three seconds
    wall.is_live()

    others[0].close()
    while push_of(full.office).sockets == ROOM:
        page.wait_for_timeout(20)
    until = monotonic() + COMES_WITHIN_S
    while push_of(full.office).sockets < ROOM:
        assert monotonic() < until, "it did not come back"
        page.wait_for_timeout(100)
    wall.shows(called(full.office, "3"), "3")
    assert push_of(full.office).sockets <= ROOM
    assert page.evaluate("window.neverReloaded")
    expect(wall.offline).to_be_hidden()
    others[1].close()
