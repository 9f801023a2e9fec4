import { busy, carry } from "kiosk/carry"

/**
 * A form whose touch takes a number. All touches on one showing of the page carry the same key,
 * so they are one wish; a page that is shown again, or whose wish came to nothing, gets a new one.
 */
export function mount(form) {
  const renew = () => {
    form.elements.request_key.value = newKey()
    form.removeAttribute("aria-busy")
    for (const touched of form.querySelectorAll(".is-active")) touched.classList.remove("is-active")
  }
  form.addEventListener("submit", event => {
    event.preventDefault()
    if (busy()) return
    form.setAttribute("aria-busy", "true")
    event.submitter.classList.add("is-active")
    const wish = new URLSearchParams(new FormData(form, event.submitter))
    carry(form.action, { method: "POST", body: wish }, renew)
  })
  addEventListener("pageshow", event => event.persisted && renew())
}

function newKey() {
  const random = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(random, byte => byte.toString(16).padStart(2, "0")).join("")
}
