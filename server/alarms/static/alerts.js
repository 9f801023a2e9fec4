import { keepTrue } from "looking"

const LOOK_MS = 3000

/** The alerts' page: new ones appear by themselves; a form in which somebody writes stays. */
export function mount(element) {
  keepTrue(element, LOOK_MS, "[data-all]", (all, fresh) => adopt(all, document.adoptNode(fresh)))
}

function adopt(element, fresh) {
  const old = element.querySelector("[data-all]")
  const known = new Map(parts(old).map(one => [one.dataset.part, one]))
  for (const one of parts(fresh)) refresh(known.get(one.dataset.part), one)
  if (same(parts(old), parts(fresh))) return
  const added = parts(fresh).find(one => !known.has(one.dataset.part))
  if (added) element.querySelector("[data-said]").textContent = added.dataset.say
  const held = document.activeElement
  for (const one of parts(fresh)) {
    // With whatever is being written in it.
    if (known.has(one.dataset.part)) one.replaceWith(known.get(one.dataset.part))
  }
  old.replaceWith(fresh)
  if (fresh.contains(held)) held.focus()
}

function refresh(kept, one) {
  const [facts, now] = [kept?.querySelector("[data-facts]"), one.querySelector("[data-facts]")]
  if (facts && facts.textContent !== now.textContent) facts.replaceWith(now.cloneNode(true))
}

const parts = section => [...section.querySelectorAll("[data-part]")]
const same = (some, others) =>
  some.map(one => one.dataset.part).join() === others.map(one => one.dataset.part).join()
