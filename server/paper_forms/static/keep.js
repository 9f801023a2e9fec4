// Rows that the server does not have yet, kept in this browser: a row each, so that two windows
// do not write over each other's.

const BYTES = 16

/** The row's own name, made here: sent twice, it is one form. */
export function newKey() {
  return [...crypto.getRandomValues(new Uint8Array(BYTES))].map((byte) => byte.toString(16).padStart(2, "0")).join("")
}

export function keep(batch, row) {
  const draft = { key: row.key, left: row.left, values: row.values, at: Date.now() }
  attempt(() => localStorage.setItem(name(batch, row.key), JSON.stringify(draft)))
}

export function forget(batch, row) {
  attempt(() => localStorage.removeItem(name(batch, row.key)))
}

/** What was typed here before and never arrived, oldest first. */
export function kept(batch) {
  const drafts = attempt(() =>
    Object.keys(localStorage)
      .filter((one) => one.startsWith(name(batch, "")))
      .map((one) => JSON.parse(localStorage.getItem(one))),
  )
  return (drafts ?? []).sort((one, other) => one.at - other.at)
}

function name(batch, key) {
  return `khiu-paper:${batch}:${key}`
}

/** A browser may have no room, or forbid it: typing goes on, and is sent as it is left. */
function attempt(act) {
  try {
    return act()
  } catch {
    return undefined
  }
}
