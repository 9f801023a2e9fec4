"""A screen on the wall, what it shows and what it announced."""

from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, Page
from playwright.sync_api import Error as PageIsChanging

from server.web import DEVICE_COOKIE

SMALL = {"width": 960, "height": 540}

# What a screen announced, and when it was loaded anew.
LISTEN = """
const note = (what, which) => {
  const log = JSON.parse(sessionStorage.day ?? "[]")
  sessionStorage.day = JSON.stringify([...log, [what, which]])
}
for (const what of ["announced", "passed-over"])
  document.addEventListener(what, event => note(what, event.detail), true)
if (location.pathname.startsWith("/display")) note("loaded", location.href)
"""
LOG = "JSON.parse(sessionStorage.day ?? '[]')"

# A line that says things twice, and some of them late.
TWICE_AND_LATE = """
const Plain = window.WebSocket
window.WebSocket = class extends Plain {
  set onmessage(hear) {
    let nth = 0
    const late = []
    super.onmessage = event => {
      if (!String(event.data).startsWith("42/live")) return hear(event)
      nth += 1
      if (nth % 5 === 0) return late.push(event)
      hear(event)
      if (nth % 3 === 0) hear(event)
      late.splice(0).forEach(hear)
    }
  }
}
"""
SHOWN = """() => {
  const words = spot => spot.textContent.trim()
  const panel = document.querySelector(".newest")
  return {
    newest: panel.classList.contains("newest--idle")
      ? [] : [".newest__number", ".newest__to b"].map(one => words(panel.querySelector(one))),
    earlier: [...document.querySelectorAll(".earlier tbody td")].map(words).filter(Boolean),
    waiting: [...document.querySelectorAll(".queues li")].map(row =>
      [words(row.querySelector("[data-field=prefix]")),
       Number(words(row.querySelector("[data-field=waiting]")))]),
  }
}"""


@dataclass
class Display:
    """`services`: those it is for; empty for all. `reached`: it has its network.

    `owed`: the calls that stood while it was on and was reached.
    """

    name: str
    page: Page
    services: set[str]
    reached: bool = True
    owed: set[str] = field(default_factory=set)

    def concerns(self, call: dict[str, Any]) -> bool:
        return not self.services or call["service_id"] in self.services

    def log(self) -> list[tuple[str, str]]:
        """Pairs of what (`announced`, `passed-over`) and the call's id; `loaded` with no call's."""
        return [(what, call_id) for what, call_id in self.page.evaluate(LOG)]

    def has_announced(self, calls: set[str]) -> bool:
        try:
            return calls <= {call_id for what, call_id in self.log() if what == "announced"}
        except PageIsChanging:
            return False  # it takes up a new page just now

    def shows(self, board: dict[str, Any]) -> bool:
        """Whether what stands on it is this board, or its part of it."""
        calls = [[one["number"], one["counter"]] for one in board["calls"] if self.concerns(one)]
        waiting = [
            [pool["prefix"], pool["waiting"]]
            for pool in board["waiting"]
            if not self.services or self.services & set(pool["service_ids"])
        ]
        right = {
            "newest": calls[0] if calls else [],
            "earlier": [words for call in calls[1:6] for words in call],
            "waiting": waiting,
        }
        try:
            return bool(self.page.evaluate(SHOWN) == right)
        except PageIsChanging:
            return False

    def reload(self) -> None:
        self.page.reload()
        self.page.wait_for_selector("main[data-mounted]")


def hung_up(
    browser: Browser, name: str, site: str, token: str, services: set[str], script: str = ""
) -> Display:
    """A paired screen that is on. `script`: what is odd about its browser."""
    context = browser.new_context(
        viewport=SMALL,  # type: ignore[arg-type] # a TypedDict by content
        locale="th-TH",
        reduced_motion="reduce",  # three screens that flash at once are most of what a CI can do
    )
    context.add_init_script(LISTEN + script)
    context.add_cookies([{"name": DEVICE_COOKIE, "value": token, "url": site}])
    page = context.new_page()
    page.goto(f"{site}/display/")
    page.wait_for_selector("main[data-mounted]")
    return Display(name, page, services)
