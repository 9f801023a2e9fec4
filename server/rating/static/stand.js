import { follow } from "live"
import { openOutbox } from "tablet/outbox"

const LOOK_MS = 10_000
const REASONS_MS = 45_000 // nobody there any more: what was pressed is kept
const STEADY_MS = 600 // a second finger is not meant for what stands there now
const NEWS_MS = 300_000
const PATIENCE_MS = 8_000
const ANSWERED = "answered" // in this tab: the visit that was rated last

/** A rating tablet: asleep, asks, asks why, thanks. Every press is kept before anything else. */
export async function mount(main) {
  const { counter, home, edition, news, board } = main.dataset
  const resetMs = 1000 * main.dataset.resetS
  const whyUpTo = Number(main.dataset.whyUpTo)
  const parts = Object.fromEntries(
    [...main.querySelectorAll("[data-part]")].map(part => [part.dataset.part, part]),
  )
  let seal = parts.faces.elements.csrf_token.value
  let visit = Number(main.dataset.visit) // by its end; 0: nobody may press
  let cutOff = false
  let showing = main.dataset.showing
  let press
  let timer

  const look = async () => {
    const found = await ask(main.dataset.state)
    if (found === "stranger") return location.assign(home) // switched off: it is to be paired anew
    if (!found) return
    seal = found.csrf
    visit = found.visit
    if (found.qr && parts.qr.getAttribute("src") !== found.qr) parts.qr.src = found.qr
    settle()
  }
  const outbox = await openOutbox({
    address: main.dataset.presses,
    seal: () => seal,
    refused: look,
  })

  /** Who is cut off cannot know when a visit ends, and stays awake. */
  const wakes = () =>
    !counter || cutOff || (visit > 0 && String(visit) !== sessionStorage.getItem(ANSWERED))
  const settle = () => {
    if (showing === "ask" || showing === "asleep") show(wakes() ? "ask" : "asleep")
    parts.kept.hidden = !cutOff
    if (parts.phone) parts.phone.hidden = showing !== "ask" || cutOff // an old code counts no more
  }
  const show = name => {
    clearTimeout(timer)
    if (name === showing) return
    showing = main.dataset.showing = name
    for (const part of main.querySelectorAll("[data-when]")) {
      part.hidden = part.dataset.when !== name
    }
    if (name === "reasons" || name === "done") heading(name).focus({ preventScroll: true })
    if (name === "reasons") {
      parts.reasons.inert = true
      setTimeout(() => (parts.reasons.inert = false), STEADY_MS)
      timer = setTimeout(() => show("done"), REASONS_MS)
    }
    if (name === "done") timer = setTimeout(rest, resetMs)
    settle()
  }
  const heading = name => main.querySelector(`[data-when=${name}] h2`)
  const rest = async () => {
    parts.reasons.reset()
    press = undefined
    show(wakes() ? "ask" : "asleep")
    if ("otherLanguage" in main.dataset) await go(home) // the next one finds the office's own
  }
  const go = async address => {
    const reached = await fetch(address, { method: "HEAD", cache: "no-store" }).catch(() => null)
    if (reached?.ok) location.assign(address)
  }

  parts.faces.addEventListener("submit", event => {
    event.preventDefault()
    if (showing !== "ask") return // a second finger
    const score = Number(event.submitter.value)
    press = { press_id: newId(), at: Date.now(), score, reasons: [] }
    outbox.put(press)
    if (visit) sessionStorage.setItem(ANSWERED, visit)
    show(score <= whyUpTo ? "reasons" : "done")
  })
  parts.reasons.addEventListener("submit", event => {
    event.preventDefault()
    const reasons = new FormData(parts.reasons).getAll("reason")
    if (press && reasons.length) outbox.put({ ...press, reasons })
    show("done")
  })
  parts.skip.addEventListener("click", event => {
    event.preventDefault()
    show("done")
  })
  parts.language?.addEventListener("click", event => {
    event.preventDefault()
    go(parts.language.href)
  })
  addEventListener("contextmenu", event => event.preventDefault()) // a long touch is a touch

  follow({
    topic: "board",
    poll: board,
    show: look,
    online: yes => {
      cutOff = !yes
      yes ? look() : settle()
    },
    refused: look,
  })
  setInterval(() => !cutOff && look(), LOOK_MS)
  setInterval(async () => {
    const found = await ask(news)
    const idle = showing === "asleep" || (showing === "ask" && !counter)
    if (found?.edition && found.edition !== edition && idle) go(home)
  }, NEWS_MS)
  parts.reasons.reset()
  settle()
}

/** The answer; null when there is none, "stranger" where the server does not know this tablet. */
async function ask(address) {
  try {
    const answer = await fetch(address, {
      cache: "no-store",
      redirect: "manual",
      signal: AbortSignal.timeout(PATIENCE_MS),
    })
    if (answer.type === "opaqueredirect") return "stranger"
    return answer.ok ? await answer.json() : null
  } catch {
    return null
  }
}

function newId() {
  const random = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(random, byte => byte.toString(16).padStart(2, "0")).join("")
}
