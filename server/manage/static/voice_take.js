import { encode, mono, normalise, RATE, trim, verdict } from "manage/voice_wave"

const LONGEST_S = 10
const BESIDE_S = 0.06 // at both ends: the press of the key itself

/** Whether this page may ask for a microphone: browsers lend one only to safe addresses. */
export const mayRecord = () => window.isSecureContext && !!navigator.mediaDevices?.getUserMedia

/**
 * Listens to the microphone until `stop()`, whose promise is kept with { samples, rate }. `tap`: the
 * address of voice_tap.js; `hear(piece)` gets what was just heard, `full()` is told when a phrase
 * can be no longer. Rejects when nobody lends a microphone.
 */
export async function record(tap, hear, full) {
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: { channelCount: 1, echoCancellation: false, autoGainControl: false },
  })
  const audio = new AudioContext()
  const release = () => {
    stream.getTracks().forEach(track => track.stop())
    return audio.close()
  }
  await audio.audioWorklet.addModule(tap).catch(async error => {
    await release()
    throw error
  })
  const pieces = []
  let length = 0
  const listener = new AudioWorkletNode(audio, "tap", { channelCount: 1, channelCountMode: "explicit" })
  listener.port.addEventListener("message", ({ data }) => {
    pieces.push(data)
    length += data.length
    hear(data)
    if (length >= LONGEST_S * audio.sampleRate) full()
  })
  listener.port.start()
  new MediaStreamAudioSourceNode(audio, { mediaStream: stream }).connect(listener)
  return {
    async stop() {
      await release()
      const samples = new Float32Array(length)
      let at = 0
      for (const piece of pieces) {
        samples.set(piece, at)
        at += piece.length
      }
      const beside = Math.round(BESIDE_S * audio.sampleRate)
      return { samples: samples.slice(beside, -beside), rate: audio.sampleRate }
    },
  }
}

/** The samples of a sound file, at the rate that is kept. Rejects when the browser cannot read it. */
export async function opened(file) {
  const reader = new OfflineAudioContext(1, 1, RATE)
  const sound = await reader.decodeAudioData(await file.arrayBuffer())
  const channels = Array.from({ length: sound.numberOfChannels }, (_, n) => sound.getChannelData(n))
  return { samples: mono(channels), rate: RATE }
}

/** Trimmed, as loud as the others: { verdict, samples, rate, file }, `file` a WAV to be sent. */
export async function finished({ samples, rate }) {
  const same = rate === RATE ? samples : await resampled(samples, rate)
  const short = trim(same, RATE).subarray(0, LONGEST_S * RATE)
  const even = normalise(short, RATE)
  const file = new Blob([encode(even, RATE)], { type: "audio/wav" })
  return { verdict: verdict(same, RATE), samples: even, rate: RATE, file }
}

async function resampled(samples, rate) {
  const length = Math.max(1, Math.ceil((samples.length * RATE) / rate))
  const audio = new OfflineAudioContext(1, length, RATE)
  const source = new AudioBufferSourceNode(audio, { buffer: buffer(samples, rate) })
  source.connect(audio.destination)
  source.start()
  return (await audio.startRendering()).getChannelData(0)
}

/** What an audio context plays. */
export function buffer(samples, rate) {
  const sound = new AudioBuffer({ length: Math.max(1, samples.length), sampleRate: rate })
  sound.copyToChannel(samples, 0)
  return sound
}
