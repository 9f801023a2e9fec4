// Sound and vibration at the call, where the person switched them on. Asks for no permission.
const KEPT = "khiu.alert"
const SHAKE_MS = [400, 150, 400, 150, 400]
const TONES = [784, 659, 523] // Hz: a falling chime
const TONE_S = 0.3

let sound = null

function ready() {
  // Browsers let a page sound only after a touch: this runs in one.
  sound ??= window.AudioContext ? new AudioContext() : null
  sound?.resume()
}

function kept() {
  try {
    return localStorage.getItem(KEPT) === "yes"
  } catch {
    return false // a phone that keeps nothing
  }
}

function keep(on) {
  try {
    localStorage.setItem(KEPT, on ? "yes" : "no")
  } catch {
    // it holds for this page, then
  }
}

/** Makes the switch work; `alert()` sounds and shakes while it is on. */
export function alertBy(input) {
  input.checked = kept()
  input.addEventListener("change", () => {
    keep(input.checked)
    if (input.checked) {
      ready()
      navigator.vibrate?.(150) // so it is known what will come
    }
  })
  if (input.checked) addEventListener("pointerdown", ready, { once: true })
  return () => {
    if (!input.checked) return
    navigator.vibrate?.(SHAKE_MS)
    if (sound) chime()
  }
}

function chime() {
  TONES.forEach((pitch, n) => {
    const tone = sound.createOscillator()
    const loud = sound.createGain()
    const from = sound.currentTime + n * TONE_S
    tone.frequency.value = pitch
    loud.gain.setValueAtTime(0.4, from)
    loud.gain.exponentialRampToValueAtTime(0.001, from + 2 * TONE_S)
    tone.connect(loud).connect(sound.destination)
    tone.start(from)
    tone.stop(from + 2 * TONE_S)
  })
}
