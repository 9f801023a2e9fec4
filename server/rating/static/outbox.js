// Presses wait here until the server has them: over a lost network, a closed page, a power cut.
const STORE = "presses"
const MOST = 100 // sent at one time
const SOON_MS = 2_000
const LATE_MS = 60_000
const PATIENCE_MS = 30_000
const EMPTY_MS = 300_000
const TICK_MS = 1_000
const SET_MS = 2_000 // a clock that goes back as much was set
const NO_SLEEP_MS = 60 * 24 * 3_600_000 // nor does any box sleep for so long

/**
 * `address`: takes batches; `seal()`: the token that posts need; `refused()`: it is asked anew.
 * Gives `put(press)`, which keeps a press (or what was added to it) and sends it.
 */
export async function openOutbox({ address, seal, refused }) {
  const shelf = await openShelf().catch(memory)
  let sending = false
  let pause = SOON_MS
  let timer

  const later = ms => {
    clearTimeout(timer)
    timer = setTimeout(send, ms)
  }
  const send = async () => {
    if (sending) return
    sending = true
    let left = 0
    try {
      while ((left = await some())) pause = SOON_MS
    } finally {
      sending = false
      if (left === null) {
        later(pause)
        pause = Math.min(2 * pause, LATE_MS)
      }
    }
  }
  /** Sends some: how many the server has now, 0 when none waited, null when it did not answer. */
  const some = async () => {
    const presses = await shelf.first(MOST)
    if (!presses.length) return 0
    const told = await post(address, { now: Date.now(), presses }, seal())
    if (told === 401) await refused()
    if (!told?.kept) return null
    const over = new Set([...told.kept, ...told.refused])
    const gone = presses.filter(press => over.has(press.press_id))
    for (const press of gone) await shelf.remove(press)
    return gone.length || null
  }
  /** So that nobody brings the server presses from before in this tablet's name. */
  const tellNothingWaits = async () => {
    const nothing = !sending && !(await shelf.first(1)).length
    if (nothing) await post(address, { now: Date.now(), presses: [] }, seal())
  }
  whenItIsSet(by => shelf.move(by))
  addEventListener("online", () => later(0))
  setInterval(tellNothingWaits, EMPTY_MS)
  later(0)
  return {
    async put(press) {
      await shelf.put(press)
      later(0)
    },
  }
}

async function post(address, body, seal) {
  try {
    const answer = await fetch(address, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": seal },
      body: JSON.stringify(body),
      cache: "no-store",
      signal: AbortSignal.timeout(PATIENCE_MS),
    })
    return answer.ok ? await answer.json() : answer.status
  } catch {
    return null
  }
}

/** What waits moves with the clock, so that "how long ago" stays right. */
function whenItIsSet(moved) {
  let ahead = Date.now() - performance.now()
  setInterval(() => {
    const by = Date.now() - performance.now() - ahead
    ahead += by
    // Forward by hours: the box slept, and its steady clock with it.
    if (by < -SET_MS || by > NO_SLEEP_MS) moved(Math.round(by))
  }, TICK_MS)
}

async function openShelf() {
  const asked = indexedDB.open("khiu-tablet", 1)
  asked.onupgradeneeded = () => {
    asked.result.createObjectStore(STORE, { keyPath: "press_id" }).createIndex("at", "at")
  }
  const db = await done(asked)
  const work = (mode, act) => {
    const turn = db.transaction(STORE, mode, { durability: "strict" })
    const result = act(turn.objectStore(STORE))
    return new Promise((resolve, reject) => {
      turn.oncomplete = () => resolve(result?.result)
      turn.onabort = turn.onerror = () => reject(turn.error)
    })
  }
  return {
    put: press => work("readwrite", store => store.put(press)),
    first: most => work("readonly", store => store.index("at").getAll(null, most)),
    remove: press =>
      work("readwrite", store => {
        const found = store.get(press.press_id)
        found.onsuccess = () => alike(found.result, press) && store.delete(press.press_id)
      }),
    move: by =>
      work("readwrite", store => {
        const each = store.openCursor()
        each.onsuccess = () => {
          const here = each.result
          if (!here) return
          here.update({ ...here.value, at: Math.max(0, here.value.at + by) })
          here.continue()
        }
      }),
  }
}

/** Where a browser keeps nothing: at least while the page is open. */
function memory() {
  const kept = new Map()
  return {
    put: async press => void kept.set(press.press_id, press),
    first: async most => [...kept.values()].slice(0, most),
    remove: async press => alike(kept.get(press.press_id), press) && kept.delete(press.press_id),
    move: async by => kept.forEach((press, id) => kept.set(id, { ...press, at: press.at + by })),
  }
}

/** Reasons that came while it was on its way are sent after it. */
const alike = (kept, sent) => kept?.reasons.length === sent.reasons.length

const done = request =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
