from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from threading import Thread
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Route, expect
from werkzeug.serving import make_server

from server import shapes
from server.domain.estimate import Wait
from server.domain.order import Priority
from server.domain.roles import DeviceKind, Role
from server.domain.settings import Words
from server.store import schema
from tests.browser import SIZES, Screens
from tests.office import PROGRAM, Office
from tests.pages import look, text_of
from tests.people.wall import Wall

SCREEN = DeviceKind.DISPLAY
# One service of each counter's own.
WORK = {
    "1": "birth",
    "2": "elderly-allowance",
    "3": "land-tax",
    "4": "health-hazard-licence",
    "5": "commercial-registration",
}
LOST = "ขาดการเชื่อมต่อ ข้อมูลเมื่อ"


@dataclass
class Hall:
    """The office, its windows, and the server's plug."""

    office: Office
    screens: Screens
    site: str
    port: int
    running: ExitStack

    def wall(self, size: str = "display", query: str = "") -> Wall:
        return Wall(self.screens.open(size, device=SCREEN), self.site, query)

    def pull_the_plug(self) -> None:
        self.running.close()

    def plug_in(self) -> None:
        self.running.enter_context(serving(self.office.app, self.port))


@contextmanager
def serving(app: Flask, port: int = 0) -> Iterator[int]:
    """The app on a port; afterwards nothing of it answers any more."""
    app.extensions["push"].start()
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield server.port
    server.shutdown()
    thread.join()
    server.server_close()
    cut(app)


def cut(app: Flask) -> None:
    """Ends every live connection."""
    for one in list(app.extensions["socketio"].server.eio.sockets.values()):
        one.close(wait=False)


@pytest.fixture
def hall(browser: Browser, small_office: Office) -> Iterator[Hall]:
    with ExitStack() as running:
        port = running.enter_context(serving(small_office.app))
        site = f"http://127.0.0.1:{port}"
        screens = Screens(browser, small_office, site)
        yield Hall(small_office, screens, site, port, running)
        for context in browser.contexts:
            context.close()
    assert screens.errors == []


def called(office: Office, counter: str = "1") -> str:
    """Somebody new is called to this counter; the number."""
    office.issue(WORK[counter])
    seen = office.call_next(counter, finish=True)
    assert seen is not None
    return seen.ticket.number


# ---------------------------------------------------------------- the page


def test_the_board_is_a_sound_page_with_what_the_contract_names(small_office: Office) -> None:
    called(small_office)
    small_office.issue(priority=Priority.PREGNANT)
    words = text_of(look(small_office.device(SCREEN), "/display/"))
    assert "A001" in words
    assert "ข้อมูลจำลอง" in words
    assert "เวลาทำการ จันทร์–ศุกร์ 08:30–16:30 น." in words
    assert "วันพฤหัสบดีที่ 1 ตุลาคม 2569" in words


def test_the_reason_for_a_priority_stands_nowhere_on_the_board(small_office: Office) -> None:
    for priority in Priority:
        small_office.issue(priority=priority)
        small_office.call_next(finish=True)
    for language in ("th", "en"):
        page = small_office.device(SCREEN).get(f"/display/?lang={language}").text
        for priority in set(Priority) - {Priority.NONE}:
            assert priority not in page
            words = small_office.app.extensions["words"].say(f"priority.{priority}", language)
            assert words not in page


def test_only_a_paired_screen_and_the_administrator_see_it(small_office: Office) -> None:
    def opened(client: Any) -> tuple[int, str]:
        answer = client.get("/display/")
        return answer.status_code, answer.headers.get("Location", "")

    assert opened(small_office.device(SCREEN))[0] == 200
    assert opened(small_office.signed_in(Role.ADMIN))[0] == 200
    for other in (
        small_office.app.test_client(),
        small_office.device(DeviceKind.KIOSK),
        small_office.signed_in(Role.OFFICER),
    ):
        status, goal = opened(other)
        assert status == 303
        assert goal.startswith("/pair/display")


def test_numbers_called_before_a_reload_are_painted_by_the_server(small_office: Office) -> None:
    numbers = [called(small_office, counter) for counter in ("1", "2", "5")]
    page = look(small_office.device(SCREEN), "/display/?lang=en")
    cells = [cell.text for cell in page.findall(".//tbody/tr/td") if cell.text]
    assert cells == [numbers[1], "2", numbers[0], "1"]


# ---------------------------------------------------------------- a call on the wall


