import { send } from "manage/voice_send"
import { buffer, finished, mayRecord, opened } from "manage/voice_take"
import { recorder } from "manage/voice_recorder"

/** The page of one pack: its phrases are heard, recorded and brought as files. */
export function mount(page) {
  const words = JSON.parse(page.dataset.words)
  const rows = [...page.querySelectorAll("[data-phrase]")]
  const play = player()

  for (const row of rows) {
    const link = row.querySelector("[data-play]")
    link.addEventListener("click", event => {
      event.preventDefault()
      play.address(row.dataset.file)
    })
    bring(row, words)
  }
  const panel = page.querySelector("[data-recorder]")
  if (!panel) return // somebody who only looks on
  page.querySelector("[data-unsafe]").hidden = mayRecord()
  panel.hidden = !mayRecord()
  if (mayRecord()) recorder(panel, rows, { words, tap: page.dataset.tap, play: play.samples })
}

/** A chosen file is made as even as a recording, and sent without another press. */
function bring(row, words) {
  const input = row.querySelector("[type=file]")
  if (!input) return
  const said = row.querySelector("[data-said]")
  row.querySelector("[data-send]").hidden = true
  input.accept = "audio/*"
  input.addEventListener("change", async () => {
    if (!input.files.length) return
    said.textContent = words.sending
    said.textContent = await taken(row, input.files[0], words)
    input.value = ""
  })
}

async function taken(row, file, words) {
  const sound = await opened(file).catch(() => null)
  if (!sound) return words.unreadable
  const take = await finished(sound)
  if (take.verdict === "silent") return words.silent
  return send(row, take.file, words.failed).then(
    () => words.kept,
    error => error.message,
  )
}

/** One sound at a time; the audio context waits for the first touch. */
function player() {
  let audio = null
  let source = null
  const start = async sound => {
    audio ??= new AudioContext()
    await audio.resume()
    source?.stop()
    source = new AudioBufferSourceNode(audio, { buffer: await sound(audio) })
    source.connect(audio.destination)
    source.start()
  }
  return {
    address: one => start(async audio => audio.decodeAudioData(await (await fetch(one)).arrayBuffer())),
    samples: (samples, rate) => start(async () => buffer(samples, rate)),
  }
}
