import { keepTrue } from "looking"

const LOOK_MS = 2000
const VOLATILE = "input[name=csrf_token], input[name=request_key]"

/** The printers' page: asks how things are, and replaces the cards that look different. */
export function mount(element) {
  keepTrue(element, LOOK_MS, "[data-part=all]", adopt)
}

function adopt(element, fresh) {
  const old = element.querySelector("[data-part=all]")
  const names = part => [...part.children].map(one => one.dataset.part).join()
  if (names(old) !== names(fresh)) {
    old.replaceWith(document.adoptNode(fresh)) // a printer was added
    return
  }
  for (const card of [...old.children]) {
    const part = [...fresh.children].find(one => one.dataset.part === card.dataset.part)
    if (part && !plain(card).isEqualNode(plain(part))) replace(element, card, document.adoptNode(part))
  }
}

function replace(element, card, part) {
  const held = card.contains(document.activeElement) ? document.activeElement : null
  for (const select of card.querySelectorAll("select")) {
    const twin = part.querySelector(`#${select.id}`)
    if (twin?.querySelector(`option[value="${select.value}"]`)) twin.value = select.value
  }
  if (part.dataset.say !== card.dataset.say) {
    element.querySelector("[data-said]").textContent = part.dataset.say
  }
  card.replaceWith(part)
  if (held?.id) part.querySelector(`#${held.id}`)?.focus()
}

// What differs each time though nothing happened.
function plain(part) {
  const copy = part.cloneNode(true)
  for (const input of copy.querySelectorAll(VOLATILE)) input.removeAttribute("value")
  copy.normalize()
  return copy
}
