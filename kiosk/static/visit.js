import { busy, carry, drop } from "kiosk/carry"

const IDLE_MS = 60_000 // nobody there any more: the next visitor finds the start as it was

/** On every page: links that survive a lost server, and the way back to the start. */
export function mount(page) {
  const { start } = page.dataset
  let idle

  const leave = () => {
    stay()
    if (busy()) drop()
    if (location.pathname + location.search !== start) carry(start)
    else scrollTo(0, 0)
  }
  const stay = () => {
    clearTimeout(idle)
    idle = setTimeout(leave, IDLE_MS)
  }
  for (const sign of ["pointerdown", "keydown", "wheel"]) {
    addEventListener(sign, stay, { capture: true, passive: true })
  }
  stay()

  document.addEventListener("click", event => {
    const link = event.target.closest("a[href]")
    if (!link || event.defaultPrevented) return
    event.preventDefault()
    if (busy()) return
    link.classList.add("is-active")
    carry(link.href, {}, () => link.classList.remove("is-active"))
  })
  page.querySelector("[data-notice=drop]").addEventListener("click", drop)
  page.querySelector("[data-notice=understood]").addEventListener("click", () => {
    page.querySelector("[data-notice=refused]").hidden = true
  })
  // Shown again from the browser's memory: whatever was on its way then is over.
  addEventListener("pageshow", event => event.persisted && drop())
  addEventListener("contextmenu", event => event.preventDefault()) // a long touch is a touch
}
