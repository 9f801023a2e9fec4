"""The head of office, with the wall open all day."""

from playwright.sync_api import Locator, Page, expect


class Mayor:
    """`page`: a signed-in window; `site`: where the house is served."""

    def __init__(self, page: Page, site: str) -> None:
        self.page, self.site = page, site

    def opens(self, parameters: str = "") -> "Mayor":
        self.page.goto(f"{self.site}/wall/{parameters}")
        expect(self.page.locator("main.wall[data-mounted]")).to_be_attached()
        return self

    @property
    def sentence(self) -> Locator:
        return self.page.locator(".wall__says")

    def span(self, title: str) -> Locator:
        """What is told of วันนี้, สัปดาห์นี้, เดือนนี้."""
        return self.page.locator(".kpi", has=self.page.get_by_text(title, exact=True))

    def waits_a_minute(self) -> "Mayor":
        """For the page's clock, which `page.clock.install` has stopped."""
        with self.page.expect_response(lambda answer: "/wall/" in answer.url):
            self.page.clock.run_for(60_000)
        return self

    @property
    def sideways(self) -> int:
        """By how many pixels the page is wider than its window."""
        wider = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        return int(self.page.evaluate(wider))
