"""Sounds for tests: recordings and zips of them."""

import io
import math
import warnings
import wave
import zipfile
from array import array
from dataclasses import dataclass
from functools import cache
from typing import Any

from server.domain.refusals import BadField
from server.voices.recording import checked


@cache
def recording(hz: float = 440, seconds: float = 0.5, rate: int = 24_000) -> bytes:
    """A tone as a WAV: mono, 16 bits."""
    turn = 2 * math.pi * hz / rate
    once = array("h", (round(9_000 * math.sin(turn * at)) for at in range(min(rate, 4_800))))
    samples = array("h", [])
    while len(samples) < seconds * rate:
        samples.extend(once)
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(rate)
        sound.writeframes(samples[: round(seconds * rate)].tobytes())
    return file.getvalue()


@dataclass(frozen=True)
class Heard:
    """What one hears of a recording; silence is below −40 dB of full scale."""

    lasts_s: float
    loudest_db: float  # RMS of its loudest tenth of a second
    silence_before_s: float
    silence_after_s: float


def heard(data: bytes) -> Heard:
    with wave.open(io.BytesIO(data)) as sound:
        rate, samples = sound.getframerate(), array("h", sound.readframes(sound.getnframes()))
    tenth = rate // 10
    squares = [
        sum(one * one for one in samples[at : at + tenth]) / tenth
        for at in range(0, max(1, len(samples) - tenth), tenth // 4)
    ]
    loud = [at for at, one in enumerate(samples) if abs(one) > 328]
    return Heard(
        len(samples) / rate,
        10 * math.log10(max(squares) / 32_767**2),
        loud[0] / rate,
        (len(samples) - 1 - loud[-1]) / rate,
    )


def torn_words(data: bytes) -> str | None:
    """What is wrong with the bytes, in the code of its sentence; None: they are a recording."""
    try:
        checked(data)
    except BadField as mistake:
        return mistake.fields["recording"]
    return None


def zipped(
    files: dict[str, bytes], more: list[tuple[str, bytes, dict[str, Any]]] | None = None
) -> bytes:
    """A zip of these files. `more`: entries with what else stands of them in its list."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in files.items():
            file.writestr(name, data)
        for name, data, how in more or []:
            info = zipfile.ZipInfo("placeholder")
            info.filename = name  # as it stands, also with signs that the library would put right
            for part, value in how.items():
                setattr(info, part, value)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of a name that stands twice
                file.writestr(info, data)
    return whole.getvalue()
