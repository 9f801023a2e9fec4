import { browserVoice, utter } from "display/browser_voice"
import { openSound } from "display/sound"
import { voiceRules } from "display/voice_rules"
import { sentence } from "sentence"
import { ring } from "speech"

const LEAD_S = 0.05 // what is scheduled for "now" would lose its first instant
const MOST_TRIES = 5
const BREATH_S = 0.5 // between two sentences of one call
const REST = 0.2 // between two calls, of the chime's length
const PATIENCE_MS = 3_000 // the first call after switching on waits so long for the voice
const GRACE_MS = 1_000 // that the audio clock may be late
// until display/voice.py has answered
const UNHEARD = { enabled: true, sound: "voice", volume: 80, quiet: [], repeat: 1, languages: [] }

/**
 * The screen's voice. `say(call, spoken)` chimes and speaks a call, one at a time; its promise is
 * kept when that is over, and by time where nothing can sound. `spoken()` is called when it begins
 * to be heard as words. `clock`: the office's; `hint`: a button that asks for a touch.
 */
export function hallVoice(screen, clock, hint) {
  const sound = openSound(hint)
  browserVoice("th") // browsers look for their voices when first asked
  const chime_ms = Number(screen.dataset.chimeMs)
  const told = voiceRules(screen.dataset.voice, { ...UNHEARD, chime_ms }, sound)
  told.asked.then(() => {
    screen.dataset.voiceAsked = "" // tests wait for it
  })

  /** How each sentence of a call is said, in order; one that nobody here can say is left out. */
  const sentences = ({ number, counter }) => {
    const { languages, repeat, volume } = told.rules()
    const each = languages.flatMap(({ language, words }) => {
      const ids = sentence(language, number, counter)
      const recorded = sound.runs() && told.recorded(language, ids)
      if (recorded) return { schedule: at => recorded.say(ids, { at }) }
      const own = ids.every(id => words[id]) && browserVoice(language)
      const text = ids.map(id => words[id]).join(" ")
      return own ? { utter: () => utter(own, text, volume) } : []
    })
    return Array(repeat).fill(each).flat()
  }
  return {
    async say(call, spoken = () => {}) {
      await Promise.race([told.asked, wait(PATIENCE_MS)])
      const rules = told.rules()
      const least = wait(rules.chime_ms * (1 + REST))
      if (maySound(rules, clock)) {
        sound.setVolume(rules.volume)
        await sound.wake()
        const words = rules.sound === "voice" ? sentences(call) : []
        if (words.length) spoken()
        await sounding(sound, rules.chime_ms / 1000, words)
      }
      await least
    },
  }
}

function maySound({ enabled, sound, volume, quiet }, clock) {
  const now = clock.time(clock.at(Date.now()))
  const still = quiet.some(([from, to]) =>
    from < to ? from <= now && now < to : from <= now || now < to, // over midnight
  )
  return enabled && volume > 0 && sound !== "silent" && !still
}

/** The chime, then the sentences one after another: what is recorded exactly to the instant. */
async function sounding({ audio, out, runs }, chimeS, sentences) {
  let parts = []
  const played = async () => {
    if (parts.length) await over(audio, inTime(audio, parts))
    parts = []
  }
  if (runs()) parts.push({ make: at => ring(audio, { at, lasts: chimeS, to: out }), after: 0 })
  for (const [n, { schedule, utter }] of sentences.entries()) {
    const after = n ? BREATH_S : 0
    if (schedule) {
      parts.push({ make: schedule, after })
    } else {
      await played()
      await wait(after * 1000)
      await utter()
    }
  }
  await played()
  await wait(chimeS * REST * 1000)
}

/** Schedules all parts in a row. A browser that was held up would have them run into each other:
 * then they are taken back and scheduled anew. */
function inTime(audio, parts) {
  for (let tries = 1; ; tries++) {
    let free = audio.currentTime + LEAD_S * tries
    const made = parts.map(({ make, after }) => {
      const one = make(free + after)
      free = one.ends
      return one
    })
    if (made[0].starts >= audio.currentTime || tries === MOST_TRIES) return made
    made.forEach(one => one.stop())
  }
}

/** Kept when all have ended, or should have: if the audio clock stood, they are not heard later. */
async function over(audio, made) {
  const limit = wait((made.at(-1).ends - audio.currentTime) * 1000 + GRACE_MS)
  await Promise.race([Promise.all(made.map(one => one.over)), limit])
  made.forEach(one => one.stop())
}

function wait(ms) {
  return new Promise(over => setTimeout(over, ms))
}
