import { announcer } from "display/announce"
import { officeClock } from "display/clock"
import { renewal } from "display/edition"
import { heardBefore } from "display/heard"
import { reel } from "display/media"
import { mine } from "display/mine"
import { painter } from "display/paint"
import { resting } from "display/rest"
import { hallVoice } from "display/voice"
import { follow } from "live"

const PULSE_MS = 2_700 // three times --dur-call

/** The hall's board: paints every newer state, announces every new call, says when it is cut off. */
export function mount(screen) {
  const part = name => screen.querySelector(`[data-part="${name}"]`)
  keepShape(screen)
  const clock = officeClock(screen, [
    [part("clock"), part("date")],
    [part("night-clock"), part("night-date")],
  ])
  const ours = mine(screen.dataset.services)
  const rest = resting(screen)
  if (part("media")) reel(screen, part("media"))
  const paint = painter(screen, part, clock)
  const voice = hallVoice(screen, clock, part("sound"))
  const pulse = pulsing(part("newest"))
  const tell = (what, call) => screen.dispatchEvent(new CustomEvent(what, { detail: call.call_id }))
  const before = heardBefore() // by this very screen, until it took up a new page
  const calls = announcer({
    known: before ?? screen.dataset.known.split(" ").filter(Boolean),
    async say(call) {
      screen.dataset.announced = Number(screen.dataset.announced) + 1
      screen.dataset.announcedCall = call.call_id
      pulse()
      tell("announced", call)
      await voice.say(call, () => paint.announcing(call))
      paint.announcing(null)
    },
    passedOver: call => tell("passed-over", call),
    waiting: n => {
      screen.dataset.announcing = n
    },
  })

  let toldAt = Number(screen.dataset.at) // by the server's clock: our own may be set meanwhile
  const socket = follow({
    topic: "board",
    poll: screen.dataset.poll,
    // What was called while this page was being loaded is on it, but was announced by nobody.
    version: before ? 0 : Number(screen.dataset.version),
    heard: board => {
      toldAt = Date.parse(board.at)
      clock.set(toldAt)
      rest(ours(board))
    },
    show: all => {
      const board = ours(all)
      paint.board(board)
      calls.offer(board)
    },
    online: yes => (yes ? paint.online() : paint.offline(toldAt)),
    refused: leaveIfUnpaired,
  })
  renewal(screen, socket, calls.heard)
}

/** Landscape or portrait, as the screen hangs; `?shape=` holds one. */
function keepShape(screen) {
  if (screen.dataset.heldShape) return
  const upright = matchMedia("(orientation: portrait)")
  const turn = () => {
    document.documentElement.dataset.shape = upright.matches ? "portrait" : "landscape"
  }
  addEventListener("resize", turn) // before all who measure then
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
