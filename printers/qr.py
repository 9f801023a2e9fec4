"""A link as a QR code whose modules are whole dots."""

from dataclasses import dataclass
from functools import lru_cache

import qrcode
from qrcode.constants import ERROR_CORRECT_L, ERROR_CORRECT_M
from qrcode.exceptions import DataOverflowError

QUIET = 4
"""Modules that must stay white around the code (ISO/IEC 18004)."""

SMALLEST = 21
"""Modules across the first version of a code; each further version has 4 more."""

BEST, LEAST = 8, 4
"""Dots per module: 1 mm, and half of it, below which phones begin to fail on thermal paper."""

CODES = 32  # kept: a slip's is asked for by each width, and again where it is looked for


@dataclass(frozen=True, slots=True)
class Code:
    """`matrix`: rows of modules, True is black, no quiet zone. `dots`: a module's side."""

    matrix: list[list[bool]]
    dots: int

    def as_svg(self) -> str:
        """A drawing counted in modules, without quiet zone."""
        side = len(self.matrix)
        runs = "".join(
            f"M{x} {y}h{length}v1h-{length}z"
            for y, row in enumerate(self.matrix)
            for x, length in _runs(row)
        )
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{side}" height="{side}" '
            f'viewBox="0 0 {side} {side}" shape-rendering="crispEdges"><path d="{runs}"/></svg>'
        )


@lru_cache(CODES)
def code_for(text: str, paper_dots: int) -> Code | None:
    """The code for `text` with its quiet zone within `paper_dots`.

    Modules of 8 dots, with less error correction if need be; for a long text fewer, never under 4.
    None: nothing to hold, or too long for that.
    """
    if not text:
        return None
    for correction, dots in (
        (ERROR_CORRECT_M, BEST),
        (ERROR_CORRECT_L, BEST),
        (ERROR_CORRECT_L, LEAST),
    ):
        code = qrcode.QRCode(error_correction=correction, border=0)
        code.add_data(text.encode("utf-8", "replace"))
        try:
            code.best_fit()
        except (DataOverflowError, ValueError):  # no code of any size holds as much
            continue
        across = SMALLEST + 4 * (code.version - 1) + 2 * QUIET
        if paper_dots // across >= dots:
            code.make(fit=False)
            matrix = [[bool(module) for module in row] for row in code.get_matrix()]
            return Code(matrix, min(BEST, paper_dots // across))
    return None


def _runs(row: list[bool]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for x, black in enumerate(row):
        if black and runs and sum(runs[-1]) == x:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        elif black:
            runs.append((x, 1))
    return runs
