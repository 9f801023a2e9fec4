// Paper forms in a grid: one row a form, by keyboard alone. A row is sent when it is left, and
// kept in this browser until the server has it: see rows.js (what a row says), keep.js, keys.js.
import { keyed } from "paper_forms/keys"
import { Row } from "paper_forms/rows"
import { forget, keep, kept } from "paper_forms/keep"

const AGAIN_MS = 5000

export function mount(element) {
  const grid = element.querySelector("[data-grid]")
  element.querySelector("[data-plain]").hidden = true
  grid.hidden = false
  new Grid(grid)
}

class Grid {
  constructor(element) {
    this.element = element
    this.say = element.dataset
    this.body = element.querySelector("[data-rows]")
    this.rows = []
    this.sending = false
    this.saved = new Set()
    element.addEventListener("focusin", (event) => this.explain(event.target))
    element.addEventListener("focusout", (event) => this.left(event))
    element.addEventListener("keydown", (event) => keyed(event, this))
    element.addEventListener("input", (event) => this.changed(event.target))
    window.addEventListener("online", () => this.send())
    for (const draft of kept(this.say.batch)) this.add(draft)
    const open = this.rows.find((row) => !row.left) ?? this.add()
    open.start()
    this.send()
  }

  /** A row at the end: a draft from before, or a new one that begins with the last one's service. */
  add(draft) {
    const row = new Row(this.element.querySelector("[data-model] tr").cloneNode(true), draft)
    if (!draft && this.rows.length) row.begin(this.rows.at(-1))
    this.body.append(row.element)
    this.rows.push(row)
    return row
  }

  of(cell) {
    return this.rows.find((row) => row.element.contains(cell))
  }

  changed(cell) {
    const row = this.of(cell)
    if (!row) return
    row.tidy(cell)
    row.touch()
    keep(this.say.batch, row)
    this.explain(cell)
  }

  /** On to the next form; the last one is followed by a new one. */
  next(row) {
    if (row.blank) return row.start()
    const after = this.rows[this.rows.indexOf(row) + 1] ?? this.add()
    after.start()
  }

  left(event) {
    const row = this.of(event.target)
    if (!row || row.element.contains(event.relatedTarget) || !row.dirty) return
    row.left = true
    keep(this.say.batch, row)
    this.send()
  }

  explain(cell) {
    if (!cell.dataset?.hint) return
    const { hint, kind, names } = cell.dataset
    const known = JSON.parse(names)
    const numbered = known.map((name, at) => `${at + 1} ${name}`).join(" · ")
    const chosen = kind === "number" ? (known[Number(cell.value) - 1] ?? "") : numbered
    const levels = this.element.querySelector("[data-levels]").textContent
    this.element.querySelector("[data-asked]").textContent = hint
    this.element.querySelector("[data-choices]").textContent = cell.dataset.most === "5" ? levels : chosen
  }

  /** Sends what was left and is not there yet, one row after the other. */
  async send() {
    if (this.sending) return
    this.sending = true
    clearTimeout(this.again)
    try {
      for (let row; (row = this.rows.find((one) => one.ready)); ) if (!(await this.sendOne(row))) break
    } finally {
      this.sending = false
      this.count()
    }
  }

  /** Whether to go on with the next row. */
  async sendOne(row) {
    const missing = row.missing()
    if (missing) return row.refused(missing, this.say[missing])
    row.says(this.say.saySaving)
    const sent = row.changes
    let answer
    try {
      answer = await fetch(this.say.to, { method: "POST", body: row.form(this.say), headers: { Accept: "application/json" } })
    } catch {
      row.says(this.say.sayWaiting, "warn")
      this.again = setTimeout(() => this.send(), AGAIN_MS)
      return false
    }
    const told = await answer.json().catch(() => ({}))
    if (!answer.ok) return this.notTaken(row, answer.status, told)
    row.taken(sent, told, this.say)
    this.saved.add(row)
    if (!row.dirty) forget(this.say.batch, row)
    return true
  }

  notTaken(row, status, told) {
    if (status >= 500 || status === 429) {
      row.says(this.say.sayWaiting, "warn")
      this.again = setTimeout(() => this.send(), AGAIN_MS)
      return false
    }
    if (status === 401 || status === 400) {
      row.link(this.say.saySignIn, this.say.signIn)
      return false // what was typed stays here
    }
    return row.refused(told.errors?.map((one) => one.field).join(" "), told.errors?.[0]?.message ?? told.detail ?? this.say.sayWrong)
  }

  count() {
    const unsent = this.rows.filter((row) => row.dirty && row.left).length
    const words = this.saved.size ? this.say.sayNumber.replace("{n}", this.saved.size) : ""
    this.element.querySelector("[data-said]").textContent = unsent ? `${words} ${this.say.sayUnsent.replace("{n}", unsent)}` : words
  }
}
