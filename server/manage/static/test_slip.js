const LOOK_MS = 1_000

/** Tells what becomes of a test slip until it is over. */
export function mount(element) {
  const look = async () => {
    const answer = await fetch(element.dataset.state, { cache: "no-store" }).catch(() => null)
    const told = answer?.ok ? await answer.json() : { busy: true }
    if (told.text && told.text !== element.textContent) element.textContent = told.text
    if (told.busy) setTimeout(look, LOOK_MS)
  }
  setTimeout(look, LOOK_MS)
}
