"""Somebody who sets the office up."""

import re

from playwright.sync_api import Page, expect


class Manager:
    """`page`: a window signed in as administrator; `site`: where the house is served."""

    def __init__(self, page: Page, site: str) -> None:
        self.page, self.site = page, site

    def opens(self, part: str) -> "Manager":
        """services, counters, staff, devices, printers, tokens, office or history."""
        self.page.goto(f"{self.site}/manage/{part}")
        return self

    def switches(self, service: str) -> "Manager":
        """Presses the switch of a service in the list."""
        self.page.get_by_role("switch", name=f"เปิดรับคิว {service}").click()
        return self.hears("มีผลทันที")

    def pairs(self, code: str, name: str) -> "Manager":
        """Enters the code that a screen shows."""
        self.opens("devices")
        self.page.get_by_label("รหัสที่เห็นบนจอ").fill(code)
        self.page.get_by_label("ชื่อเครื่อง").fill(name)
        self.page.get_by_role("button", name="ยืนยันการจับคู่").click()
        return self.hears("จับคู่แล้ว")

    def unpairs(self, name: str) -> "Manager":
        self.opens("devices")
        self.page.get_by_role("link", name=name).click()
        self.page.get_by_role("button", name="ถอนอุปกรณ์นี้").click()
        return self.hears("ถอนอุปกรณ์แล้ว")

    def hears(self, words: str) -> "Manager":
        """What the page says about the last change."""
        expect(self.page.get_by_role("status").filter(has_text=words)).to_be_visible()
        return self

    def is_shown_once(self) -> str:
        """The link or token that this page shows and no other will."""
        secret = self.page.locator("#shown-once")
        expect(secret).to_have_value(re.compile(".{30}"))
        return secret.input_value()
