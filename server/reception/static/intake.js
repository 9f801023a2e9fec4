const SHARED = 4 // as finding.py has it
const KEY_BYTES = 16

/** Filters the services while somebody types, and names all missing papers at once. */
export function mount(element) {
  filter(element)
  keepChoices(element)
  for (const papers of element.querySelectorAll("[data-papers]")) check(element, papers)
  // Whoever writes a reason of their own has chosen to.
  element.querySelector("[data-own]")?.addEventListener("input", event => {
    event.target.closest("label").querySelector("[type=radio]").checked = true
  })
  addEventListener("pageshow", event => {
    const key = element.querySelector("[data-issue] [name=request_key]")
    if (event.persisted && key) key.value = freshKey() // Back: the next visitor, a new number
  })
}

function filter(element) {
  const input = element.querySelector("#q")
  const rows = [...element.querySelectorAll("[data-words]")]
  const count = element.querySelector("[data-count]")
  input.form.addEventListener("submit", event => {
    const first = rows.find(row => !row.hidden)
    if (!first || input.value === input.defaultValue) return
    event.preventDefault() // Enter goes to what was found; Enter again chooses it
    first.querySelector("a").focus()
  })
  if (input.value) return // the server has filtered; typing on asks it again
  input.addEventListener("input", () => {
    const words = plain(input.value).split(/\s+/).filter(Boolean)
    let hits = rows.filter(row => words.every(word => row.dataset.words.includes(word)))
    if (!hits.length) hits = rows.filter(row => shares(row.dataset.names, words))
    for (const row of rows) row.hidden = !hits.includes(row)
    count.textContent = hits.length
      ? count.dataset.some.replace("{n}", String(hits.length))
      : count.dataset.none
  })
}

const plain = text => text.normalize("NFC").replaceAll("ํา", "ำ").replaceAll("เเ", "แ").toLowerCase()

const shares = (text, words) =>
  words.some(word => {
    for (let at = 0; at + SHARED <= word.length; at++) {
      if (text.includes(word.slice(at, at + SHARED))) return true
    }
    return false
  })

// Choosing one more service loads the page: what was marked meanwhile goes along.
function keepChoices(element) {
  element.addEventListener("click", event => {
    const link = event.target.closest("[data-keeps]")
    const form = element.querySelector("[data-issue]")
    if (!link || !form) return
    const address = new URL(link.href)
    const chosen = new FormData(form)
    for (const name of ["priority", "language", "large"]) {
      address.searchParams.delete(name)
      if (chosen.get(name)) address.searchParams.set(name, chosen.get(name))
    }
    link.href = address.href
  })
}

function check(element, papers) {
  const boxes = [...papers.querySelectorAll("[data-paper]")]
  const state = papers.querySelector("[data-state]")
  const note = element.querySelector("[data-lack]")
  papers.addEventListener("change", () => {
    const missing = boxes.filter(box => !box.checked)
    const begun = missing.length < boxes.length
    state.hidden = !begun
    state.textContent = missing.length
      ? papers.dataset.missing.replace("{n}", String(missing.length))
      : papers.dataset.all
    state.classList.toggle("badge--warn", missing.length > 0)
    state.classList.toggle("badge--good", missing.length === 0)
    note.hidden = !begun || missing.length === 0
    note.querySelector("[data-names-missing]").textContent = missing
      .map(box => box.dataset.paper)
      .join(", ")
  })
}

function freshKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(KEY_BYTES))
  return Array.from(bytes, byte => byte.toString(16).padStart(2, "0")).join("")
}
