"""Somebody who types paper forms in, with nothing but the keyboard."""

import re

from playwright.sync_api import Locator, Page, expect


class Clerk:
    """`page`: a window signed in as reception; `site`: where the house is served."""

    def __init__(self, page: Page, site: str) -> None:
        self.page, self.site = page, site

    def begins(self, day: str) -> "Clerk":
        """A batch of forms that were filled in on that day."""
        self.page.goto(f"{self.site}/paper-forms/")
        self.page.get_by_label("วันที่ผู้รับบริการกรอกแบบ").fill(day)
        self.page.get_by_role("button", name="เริ่มบันทึก").click()
        return self.is_ready()

    def is_ready(self) -> "Clerk":
        """The grid has its script and a cell has the focus."""
        self.page.locator("[data-module='paper_forms/grid'][data-mounted]").wait_for()
        expect(self.page.locator("[data-rows] :focus")).to_have_count(1)
        return self

    def types(self, *keys: str) -> "Clerk":
        """Each a text typed key by key, or the name of a key: Enter, ArrowRight …"""
        for key in keys:
            if re.fullmatch("Enter|Arrow[A-Z][a-z]+|Tab|Backspace", key):
                self.page.keyboard.press(key)
            else:
                self.page.keyboard.type(key)
        return self

    def row(self, at: int) -> Locator:
        """The row at that place of the grid, from 1."""
        return self.page.locator("[data-rows] tr").nth(at - 1)

    def sees(self, at: int, words: str) -> "Clerk":
        """The state of that row."""
        expect(self.row(at).locator("[data-state]")).to_contain_text(words)
        return self
