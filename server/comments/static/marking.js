// Names are hidden by selecting them in the comment; below stands what others will read.

export function mount(element) {
  const words = element.querySelector("[name=hide]")
  if (!words) return
  const preview = element.querySelector("[data-preview]")
  const button = element.querySelector("[data-hide]")
  button.hidden = false
  button.addEventListener("mousedown", (event) => event.preventDefault()) // keeps the selection
  button.addEventListener("click", () => {
    const chosen = selected(element.querySelector("[data-text]"))
    if (chosen) words.value = [...lines(words.value), chosen].join("\n")
    show(preview, lines(words.value))
  })
  words.addEventListener("input", () => show(preview, lines(words.value)))
  show(preview, lines(words.value))
}

function selected(text) {
  const chosen = document.getSelection()
  return text.contains(chosen.anchorNode) && text.contains(chosen.focusNode) ? chosen.toString().trim() : ""
}

function lines(text) {
  return [...new Set(text.split("\n").map((line) => line.trim()).filter(Boolean))]
}

/** As the server will do it; what it publishes is shown again after. */
function show(preview, names) {
  let text = preview.dataset.masked
  for (const name of names) {
    const found = new RegExp(name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&") + "[\u0e31-\u0e3a\u0e47-\u0e4e]*", "gi")
    text = text.replace(found, () => preview.dataset.mark)
  }
  preview.textContent = text
}
