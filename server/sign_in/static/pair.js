const LOOK_MS = 2_000
const AGAIN_MS = 30_000 // a browser that keeps no cookies must not ask for codes without end

/** Asks for a code by itself (a display has no keys), and goes in when it is confirmed. */
export function mount(element) {
  const ask = element.querySelector("[data-ask]")
  const { state, asked } = element.dataset
  if (state === undefined) {
    setTimeout(() => ask.submit(), asked === undefined ? 0 : AGAIN_MS)
    return
  }
  const enter = element.querySelector("[data-enter]")
  const said = element.querySelector("[role=status]")
  const look = async () => {
    const answer = await fetch(state, { cache: "no-store" }).catch(() => null)
    const now = answer?.ok ? (await answer.json()).state : "lost"
    if (now === "confirmed") return enter.submit()
    if (now === "over") return ask.submit()
    said.textContent = now === "lost" ? said.dataset.lost : said.dataset.waits
    setTimeout(look, LOOK_MS)
  }
  setTimeout(look, LOOK_MS)
}
