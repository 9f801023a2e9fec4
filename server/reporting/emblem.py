"""The office's own emblem for the memo: a picture file, which Khiu never ships."""

from base64 import b64encode
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image, UnidentifiedImageError

_SIDE = 300  # pixels: it is printed 1.5 cm high


@dataclass(frozen=True, slots=True)
class Emblem:
    """A PNG, as it is printed."""

    png: bytes

    @property
    def svg(self) -> str:
        """The same as SVG: Typst is handed text only."""
        data = b64encode(self.png).decode()
        with Image.open(BytesIO(self.png)) as picture:
            width, height = picture.size
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">'
            f'<image width="{width}" height="{height}" href="data:image/png;base64,{data}"/></svg>'
        )


def emblem_of(folder: Path, name: str) -> Emblem | None:
    """The picture at `name`, below the data directory or with its whole path.

    None where none is set. Raises `OSError` where it cannot be read as a picture.
    """
    if not name:
        return None
    try:
        with Image.open(folder / name) as picture:
            picture.thumbnail((_SIDE, _SIDE))
            made = BytesIO()
            picture.convert("RGBA").save(made, "PNG")
    except (UnidentifiedImageError, Image.DecompressionBombError) as error:
        raise OSError(f"{name} is no picture") from error
    return Emblem(made.getvalue())
