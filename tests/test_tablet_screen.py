"""The rating tablet in a browser: wakes by itself, keeps presses without a network, and sleeps."""

import json
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from server.domain.rating_place import Place
from server.domain.roles import Role
from server.store import schema
from server.web import DEVICE_COOKIE
from tests import tablet
from tests.browser import Screens
from tests.office import MINUTE
from tests.tablet import presses
from tests.waiting import until

WAITING = """() => new Promise(told => {
  const asked = indexedDB.open("khiu-tablet", 1)
  asked.onsuccess = () => {
    const all = asked.result.transaction("presses").objectStore("presses").index("at").getAll()
    all.onsuccess = () => told(all.result)
  }
})"""


def opened(screens: Screens, counter: str | None = "3", place: Place = Place.COUNTER) -> Page:
    """A tablet that stands there, its page begun."""
    page = screens.open("tablet")
    token = tablet.paired(screens.office, counter, place)
    page.context.add_cookies([{"name": DEVICE_COOKIE, "value": token, "url": screens.site}])
    page.goto(f"{screens.site}/tablet/")
    page.locator("main[data-mounted]").wait_for()
    return page


def shows(page: Page, part: str) -> None:
    expect(page.locator("main")).to_have_attribute("data-showing", part)
    expect(page.locator(f"[data-when={part}]")).to_be_visible()


def told(page: Page, act: Callable[[], None]) -> None:
    """Waits until the server has answered what this sends."""
    with page.expect_response(lambda answer: answer.url.endswith("/tablet/presses")):
        act()


def test_it_wakes_when_the_officer_finishes_asks_once_why_thanks_and_sleeps(
    screens: Screens,
) -> None:
    office = screens.office
    with office.store.writing() as db:  # thanks for a second, not for eight
        table = schema.questionnaires
        body = db.execute(table.select()).one().body
        db.execute(
            table.update().values(body=body.replace('"reset_seconds":8', '"reset_seconds":1'))
        )
    page = opened(screens)
    shows(page, "asleep")
    office.serve("land-tax", "3")
    shows(page, "ask")
    expect(page.locator(".tablet__qr")).to_be_visible()
    office.clock.minutes(0.2)
    told(page, lambda: page.locator(".face").nth(3).dblclick(no_wait_after=True))
    shows(page, "reasons")
    assert Axe().run(page).response["violations"] == []
    page.get_by_text("รอนาน").click()
    told(page, lambda: page.get_by_role("button", name="ส่ง", exact=True).click())
    shows(page, "done")
    (row,) = presses(office)
    assert (row.score, json.loads(row.reasons), row.flag) == (2, ["long_wait"], None)
    assert row.counter_id == office.counter("3").id
    shows(page, "asleep")
    assert page.evaluate(WAITING) == []


def test_without_a_network_presses_wait_in_the_tablet_and_come_once_at_their_time(
    screens: Screens,
) -> None:
    page = opened(screens, None, Place.OUTREACH)
    page.clock.install()
    page.context.set_offline(True)
    for score in (5, 4, 5):
        shows(page, "ask")
        page.locator(f".face[value='{score}']").click()
        shows(page, "done")
        page.clock.fast_forward(60_000)
    expect(page.locator("[data-part=kept]")).to_be_visible()
    assert [one["score"] for one in page.evaluate(WAITING)] == [5, 4, 5]
    page.clock.fast_forward(3_600_000)
    assert presses(screens.office) == []
    page.context.set_offline(False)
    until(lambda: page.evaluate(WAITING) == [], "everything sent")
    page.clock.fast_forward(61_000)  # not before: to what is sent, a minute without an answer
    expect(page.locator("[data-part=kept]")).to_be_hidden()
    rows = presses(screens.office)
    assert [row.score for row in rows] == [5, 4, 5]
    assert {row.channel for row in rows} == {"outreach"}
    ago = (screens.office.clock.now - rows[0].at) / MINUTE
    assert 62 <= ago <= 66  # the tablet's clock went on for an hour, the office's stood still


def test_a_tablet_cut_off_from_its_counter_stays_awake_and_hides_its_code(
    screens: Screens,
) -> None:
    page = opened(screens)
    shows(page, "asleep")
    page.context.set_offline(True)
    shows(page, "ask")
    expect(page.locator(".tablet__qr")).to_be_hidden()
    page.context.set_offline(False)
    shows(page, "asleep")


def test_presses_wait_for_a_tablet_whose_clock_is_put_right_meanwhile(screens: Screens) -> None:
    page = opened(screens, None, Place.OUTREACH)
    page.clock.install(time="2031-01-01T00:00:00Z")
    page.reload()  # the page begins with the wrong clock
    page.locator("main[data-mounted]").wait_for()
    page.context.set_offline(True)
    page.locator(".face").first.click()
    shows(page, "done")
    (one,) = page.evaluate(WAITING)
    page.clock.set_system_time("2026-10-01T02:00:00Z")
    page.clock.run_for(3_000)
    (moved,) = page.evaluate(WAITING)
    assert one["at"] - moved["at"] > 4 * 365 * 24 * 60 * MINUTE
    page.context.set_offline(False)
    page.clock.run_for(10_000)
    until(lambda: page.evaluate(WAITING) == [], "everything sent")
    (row,) = presses(screens.office)
    assert row.flag is None
    assert 0 <= screens.office.clock.now - row.at < MINUTE
    screens.office.clock.minutes(5)
    told(page, lambda: page.clock.fast_forward(301_000))  # it keeps nothing more, and says so
    (device,) = screens.office.rooms.setup.devices.all()
    assert device.heard_until == screens.office.clock.now


def test_a_tablet_that_was_switched_off_asks_to_be_paired_anew(screens: Screens) -> None:
    page = opened(screens)
    (device,) = screens.office.rooms.setup.devices.all()
    admin = screens.office.signed_in(Role.ADMIN)
    assert admin.post(f"/manage/devices/{device.id}/off").status_code == 303
    screens.office.serve("land-tax", "3")
    page.wait_for_url("**/pair/tablet*")


@pytest.mark.parametrize(("language", "word"), [("th", "มากที่สุด"), ("en", "Very satisfied")])
def test_without_scripts_it_is_a_plain_form(screens: Screens, language: str, word: str) -> None:
    office = screens.office
    office.serve("land-tax", "3")
    context = screens.browser.new_context(
        java_script_enabled=False, viewport={"width": 800, "height": 1280}
    )
    token = tablet.paired(office)
    context.add_cookies([{"name": DEVICE_COOKIE, "value": token, "url": screens.site}])
    page = context.new_page()
    page.goto(f"{screens.site}/tablet/?lang={language}")
    expect(page.get_by_role("button", name=word)).to_be_visible()
    page.locator(".face").last.click()
    page.locator(".choice").first.click()
    page.locator("[data-part=reasons] button").click()
    expect(page.locator("[data-when=done]")).to_be_visible()
    (row,) = presses(office)
    assert (row.score, json.loads(row.reasons)) == (1, ["long_wait"])
    context.close()


def test_everything_can_be_seen_and_read_out_at_any_size(screens: Screens) -> None:
    page = opened(screens, None, Place.EXIT)
    zoomed = (640, 400)  # the first size at twice its own
    for width, height in ((1280, 800), (800, 1280), zoomed):
        page.set_viewport_size({"width": width, "height": height})
        assert Axe().run(page).response["violations"] == []
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") == 0
        high = page.evaluate("document.documentElement.scrollHeight - innerHeight")
        assert high == 0 or (width, height) == zoomed
