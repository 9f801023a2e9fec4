const PICTURE_MS = 12_000
const LIST_MS = 60_000
const STUCK_MS = 10_000 // what gets no further for so long is passed over
const FADE_MS = 240 // --dur-2
const IDLE_MS = 1_000

/**
 * The office's pictures and videos beside the calls, one after another in one element of each
 * kind. A file that cannot be shown is passed over; the list is read again each minute. Videos
 * never sound: calls must be heard. Nothing plays while the screen sleeps.
 */
export function reel(screen, frame) {
  const [picture, video] = ["img", "video"].map(name => frame.querySelector(name))
  const board = screen.querySelector(".board")
  const still = matchMedia("(prefers-reduced-motion: reduce)")
  const broken = new Set()
  let list = []
  let turn = 0

  const fit = piece => !broken.has(piece.url) && !(still.matches && piece.kind === "video")
  const look = async () => {
    // Cut off, it goes on with what the browser has kept.
    const answer = await fetch(frame.dataset.list, { cache: "no-store" }).catch(() => null)
    const read = answer?.ok ? await answer.json().catch(() => null) : null
    if (!read) return
    list = read.items
    broken.clear()
  }
  const next = () => {
    const order = [...list.keys()].map(n => (turn + n) % list.length)
    const found = order.find(n => fit(list[n]))
    if (found !== undefined) turn = found + 1
    return list[found]
  }
  const away = () => {
    frame.classList.add("media--away")
    return pause(FADE_MS)
  }
  const show = element => {
    board.classList.add("board--media")
    for (const one of [picture, video]) one.hidden = one !== element
    frame.classList.remove("media--away")
  }
  const slide = async url => {
    if (picture.hidden || picture.getAttribute("src") !== url) {
      const fresh = new Image()
      fresh.src = url
      if (!(await within(STUCK_MS, fresh.decode()))) return false
      await away()
      picture.src = url
      show(picture)
    }
    await pause(PICTURE_MS)
    return true
  }
  const film = async url => {
    await away()
    const well = await played(video, url, () => show(video))
    await away()
    video.removeAttribute("src")
    video.load() // gives its memory back
    return well
  }
  const run = async () => {
    await look()
    setInterval(look, LIST_MS)
    for (;;) {
      const piece = screen.hasAttribute("data-asleep") ? null : next()
      if (!list.some(fit)) board.classList.remove("board--media")
      if (!piece) await pause(IDLE_MS)
      else if (!(await (piece.kind === "video" ? film : slide)(piece.url))) broken.add(piece.url)
    }
  }
  run()
}

/** Plays it to its end; whether it came so far. */
function played(video, url, began) {
  const over = new AbortController()
  const { signal } = over
  return new Promise(settle => {
    let reached = -1
    const end = well => {
      over.abort()
      clearInterval(watch)
      settle(well)
    }
    const watch = setInterval(() => {
      if (video.currentTime === reached) end(false)
      reached = video.currentTime
    }, STUCK_MS)
    video.addEventListener("playing", began, { signal })
    video.addEventListener("ended", () => end(true), { signal })
    video.addEventListener("error", () => end(false), { signal })
    video.muted = true
    video.src = url
    video.play().catch(() => end(false))
  })
}

const pause = lasts => new Promise(over => setTimeout(over, lasts))

/** Whether the promise is kept in time. */
function within(lasts, promise) {
  return Promise.race([promise.then(() => true, () => false), pause(lasts).then(() => false)])
}
