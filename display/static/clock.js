import { fill, put } from "display/words"

const TICK_MS = 1_000
const SLIP_MS = 5_000 // a tick may come late by so much
const LONGEST_SLEEP_MS = 3 * 24 * 3600 * 1000

/**
 * The office's clock and date. The server's time counts, set with every word from it, so that a
 * screen whose own clock is wrong still shows the office's. `spots`: pairs of elements for the
 * clock and the date.
 */
export function officeClock(screen, spots) {
  const { zone: timeZone, date: pattern } = screen.dataset
  const thai = document.documentElement.lang !== "en"
  const hands = new Intl.DateTimeFormat("en-GB", {
    timeZone,
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  })
  const calendar = new Intl.DateTimeFormat(
    thai ? "th-TH-u-ca-buddhist-nu-latn" : "en-GB-u-ca-gregory-nu-latn",
    { timeZone, weekday: "long", day: "numeric", month: "long", year: "numeric" },
  )
  let ahead // ms that the office is ahead of this screen's steady clock
  let apart // ms between this screen's two clocks; the steady one stands still in its sleep
  const now = () => performance.now() + ahead
  const tick = () => {
    const slept = Date.now() - performance.now() - apart
    if (slept > SLIP_MS && slept < LONGEST_SLEEP_MS) ahead += slept // else it was set
    apart += slept
    const at = now()
    const parts = calendar.formatToParts(at).map(({ type, value }) => [type, value])
    const date = fill(pattern, Object.fromEntries(parts))
    for (const [clockSpot, dateSpot] of spots) {
      put(clockSpot, hands.format(at))
      put(dateSpot, date)
    }
  }
  const set = at => {
    ahead = at - performance.now()
    apart = Date.now() - performance.now()
    tick()
  }
  set(Number(screen.dataset.at))
  setInterval(tick, TICK_MS)
  return {
    set,
    /** 09:30, of an office's time (Unix ms). */
    time: at => hands.format(at),
    /** The office's time (Unix ms) when this screen's own clock said `mine` (ms). */
    at: mine => now() - (Date.now() - mine),
  }
}
