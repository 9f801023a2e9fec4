import { follow } from "live"
import { busy, cut } from "kiosk/carry"
import { setClock } from "kiosk/clock"

const SHOWN = 5
const SOON_MS = 3_000 // counts follow a call at their leisure
const SLOW_MS = 30_000
const TOUCHED_MS = 5_000 // a page that somebody touches does not change its tiles

/** The strip of calls, pushed; and what else of the page grows old, asked for now and then. */
export function mount(strip) {
  let touched = 0
  let soon

  const later = ms => {
    clearTimeout(soon)
    soon = setTimeout(async () => {
      await refresh()
      later(SLOW_MS)
    }, ms)
  }
  const refresh = async () => {
    if (busy()) return
    const answer = await fetch(location.href, { cache: "no-store" }).catch(() => null)
    if (!answer?.ok || busy()) return
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html")
    const quiet = Date.now() - touched > TOUCHED_MS
    if (!sameHouse(fresh)) return quiet && location.assign(answer.url)
    setClock(Number(fresh.querySelector("[data-now]").dataset.now))
    for (const part of document.querySelectorAll("[data-fresh]")) {
      const words = fresh.getElementById(part.id)?.textContent
      if (words !== undefined && words !== part.textContent) part.textContent = words
    }
  }
  const sameHouse = fresh =>
    fresh.querySelector("[data-page]")?.dataset.page === strip.dataset.page &&
    fresh.querySelector("script[type=importmap]")?.textContent ===
      document.querySelector("script[type=importmap]").textContent

  addEventListener("pointerdown", () => (touched = Date.now()), { capture: true, passive: true })
  addEventListener("keydown", () => (touched = Date.now()), { capture: true, passive: true })
  follow({
    topic: "board",
    version: Number(strip.dataset.version),
    poll: strip.dataset.poll,
    show: board => {
      paint(strip, board.calls)
      later(SOON_MS)
    },
    online: yes => {
      cut(!yes)
      if (yes) later(0)
    },
  })
  later(SLOW_MS)
}

function paint(strip, calls) {
  const shown = calls.slice(0, SHOWN)
  shown.sort((a, b) => a.counter.length - b.counter.length || (a.counter < b.counter ? -1 : 1))
  const list = strip.querySelector("ul")
  list.replaceChildren(...shown.map(call => cell(strip, call)))
  list.hidden = !shown.length
  strip.querySelector("p").hidden = shown.length > 0
}

function cell(strip, call) {
  const made = strip.querySelector("template").content.firstElementChild.cloneNode(true)
  for (const spot of made.querySelectorAll("[data-field]")) spot.textContent = call[spot.dataset.field]
  return made
}
