"""What an agent must still know after a power cut: whether a slip's image began to go out."""

import fcntl
import json
import os
import secrets
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


class JournalTaken(Exception):
    """Another agent runs with this journal; the message says so."""


@dataclass(frozen=True, slots=True)
class Report:
    """How a slip ended: `printed sent failed uncertain`. `problem`: the printer's, None: well."""

    job_id: str
    attempt: int
    state: str
    problem: str | None = None
    near_end: bool = False


class Journal:
    """One small file, written whole and forced to the disk each time.

    `instance` is made with it: a server that hears another one knows that this journal is lost.
    """

    def __init__(self, file: Path) -> None:
        """Raises `JournalTaken`, `OSError`."""
        file.parent.mkdir(parents=True, exist_ok=True)
        self._file, self._lock = file, file.with_name(f"{file.name}.lock").open("w")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._lock.close()
            raise JournalTaken(f"another khiu-printer runs with the journal {file}") from None
        kept = self._read()
        self.instance: str = kept.get("instance") or secrets.token_hex(16)
        self.report: Report | None = Report(**kept["slip"]) if kept.get("slip") else None
        if not kept:
            self._write()

    def begin(self, job_id: str, attempt: int) -> None:
        """Before the first byte of the image: should we not come back, nobody knows how it ended.

        Raises `OSError`: then nothing may be sent.
        """
        self.report = Report(job_id, attempt, "uncertain", "interrupted")
        try:
            self._write()
        except OSError:
            self.report = None
            raise

    def end(self, report: Report) -> None:
        """How the slip ended, until the server has heard it."""
        self.report = report
        with suppress(OSError):  # a full disk: what stands there, `uncertain`, is still no lie
            self._write()

    def forget(self) -> None:
        """The server knows."""
        self.report = None
        with suppress(OSError):  # told again after a restart, which changes nothing there
            self._write()

    def _read(self) -> dict[str, Any]:
        try:
            kept = json.loads(self._file.read_text("utf-8"))
            Report(**(kept["slip"] or {"job_id": "", "attempt": 0, "state": ""}))
        except FileNotFoundError:
            return {}
        except (ValueError, KeyError, TypeError):
            return {}  # not ours any more: a new instance, whose slips are handed out anew
        return kept if isinstance(kept, dict) else {}

    def _write(self) -> None:
        slip = None if self.report is None else asdict(self.report)
        fresh = self._file.with_name(f"{self._file.name}.new")
        with fresh.open("w", encoding="utf-8") as file:
            json.dump({"instance": self.instance, "slip": slip}, file)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._file)
        folder = os.open(self._file.parent, os.O_RDONLY)
        try:
            os.fsync(folder)  # the new name, too
        finally:
            os.close(folder)
