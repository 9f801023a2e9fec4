"""Several screens in one hall: each with its own services, layout and sound."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from display.mine import mine, sleeps
from server import shapes
from server.domain.roles import DeviceKind, Role
from server.domain.screen import Layout, Screen, Sound
from server.domain.wish import Actor
from server.setup.devices import DeviceWish
from server.store import schema
from tests.hall import SCREEN, Hall, called, opened
from tests.office import Office
from tests.pages import look, text_of
from tests.people.wall import Wall

ADMIN = Actor("staff", 1)


@pytest.fixture
def hall(browser: Browser, small_office: Office) -> Iterator[Hall]:
    with opened(browser, small_office) as hall:
        yield hall


def screens_of(office: Office) -> list[int]:
    """The ids of the office's displays, newest last."""
    return [one.id for one in office.rooms.setup.devices.all() if one.kind == SCREEN]


def set_up(office: Office, device_id: int, *codes: str, **options: Any) -> None:
    """Gives a screen its services and options."""
    services = tuple(office.service(code).id for code in codes)
    wish = DeviceWish("จอ", None, services, Screen(**options))
    office.rooms.setup.devices.change(device_id, wish, ADMIN)


def own_wall(hall: Hall, *codes: str, **options: Any) -> Wall:
    """A wall whose screen was set up before its page was opened."""
    page = hall.screens.open("display", device=SCREEN)
    set_up(hall.office, screens_of(hall.office)[-1], *codes, **options)
    return Wall(page, hall.site)


# ---------------------------------------------------------------- its services


def test_two_screens_show_and_announce_their_own_services(hall: Hall) -> None:
    office = hall.office
    taxes, people, all_of_them = (
        own_wall(hall, "land-tax"),
        own_wall(hall, "birth", "elderly-allowance"),
        own_wall(hall),
    )
    tax, birth, elderly = called(office, "3"), called(office, "1"), called(office, "2")
    taxes.shows(tax, "3")
    people.shows(elderly, "2")
    all_of_them.shows(elderly, "2")
    expect(taxes.earlier()).to_have_count(0)
    expect(people.earlier()).to_have_text([birth, "1"])
    expect(all_of_them.earlier()).to_have_text([birth, "1", tax, "3"])
    taxes.has_announced(1)
    people.has_announced(2)
    all_of_them.has_announced(3)
    expect(taxes.page.locator(".queues__prefix")).to_have_text(["R"])
    expect(people.page.locator(".queues__prefix")).to_have_text(["A", "W"])


def test_the_first_paint_has_the_same_services(small_office: Office) -> None:
    office, screen = small_office, small_office.device(SCREEN)
    set_up(office, screens_of(office)[-1], "land-tax")
    called(office, "1")
    called(office, "3")
    called(office, "2")
    words = text_of(look(screen, "/display/"))
    assert "R001" in words
    assert "A001" not in words
    assert "W001" not in words


def test_server_and_page_choose_alike(hall: Hall) -> None:
    office = hall.office
    for counter in ("1", "2", "3", "4", "5"):
        called(office, counter)
    office.issue("land-tax")
    zone = office.reads.settings().zone
    board = office.reads.board()
    page = hall.wall().page
    chosen = [(), ("land-tax",), ("birth", "health-hazard-licence"), ("waste-fee",)]
    for codes in chosen:
        ids = tuple(office.service(code).id for code in codes)
        by_page = page.evaluate(
            """async ([board, services]) => {
              const { mine } = await import("display/mine")
              return mine(services)(board)
            }""",
            [shapes.board(board, zone).model_dump(), " ".join(map(str, ids))],
        )
        assert by_page == shapes.board(mine(board, ids), zone).model_dump()


# ---------------------------------------------------------------- the devices page


