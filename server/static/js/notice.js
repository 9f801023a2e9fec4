import { keepLooking } from "looking"

/** Keeps a line about trouble true, looked after every `data-every` milliseconds. */
export function mount(element) {
  keepLooking(element, Number(element.dataset.every), (page, redirected) => {
    if (!page || redirected) return
    const told = troubles(page)
    if (words(told) === words(troubles(element))) return
    element.replaceChildren(...told.map(one => document.adoptNode(one)))
  })
}

const troubles = within => [...within.querySelectorAll(".trouble")]
const words = some => some.map(one => one.textContent).join()
