import { sentence } from "sentence"
import { createVoice, ring } from "speech"

/** Says any call with the pack of this page, and shows when which phrase is heard. */
export function mount(form) {
  const rules = { ...form.dataset } // volume (%), chimeMs, gapMs
  const said = form.querySelector("[data-said]")
  const line = form.querySelector("ol")
  let audio = null
  let stop = () => {}

  form.addEventListener("submit", async event => {
    event.preventDefault()
    stop()
    audio ??= new AudioContext()
    await audio.resume()
    const asked = new FormData(form)
    const calls = asked.get("spoken").split("+").map(language => ({
      language,
      ids: sentence(language, asked.get("number"), asked.get("counter")),
    }))
    const lacking = calls.flatMap(call => call.ids.map(id => row(call.language, id)).filter(lacks))
    if (lacking.length) {
      const names = [...new Set(lacking.map(([words]) => words))]
      line.replaceChildren()
      said.textContent = form.dataset.lacks.replace("{phrases}", names.join(", "))
      return
    }
    stop = await speak(audio, calls, rules, { said, line }).catch(() => () => {
      said.textContent = form.dataset.failed
    })
  })
}

/** The words of a phrase and its address, which may be missing. */
function row(language, id) {
  const found = document.querySelector(`[data-language="${language}"][data-phrase="${id}"]`)
  return [found?.dataset.words ?? id, found?.dataset.file]
}
const lacks = ([, file]) => !file

async function speak(audio, calls, rules, { said, line }) {
  const out = new GainNode(audio, { gain: rules.volume / 100 })
  out.connect(audio.destination)
  const gapMs = Number(rules.gapMs)
  const voices = []
  for (const { language, ids } of calls) {
    const phrases = Object.fromEntries(ids.map(id => [id, row(language, id)[1]]))
    voices.push(await createVoice(audio, phrases, { to: out, gapMs }))
  }
  const chime = ring(audio, { at: audio.currentTime + 0.1, lasts: rules.chimeMs / 1000, to: out })
  const parts = [chime]
  const heard = [{ words: rules.chime, from: 0, to: chime.ends - chime.starts }]
  calls.forEach(({ language, ids }, n) => {
    const spoken = voices[n].say(ids, { at: parts.at(-1).ends })
    parts.push(spoken)
    ids.forEach((id, at) => {
      const to = spoken.starts - chime.starts + voices[n].lasts(ids.slice(0, at + 1))
      heard.push({ words: row(language, id)[0], lang: language, from: to - voices[n].lasts([id]), to })
    })
  })
  said.textContent = rules.total.replace("{s}", heard.at(-1).to.toFixed(1))
  line.replaceChildren(...heard.map(item))
  follow(audio, chime.starts, heard, line)
  return () => parts.forEach(part => part.stop())
}

function item({ words, lang, from, to }) {
  const one = document.createElement("li")
  const time = document.createElement("small")
  time.textContent = `${from.toFixed(2)}–${to.toFixed(2)}`
  one.append(words, " ", time)
  if (lang) one.lang = lang
  return one
}

/** Marks what is heard now, until the last phrase is over or the line shows another call. */
function follow(audio, starts, heard, line) {
  const [first] = line.children
  const mark = () => {
    const now = audio.currentTime - starts
    if (line.firstElementChild !== first) return
    heard.forEach(({ from, to }, n) => {
      line.children[n].classList.toggle("is-heard", from <= now && now < to)
    })
    if (now < heard.at(-1).to) requestAnimationFrame(mark)
  }
  mark()
}
