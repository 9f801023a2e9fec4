from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from server.domain.settings import Voice
from tests.hall import SCREEN, Hall, called, opened
from tests.office import PROGRAM, Office
from tests.people.ear import Ear
from tests.people.wall import Wall


@pytest.fixture
def hall(browser: Browser, small_office: Office) -> Iterator[Hall]:
    with opened(browser, small_office) as hall:
        yield hall


def test_a_recall_rings_again(hall: Hall) -> None:
    wall, office = hall.wall(), hall.office
    office.issue()
    seen = office.call_next()
    assert seen is not None
    wall.has_announced(1)
    office.desk.recall(seen.ticket.id, PROGRAM)
    wall.has_announced(2)
    wall.shows("A001")


def test_a_reloaded_screen_does_not_shout_old_calls(hall: Hall) -> None:
    old = called(hall.office, "2")
    wall = hall.wall()
    wall.shows(old, "2")
    wall.has_announced(0)
    number = called(hall.office, "1")
    wall.has_announced(1)
    wall.page.reload()
    wall.shows(number)
    wall.has_announced(0)
    hall.office.issue("land-tax")  # a new board comes, with the old calls among its recent ones
    expect(wall.queue("R").locator(".queues__count")).to_contain_text("1")
    wall.has_announced(0)


def test_calls_of_one_moment_ring_one_after_another(hall: Hall) -> None:
    hall.office.set(voice=Voice(chime_ms=150))
    page = hall.screens.open("display", device=SCREEN)
    ear = Ear(page)
    wall = Wall(page, hall.site)
    for counter in ("1", "2", "5"):
        called(hall.office, counter)
    wall.shows("F001", "5")
    ear.waits_for(3)
    first, second, third = ear.heard()
    assert first.ends < second.starts < second.ends < third.starts


ANNOUNCE = """async ([known, offers]) => {
  const { announcer } = await import("display/announce")
  const said = [], passed = []
  const calls = announcer({
    known,
    say: async call => { said.push(call.call_id) },
    passedOver: call => passed.push(call.call_id),
  })
  const named = ids => ids.map(id => ({ call_id: id }))
  for (const [recent, standing] of offers)
    calls.offer({ recent: named(recent), calls: named(standing) })
  for (let turn = 0; turn < 100; turn++) await null
  return [said, passed, calls.heard()]
}"""


def test_each_call_is_announced_once_in_order_and_never_forgotten_wrongly(hall: Hall) -> None:
    page = hall.wall().page

    def said(known: list[int], *offers: list[int]) -> list[int]:
        texts = [[[str(one) for one in offer]] * 2 for offer in offers]
        heard, _, _ = page.evaluate(ANNOUNCE, [[str(one) for one in known], texts])
        return [int(one) for one in heard]

    big = 2**62  # ids are larger than JavaScript's numbers can tell apart
    assert said([big], [big + 1, big]) == [big + 1]
    assert said([1], [3, 2, 1], [3, 2, 1], [4, 3, 2]) == [2, 3, 4]
    assert said([], [7, 5], [7, 6, 5]) == [5, 7, 6]  # committed late on another server
    assert said([5, 6], [6], [6, 5]) == []  # a board that comes late: heard long ago
    assert said([], [900], [3], [4, 3]) == [900, 3, 4]  # the server's clock was set back


def test_who_no_longer_stands_is_passed_over_and_never_comes_again(hall: Hall) -> None:
    page = hall.wall().page
    offers = [
        [["1"], ["1"]],
        [["4", "3", "2", "1"], ["4", "2"]],
        [["5", "4", "3", "2"], ["5", "3"]],
    ]
    said, passed, heard = page.evaluate(ANNOUNCE, [[], offers])
    assert said == ["1", "5"]
    assert passed == ["3", "2", "4"]
    assert sorted(heard) == ["1", "2", "3", "4", "5"]


def test_a_rush_of_calls_loses_old_announcements_and_keeps_the_newest(hall: Hall) -> None:
    page = hall.wall().page
    said, passed, waited = page.evaluate(
        """async () => {
          const { announcer } = await import("display/announce")
          const said = [], passed = [], waited = []
          let over
          const calls = announcer({
            known: [],
            say: call => {
              said.push(call.call_id)
              return new Promise((kept, broken) => { over = said.length % 2 ? kept : broken })
            },
            passedOver: call => passed.push(call.call_id),
            waiting: n => waited.push(n),
          })
          const offered = []
          for (let id = 1; id <= 50; id++) {
            offered.unshift({ call_id: String(id) })
            calls.offer({ recent: offered, calls: offered })
          }
          for (let turn = 0; turn < 50; turn++) { over(); await null; await null; await null }
          return [said, passed, waited]
        }"""
    )
    assert said[0] == "1"
    assert said[1:] == [str(n) for n in range(31, 51)]
    assert passed == [str(n) for n in range(2, 31)]
    assert max(waited) == 21
    assert waited[-1] == 0


def test_nothing_moves_where_motion_is_not_wanted(hall: Hall) -> None:
    wall = hall.wall()
    wall.page.emulate_media(reduced_motion="reduce")
    wall.shows(called(hall.office))
    expect(wall.panel).to_contain_class("newest--fresh")
    assert wall.page.evaluate("document.getAnimations().length") == 0


def test_the_panel_pulses_three_times_and_then_rests(hall: Hall) -> None:
    wall = hall.wall()
    called(hall.office)
    expect(wall.panel).to_contain_class("newest--fresh")
    expect(wall.panel).to_have_css("animation-iteration-count", "3")
    expect(wall.panel).not_to_contain_class("newest--fresh")


def test_a_browser_that_keeps_silent_asks_for_a_touch(hall: Hall) -> None:
    page = hall.screens.open("display", device=SCREEN)
    page.add_init_script("""
      const real = AudioContext.prototype.resume
      let touched = false
      addEventListener("pointerdown", () => { touched = true }, true)
      Object.defineProperty(AudioContext.prototype, "state", {
        get() { return touched ? "running" : "suspended" } })
      AudioContext.prototype.resume = function () {
        this.dispatchEvent(new Event("statechange")); return real.call(this) }""")
    wall = Wall(page, hall.site)
    hint = page.get_by_role("button", name="แตะเพื่อเปิดเสียง")
    expect(hint).to_be_visible()
    hint.click()
    expect(hint).to_be_hidden()
    wall.shows(called(hall.office))
