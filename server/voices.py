"""Voice packs: folders with a manifest, one file a phrase.

    DATA/voices/OFFICE/PACK/manifest.json
    {"format": 1, "name": "…", "speaker": "female", "phrases": {"th": {"invite": "th/invite.wav"}}}

The phrases of a language are those of `domain.voice`. A pack is a folder so that a studio can make
one, and so that it can be carried to another office as a zip.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from server.domain.settings import Voice
from server.domain.voice import phrases

FORMAT = 1
MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class Pack:
    """`files`: language → phrase id → path below `folder`."""

    id: str
    folder: Path
    name: str
    speaker: str
    files: Mapping[str, Mapping[str, str]]

    def missing(self, language: str, signs: Iterable[str], voice: Voice) -> list[str]:
        """Phrase ids that calls made of `signs` need and the pack has no file for."""
        mine = self.files.get(language, {})
        needed = phrases(language, signs, voice)
        return [one for one in needed if one not in mine or not (self.folder / mine[one]).is_file()]


class Voices:
    """The packs of one office. `folder` may not be there yet."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def all(self) -> list[Pack]:
        """Packs by name; a folder whose manifest cannot be read is left out."""
        packs = []
        for manifest in sorted(self._folder.glob(f"*/{MANIFEST}")):
            try:
                packs.append(_read(manifest))
            except (OSError, ValueError, KeyError, TypeError):
                continue
        return sorted(packs, key=lambda pack: (pack.name, pack.id))

    def find(self, pack_id: str) -> Pack | None:
        return next((pack for pack in self.all() if pack.id == pack_id), None)


def _read(manifest: Path) -> Pack:
    said = json.loads(manifest.read_text("utf-8"))
    if said["format"] != FORMAT:
        raise ValueError(f"a manifest of format {said['format']} is not known")
    files = {
        str(language): {str(phrase): str(path) for phrase, path in spoken.items()}
        for language, spoken in said["phrases"].items()
    }
    folder = manifest.parent
    return Pack(folder.name, folder, str(said["name"]), str(said["speaker"]), files)
