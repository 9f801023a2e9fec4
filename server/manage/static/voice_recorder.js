import { send } from "manage/voice_send"
import { finished, record } from "manage/voice_take"
import { decibels, level } from "manage/voice_wave"

const LOWEST_DB = -60

/**
 * Records phrase after phrase: one button starts, stops, keeps and goes on, so Enter or the space
 * bar is all it takes. `rows`: the phrases of the page in their order.
 */
export function recorder(panel, rows, { words, tap, play }) {
  const part = name => panel.querySelector(`[data-${name}]`)
  const step = part("step")
  let row = null
  let state = "ready" // recording, taken, busy
  let microphone = null
  let take = null

  const enter = (next, said = "") => {
    state = next
    step.textContent = words[next] ?? step.textContent
    step.setAttribute("aria-disabled", String(next === "busy"))
    part("listen").hidden = part("again").hidden = next !== "taken"
    panel.classList.toggle("recorder--on", next === "recording")
    part("said").textContent = said
    if (next !== "recording") show(LOWEST_DB)
  }
  const show = db => {
    const full = Math.max(0, Math.min(1, 1 - db / LOWEST_DB))
    part("bar").style.transform = `scaleX(${full})`
    part("meter").setAttribute("aria-valuenow", String(Math.round(Math.max(db, LOWEST_DB))))
    part("meter").dataset.level = db > -3 ? "high" : db < -40 ? "low" : "good"
  }
  const choose = chosen => {
    row?.removeAttribute("aria-current")
    row = chosen
    row.setAttribute("aria-current", "true")
    part("words").textContent = row.dataset.words
    part("words").lang = row.dataset.language
    part("place").textContent = row.dataset.place
    take = null
    enter("ready")
  }
  const begin = async () => {
    enter("busy", words.asking)
    const loudest = piece => show(decibels(level(piece).peak))
    microphone = await record(tap, loudest, () => state === "recording" && end()).catch(() => null)
    if (microphone) enter("recording", words.speak)
    else enter("ready", words.no_microphone)
  }
  const end = async () => {
    enter("busy")
    take = await finished(await microphone.stop())
    microphone = null
    if (take.verdict === "silent") enter("ready", words.silent)
    else enter("taken", words[take.verdict].replace("{s}", (take.samples.length / take.rate).toFixed(1)))
  }
  const keep = async () => {
    enter("busy", words.sending)
    try {
      await send(row, take.file, words.failed)
    } catch (error) {
      return enter("taken", error.message)
    }
    const next = following(rows, row)
    choose(next ?? row)
    part("said").textContent = next ? "" : words.all
  }
  step.addEventListener("click", () => ({ ready: begin, recording: end, taken: keep })[state]?.())
  step.addEventListener("keydown", event => {
    if (event.repeat) event.preventDefault() // a key that is held is one press
  })
  part("listen").addEventListener("click", () => play(take.samples, take.rate))
  part("again").addEventListener("click", () => {
    step.focus()
    begin()
  })
  for (const one of rows) {
    const button = one.querySelector("[data-record]")
    button.hidden = false
    button.addEventListener("click", () => {
      if (state === "busy" || state === "recording") return
      choose(one)
      panel.scrollIntoView({ block: "nearest" })
      step.focus()
    })
  }
  choose(following(rows) ?? rows[0])
}

/** The next phrase of the same language without a recording; of Thai to begin with. */
function following(rows, row = rows[0]) {
  const at = rows.indexOf(row)
  const open = one => !one.dataset.file && "needed" in one.dataset
  const around = [...rows.slice(at), ...rows.slice(0, at)]
  return around.find(one => open(one) && one.dataset.language === row.dataset.language)
}
