"""The hall's screen, as those who wait read it."""

from playwright.sync_api import Locator, Page, expect

# Hears of each change of the number as it happens, and looks no oftener than that.
COMES_TO = """([number, most]) => new Promise(done => {
  const panel = document.querySelector(".newest__number")
  const end = shown => { watch.disconnect(); clearTimeout(late); done(shown) }
  const look = () => panel.textContent === number && end(true)
  const watch = new MutationObserver(look)
  const late = setTimeout(() => end(false), most)
  watch.observe(panel, { childList: true, characterData: true, subtree: true })
  look()
})"""


class Wall:
    """Looks only; nobody touches it."""

    def __init__(self, page: Page, site: str, query: str = "") -> None:
        self.page = page
        page.goto(f"{site}/display/{query}")
        self.screen = page.locator("main[data-mounted]")
        expect(self.screen).to_be_attached()

    # ------------------------------------------------------------ where to look

    @property
    def panel(self) -> Locator:
        return self.page.locator(".newest")

    @property
    def number(self) -> Locator:
        return self.page.locator(".newest__number")

    @property
    def clock(self) -> Locator:
        return self.page.locator(".board__clock")

    @property
    def offline(self) -> Locator:
        return self.page.locator(".offline-mark")

    def earlier(self) -> Locator:
        """The cells of earlier calls, number and counter in turn; empty rows left out."""
        return self.page.locator(".earlier tbody td:not(:empty)")

    def queue(self, prefix: str) -> Locator:
        return self.page.locator(".queues li").filter(
            has=self.page.locator(".queues__prefix", has_text=prefix)
        )

    # ------------------------------------------------------------ what is read there

    def shows(self, number: str, counter: str = "1") -> None:
        """As the call just made: in the accent, with its counter."""
        expect(self.number).to_have_text(number)
        expect(self.panel.locator("b")).to_have_text(counter)
        expect(self.panel).not_to_contain_class("newest--stale")

    def comes_to(self, number: str, within_ms: int = 60_000) -> bool:
        """Whether it shows the number by itself, however short a while."""
        return bool(self.page.evaluate(COMES_TO, [number, within_ms]))

    def has_announced(self, times: int) -> None:
        expect(self.screen).to_have_attribute("data-announced", str(times))

    def is_live(self) -> None:
        expect(self.offline).to_be_hidden()

    def says_it_is_cut_off(self) -> None:
        expect(self.offline).to_be_visible()
        expect(self.panel).to_contain_class("newest--stale")

    # ------------------------------------------------------------ what must not happen

    def overflows(self) -> list[str]:
        """What stands outside the screen, or is cut off inside the panel."""
        found: list[str] = self.page.evaluate("""() => {
          const out = []
          for (const one of document.querySelectorAll('.board *')) {
            const box = one.getBoundingClientRect()
            if (!box.width || !box.height) continue
            const beyond = box.right > innerWidth + 1 || box.bottom > innerHeight + 1
            if (beyond || box.left < -1 || box.top < -1) out.push(`${one.className} is off screen`)
          }
          const panel = document.querySelector('.newest').getBoundingClientRect()
          const words = document.createRange()
          for (const one of document.querySelectorAll('.newest > *')) {
            words.selectNodeContents(one)
            if (words.getBoundingClientRect().right > panel.right + 1)
              out.push(`the words of ${one.className} leave the panel`)
          }
          const { scrollWidth, scrollHeight } = document.documentElement
          if (scrollWidth > innerWidth || scrollHeight > innerHeight) out.push('the page scrolls')
          return out
        }""")
        return found

    def digit_height(self, where: str = ".newest__number") -> float:
        """Height of the called number's digits (or of others), as a share of the screen's."""
        share: float = self.page.evaluate(
            """where => {
          const number = document.querySelector(where)
          const pen = document.createElement('canvas').getContext('2d')
          const { fontWeight, fontSize, fontFamily } = getComputedStyle(number)
          pen.font = `${fontWeight} ${fontSize} ${fontFamily}`
          return pen.measureText('0').actualBoundingBoxAscent / innerHeight
        }""",
            where,
        )
        return share
