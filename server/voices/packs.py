"""A voice pack as it lies on the disk."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from string import ascii_uppercase
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from server.domain.settings import Voice
from server.domain.voice import LANGUAGES, phrases

MANIFEST = "manifest.json"
LONGEST_NAME = 60
KNOWN = {language: set(phrases(language, ascii_uppercase, Voice())) for language in LANGUAGES}

Speaker = Literal["female", "male"]
Line = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_NAME)]


class Manifest(BaseModel):
    """What a pack says of itself; a studio may add names of its own."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    format: Literal[1] = 1
    name: Line
    speaker: Speaker
    phrases: Mapping[str, Mapping[str, str]] = Field(default_factory=dict)

    def text(self) -> str:
        return self.model_dump_json(indent=1)


@dataclass(frozen=True, slots=True)
class Pack:
    """`files`: language → phrase id → path below `folder`."""

    id: str
    folder: Path
    name: str
    speaker: Speaker
    files: Mapping[str, Mapping[str, str]]

    def missing(self, language: str, signs: Iterable[str], voice: Voice) -> list[str]:
        """Phrase ids that calls made of `signs` need and the pack has no file for."""
        return [one for one in phrases(language, signs, voice) if not self.file(language, one)]

    def file(self, language: str, phrase: str) -> Path | None:
        """Where the recording lies; None where there is none, or a link leads out of the pack."""
        named = self.files.get(language, {}).get(phrase)
        if not named:
            return None
        found = (self.folder / named).resolve()
        return found if found.is_file() and found.is_relative_to(self.folder.resolve()) else None

    @property
    def size(self) -> int:
        """Bytes of all recordings."""
        named = {path for spoken in self.files.values() for path in spoken.values()}
        files = [self.folder / path for path in named]
        return sum(file.stat().st_size for file in files if file.is_file())


def read(folder: Path) -> Pack:
    """Raises `OSError`, `ValueError` where the folder is no pack."""
    text = (folder / MANIFEST).read_text("utf-8")
    said = Manifest.model_validate_json(text)
    if not all(inside(path) for spoken in said.phrases.values() for path in spoken.values()):
        raise ValueError(f"{folder.name}: a recording lies outside the pack")
    return Pack(folder.name, folder, said.name, said.speaker, said.phrases)


def inside(path: str) -> bool:
    """Whether this path of a manifest or zip stays in its folder on any system."""
    steps = PurePosixPath(path)
    plain = not any(sign in path for sign in ("\\", ":", "\0"))
    return plain and bool(steps.parts) and not steps.is_absolute() and ".." not in steps.parts
