import { fill, put } from "display/words"

/**
 * The office's clock and date. The server's time counts, set with every word from it, so that a
 * screen whose own clock is wrong still shows the office's.
 */
export function officeClock(screen, clockSpot, dateSpot) {
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
  const now = () => performance.now() + ahead
  const tick = () => {
    const at = now()
    put(clockSpot, hands.format(at))
    const parts = calendar.formatToParts(at).map(({ type, value }) => [type, value])
    put(dateSpot, fill(pattern, Object.fromEntries(parts)))
  }
  const set = at => {
    ahead = at - performance.now()
    tick()
  }
  set(Number(screen.dataset.at))
  setInterval(tick, 1_000)
  return {
    set,
    /** 09:30, of an office's time (Unix ms). */
    time: at => hands.format(at),
    /** The office's time (Unix ms) when this screen's own clock said `mine` (ms). */
    at: mine => now() - (Date.now() - mine),
  }
}
