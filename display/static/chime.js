const TONES = [659.3, 523.3] // e and c, Hz: falling, as at a door
const LOUD = 0.4
const REST_MS = 200 // between two calls

/**
 * Returns a function that rings once and whose promise is kept when that is over, sound or not.
 * `hint`: a button, shown while the browser waits for a touch before it lets anything sound.
 */
export function bell(lasts, hint) {
  const audio = window.AudioContext ? new AudioContext() : null
  const check = () => {
    hint.hidden = audio?.state !== "suspended"
  }
  if (audio) {
    const wake = () => audio.resume()
    audio.addEventListener("statechange", check)
    addEventListener("pointerdown", wake)
    addEventListener("keydown", wake)
    // It begins suspended for an instant, also where it may sound.
    setTimeout(check, 1_000)
  }
  return () => {
    if (audio?.state === "running") ring(audio, lasts / 1000)
    return new Promise(over => setTimeout(over, lasts + REST_MS))
  }
}

function ring(audio, lasts) {
  const each = lasts / (TONES.length + 1)
  TONES.forEach((tone, n) => {
    const starts = audio.currentTime + n * each
    const ends = audio.currentTime + lasts
    const volume = new GainNode(audio, { gain: 0 })
    volume.gain.setValueAtTime(0, starts)
    volume.gain.linearRampToValueAtTime(LOUD, starts + 0.02)
    volume.gain.exponentialRampToValueAtTime(0.001, ends)
    const string = new OscillatorNode(audio, { frequency: tone })
    string.connect(volume).connect(audio.destination)
    string.addEventListener("ended", () => volume.disconnect())
    string.start(starts)
    string.stop(ends)
  })
}
