import { io } from "socket.io"

const POLL_MS = 15_000 // slow, always: for the day when pushes do not come through
const ALONE_MS = 3_000 // while cut off

/**
 * Follows what the server shows: the `board`, or one `ticket` by its token.
 * Calls `show(state)` for each state newer than the one on screen, pushed or polled, and
 * `online(yes, since)` when the server was lost (since: ms of its last news) or is back.
 * `poll`: an address that answers the same state as JSON.
 */
export function follow({ topic, token, version = 0, poll, show, online = () => {} }) {
  let heard = Date.now()
  let connected = false
  let lost = false
  let timer

  const news = () => {
    heard = Date.now()
    if (lost) online(true, heard)
    lost = false
  }
  const alone = () => {
    if (!lost) online(false, heard)
    lost = true
  }
  const keep = state => {
    news()
    if (state.version <= version) return
    version = state.version
    show(state)
  }
  const ask = async () => {
    clearTimeout(timer)
    const answer = await fetch(poll, { cache: "no-store" }).catch(() => null)
    if (answer?.ok) keep(await answer.json())
    else if (!connected) alone()
    timer = setTimeout(ask, connected ? POLL_MS : ALONE_MS)
  }

  const socket = io("/live", {
    auth: { topic, token },
    transports: ["websocket"],
    reconnectionDelayMax: 2_000,
  })
  socket.on("connect", () => {
    connected = true
    news()
  })
  socket.on(topic, keep) // the server greets with the whole state
  socket.on("disconnect", () => {
    connected = false
    ask()
  })
  socket.on("connect_error", () => {
    connected = false
  })
  addEventListener("online", () => socket.connect())
  timer = setTimeout(ask, ALONE_MS)
  return socket
}