def test_a_call_stands_on_the_wall_and_rings(hall: Hall) -> None:
    wall = hall.wall()
    expect(wall.panel).to_contain_class("newest--idle")
    first = called(hall.office, "1")
    wall.shows(first, "1")
    expect(wall.panel).to_contain_class("newest--fresh")
    wall.has_announced(1)
    second = called(hall.office, "2")
    wall.shows(second, "2")
    expect(wall.earlier()).to_have_text([first, "1"])
    wall.has_announced(2)


def test_how_many_wait_follows_the_kiosk(hall: Hall) -> None:
    wall = hall.wall()
    expect(wall.queue("A")).to_contain_text("ไม่มีผู้รอ")
    hall.office.issue()
    hall.office.issue()
    expect(wall.queue("A").locator(".queues__count")).to_have_text("2 คน")
    expect(wall.queue("A").locator(".queues__mins")).to_contain_text("นาที")


def test_what_the_server_painted_and_what_the_page_paints_is_the_same(hall: Hall) -> None:
    for counter in ("1", "2", "3", "4", "5"):
        called(hall.office, counter)
    for code, waiting in (("birth", 1), ("land-tax", 7), ("elderly-allowance", 30)):
        for _ in range(waiting):
            hall.office.issue(code)
    for language in ("th", "en"):
        wall = hall.wall(query=f"?lang={language}")
        painted = wall.page.locator(".board").inner_text()
        wall.page.evaluate(
            """async board => {
              const { painter } = await import("display/paint")
              const { officeClock } = await import("display/clock")
              const screen = document.querySelector("main")
              const part = name => screen.querySelector(`[data-part="${name}"]`)
              for (const spot of document.querySelectorAll("[data-field]")) spot.textContent = "?"
              part("queues").replaceChildren()
              const clock = officeClock(screen, part("clock"), part("date"))
              painter(screen, part, clock).board(board)
            }""",
            shapes.board(hall.office.reads.board(), hall.office.reads.settings().zone).model_dump(),
        )
        expect(wall.page.locator(".board")).to_have_text(painted, use_inner_text=True)


def test_waits_are_worded_alike_by_server_and_page(hall: Hall) -> None:
    waits = [
        Wait(low, low, max(low, high))
        for low in (0, 1, 299, 300, 301, 1799)
        for high in (1, 300, 301, 3600)
    ]
    with hall.office.app.test_request_context():
        by_server = [hall.office.app.jinja_env.filters["wait"](wait) for wait in waits]
    by_page = hall.wall().page.evaluate(
        """async waits => {
          const { waitWords } = await import("display/words")
          return waits.map(wait => waitWords(wait, document.querySelector("main").dataset))
        }""",
        [asdict(wait) for wait in waits],
    )
    assert by_page == by_server


def test_a_board_that_comes_late_or_twice_changes_nothing(hall: Hall) -> None:
    wall, office = hall.wall(), hall.office
    called(office)
    old = shapes.board(office.reads.board(), office.reads.settings().zone).model_dump()
    number = called(office)
    wall.shows(number)
    wall.has_announced(2)
    emit = office.app.extensions["socketio"].emit
    emit("board", old, namespace="/live", to=f"board:{office.id}")
    emit("board", old, namespace="/live", to=f"board:{office.id}")
    last = called(office, "2")
    expect(wall.number).to_have_text(last)  # later boards have come: the old ones did before
    expect(wall.earlier()).to_have_text([number, "1"])
    wall.has_announced(3)


def test_a_number_taken_back_leaves_the_wall_without_a_sound(hall: Hall) -> None:
    wall, office = hall.wall(), hall.office
    office.issue()
    seen = office.call_next()
    assert seen is not None
    wall.shows("A001")
    office.desk.bring_back(seen.ticket.id, PROGRAM)
    expect(wall.panel).to_contain_class("newest--idle")
    wall.has_announced(1)


# ---------------------------------------------------------------- announcing


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
    wall = hall.wall()
    wall.page.clock.install()
    wall.page.reload()
    expect(wall.screen).to_be_attached()
    for counter in ("1", "2", "5"):
        called(hall.office, counter)
    wall.shows("F001", "5")
    wall.has_announced(1)
    wall.page.clock.run_for(1_300)
    wall.has_announced(2)
    wall.page.clock.run_for(1_300)
    wall.has_announced(3)


