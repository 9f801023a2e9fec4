import { pager } from "display/pages"
import { fill, local, put, waitWords } from "display/words"

const NOTICE_MS = 12_000 // long enough to be read twice

/** Paints the board, and on losing the server takes from the old call the look of a new one. */
export function painter(screen, part, clock) {
  const words = screen.dataset
  const panel = part("newest")
  const field = name => panel.querySelector(`[data-field="${name}"]`)
  const notice = noticeBar(part("notice"))
  const turned = pager(part("queues"), part("pages"))
  let call = firstCall(words, field)
  let stale = false
  let standing = [] // calls, newest first
  let spoken = null // the call being spoken

  const newest = () => {
    panel.classList.toggle("newest--idle", !call)
    panel.classList.toggle("newest--stale", stale)
    if (!call) return
    const { number, counter, service, at } = call
    put(field("label"), stale ? fill(words.calledAt, { time: clock.time(at) }) : words.call)
    put(field("number"), number)
    look(field("number"), `newest__number number--${number.length}`)
    put(field("counter"), counter)
    look(field("counter"), `counter--${counter.length}`)
    put(field("aside"), stale ? words.listen : service)
  }
  const called = () => {
    const large = spoken ?? standing[0]
    call = large && { ...large, service: local(large.service), at: Date.parse(large.at) }
    newest()
    const others = standing.filter(one => one.call_id !== large?.call_id)
    ;[...part("earlier").children].forEach((row, n) => {
      const { number = "", counter = "" } = others[n] ?? {}
      write(row, { number, counter })
    })
  }
  return {
    board({ calls, waiting, notices }) {
      standing = calls
      called()
      asMany(part("queues"), waiting.length, part("queue-row"))
      waiting.forEach((pool, n) =>
        write(part("queues").children[n], {
          prefix: pool.prefix,
          waiting: String(pool.waiting),
          name: local(pool.name),
          wait: pool.waiting ? waitWords(pool.wait, words) : words.nobody,
        }),
      )
      turned()
      notice(notices.map(local))
    },
    /** What is being spoken stands large, so that eye and ear agree; null: the newest does again. */
    announcing(one) {
      if (spoken === one) return
      spoken = one
      called()
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
function look(spot, wanted) {
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

/** One notice at a time, in turn; the office's hours where there are none. The longest of them
 * says how high the bar is, so that the board above it never moves. */
function noticeBar(spot) {
  let all = JSON.parse(spot.dataset.notices)
  let turn = 0
  const show = () => put(spot, all.length ? all[turn % all.length] : spot.dataset.hours)
  const reserve = () => {
    spot.style.minHeight = ""
    const heights = all.map(text => {
      spot.textContent = text
      return Math.ceil(spot.getBoundingClientRect().height)
    })
    if (all.length > 1) spot.style.minHeight = `${Math.max(...heights)}px`
    show()
  }
  setInterval(() => {
    turn += 1
    if (all.length) show()
  }, NOTICE_MS)
  addEventListener("resize", reserve)
  document.fonts.ready.then(reserve)
  return notices => {
    if (notices.join("\n") === all.join("\n")) return
    all = notices
    reserve()
  }
}
