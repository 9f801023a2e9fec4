"""A slip's image as the bytes a printer takes: init, one raster image, feed, cut."""

from escpos.printer import Dummy
from PIL import Image

from printers.address import head_dots
from printers.models import profile_of

WIRE_LIMIT = 96_000
"""Bytes a slip may need on the wire, large print included."""

LINE_LIMIT = 2303
"""Rows in one `GS v 0`: what the smallest Epson manuals allow; a taller image goes in bands."""

CENTRED = b"\x1ba\x01"


def encode(image: Image.Image, profile: str = "default") -> bytes:
    """What to send to a printer of this profile (`models`), for a 1-bit image (0 is black).

    Raises `ValueError` if the image is wider than the printing head.
    """
    head = head_dots(profile)
    if head is not None and image.width > head:
        raise ValueError(f"the image has {image.width} dots, {profile} prints {head}")
    printer = Dummy(profile=profile_of(profile)[0])
    printer.hw("INIT")
    if head is not None and image.width < head:
        printer._raw(CENTRED)
    for top in range(0, image.height, LINE_LIMIT):
        rows = min(LINE_LIMIT, image.height - top)
        printer._raw(_band(image.crop((0, top, image.width, top + rows))))
    printer.cut("PART")  # feeds, then cuts if this profile can; a slip left hanging is not lost
    return bytes(printer.output)


def _band(image: Image.Image) -> bytes:
    # Not escpos' own image(): it prints to stdout for profiles of unknown width, and dithers.
    black = image.convert("1").point(lambda dot: 0 if dot else 255)
    across = (image.width + 7) // 8
    header = b"\x1dv0\0" + across.to_bytes(2, "little") + image.height.to_bytes(2, "little")
    return header + black.tobytes()
