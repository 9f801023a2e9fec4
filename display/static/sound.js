const PATIENCE_MS = 300

/**
 * What this screen sounds with: the browser's audio and one node for the volume. `hint`: a button,
 * shown while the browser waits for a touch before it lets anything sound.
 */
export function openSound(hint) {
  const audio = window.AudioContext ? new AudioContext() : null
  const out = audio && new GainNode(audio)
  const check = () => {
    hint.hidden = audio?.state !== "suspended"
  }
  if (audio) {
    out.connect(audio.destination)
    audio.addEventListener("statechange", check)
    addEventListener("pointerdown", () => audio.resume())
    addEventListener("keydown", () => audio.resume())
    // It begins suspended for an instant, also where it may sound.
    setTimeout(check, 1_000)
  }
  return {
    audio,
    out,
    /** Whether what is scheduled now will sound. */
    runs: () => audio?.state === "running",
    /** Tries to go on where it was stopped, as when a loudspeaker was unplugged. */
    async wake() {
      if (audio?.state !== "suspended" && audio?.state !== "interrupted") return
      // Where a touch is needed first, the promise waits for it.
      await Promise.race([audio.resume(), new Promise(over => setTimeout(over, PATIENCE_MS))])
    },
    /** 0–100. */
    setVolume(volume) {
      if (out) out.gain.value = volume / 100
    },
  }
}
