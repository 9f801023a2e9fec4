/**
 * Links that ask something open their dialog here; without scripts the page shows it instead.
 * `data-opens` names one that the page has; `data-asks` fetches one as things stand now.
 */
export function openDialogs(element) {
  for (const dialog of element.querySelectorAll("dialog")) {
    if (dialog.open) {
      dialog.open = false // not close(): its event would come late and take the focus away
      show(dialog)
    }
  }
  element.addEventListener("click", event => {
    if (!event.target.closest("details.others")) closeMenus(element)
    const link = event.target.closest("[data-opens], [data-asks], [data-closes]")
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return
    event.preventDefault()
    closeMenus(element)
    if ("closes" in link.dataset) link.closest("dialog").close()
    else if ("opens" in link.dataset) show(element.querySelector(`#${link.dataset.opens}`))
    else ask(element, link.href)
  })
  addEventListener("keydown", event => {
    if (event.key === "Escape") closeMenus(element)
  })
}

function show(dialog) {
  dialog.addEventListener(
    "close",
    () => {
      // Nothing may keep the focus unseen: the next key would go there.
      if (dialog.contains(document.activeElement)) document.activeElement.blur()
    },
    { once: true },
  )
  dialog.showModal()
}

/** The question comes from the server: who waits where, and who would be passed over, just now. */
async function ask(element, address) {
  if (element.hasAttribute("data-asking")) return
  element.setAttribute("data-asking", "") // a key pressed meanwhile is not meant for what is below
  try {
    const answer = await fetch(element.dataset.question + new URL(address).search, {
      cache: "no-store",
    })
    const page = new DOMParser().parseFromString(await answer.text(), "text/html")
    const dialog = page.querySelector("#asked")
    if (!answer.ok || !dialog) throw new Error("no question")
    dialog.removeAttribute("open")
    element.querySelector("dialog[open]")?.close()
    const holder = element.querySelector("[data-asked]")
    holder.replaceChildren(document.adoptNode(dialog))
    show(dialog)
  } catch {
    location.assign(address) // signed out, or cut off: the page itself says so
  }
  element.removeAttribute("data-asking")
}

function closeMenus(element) {
  for (const menu of element.querySelectorAll("details.others[open]")) menu.open = false
}
