import { fill, local, put, waitWords } from "display/words"

const NOTICE_MS = 12_000 // long enough to be read twice

/** Paints the board, and on losing the server takes from the old call the look of a new one. */
export function painter(screen, part, clock) {
  const words = screen.dataset
  const panel = part("newest")
  const field = name => panel.querySelector(`[data-field="${name}"]`)
  const notice = noticeBar(part("notice"))
  let call = firstCall(words, field)
  let stale = false

  const newest = () => {
    panel.classList.toggle("newest--idle", !call)
    panel.classList.toggle("newest--stale", stale)
    if (!call) return
    const { number, counter, service, at } = call
    put(field("label"), stale ? fill(words.calledAt, { time: clock.time(at) }) : words.call)
    put(field("number"), number)
    fit(field("number"), number.length)
    put(field("counter"), counter)
    put(field("aside"), stale ? words.listen : service)
  }
  return {
    board({ calls: [first, ...others], waiting, notices }) {
      call = first && { ...first, service: local(first.service), at: Date.parse(first.at) }
      newest()
      ;[...part("earlier").children].forEach((row, n) => {
        const { number = "", counter = "" } = others[n] ?? {}
        write(row, { number, counter })
      })
      asMany(part("queues"), waiting.length, part("queue-row"))
      waiting.forEach((pool, n) =>
        write(part("queues").children[n], {
          prefix: pool.prefix,
          waiting: String(pool.waiting),
          name: local(pool.name),
          wait: pool.waiting ? waitWords(pool.wait, words) : words.nobody,
        }),
      )
      notice(notices.map(local))
    },
    online() {
      part("offline").hidden = true
      stale = false
      newest()
    },
    /** `since`: the office's time (Unix ms) of the last news. */
    offline(since) {
      put(part("offline-words"), fill(words.offline, { time: clock.time(since) }))
      part("offline").hidden = false
      stale = true
      panel.classList.remove("newest--fresh")
      newest()
    },
  }
}

/** The call that the server painted; its words are still there when the server is lost at once. */
function firstCall({ newest, newestAt }, field) {
  const words = name => field(name).textContent
  const painted = { number: words("number"), counter: words("counter"), service: words("aside") }
  return newest ? { ...painted, at: Number(newestAt) } : null
}

/** Long numbers are set smaller: board.css has a class for each length. */
function fit(spot, length) {
  const wanted = `newest__number number--${length}`
  if (spot.className !== wanted) spot.className = wanted
}

/** As many rows in the list as there are things; new ones are clones of the template. */
function asMany(list, wanted, template) {
  while (list.children.length > wanted) list.lastElementChild.remove()
  while (list.children.length < wanted) list.append(template.content.cloneNode(true))
}

function write(row, texts) {
  for (const [name, text] of Object.entries(texts))
    put(row.querySelector(`[data-field="${name}"]`), text)
}

/** One notice at a time, in turn; the office's hours where there are none. */
function noticeBar(spot) {
  let all = JSON.parse(spot.dataset.notices)
  let turn = 0
  const show = () => put(spot, all.length ? all[turn % all.length] : spot.dataset.hours)
  setInterval(() => {
    turn += 1
    if (all.length) show()
  }, NOTICE_MS)
  return notices => {
    all = notices
    show()
  }
}
