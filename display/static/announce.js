const MOST = 20 // so many may wait to be announced; of more the oldest are left out, never the newest

/**
 * Announces each call once on this screen, one after another. `known`: the ids of calls that are
 * not news. `say(call)` announces one and returns a promise that is kept when it is over: today a
 * chime, with a voice later.
 */
export function announcer(known, say) {
  const heard = new Set(known)
  const queue = []
  let floor = 0n // older ids than this were heard and forgotten
  let speaking = false

  const speak = async () => {
    if (speaking) return
    speaking = true
    while (queue.length) await say(queue.shift())
    speaking = false
  }
  const forget = recent => {
    const kept = new Set(recent.map(call => call.call_id))
    for (const id of heard) {
      if (kept.has(id)) continue
      heard.delete(id)
      if (BigInt(id) > floor) floor = BigInt(id)
    }
  }
  return {
    /** `recent`: the calls of the last minutes, newest first. */
    offer(recent) {
      for (const call of [...recent].reverse()) {
        if (heard.has(call.call_id) || BigInt(call.call_id) <= floor) continue
        heard.add(call.call_id)
        queue.push(call)
      }
      forget(recent)
      queue.splice(0, queue.length - MOST)
      speak()
    },
  }
}
