"""Somebody at first reception."""

from playwright.sync_api import Page, expect


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
