"""Packs on their way between offices: one zip, with the manifest and the files it names."""

import io
import stat
import zipfile
import zlib
from dataclasses import dataclass

from pydantic import ValidationError

from server.domain.refusals import BadField
from server.domain.typed import typed
from server.voices.packs import KNOWN, LONGEST_NAME, MANIFEST, Manifest, Pack, Speaker, inside
from server.voices.recording import LARGEST, checked

LARGEST_ZIP = 30 * 1024 * 1024
LARGEST_MANIFEST = 64 * 1024
MOST_ENTRIES = 500
ENTRY = b"PK\x01\x02"  # how each entry of a zip's list begins
PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
SOME_DAY = (2000, 1, 1, 0, 0, 0)  # the same pack gives the same zip
ENCRYPTED = 1

Recordings = dict[str, dict[str, bytes]]  # language → phrase id → WAV


@dataclass(frozen=True, slots=True)
class Carried:
    """A pack that is not on the disk yet; its recordings are checked."""

    name: str
    speaker: Speaker
    recordings: Recordings


def packed(pack: Pack) -> bytes:
    """The pack as a zip, its files named by language and phrase."""
    found = {
        language: {one: kept for one in spoken if (kept := pack.file(language, one))}
        for language, spoken in pack.files.items()
    }
    names = {
        language: {one: f"{language}/{one}.wav" for one in spoken}
        for language, spoken in found.items()
    }
    said = Manifest.model_validate({"name": pack.name, "speaker": pack.speaker, "phrases": names})
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as file:
        _put(file, MANIFEST, said.text().encode())
        for language, spoken in found.items():
            for one, recording in spoken.items():
                _put(file, names[language][one], recording.read_bytes())
    return whole.getvalue()


def unpacked(data: bytes) -> Carried:
    """What the zip brings. Nothing is written; entries that the manifest does not name stay out.

    Raises `BadField` on `zip`.
    """
    if len(data) > LARGEST_ZIP:
        raise BadField(zip="voice_zip_large")
    if data.count(ENTRY) > MOST_ENTRIES:  # before the list is read into memory
        raise BadField(zip="voice_zip_entries")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as file:
            return _carried(file)
    # What the standard library says of files that are none, or that were tampered with.
    except (
        zipfile.BadZipFile,
        EOFError,
        OSError,
        NotImplementedError,
        ValueError,
        zlib.error,
    ):
        raise BadField(zip="voice_not_zip") from None


def _carried(file: zipfile.ZipFile) -> Carried:
    entries = _entries(file)
    said = _manifest(file, entries)
    if not all(set(spoken) <= KNOWN.get(one, set()) for one, spoken in said.phrases.items()):
        raise BadField(zip="voice_manifest")
    named = [path for spoken in said.phrases.values() for path in spoken.values()]
    if not set(named) <= set(entries):
        raise BadField(zip="voice_zip_lacks")
    if sum(entries[path].file_size for path in named) > LARGEST_ZIP:
        raise BadField(zip="voice_zip_large")
    recordings = {
        language: {one: _recording(file, entries[path]) for one, path in spoken.items()}
        for language, spoken in said.phrases.items()
    }
    return Carried(typed("zip", said.name, LONGEST_NAME), said.speaker, recordings)


def _entries(file: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """The files by their path below the manifest's folder (a zip made by hand has one around)."""
    names = [info.filename for info in file.infolist()]
    if len(set(names)) < len(names) or not all(inside(name) for name in names):
        raise BadField(zip="voice_zip_unsafe")
    infos = [info for info in file.infolist() if not info.is_dir()]
    if any(stat.S_ISLNK(info.external_attr >> 16) for info in infos):
        raise BadField(zip="voice_zip_unsafe")
    if any(info.flag_bits & ENCRYPTED or info.compress_type not in PACKINGS for info in infos):
        raise BadField(zip="voice_zip_unsafe")
    manifests = sorted((name for name in names if name.split("/")[-1] == MANIFEST), key=len)
    around = manifests[0].removesuffix(MANIFEST) if manifests else ""
    return {info.filename.removeprefix(around): info for info in infos}


def _manifest(file: zipfile.ZipFile, entries: dict[str, zipfile.ZipInfo]) -> Manifest:
    if MANIFEST not in entries:
        raise BadField(zip="voice_no_manifest")
    try:
        return Manifest.model_validate_json(_read(file, entries[MANIFEST], LARGEST_MANIFEST))
    except ValidationError:
        raise BadField(zip="voice_manifest") from None


def _recording(file: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    try:
        return checked(_read(file, entry, LARGEST))
    except BadField as mistake:
        raise BadField(zip=mistake.fields.get("recording", "voice_zip_large")) from None


def _read(file: zipfile.ZipFile, entry: zipfile.ZipInfo, most: int) -> bytes:
    """No more is unpacked than may be, whatever the zip says of its size."""
    with file.open(entry) as packed_file:
        data = packed_file.read(most + 1)
    if len(data) > most:
        raise BadField(zip="voice_zip_large")
    return data


def _put(file: zipfile.ZipFile, name: str, data: bytes) -> None:
    file.writestr(zipfile.ZipInfo(name, SOME_DAY), data, zipfile.ZIP_DEFLATED)
