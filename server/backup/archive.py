"""The backup's one file: a zip of database, settings, files and a manifest, under one seal.

The zip's comment is the SHA-256 of all bytes before it: a file that was cut off or altered
anywhere is known before anything of it is used, and any program can still unpack it.
"""

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, Literal, Self
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile

from pydantic import BaseModel, ValidationError

SEAL = 64  # characters of a SHA-256 in hex
MANIFEST, SETTINGS = "manifest.json", "settings.toml"
DATABASES = ("khiu.db", "khiu.pgdump")
AT_ONCE = 1 << 20
QUICK = 1  # level of compression: rows shrink to a fifth already, and the office waits for the disk


class BadBackup(Exception):
    """The backup cannot be made or used; the message says why, in one line."""


class Part(BaseModel):
    name: str
    size: int  # bytes
    sha256: str


class Manifest(BaseModel):
    """What is in the file. `schema_revision` names the newest migration the data have seen."""

    format: Literal[1] = 1
    made_at: str  # RFC 3339
    khiu: str
    schema_revision: str
    database: Literal["sqlite", "postgresql"]
    offices: list[str]
    parts: list[Part] = []

    def part(self, name: str) -> Part | None:
        return next((part for part in self.parts if part.name == name), None)

    @property
    def data(self) -> Part:
        """The database's own part."""
        return next(part for part in self.parts if part.name in DATABASES)

    @property
    def files(self) -> list[Part]:
        """What lay beside the database and the settings."""
        return [part for part in self.parts if part.name not in (*DATABASES, SETTINGS)]


class _Sealed:
    """What is written goes to `file` and into the checksum, but for the last `SEAL` bytes."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._sum, self._kept = file, hashlib.sha256(), b""

    def write(self, some: Any, /) -> int:
        data = self._kept + bytes(some)
        out, self._kept = data[:-SEAL], data[-SEAL:]
        self._sum.update(out)
        self._file.write(out)
        return len(some)

    def flush(self) -> None:
        self._file.flush()

    def close(self) -> None:
        """`file` stays open: the seal follows."""

    def seal(self) -> None:
        self._file.write(self._sum.hexdigest().encode())


def write(file: IO[bytes], manifest: Manifest, parts: dict[str, Path]) -> None:
    """Packs the parts, then a manifest that tells their sizes and checksums."""
    sealed = _Sealed(file)
    # It has no `seek`: so the zip is written from front to back, and read only once.
    with ZipFile(sealed, "w", ZIP_DEFLATED, compresslevel=QUICK) as packed:
        told = list(_packed(packed, parts))
        whole = manifest.model_copy(update={"parts": told})
        packed.writestr(MANIFEST, whole.model_dump_json(indent=2))
        packed.comment = b"0" * SEAL
    sealed.seal()


def _packed(packed: ZipFile, parts: dict[str, Path]) -> Iterator[Part]:
    for name, path in parts.items():
        with suppress(FileNotFoundError):  # a picture that was taken away meanwhile
            yield _pack(packed, name, path)


def _pack(packed: ZipFile, name: str, path: Path) -> Part:
    total, size = hashlib.sha256(), 0
    with path.open("rb") as part, packed.open(name, "w", force_zip64=True) as out:
        while piece := part.read(AT_ONCE):
            total.update(piece)
            size += len(piece)
            out.write(piece)
    return Part(name=name, size=size, sha256=total.hexdigest())


class Archive:
    """A backup that is whole."""

    def __init__(self, packed: ZipFile, manifest: Manifest) -> None:
        self._packed, self.manifest = packed, manifest

    @classmethod
    @contextmanager
    def opened(cls, path: Path) -> Iterator[Self]:
        """Raises `BadBackup` for a file that is no backup, was cut off or altered."""
        with path.open("rb") as file:
            _verify(file, path)
            try:
                with ZipFile(file) as packed:
                    yield cls(packed, _manifest(packed, path))
            except BadZipFile:
                raise BadBackup(f"{path} is no backup of Khiu") from None

    def unpack(self, part: Part, to: Path) -> None:
        """Writes one part to a new file that only its owner reads. Raises `BadBackup`."""
        total, size = hashlib.sha256(), 0
        to.touch(0o600, exist_ok=False)
        with self._packed.open(part.name) as source, to.open("wb") as out:
            while piece := source.read(AT_ONCE):
                total.update(piece)
                size += len(piece)
                out.write(piece)
        if (size, total.hexdigest()) != (part.size, part.sha256):
            raise BadBackup(f"{part.name} is not what the backup's manifest says")


def _verify(file: IO[bytes], path: Path) -> None:
    if file.read(2) != b"PK":
        raise BadBackup(f"{path} is no backup of Khiu")
    left = file.seek(0, 2) - SEAL
    file.seek(0)
    total = hashlib.sha256()
    while left > 0 and (piece := file.read(min(left, AT_ONCE))):
        total.update(piece)
        left -= len(piece)
    seal = file.read()
    if not re.fullmatch(rb"[0-9a-f]{64}", seal) or total.hexdigest().encode() != seal:
        raise BadBackup(f"{path} was cut off or altered: its checksum does not agree")
    file.seek(0)


def _manifest(packed: ZipFile, path: Path) -> Manifest:
    try:
        return Manifest.model_validate_json(packed.read(MANIFEST))
    except (KeyError, ValidationError):
        raise BadBackup(f"{path} is no backup that this release of Khiu can read") from None
