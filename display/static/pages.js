import { put } from "display/words"

const PAGE_MS = 10_000

/**
 * Shows a long list a page at a time, in turn; `dots` says which. board.css says how many stand
 * beside each other (--across) and in how many lines (--lines). All pages lie in the same place,
 * so that the fullest says how high the list is. Returns what to call when the list has changed.
 */
export function pager(list, dots) {
  let page = 0
  const show = () => {
    const rows = [...list.children]
    const room = name => Number(getComputedStyle(list).getPropertyValue(name)) || 1
    const wide = room("--across")
    const lines = room("--lines")
    const pages = Math.max(1, Math.ceil(rows.length / (wide * lines)))
    const each = Math.ceil(rows.length / pages)
    const across = each <= wide ? each : Math.ceil(each / lines)
    page %= pages
    list.style.setProperty("--columns", across || 1)
    rows.forEach((row, n) => {
      const own = Math.floor((n * pages) / rows.length)
      const at = n - Math.ceil((own * rows.length) / pages)
      place(row, `${Math.floor(at / across) + 1} / ${(at % across) + 1}`, own !== page)
    })
    const marks = Array.from({ length: pages }, (_, n) => (n === page ? "●" : "○"))
    put(dots, pages > 1 ? marks.join(" ") : "")
  }
  setInterval(() => {
    page += 1
    show()
  }, PAGE_MS)
  addEventListener("resize", show)
  show()
  return show
}

function place(row, area, away) {
  if (row.hidden) row.hidden = false
  if (row.dataset.area !== area) row.style.gridArea = row.dataset.area = area
  if (row.classList.contains("is-away") !== away) row.classList.toggle("is-away", away)
}
