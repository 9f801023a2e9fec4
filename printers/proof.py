"""Whether an office's own layout is fit to be printed: tried on samples, each looked at closely."""

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from PIL import Image

from printers.apart import JOB_S, Workshop
from printers.own import Unusable, check_text
from printers.seen import module_dots, number_rows, other_digits
from printers.slip import Slip
from printers.typeset import fitting

MOST_MS = 250
"""Processor time that one slip may take in a warm compiler."""

ALL_S = 30.0
"""What all samples together may take; each image alone is given `apart.JOB_S`."""

LEAST_ROWS = 120
"""15 mm: how tall the number is at least."""


@dataclass(frozen=True, slots=True)
class Proof:
    """One sample on one paper; `image` is there whenever the layout gave one."""

    image: Image.Image | None
    problem: Unusable | None


def prove(
    layout: str, samples: Iterable[tuple[Slip, int]], job_s: float = JOB_S
) -> Iterator[Proof]:
    """A proof of each sample (a slip, and the paper's dots), in a fresh process.

    Raises `Unusable` before the first for what no layout may say. After a fault of the layout
    itself the rest is not tried: it would fail in the same way.
    """
    check_text(layout)
    end = time.monotonic() + ALL_S
    with Workshop(job_s) as workshop:
        for nth, (slip, dots) in enumerate(samples):
            if time.monotonic() > end:
                yield Proof(None, Unusable("endless", facts={"seconds": round(ALL_S)}))
                return
            proof = _proof(layout, slip, dots, workshop, warm=nth > 0)
            yield proof
            if proof.problem and proof.problem.code in ("broken", "endless", "heavy"):
                return


def _proof(layout: str, slip: Slip, dots: int, workshop: Workshop, *, warm: bool) -> Proof:
    took: list[float] = []

    def render(data: str) -> Image.Image:
        printed = workshop.render(layout, data)
        took.append(printed.cpu_ms)
        return printed.image

    image = None
    try:
        image = fitting(slip, dots, render)
        if slip.url and module_dots(image, slip.url) is None:
            raise Unusable("no_code")
        other = fitting(replace(slip, number=other_digits(slip.number)), dots, render)
        tall = number_rows(image, other)
        if tall < LEAST_ROWS:
            raise Unusable("small_number", facts={"mm": f"{tall / 8:.1f}"})
        slowest = max(took if warm else took[1:], default=0)
        if slowest > MOST_MS:
            raise Unusable("slow", facts={"ms": round(slowest), "most": MOST_MS})
    except Unusable as problem:
        return Proof(image, problem)
    return Proof(image, None)
