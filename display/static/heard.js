const KEY = "khiu.heard"

/** What this screen had heard when it took up a new page, told once; null on any other load. */
export function heardBefore() {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEY))
    sessionStorage.removeItem(KEY)
    return Array.isArray(kept) ? kept : null
  } catch {
    return null // this browser keeps nothing: the calls on the new page are no news, as ever
  }
}

/** Keeps for the next page which calls (ids) are no news. */
export function keepHeard(ids) {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(ids))
  } catch {
    // As above.
  }
}
