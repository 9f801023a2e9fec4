import { follow } from "live"
import { listen } from "counter/keys"
import { openDialogs } from "counter/dialogs"
import { refresh } from "counter/refresh"
import { rest } from "counter/rest"
import { tick } from "counter/timer"
import { walk } from "counter/line"

const CLOCK_MS = 30_000 // waits are told in minutes: they grow without any news

/** The officer's console: follows the board, listens to keys, keeps two windows alike. */
export function mount(element) {
  openDialogs(element)
  listen(element)
  walk(element)
  const pressed = rest(element)
  const renew = refresh(element, pressed)
  tick(element, renew)
  follow({
    topic: "board",
    version: Number(element.dataset.version),
    poll: element.dataset.poll,
    show: () => {
      link(element, true)
      renew()
    },
    online: yes => link(element, yes),
  }).on("connect", () => link(element, true))
  setInterval(renew, CLOCK_MS)
}

function link(element, on) {
  const mark = element.querySelector("[data-link]")
  element.toggleAttribute("data-offline", !on)
  mark.textContent = on ? mark.dataset.on : mark.dataset.off
}
