import { createVoice } from "speech"

const AGAIN_MS = 60_000 // changed settings and packs are taken up within a minute
const SOON_MS = 10_000 // after an answer or a recording that did not come
const PATIENCE_MS = 5_000

/**
 * What display/voice.py says, and the office's recorded voices, both kept fresh.
 * `rules`: those that hold until it has answered.
 */
export function voiceRules(address, rules, { audio, out }) {
  let voices = new Map() // language → its recorded voice
  let loaded
  let first
  const asked = new Promise(kept => {
    first = kept
  })

  const ask = async () => {
    let whole = false
    try {
      const signal = AbortSignal.timeout(PATIENCE_MS)
      const answer = await fetch(address, { cache: "no-cache", signal })
      if (answer.ok) {
        rules = await answer.json()
        whole = await load()
      }
    } catch {
      // The server is away: what was said last holds.
    }
    first()
    setTimeout(ask, whole ? AGAIN_MS : SOON_MS)
  }
  /** Whether every recording came. One that did not costs its language, not the others. */
  const load = async () => {
    if (!audio || rules.version === loaded) return true
    const recorded = rules.languages.filter(one => one.phrases)
    const made = await Promise.allSettled(
      recorded.map(({ phrases }) => createVoice(audio, phrases, { to: out, gapMs: rules.gap_ms })),
    )
    const whole = made.every(one => one.status === "fulfilled")
    voices = new Map(recorded.map((one, n) => [one.language, made[n].value]))
    loaded = whole ? rules.version : undefined
    return whole
  }
  ask()
  return {
    /** Kept when it was asked once, and the voices are there. */
    asked,
    rules: () => rules,
    /** The recorded voice of a language, where it can say these phrases; else undefined. */
    recorded(language, ids) {
      const voice = voices.get(language)
      return voice?.can(ids) ? voice : undefined
    },
  }
}
