"""A kiosk with the printer in it, and whoever stands before it."""

from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial

from playwright.sync_api import Browser

from server.web import DEVICE_COOKIE
from tests.paper import Printed, TcpPrinter, tcp_printer
from tests.people.toucher import Toucher
from tests.people.visitor import Visitor
from tests.waiting import again

UPRIGHT = {"width": 540, "height": 960}


@dataclass
class Kiosk:
    """`token`: its device's; `port`: its printer's. `tray`: what came out, however often the
    printer was switched off."""

    token: str
    port: int
    served_at: int
    tray: list[Printed] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._plug = ExitStack()
        self._touched = self.hands()
        self.switch_on()

    def switch_on(self) -> None:
        self.printer: TcpPrinter = self._plug.enter_context(tcp_printer(self.port))
        self.printer.slips = self.tray

    def switch_off(self) -> None:
        self._plug.close()

    def hands(self) -> Toucher:
        return Toucher(self.served_at, {DEVICE_COOKIE: self.token})

    def gives(self, services: list[str]) -> None:
        """Numbers for these services; a visitor whose touch is not answered touches again."""
        for service_id in services:
            page = again(partial(self._touched.looks, f"/kiosk/services/{service_id}"))
            again(partial(self._touched.sends, "/kiosk/tickets", page, priority="none"))

    def gives_on_screen(self, browser: Browser, service: str, *, twice: bool = False) -> str:
        """The number that a visitor reads there. `twice`: of a double tap."""
        context = browser.new_context(viewport=UPRIGHT)  # type: ignore[arg-type]
        site = f"http://127.0.0.1:{self.served_at}"
        context.add_cookies([{"name": DEVICE_COOKIE, "value": self.token, "url": site}])
        visitor = Visitor(context.new_page(), site)
        visitor.comes().chooses(service)
        visitor.page.wait_for_url("**/services/*")
        visitor.settled()
        nobody = visitor.page.locator("button[name=priority][value=none]")
        if twice:
            nobody.dblclick()
        else:
            nobody.click()
        number = visitor.number()
        context.close()
        return number
