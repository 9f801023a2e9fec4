"""The hall of an office for tests: its screens, and a server whose plug can be pulled."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from threading import Thread

from flask import Flask
from playwright.sync_api import Browser
from werkzeug.serving import make_server

from server.domain.roles import DeviceKind
from tests.browser import Screens, ended
from tests.office import Office
from tests.people.wall import Wall

SCREEN = DeviceKind.DISPLAY
# One service of each counter's own.
WORK = {
    "1": "birth",
    "2": "elderly-allowance",
    "3": "land-tax",
    "4": "health-hazard-licence",
    "5": "commercial-registration",
}


@dataclass
class Hall:
    """The office, its windows, and the server's plug."""

    office: Office
    screens: Screens
    site: str
    port: int
    running: ExitStack

    def wall(self, size: str = "display", query: str = "") -> Wall:
        return Wall(self.screens.open(size, device=SCREEN), self.site, query)

    def pull_the_plug(self) -> None:
        self.running.close()

    def plug_in(self) -> None:
        self.running.enter_context(serving(self.office.app, self.port))


@contextmanager
def serving(app: Flask, port: int = 0) -> Iterator[int]:
    """The app on a port; afterwards nothing of it answers any more."""
    app.extensions["push"].start()
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield server.port
    server.shutdown()
    thread.join()
    server.server_close()
    cut(app)


def cut(app: Flask) -> None:
    """Ends every live connection."""
    for one in list(app.extensions["socketio"].server.eio.sockets.values()):
        one.close(wait=False)


@contextmanager
def opened(browser: Browser, office: Office) -> Iterator[Hall]:
    """The office served on a real port. Any script error fails the test."""
    with ExitStack() as running:
        port = running.enter_context(serving(office.app))
        site = f"http://127.0.0.1:{port}"
        screens = Screens(browser, office, site)
        yield Hall(office, screens, site, port, running)
        for context in browser.contexts:
            context.close()
    ended(office.app)
    assert screens.errors == [], screens.errors


def called(office: Office, counter: str = "1") -> str:
    """Somebody new is called to this counter; the number."""
    office.issue(WORK[counter])
    seen = office.call_next(counter, finish=True)
    assert seen is not None
    return seen.ticket.number
