const LOOK_MS = 10_000

/** Keeps the line about low ratings true on pages of those who lead. */
export function mount(element) {
  const look = async () => {
    if (!document.hidden) await renew(element)
    setTimeout(look, LOOK_MS)
  }
  setTimeout(look, LOOK_MS)
}

async function renew(element) {
  const answer = await fetch(element.dataset.poll, { cache: "no-store" }).catch(() => null)
  if (!answer?.ok || answer.redirected) return
  const page = new DOMParser().parseFromString(await answer.text(), "text/html")
  const told = [...page.querySelectorAll(".trouble")]
  if (told.map(one => one.textContent).join() === element.textContent.trim()) return
  element.replaceChildren(...told.map(one => document.adoptNode(one)))
}
