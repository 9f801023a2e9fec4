const EVERY_MS = 60_000
const GIVEN_UP_MS = 15_000

/** The wall fetches itself each minute; parts that say something else take their place, nothing else moves. */
export function mount(element) {
  const live = { good: new Date(), timer: 0 }
  showLive(element)
  const look = async () => {
    clearTimeout(live.timer)
    if (!document.hidden) await renew(element, live)
    live.timer = setTimeout(look, EVERY_MS)
  }
  live.timer = setTimeout(look, EVERY_MS)
  document.addEventListener("visibilitychange", () => document.hidden || look())
  addEventListener("online", look)
}

async function renew(element, live) {
  const page = await fetched()
  if (page === null) return showCut(element, live.good)
  const fresh = page.querySelector("main.wall")
  // Signed out meanwhile, or a section came or went: seldom.
  if (!fresh || parts(fresh) !== parts(element)) return location.reload()
  live.good = new Date()
  element.querySelector("[data-cut]").hidden = true
  showLive(fresh)
  for (const part of fresh.querySelectorAll("[data-part]")) take(element, part)
}

async function fetched() {
  const limit = AbortSignal.timeout(GIVEN_UP_MS)
  try {
    const answer = await fetch(location.href, { cache: "no-store", signal: limit })
    const body = await answer.text()
    return answer.status < 500 ? new DOMParser().parseFromString(body, "text/html") : null
  } catch {
    return null
  }
}

function take(element, fresh) {
  const old = element.querySelector(`[data-part="${fresh.dataset.part}"]`)
  if (!old) return
  keepOpen(old, fresh)
  if (old.isEqualNode(fresh)) return
  const held = old.contains(document.activeElement) ? tabbable(old).indexOf(document.activeElement) : -1
  const scrolled = boxes(old).map(box => box.scrollLeft)
  old.replaceWith(document.adoptNode(fresh))
  boxes(fresh).forEach((box, n) => (box.scrollLeft = scrolled[n] ?? 0))
  if (held >= 0) tabbable(fresh)[held]?.focus({ preventScroll: true })
}

function keepOpen(old, fresh) {
  const before = [...old.querySelectorAll("details")]
  for (const [n, one] of fresh.querySelectorAll("details").entries()) one.open = Boolean(before[n]?.open)
}

function showCut(element, since) {
  const cut = element.querySelector("[data-cut]")
  const time = since.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" })
  cut.querySelector("[data-since]").textContent = time
  cut.hidden = false
}

const showLive = main => main.querySelector("[data-live]")?.removeAttribute("hidden")
const parts = main => [...main.querySelectorAll("[data-part]")].map(one => one.dataset.part).join()
const boxes = part => [...part.querySelectorAll("[data-scroll]")]
const tabbable = part => [...part.querySelectorAll("a[href], summary, [tabindex]")]
