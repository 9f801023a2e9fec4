const REST_MS = 500 // two presses closer than this are one press of an impatient finger
const PRESSED = "khiu.pressed"
const FOCUS = "khiu.focus"

/**
 * Lets one press through at a time, also across the reload it causes: the second half of a double
 * press must not start the visit that the first half has called. Returns whether one is on its way.
 */
export function rest(element) {
  let onItsWay = false
  const since = Date.now() - Number(recall(PRESSED) ?? 0)
  if (since >= 0 && since < REST_MS) pause(element, REST_MS - since)
  element.addEventListener(
    "submit",
    event => {
      const cutOff = element.hasAttribute("data-offline")
      const changed =
        element.hasAttribute("data-guarded") && event.submitter?.id === "main-action"
      if (cutOff || onItsWay || changed || element.hasAttribute("data-resting")) {
        event.preventDefault() // cut off, the browser would put its own error page here
        event.stopPropagation()
        if (cutOff) say(element)
        return
      }
      onItsWay = true
      keep(PRESSED, String(Date.now()))
      keep(FOCUS, document.activeElement?.id ?? "")
    },
    true,
  )
  addEventListener("pageshow", event => {
    if (event.persisted) location.reload() // brought back by the browser as it was: too old
  })
  const focused = recall(FOCUS)
  if (focused) document.getElementById(focused)?.focus()
  return () => onItsWay
}

function say(element) {
  element.querySelector("[data-said]").textContent =
    element.querySelector("[data-link]").dataset.off
}

function pause(element, ms) {
  element.setAttribute("data-resting", "")
  setTimeout(() => element.removeAttribute("data-resting"), ms)
}

function recall(name) {
  try {
    return sessionStorage.getItem(name)
  } catch {
    return null // storage may be switched off; the server's keys still hold
  }
}

function keep(name, value) {
  try {
    sessionStorage.setItem(name, value)
  } catch {
    // as above
  }
}
