/** The arrow keys go up and down the waiting line; Enter opens the one with the focus. */
export function walk(element) {
  element.addEventListener("keydown", event => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    const here = event.target.closest("[data-line] a")
    if (!step || !here) return
    const all = [...here.closest("[data-line]").querySelectorAll("a")]
    const next = all[all.indexOf(here) + step]
    event.preventDefault()
    next?.focus()
  })
}
