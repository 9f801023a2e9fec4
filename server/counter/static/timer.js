/**
 * Lets the visit's time run on from what the server said, whatever this machine's clock shows.
 * `ranOut` is told once the limit is reached: the console may offer something else then.
 */
export function tick(element, ranOut) {
  const show = () => {
    for (const timer of element.querySelectorAll("[data-timer]")) {
      const before = timer.classList.contains("timer--over")
      paint(timer)
      if (!before && timer.classList.contains("timer--over")) ranOut()
    }
  }
  setInterval(show, 1000)
  show()
}

function paint(timer) {
  timer.dataset.began ??= String(performance.now() - Number(timer.dataset.elapsed) * 1000)
  const passed = Math.floor((performance.now() - Number(timer.dataset.began)) / 1000)
  const limit = Number(timer.dataset.limit)
  const field = name => timer.querySelector(`[data-field=${name}]`)
  const over = passed > limit
  timer.classList.toggle("timer--over", over)
  field("now").textContent = stopwatch(passed)
  field("bar").value = passed
  if (field("left")) {
    const words = over ? timer.dataset.over : timer.dataset.left
    field("left").textContent = `${words} ${stopwatch(Math.abs(limit - passed))}`
  }
}

const stopwatch = seconds =>
  `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`
