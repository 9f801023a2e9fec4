"""What an office keeps beside its database: voice packs, pictures, videos, evidence of measures."""

from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from server.backup.archive import Archive, BadBackup, Part
from server.voices.keeping import Voices
from server.voices.packs import inside

VOICES, MEDIA, MEASURES = "voices", "media", "measures"
ALL = (VOICES, MEDIA, MEASURES)


def found(data: Path, folder: Path) -> dict[str, Path]:
    """The backup's parts by name. Packs are copied into `folder`: each is whole.

    Links are left out: they would bring along what lies elsewhere.
    """
    for voices in sorted((data / VOICES).glob("[!.]*/")):
        Voices(voices).copy(folder / VOICES / voices.name)
    lying = [*_files(folder / VOICES), *_files(data / MEDIA), *_files(data / MEASURES)]
    return {_name(file, (folder, data)): file for file in lying}


def put(parts: Iterable[Part], backup: Archive, folder: Path) -> None:
    """Unpacks them below `folder`, which is empty. Raises `BadBackup`."""
    for part in parts:
        if PurePosixPath(part.name).parts[0] not in ALL or not inside(part.name):
            raise BadBackup(f"{part.name} is no file that a backup of this release may hold")
        file = folder / part.name
        file.parent.mkdir(parents=True, exist_ok=True)
        backup.unpack(part, file)


def refuse_what_is_there(data: Path) -> None:
    """Raises `BadBackup` where files of an office lie already."""
    for folder in (data / name for name in ALL):
        if folder.is_dir() and any(folder.iterdir()):
            raise BadBackup(f"{folder} is there already; restore into an empty directory")


def give(folder: Path, data: Path) -> None:
    """Moves what was put to its place, each folder as a whole; all in one file system."""
    for name in ALL:
        if (folder / name).is_dir():
            (folder / name).rename(data / name)


def _files(folder: Path) -> list[Path]:
    """Without what is just being written, which begins with a dot."""
    every = (file for file in sorted(folder.rglob("*")) if file.is_file() and not file.is_symlink())
    return [file for file in every if not any(p[0] == "." for p in file.relative_to(folder).parts)]


def _name(file: Path, roots: tuple[Path, ...]) -> str:
    return next(str(file.relative_to(root)) for root in roots if file.is_relative_to(root))
