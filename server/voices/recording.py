"""A recorded phrase: what is taken as one, and how it is kept."""

import io
import wave
from array import array
from pathlib import Path

from server.domain.refusals import BadField

RATES_HZ = range(16_000, 48_001)
LONGEST_S = 10
SHORTEST_S = 0.05
LARGEST = 1_000_000  # bytes; ten seconds at 48 kHz are 960,000
QUIETEST = 160  # of 32,767: whatever stays below it nobody hears in a hall
SAMPLE = 2  # bytes


def checked(data: bytes) -> bytes:
    """The recording as a plain WAV of the same samples, without whatever else the file carried.

    Taken: PCM, mono, 16 bits, 16–48 kHz, up to ten seconds. Raises `BadField` on `recording`.
    """
    if len(data) > LARGEST:
        raise BadField(recording="voice_too_large")
    rate, samples = _read(data)
    if rate not in RATES_HZ:
        raise BadField(recording="voice_rate")
    if len(samples) > LONGEST_S * rate:
        raise BadField(recording="voice_too_long")
    if len(samples) < SHORTEST_S * rate:
        raise BadField(recording="voice_too_short")
    if max(samples) < QUIETEST and min(samples) > -QUIETEST:
        raise BadField(recording="voice_silent")
    return written(rate, samples)


def written(rate: int, samples: "array[int]") -> bytes:
    """A mono WAV of 16 bits. `rate` in Hz."""
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(SAMPLE)
        sound.setframerate(rate)
        sound.writeframes(samples.tobytes())
    return file.getvalue()


def lasts(file: Path) -> float | None:
    """Seconds; None where a studio left something that is no WAV (a browser may still play it)."""
    try:
        with wave.open(str(file)) as sound:
            return float(sound.getnframes() / sound.getframerate())
    except (OSError, wave.Error, EOFError, RuntimeError, ZeroDivisionError):
        return None


def _read(data: bytes) -> tuple[int, "array[int]"]:
    """Rate (Hz) and samples."""
    try:
        with wave.open(io.BytesIO(data)) as sound:
            told, rate = sound.getnframes(), sound.getframerate()
            if sound.getnchannels() != 1:
                raise BadField(recording="voice_not_mono")
            if sound.getsampwidth() != SAMPLE:
                raise BadField(recording="voice_not_16_bit")
            frames = sound.readframes(told)
    except (wave.Error, EOFError, RuntimeError):  # what the standard library says of other files
        raise BadField(recording="voice_not_wav") from None
    if len(frames) != told * SAMPLE:
        raise BadField(recording="voice_torn")
    samples = array("h")
    samples.frombytes(frames)
    return rate, samples
