const MOVE_MS = 150_000
const REACH = 2 // units each way
const ROUNDS = [14, 18] // moves of a round, across and up: no two alike, so every place is visited
const UNIT = 540 // of the screen's height makes one unit of whole pixels

/**
 * Spares a screen that hangs for years: the picture wanders by a few pixels, and sleeps while the
 * office does. Returns what to call with every board heard.
 */
export function resting(screen) {
  let moves = 0
  let newest = 0
  const move = () => {
    const [x, y] = ROUNDS.map(round => Math.round(REACH * Math.sin((moves * 2 * Math.PI) / round)))
    const unit = Math.max(1, Math.floor(innerHeight / UNIT))
    screen.style.setProperty("--move-x", `${x * unit}px`)
    screen.style.setProperty("--move-y", `${y * unit}px`)
    screen.style.setProperty("--walk-x", x / REACH)
    screen.style.setProperty("--walk-y", y / REACH)
    moves += 1
  }
  setInterval(move, MOVE_MS)
  move()
  return board => {
    if (board.version < newest) return // one that came late
    newest = board.version
    screen.toggleAttribute("data-asleep", sleeps(board))
  }
}

/** The office is closed, nobody waits and nobody was called of late: as display/mine.py has it. */
function sleeps({ closed, recent, waiting }) {
  return closed && recent.length === 0 && waiting.every(pool => pool.waiting === 0)
}
