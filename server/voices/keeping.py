"""The packs of one office on the disk: whoever reads meanwhile finds the old pack or the new one.

A recording is never written over: each has a name of its own content. The manifest follows when
the file is there and is replaced as a whole; what it no longer names goes last.
"""

import fcntl
import logging
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile, mkdtemp

from server.domain.refusals import NotAllowed, NotFound
from server.voices import zips
from server.voices.packs import KNOWN, MANIFEST, Manifest, Pack, Speaker, read
from server.voices.recording import checked

MOST_PACKS = 20
MOST_BYTES = zips.LARGEST_ZIP  # of one pack, so that it fits through another office's door
LONGEST_ID = 30
UNFINISHED = ".part-"  # folders that are not there yet, or not any more

log = logging.getLogger(__name__)


class Voices:
    """`folder` may not be there yet. Changes of one pack wait for each other."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    # ------------------------------------------------------------ reading

    def all(self) -> list[Pack]:
        """Packs by name; a folder whose manifest cannot be read is left out."""
        packs = []
        for manifest in sorted(self._folder.glob(f"[!.]*/{MANIFEST}")):
            try:
                packs.append(read(manifest.parent))
            except (OSError, ValueError):
                continue
        return sorted(packs, key=lambda pack: (pack.name, pack.id))

    def find(self, pack_id: str) -> Pack | None:
        return next((pack for pack in self.all() if pack.id == pack_id), None)

    def one(self, pack_id: str) -> Pack:
        """Raises `NotFound`."""
        found = self.find(pack_id)
        if found is None:
            raise NotFound("no_such_voice")
        return found

    def copy(self, to: Path) -> None:
        """All packs into a new folder, none of them in the middle of a change."""
        with self._alone():
            shutil.copytree(self._folder, to, symlinks=True, ignore=lambda *_: {".lock"})

    # ------------------------------------------------------------ changing

    def add(self, name: str, speaker: Speaker) -> Pack:
        """An empty pack. Raises `NotAllowed`."""
        return self._add(zips.Carried(name, speaker, {}))

    def bring(self, data: bytes) -> Pack:
        """A pack from a zip, always beside those there are. Raises `BadField`, `NotAllowed`."""
        return self._add(zips.unpacked(data))

    def describe(self, pack_id: str, name: str, speaker: Speaker) -> Pack:
        """Raises `NotFound`, `NotAllowed`."""
        with self._changing():
            return self._say(self.one(pack_id), name=name, speaker=speaker)

    def keep(self, pack_id: str, language: str, phrase: str, data: bytes) -> Pack:
        """A phrase's recording, instead of the one before. Raises `NotFound`, `BadField`,
        `NotAllowed`."""
        if phrase not in KNOWN.get(language, ()):
            raise NotFound("no_such_recording")
        recording = checked(data)
        with self._changing():
            pack = self.one(pack_id)
            if pack.size + len(recording) > MOST_BYTES:
                raise NotAllowed("voice_full")
            path = _write(pack.folder, language, phrase, recording)
            return self._name(pack, language, {**pack.files.get(language, {}), phrase: path})

    def drop(self, pack_id: str, language: str, phrase: str) -> Pack:
        """Deletes a phrase's recording. Raises `NotFound`, `NotAllowed`."""
        with self._changing():
            pack = self.one(pack_id)
            spoken = dict(pack.files.get(language, {}))
            if spoken.pop(phrase, None) is None:
                raise NotFound("no_such_recording")
            return self._name(pack, language, spoken)

    def remove(self, pack_id: str) -> None:
        """Deletes the pack with all its recordings. Raises `NotFound`, `NotAllowed`."""
        with self._changing():
            pack = self.one(pack_id)
            gone = Path(mkdtemp(prefix=UNFINISHED, dir=self._folder))
            pack.folder.rename(gone / pack.id)  # gone at once for all who read
            shutil.rmtree(gone)

    # ------------------------------------------------------------ how

    def _add(self, carried: zips.Carried) -> Pack:
        with self._changing():
            taken = {found.name for found in self._folder.iterdir()}
            if len(self.all()) >= MOST_PACKS:
                raise NotAllowed("too_many_voices", most=MOST_PACKS)
            folder = Path(mkdtemp(prefix=UNFINISHED, dir=self._folder))
            files = {
                language: {one: _write(folder, language, one, data) for one, data in spoken.items()}
                for language, spoken in carried.recordings.items()
            }
            said = {"name": carried.name, "speaker": carried.speaker, "phrases": files}
            _replace(folder / MANIFEST, Manifest.model_validate(said).text().encode())
            folder.chmod(0o755)  # made for one's own eyes, as temporary folders are
            return read(folder.rename(self._folder / _id(carried.name, taken)))

    def _name(self, pack: Pack, language: str, spoken: Mapping[str, str]) -> Pack:
        now = self._say(pack, phrases={**pack.files, language: spoken})
        for path in _paths(pack) - _paths(now):
            (pack.folder / path).unlink(missing_ok=True)
        return now

    def _say(self, pack: Pack, **parts: object) -> Pack:
        said = {"name": pack.name, "speaker": pack.speaker, "phrases": pack.files, **parts}
        _replace(pack.folder / MANIFEST, Manifest.model_validate(said).text().encode())
        return read(pack.folder)

    @contextmanager
    def _changing(self) -> Iterator[None]:
        try:
            with self._alone():
                yield
        except OSError:
            log.exception("a voice pack was not kept")
            raise NotAllowed("voice_not_kept") from None

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One change after another, from whichever worker; what a broken one left goes first."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with (self._folder / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            for left in self._folder.glob(f"{UNFINISHED}*"):
                shutil.rmtree(left, ignore_errors=True)
            yield


def _id(name: str, taken: set[str]) -> str:
    """From what of the name an address can hold; Thai names become voice, voice-2 …"""
    plain = re.sub("[^a-z0-9]+", "-", name.lower())[:LONGEST_ID].strip("-") or "voice"
    tries = [plain, *(f"{plain}-{n}" for n in range(2, len(taken) + 3))]
    return next(one for one in tries if one not in taken)


def _paths(pack: Pack) -> set[str]:
    return {path for spoken in pack.files.values() for path in spoken.values()}


def _write(folder: Path, language: str, phrase: str, data: bytes) -> str:
    """The path of the new file, below the folder."""
    path = f"{language}/{phrase}-{sha256(data).hexdigest()[:12]}.wav"
    (folder / language).mkdir(exist_ok=True)
    _replace(folder / path, data)
    return path


def _replace(file: Path, data: bytes) -> None:
    """The file is the old one or the new one, also when the power fails."""
    with NamedTemporaryFile(dir=file.parent, prefix=".", delete=False) as new:
        try:
            new.write(data)
            new.flush()
            os.fsync(new.fileno())
            os.fchmod(new.fileno(), 0o644)
            Path(new.name).replace(file)
        except BaseException:
            Path(new.name).unlink(missing_ok=True)
            raise
