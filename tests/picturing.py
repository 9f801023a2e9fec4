"""The pictures of README, taken of a day in the demo office: `make pictures`."""

import random
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, Page, expect

from printers.typeset import typeset
from server.domain.order import Priority
from server.domain.roles import DeviceKind, Role
from server.sheets import Sheets
from server.simulation import simulate
from server.store.engine import Store
from server.store.migrate import migrate
from server.store.slips import Job
from server.tracking import track_url
from tests.browser import Screens, chromium, served
from tests.office import PROGRAM, Clock, Office

FOLDER = Path(__file__).parent / "pictures"
TEN_O_CLOCK = datetime(2026, 11, 20, 3, 5, tzinfo=UTC)  # 10:05 in Bangkok, a Friday
ASKED = ("birth", "move", "land-tax", "water-fee", "waste-fee", "elderly-allowance", "complaint")
NAMES = ("kiosk", "number", "display", "counter", "reception", "ticket", "reports", "slip")


def busy_morning(office: Office, seed: int = 3) -> None:
    """Twenty-two people came, every counter has somebody."""
    chance = random.Random(seed)
    groups = [Priority.NONE] * 5 + [Priority.ELDERLY]
    for number in "12345":
        office.desk.open_counter(office.counter(number).id, PROGRAM)
    for _ in range(22):
        office.issue(chance.choice(ASKED), chance.choice(groups))
        office.clock.minutes(1.7)
    for number in "12354":
        office.call_next(number)
        office.clock.minutes(0.6)


def take(browser: Browser, folder: Path) -> None:
    """Writes one PNG for each of `NAMES` into `folder`."""
    with TemporaryDirectory() as data:
        store = Store(f"sqlite:///{data}/khiu.db")
        migrate(store)
        office = Office(store, clock=Clock(round(TEN_O_CLOCK.timestamp() * 1000)))
        yesterday = TEN_O_CLOCK.date() - timedelta(days=1)
        simulate(store, office.id, date(2026, 10, 1), yesterday, seed=1)
        busy_morning(office)
        with served(office.app) as site:
            screens = Screens(browser, office, site)
            for name, page in _pages(screens):
                page.screenshot(path=folder / f"{name}.png")
                page.context.close()
        _slip(office).save(folder / "slip.png")
        store.close()


def _pages(screens: Screens) -> list[tuple[str, Page]]:
    site, office = screens.site, screens.office
    waiting = office.issue("birth")
    with office.app.test_request_context():
        link = track_url(office.id, waiting.ticket.id)
    kiosk, number = (screens.open("kiosk", device=DeviceKind.KIOSK) for _ in range(2))
    kiosk.goto(f"{site}/kiosk/")
    number.goto(f"{site}/kiosk/")
    number.locator(".tile", has_text="น้ำประปา").click()
    number.locator("button[name=priority][value=none]").click()
    number.wait_for_url("**/tickets/**")
    opened = {"kiosk": kiosk, "number": number}
    for name, size, role, counter, address in (
        ("counter", "desk", Role.OFFICER, "1", "/counter/"),
        ("reception", "desk", Role.RECEPTION, None, "/reception/"),
        ("reports", "desk", Role.MANAGER, None, "/reports/?length=half&period=2570-1"),
    ):
        opened[name] = screens.open(size, role=role, counter=counter)
        opened[name].goto(site + address)
    opened["display"] = screens.open("display", device=DeviceKind.DISPLAY)
    opened["display"].goto(f"{site}/display/")
    opened["ticket"] = screens.open("phone")
    opened["ticket"].goto(link)
    for page in opened.values():
        expect(page.locator("[data-module]:not([data-mounted])")).to_have_count(0)
        page.evaluate("document.fonts.ready")
    return list(opened.items())


def _slip(office: Office):  # type: ignore[no-untyped-def] # a PIL image
    seen = office.issue("birth")
    facts = {"ahead": seen.ahead, "low_s": 600, "high_s": 1500, "large": False}
    sheets = Sheets(office.store, office.clock, lambda: "http://192.0.2.10:8080")
    job = Job(office.id, 0, seen.ticket.id, 0, "none", facts, tries=1, lease=0)
    return typeset(sheets.of(job)).convert("L")


def main(say: Callable[[str], None] = print) -> None:
    FOLDER.mkdir(exist_ok=True)
    with chromium() as browser:
        take(browser, FOLDER)
    say(f"{len(NAMES)} pictures in {FOLDER.name}/")


if __name__ == "__main__":
    main()
