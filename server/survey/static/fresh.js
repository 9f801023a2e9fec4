/** A page brought back by "back" is asked for anew: what was answered is not asked again. */
export function mount() {
  addEventListener("pageshow", event => {
    if (event.persisted) location.reload()
  })
}
