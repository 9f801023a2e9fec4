"""Somebody who leads, and is called when one place is rated low again and again."""

from playwright.sync_api import Locator, Page, expect


class Supervisor:
    """`page`: a window signed in as one who may answer alerts; `site`: where the house is."""

    def __init__(self, page: Page, site: str) -> None:
        self.page, self.site = page, site

    def watches(self) -> "Supervisor":
        self.page.goto(f"{self.site}/alerts/")
        expect(self.page.locator("[data-module='alarms/alerts'][data-mounted]")).to_be_visible()
        return self

    def sees(self, place: str) -> Locator:
        """The alert of that place, once it is there."""
        alert = self.page.get_by_role("listitem").filter(has_text=place)
        expect(alert).to_be_visible()
        return alert

    def begins_to_say(self, place: str, done: str) -> "Supervisor":
        self.sees(place).get_by_role("textbox").press_sequentially(done)
        return self

    def saves(self, place: str) -> "Supervisor":
        self.sees(place).get_by_role("button", name="บันทึกการดำเนินการ").click()
        expect(
            self.page.get_by_role("status").filter(has_text="บันทึกการดำเนินการแล้ว")
        ).to_be_visible()
        return self
