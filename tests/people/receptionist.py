"""Somebody at first reception."""

import json

from playwright.sync_api import Page, expect

from server.domain.roles import Role
from server.domain.ticket import SlipState
from server.store import schema, slips
from tests.browser import Screens
from tests.office import Office


class Receptionist:
    """`page`: a signed-in window; `site`: where the house is served."""

    def __init__(self, page: Page, site: str) -> None:
        self.page, self.site = page, site

    def comes(self) -> "Receptionist":
        self.page.goto(f"{self.site}/reception/")
        return self.settled()

    def settled(self) -> "Receptionist":
        expect(self.page.locator("main")).to_have_attribute("data-mounted", "")
        return self

    def hears(self, words: str) -> "Receptionist":
        """Types what the visitor says."""
        self.page.locator("#q").press_sequentially(words)
        return self

    def chooses(self, service: str) -> "Receptionist":
        self.page.locator(".found__one", has_text=service).click()
        expect(self.page.locator("#check-title")).to_have_text(service)
        return self.settled()

    def adds(self, service: str) -> "Receptionist":
        """One more service of the same visit."""
        self.page.get_by_role("link", name=f"เพิ่ม{service}เป็นงานถัดไป").click()
        expect(self.page.locator(".reception__steps")).to_contain_text(service)
        return self.settled()

    def marks(self, priority: str) -> "Receptionist":
        self.page.locator(f"[name=priority][value={priority}]").check()
        return self

    def gives(self) -> str:
        """Gives the number and reads it."""
        self.page.get_by_role("button", name="ออกบัตรคิว").click()
        self.page.wait_for_url("**/reception/tickets/**")
        self.settled()
        return self.page.locator("h1").inner_text()


def desk_of(screens: Screens) -> Receptionist:
    page = screens.open("desk", role=Role.RECEPTION)
    return Receptionist(page, screens.site).comes()


def set_printer(office: Office, url: str = "tcp://192.0.2.10:9100") -> None:
    with office.store.writing() as db:
        db.execute(schema.printers.update().values(url=url))


def settle(office: Office, state: SlipState) -> None:
    """The oldest slip due goes to the printer and ends like this."""
    with office.store.writing() as db:
        job = slips.lease(db, office.clock())
        assert job is not None
        assert slips.settle(db, job, state, office.clock(), problem="offline", near_end=False)


def jobs(office: Office) -> list[tuple[str, bool]]:
    """Each slip job in order: its state, and whether it is a reprint."""
    with office.store.reading() as db:
        rows = db.execute(schema.slip_jobs.select().order_by(schema.slip_jobs.c.id)).all()
    return [(row.state, json.loads(row.slip).get("reprint", False)) for row in rows]
