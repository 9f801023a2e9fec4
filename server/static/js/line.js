import { io } from "socket.io"

const BEATS_MISSED = 2 // a line that lives answers before so many more beats are due
const MOST_BEATS = 10 // on a slow line; then it is as good as dead
const FADES = 0.8 // how fast a slow answer is forgotten
const SLOW_MS = 10_000 // no attempt may take longer
const QUICK = 4 // attempts in the dark; a browser delays whoever fails often
const DARK_MS = 60_000 // between two more of them: knocking at the door finds the server sooner
const SHOWN_OUT_MS = 3_000
const STRANGER_MS = 15_000
const NOT_ADMITTED = "not admitted"

/**
 * One socket that heals by itself: nothing that hangs is waited for, be it an attempt or a line
 * that was fine and says nothing any more.
 * `pace`: ms; `rest` between attempts at least, `most` of them at most, `attempt` for one in the
 * dark, `beat` between two questions whether the line lives (0: none are asked).
 * Calls `up()`, `down()`, `hangs()` when an attempt is given up, `refused()`, and `lives(version)`
 * with what the server has sent on this line (null: it does not know the line any more).
 * `answers()` says whether the server does so elsewhere.
 */
export function line({ topic, token, pace, up, down, hangs, lives, refused, answers }) {
  const socket = io("/live", {
    auth: { topic, token },
    transports: ["websocket"],
    reconnection: false, // its pauses grow together on all phones; ours differ
    timeout: false,
    autoConnect: false,
  })
  let next
  let beats
  let begun = 0
  let trying = false
  let tries = 0
  let hung = 0
  let slow = 0

  const later = ms => {
    clearTimeout(next)
    next = setTimeout(open, ms)
  }
  const again = () => {
    trying = false
    tries += 1
    const grown = Math.min(pace.rest * 2 ** (tries - 1), pace.most)
    if (!answers() && tries > QUICK) return later(spread(DARK_MS))
    later(spread(answers() ? grown : pace.rest))
  }
  /** Without a farewell, which a line that is closing would not take any more. */
  const drop = () => (socket.connected ? socket.io.engine.close() : socket.disconnect())
  const open = () => {
    if (socket.connected) return
    drop() // an attempt that still hangs
    socket.connect()
    begun = performance.now()
    trying = true
    clearTimeout(next)
    // Where the server answers otherwise it may be the line that is slow: each gets more time.
    next = setTimeout(giveUp, answers() ? Math.min(pace.attempt * 2 ** hung, SLOW_MS) : pace.attempt)
  }
  const giveUp = () => {
    if (answers()) hung += 1
    hangs()
    again()
  }
  const renew = () => {
    drop()
    open()
  }
  const beat = () => {
    let missed = 0
    let asked = 0
    const ask = () => {
      if (socket.io.engine.transport.ws?.readyState !== WebSocket.OPEN) return renew()
      if (asked) {
        missed += 1
        const late = Math.floor((2 * slow) / pace.beat)
        if (missed >= Math.min(BEATS_MISSED + late, MOST_BEATS)) renew()
        return
      }
      asked = performance.now()
      socket.emit("still", version => {
        slow = Math.max(slow * FADES, performance.now() - asked)
        missed = asked = 0
        lives(version)
      })
    }
    clearInterval(beats)
    beats = setInterval(ask, pace.beat)
    ask()
  }

  socket.on("connect", () => {
    clearTimeout(next)
    trying = false
    tries = hung = 0
    if (pace.beat) beat()
    up()
  })
  socket.on("disconnect", reason => {
    clearInterval(beats)
    later(reason === "io server disconnect" ? SHOWN_OUT_MS : spread(pace.rest))
    down()
  })
  socket.on("connect_error", error => {
    if (error.message !== NOT_ADMITTED) return again()
    trying = false
    later(STRANGER_MS)
    refused()
  })
  open()
  return {
    socket,
    /** At once: the server was heard of, or somebody looks. */
    open() {
      if (trying && performance.now() - begun < pace.attempt) return
      tries = 0
      open()
    },
    /** Gives up this connection for a new one. */
    renew,
  }
}

/** Somewhere within it, so that a hall full of phones does not come at one instant. */
export function spread(ms) {
  return ms * (0.1 + 0.9 * Math.random())
}
