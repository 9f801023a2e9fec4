from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from server import shapes
from server.domain.estimate import Wait
from server.domain.order import Priority
from server.domain.roles import DeviceKind, Role
from server.domain.settings import Words
from server.store import schema
from tests.hall import SCREEN, Hall, called, opened
from tests.office import PROGRAM, Office
from tests.pages import look, text_of
from tests.people.wall import Wall


@pytest.fixture
def hall(browser: Browser, small_office: Office) -> Iterator[Hall]:
    with opened(browser, small_office) as hall:
        yield hall


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
              const clock = officeClock(screen, [[part("clock"), part("date")]])
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
    wall.shows(called(office))
    old = shapes.board(office.reads.board(), office.reads.settings().zone).model_dump()
    number = called(office)
    wall.shows(number)
    wall.has_announced(2)
    wall.page.evaluate("""() => {
      window.painted = []
      const number = document.querySelector('.newest__number')
      const note = () => window.painted.push(number.textContent)
      new MutationObserver(note).observe(number, { childList: true })
    }""")
    emit = office.app.extensions["socketio"].emit
    emit("board", old, namespace="/live", to=f"board:{office.id}")
    emit("board", old, namespace="/live", to=f"board:{office.id}")
    last = called(office, "2")
    expect(wall.number).to_have_text(last)  # later boards have come: the old ones did before
    assert wall.page.evaluate("window.painted") == [last]
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