def test_an_administrator_sets_a_screen_up(small_office: Office) -> None:
    office, screen = small_office, small_office.device(SCREEN)
    device_id = screens_of(office)[-1]
    admin = office.signed_in(Role.ADMIN)
    url = f"/manage/devices/{device_id}"
    assert f"media/{office.reads.settings().office.slug}" in text_of(look(admin, url))
    tax = str(office.service("land-tax").id)
    form = {"name": "จอภาษี", "layout": "portrait", "sound": "silent", "service_ids": tax}
    assert admin.post(url, data=form).status_code == 303
    with office.store.reading() as db:
        row = db.execute(schema.devices.select()).one()
    assert Screen.read(row.options) == Screen(
        layout=Layout.PORTRAIT, sound=Sound.SILENT, media=False
    )
    page = look(screen, "/display/")
    assert page.get("data-shape") == "portrait"
    assert page.find(".//main").get("data-services") == tax  # type: ignore[union-attr]
    assert page.find(".//video") is None
    words = text_of(look(admin, "/manage/history"))
    assert "การวางจอ" in words
    assert "แนวตั้ง" in words
    for wrong in ({"layout": "round"}, {"sound": "loud"}, {"service_ids": "1"}, {"name": ""}):
        assert admin.post(url, data=form | wrong).status_code == 422
    assert admin.post(url, data=form | {"media": "yes"}).status_code == 303
    assert look(screen, "/display/").find(".//video") is not None


def test_a_kiosk_has_no_screen_to_set_up(small_office: Office) -> None:
    office = small_office
    office.device(DeviceKind.KIOSK)
    device_id = office.rooms.setup.devices.all()[-1].id
    admin = office.signed_in(Role.ADMIN)
    url = f"/manage/devices/{device_id}"
    assert look(admin, url).find(".//select[@name='layout']") is None
    assert admin.post(url, data={"name": "ตู้"}).status_code == 303


def test_a_held_layout_stands_against_how_the_screen_hangs(hall: Hall) -> None:
    wall = own_wall(hall, layout=Layout.PORTRAIT)
    expect(wall.page.locator("html")).to_have_attribute("data-shape", "portrait")


# ---------------------------------------------------------------- its night


def test_the_screen_sleeps_when_the_office_does_and_wakes_on_the_next_call(hall: Hall) -> None:
    office = hall.office
    office.set(always_open=False)
    page = hall.screens.open("display", device=SCREEN)
    page.clock.install()
    wall = Wall(page, hall.site)
    called(office)  # at eight in the morning
    office.issue()

    def after(minutes: float) -> None:
        office.clock.minutes(minutes)
        page.clock.run_for(15_500)  # its poll

    after(9 * 60)  # half past five, closed since an hour; somebody still waits
    expect(page.locator(".night")).to_be_hidden()
    office.call_next(finish=True)
    after(9)
    expect(page.locator(".night")).to_be_hidden()
    after(2)
    expect(page.locator(".night")).to_be_visible()
    expect(page.locator(".night__clock")).to_have_text("17:11")
    expect(wall.panel).to_be_hidden()
    number = called(office, "2")
    wall.shows(number, "2")
    expect(wall.panel).to_be_visible()
    expect(page.locator(".night")).to_be_hidden()


def test_it_sleeps_before_and_after_the_days_hours_but_not_at_lunch(small_office: Office) -> None:
    office = small_office
    office.set(always_open=False)
    assert not sleeps(office.reads.board())  # eight: the kiosk gives numbers
    office.clock.minutes(-1)
    assert sleeps(office.reads.board())
    office.clock.minutes(1 + 4 * 60 + 30)
    assert not sleeps(office.reads.board())
    office.clock.minutes(4 * 60)
    assert sleeps(office.reads.board())
    office.set(always_open=True)
    assert not sleeps(office.reads.board())


def test_a_screen_takes_up_what_was_changed_without_being_touched(hall: Hall) -> None:
    page = hall.screens.open("display", device=SCREEN)
    page.clock.install()
    wall = Wall(page, hall.site)
    own = screens_of(hall.office)[-1]
    set_up(hall.office, own, "land-tax", layout=Layout.PORTRAIT)
    page.clock.run_for(61_000)
    expect(page.locator("html")).to_have_attribute("data-shape", "portrait")
    expect(wall.screen).to_have_attribute("data-services", str(hall.office.service("land-tax").id))
    expect(page.locator(".queues__prefix")).to_have_text(["R"])
