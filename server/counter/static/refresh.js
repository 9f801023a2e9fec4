const GUARD_MS = 1000
const VOLATILE = "input[name=csrf_token], input[name=request_key]"

/**
 * Returns a function that fetches the console's parts and replaces those that look different.
 * The focus stays where it was, and nothing changes under a press that is on its way.
 */
export function refresh(element, pressed) {
  const leaving = new AbortController()
  let again = false
  let running = false
  element.addEventListener("submit", event => {
    if (!event.defaultPrevented) leaving.abort()
  })

  const renew = async () => {
    again = running
    if (running || pressed()) return
    running = true
    try {
      const answer = await fetch(element.dataset.panel, { cache: "no-store", signal: leaving.signal })
      if (answer.ok) adopt(element, await answer.text())
    } catch {
      // cut off or on the way to another page: the next news asks again
    }
    running = false
    if (again) renew()
  }
  return renew
}

function adopt(element, text) {
  const fresh = new DOMParser().parseFromString(text, "text/html")
  if (!fresh.querySelector("[data-part=visit]")) {
    location.assign(element.dataset.home) // another officer has this counter now, or signed out
    return
  }
  for (const old of element.querySelectorAll("[data-part]")) {
    const part = document.adoptNode(fresh.querySelector(`[data-part=${old.dataset.part}]`))
    if (plain(old).isEqualNode(plain(part))) {
      renewKeys(old, part)
      continue
    }
    replace(element, old, part)
  }
  const shown = element.querySelector("[data-part=visit] input[name=request_key]")
  const pause = element.querySelector("[data-fresh]")
  if (shown && pause) pause.value = shown.value
}

function replace(element, old, part) {
  const focused = old.contains(document.activeElement) ? document.activeElement.id : ""
  const scrolled = old.querySelector("[tabindex]")?.scrollTop ?? 0
  for (const opened of old.querySelectorAll("details[open][id]")) {
    part.querySelector(`#${opened.id}`)?.setAttribute("open", "")
  }
  const said = element.querySelector("[data-said]")
  if (part.dataset.say && part.dataset.say !== old.dataset.say) said.textContent = part.dataset.say
  old.replaceWith(part)
  const list = part.querySelector("[tabindex]")
  if (list) list.scrollTop = scrolled
  if (focused) part.querySelector(`#${focused}`)?.focus()
  guard(element, old, part)
}

// The main action became another one by itself: a press that was meant for the old one must not hit.
function guard(element, old, part) {
  const [was, is] = [old, part].map(one => one.querySelector("#main-action")?.form.action)
  if (!was || !is || was === is) return
  element.setAttribute("data-guarded", "")
  setTimeout(() => element.removeAttribute("data-guarded"), GUARD_MS)
}

// What differs each time though nothing happened: tokens, and seconds that tick here anyway.
function plain(part) {
  const copy = part.cloneNode(true)
  for (const input of copy.querySelectorAll(VOLATILE)) input.removeAttribute("value")
  for (const opened of copy.querySelectorAll("details[open]")) opened.removeAttribute("open")
  for (const timer of copy.querySelectorAll("[data-timer]")) {
    timer.removeAttribute("data-elapsed")
    timer.removeAttribute("data-began")
    timer.classList.remove("timer--over")
    for (const field of timer.querySelectorAll("[data-field]")) {
      field.textContent = ""
      field.removeAttribute("value")
    }
  }
  copy.normalize()
  return copy
}

function renewKeys(old, part) {
  const fresh = part.querySelectorAll(VOLATILE)
  old.querySelectorAll(VOLATILE).forEach((input, at) => {
    if (fresh[at]) input.value = fresh[at].value
  })
}
