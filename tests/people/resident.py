"""Somebody with a number and a phone."""

import re

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect


class Resident:
    """`page`: the phone's browser. Names are those of the Thai pages."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def opens(self, address: str) -> "Resident":
        self.page.goto(address)
        return self.settled()

    def settled(self) -> "Resident":
        """Every module of the page at hand has started."""
        expect(self.page.locator("main")).to_be_visible()
        expect(self.page.locator("[data-module]:not([data-mounted])")).to_have_count(0)
        return self

    # ------------------------------------------------------------ the live ticket

    def sees_ahead(self, people: int) -> None:
        expect(self.page.locator("[data-field=ahead]")).to_have_text(str(people))

    def is_called_to(self, counter: str) -> None:
        expect(self.page.locator(".live--called")).to_be_visible()
        expect(self.page.locator(".live__counter")).to_have_text(counter)

    def reads(self, words: str) -> None:
        expect(self.page.locator("main").get_by_text(words).first).to_be_visible()

    # ------------------------------------------------------------ the survey

    def taps(self, face: str) -> "Resident":
        self.page.get_by_role("button", name=face, exact=True).click()
        return self.settled()

    def ticks(self, *reasons: str) -> "Resident":
        for reason in reasons:
            self.page.get_by_label(reason).check()
        return self

    def scores(self, **items: int) -> "Resident":
        for item, score in items.items():
            self.page.locator(f"input[name={item}][value='{score}']").check()
        return self

    def goes_on(self) -> "Resident":
        self.page.locator("button[name=then][value=on]").click()
        return self.settled()

    def stops(self) -> "Resident":
        self.page.locator("button[name=then][value=stop]").click()
        return self.settled()

    def is_asked(self, heading: str) -> None:
        expect(self.page.get_by_role("heading", level=1)).to_have_text(re.compile(heading))

    def is_thanked(self) -> None:
        self.is_asked("ขอบคุณที่ร่วมประเมิน")
        expect(self.page.locator("form")).to_have_count(0)

    # ------------------------------------------------------------ for everybody

    def finds_nothing_in_the_way(self) -> None:
        """Nothing that keeps anybody out."""
        found = Axe().run(self.page).response["violations"]
        assert found == [], [(one["id"], one["nodes"][0]["html"]) for one in found]

    def needs_no_more_width(self) -> None:
        """Nothing beyond the right edge."""
        wide = self.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, f"{self.page.url} is {wide} px too wide"
