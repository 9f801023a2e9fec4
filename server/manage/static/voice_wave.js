/**
 * What becomes of a recorded phrase. Samples are Float32Arrays, −1 … 1; `rate` in Hz; levels in dB
 * below full scale (dBFS).
 */
export const RATE = 24_000 // of what is kept: speech has nothing above 12 kHz that a hall would hear
export const LOUDNESS_DB = -20 // of the spoken part, so that all phrases are equally loud
export const PEAK_DB = -1
const KEEP_S = 0.04 // of the silence before and after
const WINDOW_S = 0.01
const STEADY = 3 // windows in a row: a click at the mouse is shorter
const ABOVE_FLOOR_DB = 10 // what stands out of the room's noise is speech
const QUIETEST_DB = -40 // below the loudest part: the range within which the limit is looked for
const LOUDEST_DB = -20
const FADE_S = 0.004 // so that no phrase begins or ends with a crackle
const CLIPS_AT = 0.985
const CLIPPED = 8 // samples
const FAINT_DB = -42
const NOTHING_DB = -60

export const decibels = value => 20 * Math.log10(Math.max(value, 1e-6))
const factor = db => 10 ** (db / 20)

/** One channel out of one or more. */
export function mono(channels) {
  return channels[0].map((_, at) => channels.reduce((sum, one) => sum + one[at], 0) / channels.length)
}

/** The highest value, and the root of the mean square. */
export function level(samples) {
  let peak = 0
  let squares = 0
  for (const value of samples) {
    peak = Math.max(peak, Math.abs(value))
    squares += value * value
  }
  return { peak, rms: Math.sqrt(squares / Math.max(samples.length, 1)) }
}

/** What can be heard of it: `silent`, `faint`, `clipped` or `good`. To be asked before it is made louder. */
export function verdict(samples, rate) {
  const loud = spoken(samples, rate)
  if (!loud || decibels(loud.rms) < NOTHING_DB) return "silent"
  if (samples.reduce((n, value) => n + (Math.abs(value) >= CLIPS_AT), 0) >= CLIPPED) return "clipped"
  return decibels(loud.rms) < FAINT_DB ? "faint" : "good"
}

/** Without the silence at both ends, but for 40 ms; empty where nobody spoke. */
export function trim(samples, rate) {
  const loud = spoken(samples, rate)
  if (!loud) return samples.subarray(0, 0)
  const keep = Math.round(KEEP_S * rate)
  return samples.slice(Math.max(0, loud.from - keep), Math.min(samples.length, loud.to + keep))
}

/** As loud as all phrases are, no sample above −1 dBFS, faded in and out. */
export function normalise(samples, rate) {
  const middle = samples.reduce((sum, value) => sum + value, 0) / Math.max(samples.length, 1)
  const even = samples.map(value => value - middle)
  const loud = spoken(even, rate)
  if (!loud) return even
  const gain = Math.min(factor(LOUDNESS_DB) / loud.rms, factor(PEAK_DB) / loud.peak)
  const fade = Math.min(FADE_S * rate, samples.length / 2)
  return even.map((value, at) => {
    const edge = Math.min(1, at / fade, (samples.length - 1 - at) / fade)
    return value * gain * edge
  })
}

/** A WAV file: PCM, mono, 16 bits. */
export function encode(samples, rate) {
  const file = new DataView(new ArrayBuffer(44 + 2 * samples.length))
  const word = (at, text) => [...text].forEach((sign, n) => file.setUint8(at + n, sign.charCodeAt(0)))
  word(0, "RIFF")
  file.setUint32(4, 36 + 2 * samples.length, true)
  word(8, "WAVEfmt ")
  file.setUint32(16, 16, true)
  file.setUint16(20, 1, true) // PCM
  file.setUint16(22, 1, true) // channels
  file.setUint32(24, rate, true)
  file.setUint32(28, 2 * rate, true)
  file.setUint16(32, 2, true)
  file.setUint16(34, 16, true)
  word(36, "data")
  file.setUint32(40, 2 * samples.length, true)
  samples.forEach((value, at) => {
    const whole = Math.round(Math.max(-1, Math.min(1, value)) * 32_767)
    file.setInt16(44 + 2 * at, whole, true)
  })
  return file.buffer
}

/** From where to where somebody speaks, how loud on average and at most; null: nobody does. */
function spoken(samples, rate) {
  const length = Math.round(WINDOW_S * rate)
  const windows = []
  for (let at = 0; at < samples.length; at += length) {
    windows.push(level(samples.subarray(at, at + length)))
  }
  const ordered = windows.map(one => one.rms).sort((a, b) => a - b)
  const loudest = ordered.at(-1) ?? 0
  if (decibels(loudest) < NOTHING_DB) return null
  const floor = ordered[Math.floor(ordered.length / 10)] * factor(ABOVE_FLOOR_DB)
  const limit = Math.max(loudest * factor(QUIETEST_DB), Math.min(loudest * factor(LOUDEST_DB), floor))
  const loud = windows.map(one => one.rms > limit)
  const steady = at => loud.slice(at, at + STEADY).every(Boolean) && at + STEADY <= loud.length
  const starts = loud.map((_, at) => at).filter(steady)
  if (!starts.length) return null
  const [first, last] = [starts[0], starts.at(-1) + STEADY]
  const heard = windows.slice(first, last).filter(one => one.rms > limit)
  const rms = Math.sqrt(heard.reduce((sum, one) => sum + one.rms ** 2, 0) / heard.length)
  const peak = level(samples).peak
  return { from: first * length, to: Math.min(last * length, samples.length), rms, peak }
}
