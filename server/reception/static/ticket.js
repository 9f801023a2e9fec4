const LOOK_MS = 1500

// A suggestion only: the outcome stays visible and may be changed.
const USUAL = {
  left: "left",
  missing_documents: "turned_away",
  wrong_service: "issued_in_error",
  duplicate: "issued_in_error",
}

/** Looks after the slip while it is on its way, and suggests a cancellation's usual outcome. */
export function mount(element) {
  const form = element.querySelector("[data-cancel]")
  form?.addEventListener("change", event => {
    if (event.target.name !== "reason" || !USUAL[event.target.value]) return
    form.querySelector(`[name=outcome][value=${USUAL[event.target.value]}]`).checked = true
  })
  setInterval(() => look(element), LOOK_MS)
}

async function look(element) {
  const slip = element.querySelector("[data-slip=moving]")
  if (!slip) return
  const answer = await fetch(location.pathname, { cache: "no-store" }).catch(() => null)
  if (!answer?.ok) return
  const page = new DOMParser().parseFromString(await answer.text(), "text/html")
  const fresh = page.querySelector("#slip")
  if (fresh && fresh.textContent !== slip.textContent) slip.replaceWith(document.adoptNode(fresh))
}
