/**
 * For a page that hears no other news: asks `data-poll` of the element again every `everyMs` while
 * somebody may look, and hands what came to `see(page, redirected)`; null when nothing did. Not while
 * a form of the element is on its way.
 */
export function keepLooking(element, everyMs, see) {
  let leaving = false
  element.addEventListener("submit", () => (leaving = true))
  addEventListener("pageshow", () => (leaving = false))
  const look = async () => {
    if (!document.hidden && !leaving) {
      const answer = await fetch(element.dataset.poll, { cache: "no-store" }).catch(() => null)
      const page = answer?.ok ? parsed(await answer.text()) : null
      if (!leaving) see(page, Boolean(answer?.redirected))
    }
    setTimeout(look, everyMs)
  }
  setTimeout(look, everyMs)
}

/** The same for a page whose `selector` is all that changes: says when it is cut off. */
export function keepTrue(element, everyMs, selector, adopt) {
  keepLooking(element, everyMs, page => {
    element.querySelector("[data-cut]").hidden = Boolean(page)
    if (!page) return
    const fresh = page.querySelector(selector)
    if (fresh) adopt(element, fresh)
    else location.reload() // signed out meanwhile
  })
}

const parsed = text => new DOMParser().parseFromString(text, "text/html")
