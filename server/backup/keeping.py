"""`khiu backup`: one file with all of an installation, made while it serves."""

import os
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import select

from server.backup import archive, beside, postgres, sqlite
from server.backup.archive import SETTINGS, BadBackup, Manifest
from server.config import Config
from server.store import schema
from server.store.engine import Store
from server.store.migrate import revision


def keep(
    store: Store, config: Config, data: Path, to: Path, env: Mapping[str, str], now: int
) -> Manifest:
    """Writes the backup of the data directory's installation to a new file. `now` is Unix ms.

    The file is readable by its owner only: it holds the office's secrets. It appears under its
    name when it is whole and on the disk. Raises `BadBackup`.
    """
    if to.exists():
        raise BadBackup(f"{to} is there already")
    if not to.parent.is_dir():
        raise BadBackup(f"{to.parent} is no directory")
    stands = revision(store)
    if stands is None:
        raise BadBackup(f"there is no office in {data}")
    with store.reading() as db:
        slugs = list(db.scalars(select(schema.offices.c.slug).order_by(schema.offices.c.slug)))
    manifest = Manifest(
        made_at=datetime.fromtimestamp(now / 1000, UTC).isoformat(timespec="seconds"),
        khiu=version("khiu"),
        schema_revision=stands,
        database="sqlite" if store.is_sqlite else "postgresql",
        offices=slugs,
    )
    with TemporaryDirectory(prefix=".khiu-backup-", dir=to.parent) as folder:
        copied = Path(folder) / ("khiu.db" if store.is_sqlite else "khiu.pgdump")
        file = config.sqlite_file(data)
        if file is not None:
            sqlite.copy(file, copied)
        else:
            postgres.dump(store.engine, copied, env)
        parts = {copied.name: copied}
        if (data / SETTINGS).exists():
            parts[SETTINGS] = data / SETTINGS
        parts |= beside.found(data, Path(folder))
        whole = Path(folder) / "whole"
        whole.touch(0o600)
        with whole.open("wb") as out:
            archive.write(out, manifest, parts)
        appear(whole, to)
    return manifest


def appear(made: Path, name: Path) -> None:
    """Gives a finished file its name, on the disk; never in place of another. Raises `BadBackup`.

    Both lie in one file system.
    """
    with made.open("rb") as file:
        os.fsync(file.fileno())
    try:
        os.link(made, name)  # unlike a rename it refuses a name that is taken
    except FileExistsError:
        raise BadBackup(f"{name} is there already") from None
    except OSError:  # a file system without hard links
        made.rename(name)
    folder = os.open(name.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
