"""Somebody who stands before the kiosk."""

from playwright.sync_api import Page, expect

NOBODY = "none"


class Visitor:
    """`page`: the kiosk's screen, paired; `site`: where the house is served."""

    def __init__(self, page: Page, site: str) -> None:
        self.page, self.site = page, site

    def comes(self, **wants: str) -> "Visitor":
        """Stands before the start page. `wants`: lang, text, contrast as in its address."""
        query = "&".join(f"{name}={value}" for name, value in wants.items())
        self.page.goto(f"{self.site}/kiosk/" + (f"?{query}" if query else ""))
        return self.settled()

    def settled(self) -> "Visitor":
        """Every module of the page at hand has started."""
        expect(self.page.locator("main")).to_be_visible()
        expect(self.page.locator("[data-module]:not([data-mounted])")).to_have_count(0)
        return self

    def chooses(self, service: str) -> "Visitor":
        """Touches the service, on the first page or among the others, where it can be touched."""
        tile = self.page.locator(".tile", has_text=service)
        if not tile.count():
            self.page.locator("a.tile--other").click()
            self.page.wait_for_url("**/services/**")
            self.settled()
        tile.click()
        return self

    def says(self, priority: str = NOBODY) -> "Visitor":
        """Touches the group they belong to; the office has asked."""
        self.page.wait_for_url("**/services/*")
        self.settled()
        self.page.locator(f"button[name=priority][value={priority}]").click()
        return self

    def number(self) -> str:
        """The number they were given."""
        self.page.wait_for_url("**/tickets/**")
        self.settled()
        return self.page.locator(".number--hero").inner_text()

    def takes_a_number_for(self, service: str, priority: str = NOBODY) -> str:
        """From the start to the number, in an office that asks who needs priority."""
        return self.comes().chooses(service).says(priority).number()

    def leaves(self) -> None:
        """Touches the last button; the next visitor finds the start."""
        self.page.locator(".button--primary").click()
        self.page.wait_for_url("**/kiosk/")
        self.settled()
