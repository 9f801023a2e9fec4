let ahead = 0 // ms that the server's clock is before this machine's

export function setClock(now) {
  ahead = now - Date.now()
}

/** The office's time, whatever this machine thinks. */
export function mount(clock) {
  const { now, zone } = clock.dataset
  const words = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: zone })
  setClock(Number(now))
  setInterval(() => {
    clock.textContent = words.format(Date.now() + ahead)
  }, 1_000)
}
