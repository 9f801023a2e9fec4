const MOST = 20 // so many may wait to be announced; of more the oldest are left out, never the newest
const REMEMBERED = 500 // ids: a board that comes late may tell of calls that are recent no more

/**
 * Announces each call once on this screen, one after another, while it stands: one whose number was
 * called anew, came or went meanwhile is passed over. `known`: ids of calls that are not news.
 * `say(call)` announces one and returns a promise that is kept when it is over. `passedOver(call)`,
 * `waiting(n)`: so many are to be announced, the one being announced among them.
 */
export function announcer({ known, say, passedOver = () => {}, waiting = () => {} }) {
  const heard = new Set(known)
  let queue = []
  let speaking = false

  const count = () => waiting(queue.length + Number(speaking))
  const speak = async () => {
    if (speaking) return
    speaking = true
    while (queue.length) {
      const call = queue.shift()
      count()
      try {
        await say(call)
      } catch (error) {
        console.warn(error) // the next one is announced all the same
      }
    }
    speaking = false
    count()
  }
  const forget = recent => {
    const kept = new Set(recent.map(call => call.call_id))
    for (const id of heard) {
      if (heard.size <= REMEMBERED) break
      if (!kept.has(id)) heard.delete(id) // the oldest first: a Set keeps its order
    }
  }
  return {
    /** `recent`: the calls of the last minutes, newest first; `calls`: those that stand. */
    offer({ recent, calls }) {
      for (const call of [...recent].reverse()) {
        if (heard.has(call.call_id)) continue
        heard.add(call.call_id)
        queue.push(call)
      }
      forget(recent)
      const standing = new Set(calls.map(call => call.call_id))
      const stand = queue.filter(call => standing.has(call.call_id))
      const wanted = new Set(stand.slice(-MOST))
      const left = queue.filter(call => !wanted.has(call))
      queue = [...wanted]
      left.forEach(passedOver)
      count()
      speak()
    },
    /** Ids that are no news here: announced or passed over, and still among the recent ones. */
    heard: () => {
      const ahead = new Set(queue.map(call => call.call_id))
      return [...heard].filter(id => !ahead.has(id))
    },
  }
}
