import { announcer } from "display/announce"
import { bell } from "display/chime"
import { officeClock } from "display/clock"
import { painter } from "display/paint"
import { follow } from "live"

const PULSE_MS = 2_700 // three times --dur-call

/** The hall's board: paints every newer state, announces every new call, says when it is cut off. */
export function mount(screen) {
  const part = name => screen.querySelector(`[data-part="${name}"]`)
  keepShape(screen)
  const clock = officeClock(screen, part("clock"), part("date"))
  const paint = painter(screen, part, clock)
  const chime = bell(Number(screen.dataset.chimeMs), part("sound"))
  const pulse = pulsing(part("newest"))
  const calls = announcer(screen.dataset.known.split(" ").filter(Boolean), call => {
    screen.dataset.announced = Number(screen.dataset.announced) + 1
    screen.dataset.announcedCall = call.call_id
    pulse()
    return chime()
  })

  follow({
    topic: "board",
    poll: screen.dataset.poll,
    version: Number(screen.dataset.version),
    heard: board => clock.set(Date.parse(board.at)),
    show: board => {
      paint.board(board)
      calls.offer(board.recent)
    },
    online: (yes, since) => (yes ? paint.online() : paint.offline(clock.at(since))),
    refused: leaveIfUnpaired,
  })
}

/** Landscape or portrait, as the screen hangs; `?shape=` holds one. */
function keepShape(screen) {
  if (screen.dataset.heldShape) return
  const upright = matchMedia("(orientation: portrait)")
  const turn = () => {
    document.documentElement.dataset.shape = upright.matches ? "portrait" : "landscape"
  }
  upright.addEventListener("change", turn)
  turn()
}

/** Marks a new call for a moment; the same again begins anew. */
function pulsing(panel) {
  let over
  return () => {
    clearTimeout(over)
    panel.classList.remove("newest--fresh")
    void panel.offsetWidth // else the browser sees no change and the animation goes on
    panel.classList.add("newest--fresh")
    over = setTimeout(() => panel.classList.remove("newest--fresh"), PULSE_MS)
  }
}

/** A screen that was unpaired goes where it can be paired; only this page itself knows. */
async function leaveIfUnpaired() {
  const answer = await fetch(location.href, { redirect: "manual", cache: "no-store" }).catch(() => null)
  if (answer?.type === "opaqueredirect") location.reload()
}
