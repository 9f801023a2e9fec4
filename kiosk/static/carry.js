// Carries the visitor to another page. While the server is gone they stay here, with their choice,
// and are never led into the browser's own error page.

const AGAIN_MS = 2_000
const PATIENCE_MS = 10_000
const REFUSED_MS = 15_000
const GONE = 500 // from here on an answer is none: the server or the proxy before it is in trouble

let asked = 0
let under = 0 // what is on its way; 0: nothing
let kept = false // what is on its way waits for the server
let lost = false // the page's own line to the server is cut
let over = () => {}
let silence

const notice = name => document.querySelector(`[data-notice="${name}"]`)

export const busy = () => under !== 0

/**
 * Goes to `url`, or where it leads. One thing at a time: what is asked meanwhile is not heard.
 * `ended` hears that it came to nothing: refused, or dropped.
 */
export async function carry(url, options = {}, ended = () => {}) {
  if (busy()) return
  const mine = (under = ++asked)
  over = ended
  notice("refused").hidden = true
  while (under === mine) {
    const answer = await ask(url, options)
    if (under !== mine) return
    if (answer?.ok) return location.assign(answer.url)
    if (answer && answer.status < GONE) return refuse(answer, url)
    kept = true
    tell()
    await new Promise(resolve => setTimeout(resolve, AGAIN_MS))
  }
}

/** Nobody waits any more for what was on its way. */
export function drop() {
  under = 0
  kept = false
  tell()
  over()
  over = () => {}
}

/** The page's line to the server is cut, or whole again. */
export function cut(yes) {
  lost = yes
  tell()
}

function ask(url, options) {
  // Asked as a program: a refusal then comes with its sentence, a page as a page all the same.
  const headers = { Accept: "application/json" }
  const signal = AbortSignal.timeout(PATIENCE_MS)
  return fetch(url, { ...options, headers, signal, cache: "no-store" }).catch(() => null)
}

async function refuse(answer, url) {
  const said = await answer.json().catch(() => ({}))
  drop()
  const why = said[document.documentElement.lang === "en" ? "detail_en" : "detail_th"]
  const { start } = document.querySelector("[data-start]").dataset
  if ((answer.status === 401 || !why) && url !== start) return carry(start)
  notice("refused").querySelector("[data-field=why]").textContent = why
  notice("refused").hidden = false
  clearTimeout(silence)
  silence = setTimeout(() => (notice("refused").hidden = true), REFUSED_MS)
}

function tell() {
  notice("gone").hidden = !lost && !kept
  notice("kept").hidden = !kept
  notice("drop").hidden = !kept
  notice("back-soon").hidden = kept
}
