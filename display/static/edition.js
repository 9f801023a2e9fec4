import { keepHeard } from "display/heard"

const ASK_MS = 15_000
const LATEST_MS = 5 * 60_000 // so long a new page waits for a quiet moment
const FIRST_MS = 60_000 // a page that does not come up is tried again later and later
const MOST_MS = 3_600_000
const KEY = "khiu.edition"

/**
 * Takes up a new edition of this page by itself, while nothing is announced or waits to be.
 * `socket`: a connection made anew may be to a new server. `heard()`: ids of the calls that are no
 * news here; the new page goes on from there.
 */
export function renewal(screen, socket, heard) {
  let wanted = null
  let since = 0

  const quiet = () => screen.dataset.announcing === "0"
  const ask = async () => {
    const told = await answer(`/display/edition${location.search}`, found => found.json())
    if (!told) return
    if (wanted === null) since = performance.now()
    wanted = told.edition === screen.dataset.edition ? null : told.edition
    if (wanted && quiet()) renew(quiet)
  }
  const renew = async still => {
    const mine = wanted
    if (!mayTry(mine)) return
    // Only a server that has the page is asked for it: else the screen would be left with nothing.
    const page = await answer(location.href, found => found.text())
    const fresh = page && new DOMParser().parseFromString(page, "text/html")
    if (fresh?.querySelector(".board-screen")?.dataset.edition !== mine || !still()) return
    tried(mine)
    addEventListener("pagehide", () => {
      const saying = quiet() ? null : screen.dataset.announcedCall // said anew, from its beginning
      keepHeard(heard().filter(id => id !== saying))
    })
    location.reload()
  }

  // In a hall that is never quiet: when an announcement has only just begun.
  screen.addEventListener("announced", () => {
    if (wanted && performance.now() - since > LATEST_MS) renew(() => true)
  })
  socket.on("connect", ask)
  setInterval(ask, ASK_MS)
}

async function answer(address, read) {
  try {
    const found = await fetch(address, { cache: "no-store" })
    return found.ok && !found.redirected ? await read(found) : null
  } catch {
    return null
  }
}

/** One try a minute; for the same edition again only after twice as long each time. */
function mayTry(edition) {
  const { of, times, at } = before()
  const pause = of === edition ? Math.min(FIRST_MS * 2 ** (times - 1), MOST_MS) : FIRST_MS
  return Math.abs(Date.now() - at) >= pause
}

function tried(edition) {
  const { of, times } = before()
  const now = { of: edition, times: of === edition ? times + 1 : 1, at: Date.now() }
  try {
    sessionStorage.setItem(KEY, JSON.stringify(now))
  } catch {
    // Not kept: the page that comes was looked at before, so that it is no loop.
  }
}

function before() {
  const never = { of: null, times: 0, at: 0 }
  try {
    return { ...never, ...JSON.parse(sessionStorage.getItem(KEY)) }
  } catch {
    return never
  }
}
