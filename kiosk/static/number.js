import { carry } from "kiosk/carry"

const SETTLED = ["printed", "sent", "none", "uncertain"] // "failed" may still print by itself

/** The visitor's number: what becomes of the slip, and the end of the visit. */
export function mount(ticket) {
  const { seconds, slip } = ticket.dataset
  const start = document.querySelector("[data-start]").dataset.start
  const count = ticket.querySelector("[data-field=seconds]")
  const said = document.querySelector("[data-field=said]")
  let left = Number(seconds)
  let state = ""

  const more = () => {
    left = Number(seconds)
    count.textContent = left
  }
  const look = async () => {
    const answer = await fetch(slip, { cache: "no-store" }).catch(() => null)
    const found = answer?.ok ? (await answer.json()).state : state
    if (found !== state) tell(found)
    if (!SETTLED.includes(found)) setTimeout(look, 1_000)
  }
  const tell = found => {
    for (const words of ticket.querySelectorAll("[data-when]")) {
      words.hidden = !words.dataset.when.split(" ").includes(found)
    }
    if (state) more() // there is news to read
    state = found
  }

  for (const sign of ["pointerdown", "keydown", "wheel"]) {
    addEventListener(sign, more, { capture: true, passive: true })
  }
  ticket.querySelector("[data-field=closes]").hidden = false
  setInterval(() => {
    left -= 1
    count.textContent = Math.max(left, 0)
    if (left <= 0) carry(start)
  }, 1_000)
  said.textContent = said.dataset.words // into a live region that stands already: it is read out
  look()
}
