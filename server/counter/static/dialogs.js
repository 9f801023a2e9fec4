/** Links that ask something open their dialog here; without scripts the page shows it instead. */
export function openDialogs(element) {
  for (const dialog of element.querySelectorAll("dialog")) {
    if (dialog.open) {
      dialog.close()
      dialog.showModal()
    }
    dialog.addEventListener("close", () => {
      // Nothing may keep the focus unseen: the next key would go there.
      if (dialog.contains(document.activeElement)) document.activeElement.blur()
    })
  }
  element.addEventListener("click", event => {
    const opener = event.target.closest("[data-opens]")
    const closer = event.target.closest("[data-closes]")
    if (!opener && !closer) return
    event.preventDefault()
    if (closer) closer.closest("dialog").close()
    else element.querySelector(`#${opener.dataset.opens}`).showModal()
  })
}
