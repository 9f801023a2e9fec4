const STEP_MIN = 5 // as the server tells waits: in steps of five minutes

/** Writes only what changed: nothing flickers, and a reader is not told the same again. */
export function put(spot, text) {
  if (spot.textContent !== text) spot.textContent = text
}

/** "15–{high} นาที" with its gaps filled. */
export function fill(pattern, facts) {
  return pattern.replace(/\{(\w+)\}/g, (_gap, name) => facts[name] ?? "")
}

/** The office's own words in the page's language; Thai where there are none. */
export function local(words) {
  return words[document.documentElement.lang] || words.th
}

/** "15–25 นาที"; up to five minutes in words; empty where no wait is told. */
export function waitWords(wait, { range, atMost }) {
  if (!wait) return ""
  const steps = seconds => seconds / 60 / STEP_MIN
  const low = Math.floor(steps(wait.low_s)) * STEP_MIN
  const high = Math.max(Math.ceil(steps(wait.high_s)) * STEP_MIN, low + STEP_MIN)
  return low === 0 ? fill(atMost, { high }) : fill(range, { low, high })
}
