import { follow } from "live"
import { alertBy } from "resident/alert"

const NEAR = 2 // as in live.py: with so many people before you, be in the hall
const MANY = 500 // the server counts no further
const STEP_MIN = 5 // waits are told in steps of five minutes, as wording.py does
const MINUTE_MS = 60_000

/** The live ticket: what the server pushes is shown, by the words that stand in the page. */
export function mount(page) {
  const words = page.dataset
  const language = document.documentElement.lang
  const ahead_ms = Number(words.now) - Date.now() // a phone's clock may be wrong
  const clock = clockOf(words.zone)
  const part = name => document.querySelector(`[data-part="${name}"]`)
  const fill = (name, text) => {
    for (const spot of document.querySelectorAll(`[data-field="${name}"]`)) spot.textContent = text
  }
  const oclock = (ms, seconds) => filled(words.clock, { time: clock(ms, seconds) })

  const turn = stage => {
    for (const place of page.querySelectorAll("[data-when]"))
      place.hidden = !place.dataset.when.split(" ").includes(stage)
  }

  turn(words.stage) // the switch too, which needs this module
  const alert = alertBy(part("alert").querySelector("input"))
  part("by-hand").hidden = true

  function show(ticket) {
    if (ticket.service.th !== words.service) return location.reload() // other papers, other words
    const stage = stageOf(ticket)
    turn(stage)
    part("live").classList.toggle("live--called", stage === "called")
    fill("counter", ticket.counter ?? "")
    fill("counter_name", local(ticket.counter_name, language))
    const ahead = ticket.waiting_ahead ?? 0
    fill("ahead", ahead >= MANY ? words.many : ahead)
    fill("people", ahead === 1 ? words.onePerson : words.people)
    showWait(ticket.wait)
    document.title = filled(stage === "called" ? words.titleCalled : words.title, ticket)
    say(stage, ticket)
    words.stage = stage
    words.calledAt = ticket.called_at ?? ""
  }

  function showWait(wait) {
    part("wait").hidden = part("clock").hidden = !wait
    if (!wait) return
    const low = Math.floor(wait.low_s / 60 / STEP_MIN) * STEP_MIN
    const high = Math.max(Math.ceil(wait.high_s / 60 / STEP_MIN) * STEP_MIN, low + STEP_MIN)
    part("at-most").hidden = low > 0
    fill("wait", low > 0 ? filled(words.range, { low, high }) : high)
    const now = Date.now() + ahead_ms
    const between = { from: clock(now + low * MINUTE_MS), to: clock(now + high * MINUTE_MS) }
    fill("between", filled(words.between, between))
  }

  // For ears: what changed, once. A call is said, sounds and shakes each time it is called.
  function say(stage, ticket) {
    const said = part("said")
    if (stage === "called" && ticket.called_at !== words.calledAt) {
      said.textContent = filled(words.sayCalled, ticket)
      alert()
    } else if (stage === "near" && words.stage !== "near") {
      said.textContent = words.sayNear
    } else if (stage === "waiting" && words.stage !== "waiting") {
      said.textContent = filled(words.sayAhead, ticket)
    }
  }

  follow({
    topic: "ticket",
    token: words.token,
    version: Number(words.version),
    poll: words.poll,
    show,
    heard: () => fill("heard", oclock(Date.now() + ahead_ms, true)),
    online: (yes, since) => {
      part("offline").hidden = yes
      if (!yes) fill("since", oclock(since + ahead_ms, true))
    },
  })
  addEventListener("pageshow", event => {
    if (event.persisted) location.reload() // brought back by "back": long out of date
  })
}

function clockOf(timeZone) {
  const parts = { timeZone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" }
  const short = new Intl.DateTimeFormat("en-GB", parts)
  const long = new Intl.DateTimeFormat("en-GB", { ...parts, second: "2-digit" })
  return (ms, seconds = false) => (seconds ? long : short).format(new Date(ms))
}

function stageOf(ticket) {
  if (ticket.state === "waiting") return (ticket.waiting_ahead ?? 0) <= NEAR ? "near" : "waiting"
  return ticket.outcome ?? ticket.state
}

function local(name, language) {
  return name ? name[language] || name.th : ""
}

function filled(sentence, facts) {
  return sentence.replace(/%\((\w+)\)s/g, (_, name) => facts[name] ?? "")
}
