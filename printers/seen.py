"""What can be found in a slip's dots: its code, and how tall the number is."""

from itertools import groupby

from PIL import Image, ImageChops

from printers.qr import QUIET, Code, code_for

SMALLEST_MODULE, LARGEST_MODULE = 4, 12
"""Dots per module: half a millimetre, below which phones fail, and far more than needed."""


def module_dots(image: Image.Image, url: str) -> int | None:
    """The dots per module with which the code of `url` stands in the image, four modules around it
    white; None where it does not, or not in whole dots."""
    code = code_for(url, image.width)
    if code is None:
        return None
    rows = _rows(image)
    sizes = range(SMALLEST_MODULE, LARGEST_MODULE + 1)
    likely_first = sorted(sizes, key=lambda dots: abs(dots - code.dots))
    return next((dots for dots in likely_first if _stands(code, rows, dots)), None)


def number_rows(image: Image.Image, other: Image.Image) -> int:
    """How tall the number is, in dots, for two slips that differ in its digits only, and in a way
    that every row of a digit differs: the tallest run of rows that are not the same."""
    height = min(image.height, other.height)
    size = (0, 0, min(image.width, other.width), height)
    differing = ImageChops.logical_xor(image.crop(size), other.crop(size))
    changed = ("1" in row for row in _rows(differing))
    return max((len(list(run)) for differs, run in groupby(changed) if differs), default=0)


def other_digits(number: str) -> str:
    """The number with each digit replaced so that no row of dots stays: 1 by 0, all others by 1."""
    return "".join(("0" if c == "1" else "1") if c.isdigit() else c for c in number)


def _rows(image: Image.Image) -> list[str]:
    """Each row of dots as 1 (white) and 0 (black)."""
    data, across = image.tobytes(), (image.width + 7) // 8
    rows = (data[at : at + across] for at in range(0, len(data), across))
    return [f"{int.from_bytes(row):0{8 * across}b}"[: image.width] for row in rows]


def _stands(code: Code, rows: list[str], dots: int) -> bool:
    clear = "1" * (QUIET * dots)
    lines = [
        clear + "".join(("0" if black else "1") * dots for black in row) + clear
        for row in code.matrix
    ]
    blank = "1" * len(lines[0])
    wanted = [blank] * (QUIET * dots) + [line for line in lines for _ in range(dots)]
    wanted += [blank] * (QUIET * dots)
    first = QUIET * dots  # the first row with black in it: only there a look is worth while
    for top in range(len(rows) - len(wanted) + 1):
        left = rows[top + first].find(lines[0])
        if left >= 0 and all(
            rows[top + at].startswith(line, left) for at, line in enumerate(wanted)
        ):
            return True
    return False
