import { io } from "socket.io"

const POLL_MS = 15_000 // slow, always: for the day when pushes do not come through
const ALONE_MS = 3_000 // while cut off
const PATIENCE_MS = 5_000 // a server that takes longer to answer is as good as gone
const NOT_ADMITTED = "not admitted"

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
  let since = Date.now()
  let connected = false
  let lost = false
  let timer
  let asking = 0
  let unanswered = 0

  const news = () => {
    since = Date.now()
    if (lost) online(true, since)
    lost = false
  }
  const alone = () => {
    if (!lost) online(false, since)
    lost = true
  }
  const keep = state => {
    if (!Number.isSafeInteger(state?.version)) return // not of our server
    heard(state)
    news()
    if (state.version <= version) return
    version = state.version
    show(state)
  }
  const ask = async () => {
    const mine = ++asking // of two that ask at once, the later one asks on
    clearTimeout(timer)
    const [status, state] = await look(poll)
    unanswered = status ? 0 : unanswered + 1 // a dead line is noticed late by the socket on it
    try {
      if (state) keep(state)
      else if (!connected || unanswered > 1) alone()
      if (status === 401 || status === 403) refused()
    } finally {
      const calm = connected && !unanswered
      if (mine === asking) timer = setTimeout(ask, calm ? POLL_MS : ALONE_MS)
    }
  }

  const socket = io("/live", {
    auth: { topic, token },
    transports: ["websocket"],
    timeout: PATIENCE_MS,
    reconnectionDelayMax: 2_000,
  })
  const again = later => setTimeout(() => socket.connect(), later)
  socket.on("connect", () => {
    connected = true
    news()
  })
  socket.on(topic, keep) // the server greets with the whole state
  socket.on("disconnect", reason => {
    connected = false
    if (reason === "io server disconnect") again(ALONE_MS) // Socket.IO would not come back
    ask()
  })
  socket.on("connect_error", error => {
    connected = false
    if (socket.active) return // Socket.IO tries again by itself
    const stranger = error.message === NOT_ADMITTED
    if (stranger) refused()
    again(stranger ? POLL_MS : ALONE_MS)
  })
  addEventListener("offline", ask)
  addEventListener("online", () => {
    socket.connect()
    ask()
  })
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return
    socket.connect() // a phone taken out of the pocket
    ask()
  })
  timer = setTimeout(ask, ALONE_MS)
  return socket
}

/** The answer's status (0: none came) and, where it is one, the state. */
async function look(address) {
  const patience = new AbortController()
  const bell = setTimeout(() => patience.abort(), PATIENCE_MS)
  try {
    const answer = await fetch(address, { cache: "no-store", signal: patience.signal })
    // What is no JSON is a portal's page or a proxy's: an answer, but no news.
    return [answer.status, answer.ok ? await answer.json().catch(() => null) : null]
  } catch {
    return [0, null]
  } finally {
    clearTimeout(bell)
  }
}
