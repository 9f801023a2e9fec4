"""The office's own pictures and videos, shown beside the calls.

They lie in a folder of the data directory, `media/OFFICE`, in the order of their names; what is
put there or taken away is noticed by the screens within a minute.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from flask import Response, jsonify, request, send_file, url_for
from PIL import Image
from werkzeug.wrappers import Response as AnyResponse

from display.face import face
from server.domain.refusals import NotFound
from server.web import house, settings

TYPES = {
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".webp": "image/webp",
    ".mp4": "video/mp4",
    ".webm": "video/webm",
}
PHONES_JPEG = "image/mpo"  # a JPEG with more of the same behind it, as many phones write them
MOST_PIECES = 100
LARGEST_PICTURE = 20 * 2**20  # bytes
MOST_PIXELS = 40_000_000  # a browser unpacks each into four bytes
LARGEST_VIDEO = 2 * 2**30
AT_ONCE = 2 * 2**20  # bytes of a video in one answer: a screen that stalls holds no thread
KEPT_S = 24 * 3600


@dataclass(frozen=True, slots=True)
class Piece:
    """One file that can be shown. `stamp` is another one when the file was replaced."""

    file: Path
    type: str
    stamp: str

    @property
    def kind(self) -> str:
        """picture or video."""
        return "picture" if self.type.startswith("image/") else "video"


def folder() -> Path:
    """Where the caller's office puts its files."""
    return house().data / "media" / settings().office.slug


def pieces(folder: Path) -> list[Piece]:
    """What can be shown of this folder, by name. The folder is made where there is none."""
    with suppress(OSError):  # a data directory that is full or away: nothing to show, calls go on
        folder.mkdir(parents=True, exist_ok=True)
        return list(_fit(folder))[:MOST_PIECES]
    return []


@face.get("/media/")
def media() -> Response:
    return jsonify(
        items=[
            {"kind": one.kind, "url": url_for("display.piece", name=one.file.name, v=one.stamp)}
            for one in pieces(folder())
        ]
    )


@face.get("/media/<name>")
def piece(name: str) -> AnyResponse:
    """One of the listed files, and nothing else that lies there."""
    found = next((one for one in pieces(folder()) if one.file.name == name), None)
    if found is None:
        raise NotFound("no_such_thing")
    answer = _part(found) if request.range else send_file(found.file, found.type, conditional=False)
    answer.headers["Accept-Ranges"] = "bytes"
    answer.headers["Cache-Control"] = f"private, max-age={KEPT_S}"
    return answer


def _fit(folder: Path) -> Iterator[Piece]:
    for file in sorted(folder.iterdir()):
        kind = TYPES.get(file.suffix.lower())
        if kind is None or file.name.startswith(".") or file.is_symlink() or not file.is_file():
            continue
        if not file.name.isprintable():
            continue  # not UTF-8: no address could name it
        facts = file.stat()
        if not facts.st_size:
            continue  # being copied
        if kind.startswith("image/"):
            if facts.st_size > LARGEST_PICTURE or not _is_picture(file, facts.st_mtime_ns):
                continue
        elif facts.st_size > LARGEST_VIDEO:
            continue
        yield Piece(file, kind, f"{facts.st_mtime_ns:x}-{facts.st_size:x}")


@lru_cache(maxsize=4 * MOST_PIECES)
def _is_picture(file: Path, _changed_ns: int) -> bool:
    """By its head only: a picture of what its name says, and not too many pixels."""
    try:
        with Image.open(file) as picture:
            width, height = picture.size
            found = picture.get_format_mimetype()
            kind = "image/jpeg" if found == PHONES_JPEG else found
            return kind == TYPES[file.suffix.lower()] and width * height <= MOST_PIXELS
    except (OSError, ValueError, Image.DecompressionBombError):
        return False


def _part(found: Piece) -> Response:
    """The asked range or its beginning: a browser asks on from there."""
    size = found.file.stat().st_size
    span = request.range.range_for_length(size) if request.range else None
    if span is None:
        return Response(status=416, headers={"Content-Range": f"bytes */{size}"})
    start, stop = span[0], min(span[1], span[0] + AT_ONCE)
    with found.file.open("rb") as file:
        file.seek(start)
        body = file.read(stop - start)
    answer = Response(body, 206, mimetype=found.type)
    answer.headers["Content-Range"] = f"bytes {start}-{start + len(body) - 1}/{size}"
    return answer
