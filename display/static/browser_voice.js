const LONGEST_MS = 20_000 // some never say that they are done

/** The browser's own voice for a language ("th"); one of the machine itself before a remote one. */
export function browserVoice(language) {
  const ofIt = window.speechSynthesis?.getVoices().filter(voice => voice.lang.startsWith(language))
  return ofIt?.find(voice => voice.localService) ?? ofIt?.[0]
}

/** Says the words; kept when it is done, cannot, or has taken too long. `volume`: 0–100. */
export async function utter(voice, words, volume) {
  const said = new SpeechSynthesisUtterance(words)
  Object.assign(said, { voice, lang: voice.lang, volume: volume / 100 })
  let limit
  await new Promise(over => {
    said.onend = said.onerror = over
    limit = setTimeout(() => over(said), LONGEST_MS) // holds it: a forgotten one never ends
    speechSynthesis.speak(said)
  })
  clearTimeout(limit)
  // What hangs would hold up the next one.
  if (speechSynthesis.speaking || speechSynthesis.pending) speechSynthesis.cancel()
}
