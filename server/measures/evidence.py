"""Files that show that something was done: what is taken as one, and where they lie."""

import io
import os
import zipfile
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile

from PIL import Image, UnidentifiedImageError

from server.domain.measure import File
from server.domain.refusals import BadField, NotFound
from server.domain.typed import typed

LARGEST = 5 * 1024 * 1024
LONGEST_NAME = 120
WIDEST = 100_000_000  # dots of a picture
MOST_ENTRIES = 2000  # of a workbook's or document's zip
ENTRY = b"PK\x01\x02"  # how each entry of a zip's list begins
INSIDE = {"xlsx": "xl/workbook.xml", "docx": "word/document.xml"}
PICTURES = {"JPEG": "jpg", "PNG": "png"}
MEDIA_TYPES = {
    "pdf": "application/pdf",
    "jpg": "image/jpeg",
    "png": "image/png",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came; `name` as the browser told it."""

    name: str
    data: bytes


def told(upload: Upload) -> File:
    """What it is, by what is in it and not by its name. Raises `BadField` on `file`."""
    if len(upload.data) > LARGEST:
        raise BadField(file="file_too_large")
    kind = kind_of(upload.data)
    if kind is None:
        raise BadField(file="file_kind")
    name = upload.name.replace("\\", "/").rpartition("/")[2]
    stem = typed("file", name, 1000).rpartition(".")[0] or "file"
    safe = "".join("_" if c in '<>:"|?*;%\n\t' else c for c in stem).strip(". ")
    return File(
        name=f"{safe[:LONGEST_NAME] or 'file'}.{kind}",
        kind=kind,
        size=len(upload.data),
        hash=sha256(upload.data).hexdigest(),
    )


def kind_of(data: bytes) -> str | None:
    """pdf, jpg, png, xlsx, docx; None for whatever else it is."""
    if data.startswith(b"%PDF-"):
        return "pdf"
    if data.startswith(b"PK"):
        return _office_kind(data)
    try:
        with Image.open(io.BytesIO(data), formats=list(PICTURES)) as picture:
            if picture.width * picture.height > WIDEST:
                return None
            return PICTURES.get(str(picture.format))
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError):
        return None


def _office_kind(data: bytes) -> str | None:
    if data.count(ENTRY) > MOST_ENTRIES:  # before the list is read into memory
        return None
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            names = set(packed.namelist())
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, ValueError):
        return None
    found = [kind for kind, inside in INSIDE.items() if inside in names]
    macros = any(name.endswith("vbaProject.bin") for name in names)
    return found[0] if found and "[Content_Types].xml" in names and not macros else None


class Shelf:
    """One office's folder, which may not be there yet. A file is named by its step's id."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, step_id: int, file: File, data: bytes) -> None:
        """Writes it to the disk, before any row names it."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=self._folder, prefix=".part-", delete=False) as part:
            part.write(data)
            part.flush()
            os.fsync(part.fileno())
        Path(part.name).rename(self._path(step_id, file))

    def find(self, step_id: int, file: File) -> Path:
        """Raises `NotFound`."""
        found = self._path(step_id, file)
        if not found.is_file():
            raise NotFound("no_such_thing")
        return found

    def forget(self, step_id: int, file: File) -> None:
        self._path(step_id, file).unlink(missing_ok=True)

    def _path(self, step_id: int, file: File) -> Path:
        return self._folder / file.lies_as(step_id)
