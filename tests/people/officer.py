"""Somebody who works at a counter, mostly by keyboard."""

from typing import Any

from flask.testing import FlaskClient
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from server.domain.ticket import State
from server.store import schema
from tests.browser import Screens
from tests.office import MINUTE, Office
from tests.pages import look


class Officer:
    """`page`: a signed-in window; `site`: where the house is served."""

    def __init__(self, page: Page, site: str) -> None:
        self.page, self.site = page, site

    def comes(self, counter: str | None = None) -> "Officer":
        """Opens the console; sits down at that counter unless the sign-in has one already."""
        self.page.goto(f"{self.site}/counter/")
        if counter is not None:
            self.page.get_by_role("button", name=f"นั่งช่อง {counter}", exact=True).click()
        return self.settled()

    def settled(self) -> "Officer":
        """The console's modules have started, and the pause after the last press is over."""
        expect(self.console).to_have_attribute("data-mounted", "")
        expect(self.console).not_to_have_attribute("data-resting", "")
        expect(self.console).not_to_have_attribute("data-guarded", "")
        return self

    @property
    def console(self) -> Locator:
        return self.page.locator(".console")

    @property
    def line(self) -> Locator:
        """The numbers that wait, in order."""
        return self.page.locator(".pool__item .number")

    @property
    def note(self) -> Locator:
        """What the console says about the last press."""
        return self.page.locator("[data-note]")

    def presses(self, key: str) -> "Officer":
        """A key that does something: the console comes again."""
        return self.presses_only(key).settled()

    def presses_only(self, key: str) -> "Officer":
        """The same, without waiting for the pause after it."""
        self.settled()
        with self.page.expect_navigation():
            self.page.keyboard.press(key)
        expect(self.console).to_have_attribute("data-mounted", "")
        return self

    def touches(self, key: str) -> "Officer":
        """A key that should change nothing, or only open a dialog."""
        self.settled()
        self.page.keyboard.press(key)
        return self

    def asks(self, key: str) -> Locator:
        """Opens a question by its key; returns its dialog, once it is there."""
        self.touches(key)
        return self.asked

    @property
    def asked(self) -> Locator:
        """The dialog of a question, once it is there."""
        expect(self.asked_box).to_be_visible()
        return self.asked_box

    @property
    def asked_box(self) -> Locator:
        return self.page.locator("#asked")

    def answers(self, key: str) -> "Officer":
        """Presses a key in the dialog that is open; the console comes again."""
        with self.page.expect_navigation():
            self.page.keyboard.press(key)
        return self.settled()

    def chooses(self, name: str) -> "Officer":
        """Presses the dialog's button of this name; the console comes again."""
        with self.page.expect_navigation():
            self.asked.get_by_role("button", name=name).first.click()
        return self.settled()

    def has(self, number: str, mode: str) -> "Officer":
        """Sees this number at the counter, `called` or `serving`."""
        expect(self.page.locator(f"[data-part=visit][data-mode={mode}]")).to_be_visible()
        expect(self.page.locator(".visit__number")).to_have_text(number)
        return self

    def is_free(self) -> "Officer":
        expect(self.page.locator("[data-part=visit][data-mode=idle]")).to_be_visible()
        return self

    def stays(self) -> "Officer":
        """From here on, `stayed` tells whether the page was never loaded again."""
        self.page.evaluate("window.stayed = true")
        return self

    def stayed(self) -> bool:
        return bool(self.page.evaluate("window.stayed === true"))


def officer(screens: Screens, counter: str, *, username: str = "counter1") -> Officer:
    """This member of staff at that counter, in a window of their own."""
    return Officer(entered(screens, username), screens.site).comes(counter)


def entered(screens: Screens, username: str) -> Page:
    """A window in which this member of staff has signed in and has no counter yet."""
    office, page = screens.office, screens.open("desk")
    staff = staff_id(office, username)
    code = office.house.access.invite(office.id, "counter", staff_id=staff, valid_ms=MINUTE)
    page.goto(f"{screens.site}/enter/{code}")
    return page


def staff_id(office: Office, username: str) -> int:
    table = schema.staff
    with office.store.reading() as db:
        found = db.scalar(select(table.c.id).where(table.c.username == username))
    assert found is not None
    return int(found)


def state_of(office: Office, number: str) -> State:
    return next(s.ticket.state for s in office.reads.find_tickets() if s.ticket.number == number)


def id_of(office: Office, number: str) -> int:
    return next(s.ticket.id for s in office.reads.find_tickets() if s.ticket.number == number)


# ---------------------------------------------------------------- without a browser


def form_of(client: FlaskClient, action: str, url: str = "/counter/") -> dict[str, str]:
    """What the page's form for `action` (the end of its address) would send; in a question's
    page, that of its dialog."""
    page: Any = look(client, url)
    if "ask=" in url:
        page = page.find(".//dialog[@id='asked']")
    form = next(f for f in page.iter("form") if (f.get("action") or "").endswith(action))
    return {
        str(field.get("name")): str(field.get("value") or "")
        for field in form.iter("input")
        if field.get("name") and (field.get("type") != "radio" or field.get("checked") is not None)
    } | {"action": str(form.get("action"))}


def send(client: FlaskClient, form: dict[str, str]) -> None:
    """A press: it always ends on the console."""
    answer = client.post(form["action"], data={k: v for k, v in form.items() if k != "action"})
    assert (answer.status_code, answer.location) == (303, "/counter/"), answer.text[:300]


def asking(office: Office, what: str, number: str) -> str:
    """The address of this question about this number."""
    return f"/counter/?ask={what}&ticket={id_of(office, number)}"


def answer(client: FlaskClient, office: Office, what: str, number: str, **values: str) -> None:
    """Asks, chooses and sends, as a browser without scripts does."""
    verb = {"steps": "steps", "ticket": "call"}.get(what, what)
    form = form_of(client, f"/{verb}", asking(office, what, number))
    send(client, {**form, **values})
