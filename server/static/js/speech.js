const TONES = [659.3, 523.3] // e and c, Hz: falling, as at a door
const LOUD = 0.4
const GAP_MS = 60
const BREATHS = { counter: 3 } // a phrase that begins something new: so many gaps before it
const PATIENCE_MS = 20_000 // for one recording
const MOST_BYTES = 96 * 2 ** 20 // of decoded sound; two languages take about a quarter of it

/**
 * A voice of recorded phrases. `phrases`: phrase id → an address or an AudioBuffer; each is fetched
 * and decoded once, before the promise is kept. It is broken when one cannot be, or when all
 * together are too long to hold. `to`: the node that hears it; `gapMs`: silence between phrases.
 */
export async function createVoice(audio, phrases, { to = audio.destination, gapMs = GAP_MS } = {}) {
  const entries = Object.entries(phrases).map(async ([id, one]) => [id, await decoded(audio, one)])
  const sounds = new Map(await Promise.all(entries))
  const bytes = [...sounds.values()].map(one => one.length * one.numberOfChannels * 4)
  if (bytes.reduce((sum, one) => sum + one, 0) > MOST_BYTES) throw new Error("too long to hold")

  const gapBefore = (id, n) => (n ? (gapMs / 1000) * (BREATHS[id] ?? 1) : 0)
  return {
    /** Whether it has all of these phrases. */
    can: ids => ids.every(id => sounds.has(id)),
    /** How long (s) it takes to say them. */
    lasts: ids => ids.reduce((sum, id, n) => sum + gapBefore(id, n) + sounds.get(id).duration, 0),
    /**
     * Says the phrases one after another from `at` (s, the audio clock's; at once where that has
     * passed). Returns `starts` and `ends` on that clock, `over`, a promise kept when the last has
     * sounded or was stopped, and `stop()`.
     */
    say(ids, { at = audio.currentTime } = {}) {
      const starts = Math.max(at, audio.currentTime)
      let free = starts
      const sources = ids.map((id, n) => {
        const source = new AudioBufferSourceNode(audio, { buffer: sounds.get(id) })
        source.connect(to)
        free += gapBefore(id, n)
        source.start(free)
        free += source.buffer.duration
        return source
      })
      return { starts, ends: free, ...course(sources) }
    },
  }
}

/** Chimes once, from `at` for `lasts` (s). Returns the same as a voice's `say`. */
export function ring(audio, { at = audio.currentTime, lasts = 1, to = audio.destination } = {}) {
  const starts = Math.max(at, audio.currentTime)
  const ends = starts + lasts
  const strings = TONES.map((frequency, n) => {
    const from = starts + (n * lasts) / (TONES.length + 1)
    const volume = new GainNode(audio, { gain: 0 })
    volume.gain.setValueAtTime(0, from)
    volume.gain.linearRampToValueAtTime(LOUD, from + 0.02)
    volume.gain.exponentialRampToValueAtTime(0.001, ends)
    const string = new OscillatorNode(audio, { frequency })
    string.connect(volume).connect(to)
    string.addEventListener("ended", () => volume.disconnect())
    string.start(from)
    string.stop(ends)
    return string
  })
  return { starts, ends, ...course(strings) }
}

async function decoded(audio, one) {
  if (typeof one !== "string") return one
  const answer = await fetch(one, { signal: AbortSignal.timeout(PATIENCE_MS) })
  if (!answer.ok) throw new Error(`${one}: ${answer.status}`)
  return audio.decodeAudioData(await answer.arrayBuffer())
}

/** `over` is kept when the last source has ended, or when `stop()` ends them all. */
function course(sources) {
  let end
  const over = new Promise(kept => {
    end = kept
  })
  if (!sources.length) end()
  sources.at(-1)?.addEventListener("ended", end)
  const stop = () => {
    for (const source of sources) {
      source.stop()
      source.disconnect() // a clock that stands still would let it sound when it goes on
    }
    end()
  }
  return { over, stop }
}