ANNOUNCE = """async ([known, offers]) => {
  const { announcer } = await import("display/announce")
  const said = []
  const calls = announcer(known, async call => { said.push(call.call_id) })
  for (const offer of offers) calls.offer(offer.map(id => ({ call_id: id })))
  for (let turn = 0; turn < 100; turn++) await null
  return said
}"""


def test_each_call_is_announced_once_in_order_and_never_forgotten_wrongly(hall: Hall) -> None:
    page = hall.wall().page

    def said(known: list[int], *offers: list[int]) -> list[int]:
        texts = [[str(one) for one in offer] for offer in offers]
        heard = page.evaluate(ANNOUNCE, [[str(one) for one in known], texts])
        return [int(one) for one in heard]

    big = 2**62  # ids are larger than JavaScript's numbers can tell apart
    assert said([big], [big + 1, big]) == [big + 1]
    assert said([1], [3, 2, 1], [3, 2, 1], [4, 3, 2]) == [2, 3, 4]
    assert said([], [7, 5], [7, 6, 5]) == [5, 7, 6]  # committed late on another server
    assert said([5, 6], [6], [6, 5]) == []  # the server's clock went back: heard long ago


def test_a_rush_of_calls_loses_old_announcements_and_keeps_the_newest(hall: Hall) -> None:
    page = hall.wall().page
    said = page.evaluate(
        """async () => {
          const { announcer } = await import("display/announce")
          const said = []
          let over
          const calls = announcer([], call => {
            said.push(call.call_id)
            return new Promise(kept => { over = kept })
          })
          const offered = []
          for (let id = 1; id <= 50; id++) {
            offered.unshift({ call_id: String(id) })
            calls.offer(offered)
          }
          for (let turn = 0; turn < 50; turn++) { over(); await null; await null; await null }
          return said
        }"""
    )
    assert said[0] == "1"
    assert said[1:] == [str(n) for n in range(45, 51)]


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
    hall.office.clock.minutes(141)
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
    expect(wall.page).to_have_url(f"{hall.site}/pair/display")


def test_an_administrator_without_the_poll_still_sees_the_board(hall: Hall) -> None:
    page = hall.screens.open("display", role=Role.ADMIN)
    wall = Wall(page, hall.site)
    wall.shows(called(hall.office))


# ---------------------------------------------------------------- clock


def test_a_screen_with_a_wrong_clock_shows_the_offices_time(hall: Hall) -> None:
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


# ---------------------------------------------------------------- words of the office


def test_notices_are_shown_in_turn(hall: Hall) -> None:
    notices = (
        Words(th="ชำระภาษีได้ถึง 30 เมษายน", en="Pay until 30 April"),
        Words(th="วันพุธเปิดถึง 18:30 น.", en=""),
    )
    with hall.office.store.writing() as db:
        settings = hall.office.reads.settings().model_copy(update={"notices": notices})
        db.execute(schema.offices.update().values(settings=settings.text()))
    page = hall.screens.open("display", device=SCREEN)
    page.clock.install()
    Wall(page, hall.site, "?lang=en")
    bar = page.locator(".notice > span")
    expect(bar).to_have_text(notices[0].en)
    page.clock.run_for(12_500)
    expect(bar).to_have_text(notices[1].th)  # Thai where a language has none


# ---------------------------------------------------------------- looks


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


# ---------------------------------------------------------------- months on a wall


def test_a_board_that_did_not_change_touches_nothing_on_the_page(hall: Hall) -> None:
    wall, office = hall.wall(), hall.office
    wall.shows(called(office))
    expect(wall.panel).not_to_contain_class("newest--fresh")
    wall.page.evaluate("""() => {
      window.touched = []
      const note = all => all.forEach(one => window.touched.push(one.target.className))
      const board = document.querySelector('.board')
      const all = { subtree: true, childList: true, attributes: true }
      new MutationObserver(note).observe(board, all)
    }""")
    office.issue("land-tax")
    expect(wall.queue("R").locator(".queues__count")).to_contain_text("1")
    touched = set(wall.page.evaluate("window.touched"))
    assert not {name for name in touched if "newest" in str(name) or "earlier" in str(name)}


def test_hundreds_of_calls_leave_no_more_elements_behind(hall: Hall) -> None:
    wall, office = hall.wall(), hall.office
    count = "document.querySelectorAll('*').length"
    before = wall.page.evaluate(count)
    numbers = []
    for _ in range(60):
        office.clock.minutes(1)
        numbers.append(called(office))
    wall.shows(numbers[-1])
    assert wall.page.evaluate(count) == before
