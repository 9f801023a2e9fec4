"""A real Chromium, and the house on a real port for it to visit."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from shutil import which

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright
from werkzeug.serving import make_server

from server.domain.roles import DeviceKind, Role
from server.web import DEVICE_COOKIE
from tests.office import Office

# The same Chromium without a window around it, where it is there: half the work for two cores.
BROWSER = which("chromium-headless-shell") or which("chromium")
ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
    "--host-resolver-rules=MAP khiu.test 127.0.0.1",
]
SIZES = {
    "kiosk": {"width": 1080, "height": 1920},
    "display": {"width": 1920, "height": 1080},
    "desk": {"width": 1366, "height": 768},
    "phone": {"width": 390, "height": 844},
    "tablet": {"width": 1280, "height": 800},
}


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=ARGS)
        yield browser
        browser.close()


def ended(app: Flask) -> None:
    """Its threads do no more: else those of hundreds of tests would go on looking."""
    app.extensions["push"].stop()
    engine = app.extensions["socketio"].server.eio
    engine.shutdown()
    engine.start_service_task = True  # with whoever connects next, should it be served again


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """The app on a free port of this machine, with its pushes running."""
    app.extensions["push"].start()
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    app.config["BASE_URL"] = f"http://127.0.0.1:{server.port}"
    yield app.config["BASE_URL"]
    server.shutdown()
    thread.join()
    ended(app)


@dataclass
class Screens:
    """Opens browser windows for people of one office; collects what went wrong in any."""

    browser: Browser
    office: Office
    site: str
    errors: list[str] = field(default_factory=list)

    def open(
        self,
        size: str,
        *,
        device: DeviceKind | None = None,
        role: Role | None = None,
        counter: str | None = None,
    ) -> Page:
        """A window of that size, as a paired device or as signed-in staff, or as a stranger."""
        context = self.browser.new_context(
            viewport=SIZES[size],  # type: ignore[arg-type] # a TypedDict by content
            locale="th-TH",
            timezone_id="Asia/Bangkok",
        )
        if device is not None:
            self._cookie(context, DEVICE_COOKIE, self.office.device_token(device))
        if role is not None:
            signer = SecureCookieSessionInterface().get_signing_serializer(self.office.app)
            assert signer
            signed = str(signer.dumps({"sign_in": self.office.sign_in_token(role, counter)}))
            self._cookie(context, "khiu", signed)
        page = context.new_page()
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", self._heard)
        return page

    def _cookie(self, context: BrowserContext, name: str, value: str) -> None:
        context.add_cookies([{"name": name, "value": value, "url": self.site}])

    def _heard(self, message: ConsoleMessage) -> None:
        cut = ("ERR_FAILED", "ERR_CONNECTION", "ERR_INTERNET", "ERR_EMPTY", "WebSocket conn")
        if message.type == "error" and not any(word in message.text for word in cut):
            self.errors.append(message.text)
