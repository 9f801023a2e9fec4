/**
 * Sends a phrase's recording; its row then shows it. `row`: a phrase of the page; `file`: a WAV.
 * Rejects with the words of what was refused.
 */
export async function send(row, file, failed) {
  const body = new FormData()
  body.set("recording", file, "recording.wav")
  const headers = {
    Accept: "application/json",
    "Accept-Language": document.documentElement.lang,
    "X-CSRFToken": row.querySelector("[name=csrf_token]").value,
  }
  const answer = await fetch(row.dataset.keep, { method: "POST", body, headers }).catch(() => null)
  const told = await answer?.json().catch(() => null)
  if (!told) throw new Error(failed)
  if (!answer.ok) throw new Error(told.errors?.[0].message ?? told.detail)
  show(row, told)
}

function show(row, { state, file, progress }) {
  row.dataset.file = file
  const badge = row.querySelector("[data-state]")
  badge.textContent = state
  badge.className = "badge badge--good"
  const link = row.querySelector("[data-play]")
  link.href = file
  link.hidden = false
  row.querySelector("[data-remove]").hidden = false
  const total = document.querySelector(`[data-progress="${row.dataset.language}"]`)
  total.textContent = progress.words
  total.className = progress.all ? "badge badge--good" : "badge badge--warn"
}
