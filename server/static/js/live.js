import { line, spread } from "line"

const POLL_MS = 15_000 // slow, always: for the day when pushes do not come through
const ALONE_MS = 3_000 // while cut off
const PATIENCE_MS = 5_000 // a server that takes longer to answer is as good as gone
const LAG_MS = 1_500 // what the poll knew first, a live socket tells so much later at most
const TICK_MS = 1_000
const ASLEEP_MS = 4_000 // a clock that skips as much: the machine slept
const DEAD_MS = 10_000 // no connection outlives such a sleep for sure
// Screens of the house are few and must be right within two seconds; phones are hundreds.
const PACES = {
  board: { rest: 300, most: 5_000, attempt: 1_000, beat: 600, knock: 1_000 },
  ticket: { rest: 4_000, most: 30_000, attempt: 2_500, beat: 0, knock: 0 },
}
const GATEWAYS = [502, 504] // a proxy answers, the server behind it does not

/**
 * Follows what the server shows: the `board`, or one `ticket` by its token.
 * Calls `show(state)` for each state newer than the one on screen, pushed or polled, before it
 * `heard(state)` for every one, new or not, and `online(yes, since)` when the server was lost
 * (since: ms of its last news) or is back. `refused()`: it does not know this page any more.
 * `poll`: an address that answers the same state as JSON.
 */
export function follow({
  topic,
  token,
  version = 0,
  poll,
  show,
  heard = () => {},
  online = () => {},
  refused = () => {},
}) {
  const pace = PACES[topic]
  let last // what the server said of it
  let heardAt = performance.now()
  let lost = false
  let timer
  let asking = 0
  let answered = 0 // the last poll that was
  let unanswered = 0
  let reached = false // by the last poll or knock
  let pushed = version
  let doubted = 0

  const news = () => {
    heardAt = performance.now()
    if (lost) online(true, Date.now())
    lost = false
  }
  const alone = () => {
    // By the steady clock: the other one may be set meanwhile.
    if (!lost) online(false, Date.now() - (performance.now() - heardAt))
    lost = true
  }
  const keep = state => {
    if (!isState(state)) return // not of our server
    last = state
    heard(state)
    news()
    if (state.version <= version) return
    version = state.version
    show(state)
  }
  const askIn = ms => {
    clearTimeout(timer) // of two that ask at once, the later one asks on
    timer = setTimeout(ask, ms)
  }
  const ask = async () => {
    const mine = ++asking
    const calm = socket.connected && !unanswered
    askIn(calm ? POLL_MS : ALONE_MS) // an answer that hangs holds nothing up
    const [status, state] = await look(poll)
    if (mine < answered) return // a later one was quicker
    if (status) answered = mine
    unanswered = status ? 0 : unanswered + 1 // a dead line is noticed late by the socket on it
    reach(status > 0 && !GATEWAYS.includes(status))
    if (status === 401 || status === 403) refused()
    if (isState(state)) {
      if (!alike(state, last)) doubt(state.version)
      return keep(state)
    }
    if (mine === asking) askIn(ALONE_MS)
    if (!socket.connected || unanswered > 1) alone()
  }
  const reach = yes => {
    if (yes && !reached) live.open()
    reached = yes
  }
  /** Something else knows more than the socket told: is it only late, or does it tell nothing? */
  const doubt = found => {
    if (!socket.connected || found <= Math.max(pushed, doubted)) return
    doubted = found
    setTimeout(() => socket.connected && pushed < found && live.renew(), LAG_MS)
  }
  /** While cut off a screen knocks often, at a door that costs the server next to nothing. */
  const knock = async () => {
    if (socket.connected || reached) return
    const [status] = await look("/healthz", pace.knock)
    if (socket.connected || reached) return
    if (status !== 200) return alone()
    reach(true)
    ask()
  }
  /** Phones not all at once, when a server or a network comes back to a whole hall. */
  const askSoon = () => (pace.knock ? ask() : askIn(spread(pace.rest)))

  const live = line({
    topic,
    token,
    pace,
    up: news,
    down: () => {
      reached = false
      pushed = 0
      askSoon()
      if (pace.knock) knock()
    },
    hangs: () => {
      reached = false
      if (pace.knock) knock()
    },
    lives: told => {
      news()
      if (told === null) return live.renew()
      if (told > Math.max(version, doubted)) ask() // an event was lost on its way
      doubt(told)
    },
    refused,
    answers: () => reached,
  })
  const { socket } = live
  socket.on(topic, state => {
    if (isState(state)) pushed = state.version
    keep(state) // the server greets with the whole state
  })
  addEventListener("offline", ask)
  addEventListener("online", askSoon)
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return
    live.open() // a phone taken out of the pocket
    ask()
  })
  if (pace.knock) setInterval(knock, pace.knock)
  whenItSlept(gap => {
    // Where no beats find out, a line that is surely dead; a hidden page's timers only limp.
    if (gap > DEAD_MS && !pace.beat && !document.hidden) live.renew()
    ask()
  })
  askIn(ALONE_MS)
  return socket
}

function isState(found) {
  return Number.isSafeInteger(found?.version)
}

/** Whether they say the same; the version alone says nothing of one ticket. */
function alike(one, other) {
  const words = state => JSON.stringify({ ...state, version: 0 })
  return words(one) === words(other)
}

/** Calls `woken(ms)` when this page's timers stood still: in a box that slept, in a frozen tab. */
function whenItSlept(woken) {
  let steady = performance.now()
  let clock = Date.now()
  setInterval(() => {
    const gap = Math.max(performance.now() - steady, Date.now() - clock) - TICK_MS
    steady = performance.now()
    clock = Date.now()
    if (gap > ASLEEP_MS) woken(gap)
  }, TICK_MS)
}

/** The answer's status (0: none came) and, where it is one, the state. */
async function look(address, patience = PATIENCE_MS) {
  const waiting = new AbortController()
  const bell = setTimeout(() => waiting.abort(), patience)
  try {
    const answer = await fetch(address, { cache: "no-store", signal: waiting.signal })
    // What is no JSON is a portal's page or a proxy's: an answer, but no news.
    return [answer.status, answer.ok ? await answer.json().catch(() => null) : null]
  } catch {
    return [0, null]
  } finally {
    clearTimeout(bell)
  }
}
