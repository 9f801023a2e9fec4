"""Somebody who reads the reports: a manager or an auditor."""

from playwright.sync_api import Locator, Page, expect


class Director:
    """`page`: a signed-in window; `site`: where the house is served."""

    def __init__(self, page: Page, site: str) -> None:
        self.page, self.site = page, site

    def opens(self, parameters: str = "") -> "Director":
        self.page.goto(f"{self.site}/reports/{parameters}")
        return self

    def wants(self, length: str) -> "Director":
        """Touches one of the lengths: เดือน, ไตรมาส, ครึ่งปี …"""
        with self.page.expect_navigation():
            self.page.get_by_role("link", name=length, exact=True).click()
        return self

    def chooses(self, label: str, option: str) -> "Director":
        """Takes an option in one of the lists; nothing happens before `shows`."""
        self.page.get_by_label(label, exact=True).select_option(label=option)
        return self

    def shows(self) -> "Director":
        with self.page.expect_navigation():
            self.page.get_by_role("button", name="แสดงรายงาน").press("Enter")
        return self

    def reads(self, words: str) -> "Director":
        """Sees these words in the line that names the period."""
        expect(self.page.locator(".report__period")).to_contain_text(words)
        return self

    def figure(self, label: str) -> Locator:
        """The figure on top of the page with this label."""
        box = self.page.locator(".kpi", has=self.page.get_by_text(label, exact=True))
        return box.locator(".kpi__value")

    @property
    def sideways(self) -> int:
        """By how many pixels the page is wider than its window."""
        wider = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        return int(self.page.evaluate(wider))
