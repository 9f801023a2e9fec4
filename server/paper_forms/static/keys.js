// The grid's keys: digits move on by themselves, Enter goes to the next form, arrows go around.
// Digits are read by their place on the keyboard: its Thai letters stand on the same keys.

export function keyed(event, grid) {
  const cell = event.target
  if (!cell.dataset?.field || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return
  const row = grid.of(cell)
  const act = MOVES[event.key]?.(event, cell, row, grid) ?? (cell.dataset.kind !== "text" && number(event, cell, row, grid))
  if (act) event.preventDefault()
}

const MOVES = {
  Enter: (_event, _cell, row, grid) => (grid.next(row), true),
  ArrowUp: (_event, cell, row, grid) => beside(cell, row, grid, -1),
  ArrowDown: (_event, cell, row, grid) => beside(cell, row, grid, 1),
  ArrowLeft: (_event, cell, row) => (cell.selectionStart && cell.dataset.kind !== "digit" ? false : step(cell, row, -1)),
  ArrowRight: (_event, cell, row) =>
    cell.selectionEnd < cell.value.length && cell.dataset.kind !== "digit" ? false : step(cell, row, 1),
  Backspace: (_event, cell, row) => (cell.value ? false : step(cell, row, -1)),
}

function number(event, cell, row, grid) {
  const typed = /^(?:Digit|Numpad)([0-9])$/.exec(event.code)
  if (typed && !(event.shiftKey && event.code.startsWith("Digit"))) return digit(typed[1], cell, row, grid)
  if (cell.dataset.kind === "list") return event.key.length === 1 && ![" ", ","].includes(event.key)
  if (event.key === " " || event.key === "-") {
    cell.value = ""
    grid.changed(cell)
    return step(cell, row, 1)
  }
  return event.key.length === 1 // letters have no meaning here
}

function digit(typed, cell, row, grid) {
  const { kind, values } = cell.dataset
  const most = JSON.parse(values).length
  if (kind === "list") return put(cell, typed, grid, false)
  if (kind === "digit") {
    if (typed === "0") put(cell, "", grid, true)
    else if (Number(typed) <= most) put(cell, typed, grid, true)
    else return true
    return step(cell, row, 1)
  }
  put(cell, typed, grid, cell.selectionStart === 0 && cell.selectionEnd === cell.value.length)
  if (Number(cell.value) * 10 > most) step(cell, row, 1) // no longer number begins so
  return true
}

function put(cell, text, grid, whole) {
  if (whole) cell.value = text
  else cell.setRangeText(text, cell.selectionStart, cell.selectionEnd, "end")
  grid.changed(cell)
  return true
}

function step(cell, row, by) {
  const next = row.cells[row.cells.indexOf(cell) + by]
  if (!next) return false
  next.focus()
  next.select()
  return true
}

function beside(cell, row, grid, by) {
  const other = grid.rows[grid.rows.indexOf(row) + by]
  if (!other) return false
  const next = other.cells[row.cells.indexOf(cell)]
  next.focus()
  next.select()
  return true
}
