const KEPT = "khiu.keys"
const TYPING = "input, select, textarea, [contenteditable]"
const PRESSABLE = "button, summary, label, [role=button]"

/** Presses what a key names (`data-key`), unless somebody types, or has switched the keys off. */
export function listen(element) {
  const choice = element.querySelector("[data-keys-on]")
  choice.checked = recall() !== "off"
  choice.closest("[data-needs-script]").hidden = false
  const tell = () => element.toggleAttribute("data-keys-off", !choice.checked)
  choice.addEventListener("change", () => {
    keep(choice.checked ? "on" : "off")
    tell()
  })
  tell()
  addEventListener("keydown", event => {
    if (!choice.checked || event.repeat || event.ctrlKey || event.altKey || event.metaKey) return
    const focused = document.activeElement
    if (focused?.matches(TYPING) && focused.type !== "radio") return
    const dialog = document.querySelector("dialog[open]")
    if (dialog) {
      answer(dialog, event)
      return
    }
    if (element.hasAttribute("data-asking")) return
    const name = named(event)
    // Space belongs to a focused button first: it presses that one.
    if (name === "Space" && focused?.matches(PRESSABLE)) return
    const button = name && element.querySelector(`[data-key~="${name}"]`)
    if (!button) return
    event.preventDefault()
    if ("focuses" in button.dataset) button.focus()
    else button.click()
  })
}

// In a dialog a digit gives the answer that it stands beside.
function answer(dialog, event) {
  const digit = /^(?:Digit|Numpad)([1-9])$/.exec(event.code)
  if (!digit || event.shiftKey) return
  dialog.querySelectorAll("[data-choice]")[Number(digit[1]) - 1]?.click()
}

// By its place on the keyboard, so that it is the same key while Thai is typed.
function named(event) {
  if (event.key === "?" || (event.code === "Slash" && event.shiftKey)) return "?"
  if (event.shiftKey || !/^(Key[A-Z]|Space)$/.test(event.code)) return null
  return event.code
}

function recall() {
  try {
    return localStorage.getItem(KEPT)
  } catch {
    return null // storage may be switched off; then the choice holds for this page
  }
}

function keep(value) {
  try {
    localStorage.setItem(KEPT, value)
  } catch {
    // as above
  }
}
