// One row of the grid: what was typed, what it says to the server, what became of it.
import { newKey } from "paper_forms/keep"

const THAI_ZERO = 0x0e50

export class Row {
  constructor(element, draft) {
    this.element = element
    this.cells = [...element.querySelectorAll("[data-field]")]
    this.key = draft?.key ?? newKey()
    this.left = Boolean(draft?.left) // the focus went on: it may be sent
    this.dirty = Boolean(draft)
    this.changes = 0
    this.held = false // refused: waits for a change
    for (const [field, value] of Object.entries(draft?.values ?? {})) {
      const cell = this.cell(field)
      if (cell) cell.value = value
    }
  }

  get values() {
    return Object.fromEntries(this.cells.map((cell) => [cell.dataset.field, cell.value]))
  }

  get blank() {
    return this.cells.every((cell) => cell.dataset.kind === "number" || !cell.value.trim())
  }

  get ready() {
    return this.dirty && this.left && !this.held
  }

  cell(field) {
    return this.cells.find((cell) => cell.dataset.field === field)
  }

  begin(before) {
    this.cell("service").value = before.cell("service").value
  }

  start() {
    const scored = this.cells.findLastIndex((cell) => cell.dataset.kind === "digit" && cell.value)
    const first = this.cells[0].value ? this.cells[scored + 1 || 1] : this.cells[0]
    first.focus()
    first.select()
  }

  touch() {
    this.dirty = true
    this.left = false
    this.held = false
    this.changes += 1
    for (const cell of this.cells) cell.removeAttribute("aria-invalid")
    this.says("")
  }

  /** Thai digits are digits; what a cell cannot hold is not kept in it. */
  tidy(cell) {
    if (cell.dataset.kind === "text") return
    const plain = cell.value.replace(/[๐-๙]/g, (digit) => String(digit.charCodeAt(0) - THAI_ZERO))
    const digits = plain.replace(cell.dataset.kind === "list" ? /[^0-9 ,]/g : /[^0-9]/g, "")
    cell.value = cell.dataset.kind === "digit" ? digits.slice(-1) : digits
    if (cell.dataset.kind === "digit" && !chosen(cell).length) cell.value = ""
  }

  /** The name of what keeps the row from being sent; empty when nothing does. */
  missing() {
    if (this.blank) return "sayNothing"
    return chosen(this.cell("service")).length ? "" : "sayService"
  }

  form(say) {
    const form = new FormData()
    form.set("csrf_token", say.csrf)
    form.set("questionnaire", say.questionnaire)
    form.set("key", this.key)
    for (const cell of this.cells) {
      const { field, kind } = cell.dataset
      if (kind === "text") form.set(field, cell.value)
      else for (const value of chosen(cell)) form.append(field, value)
    }
    return form
  }

  taken(changes, told, say) {
    if (changes === this.changes) this.dirty = false
    this.element.querySelector("[data-number]").textContent = told.number
    this.says(say.saySaved, "good")
    if (told.alike.length) this.link(say.sayAlike.replace("{n}", told.alike[0].number), told.url)
  }

  refused(fields, words) {
    this.held = true
    this.says(words, "bad")
    for (const field of (fields ?? "").split(" ")) this.cell(field)?.setAttribute("aria-invalid", "true")
    if (fields === "sayService") this.cell("service").setAttribute("aria-invalid", "true")
    return true
  }

  says(words, look = "") {
    const state = this.element.querySelector("[data-state]")
    state.textContent = words ?? ""
    state.dataset.look = look
  }

  link(words, href) {
    this.says("", "warn")
    const link = document.createElement("a")
    Object.assign(link, { href, textContent: words, target: "_blank" })
    this.element.querySelector("[data-state]").append(link)
  }
}

/** What the cell's numbers stand for. */
export function chosen(cell) {
  const values = JSON.parse(cell.dataset.values)
  return cell.value.split(/[ ,]+/).filter(Boolean).map((number) => values[Number(number) - 1]).filter(Boolean)
}
