/**
 * What of the office's board concerns this screen (display/mine.py says the same): the calls and
 * pools of its services. `services`: their ids, apart by spaces; empty for all of them.
 */
export function mine(services) {
  const own = new Set(services.split(" ").filter(Boolean))
  const concerns = ({ service_id }) => own.has(service_id)
  return board =>
    own.size === 0
      ? board
      : {
          ...board,
          calls: board.calls.filter(concerns),
          recent: board.recent.filter(concerns),
          waiting: board.waiting.filter(pool => pool.service_ids.some(id => own.has(id))),
        }
}
