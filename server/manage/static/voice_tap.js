/** Hands on what a microphone hears, piece by piece, from the thread that plays and records. */
const PIECE = 2_048 // samples: the bar moves about twenty times a second

class Tap extends AudioWorkletProcessor {
  #piece = new Float32Array(PIECE)
  #filled = 0

  process([[heard]]) {
    for (const value of heard ?? []) {
      this.#piece[this.#filled++] = value
      if (this.#filled === PIECE) {
        this.port.postMessage(this.#piece.slice())
        this.#filled = 0
      }
    }
    return true
  }
}

registerProcessor("tap", Tap)
