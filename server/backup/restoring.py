"""`khiu restore`: an installation as it was when its backup was made."""

from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import select, update

from server.backup import beside, postgres
from server.backup.archive import SETTINGS, Archive, BadBackup, Manifest
from server.backup.keeping import appear
from server.config import Config
from server.domain.ticket import SlipState
from server.serving import lock
from server.store import boards, offices, schema
from server.store.engine import Store
from server.store.migrate import migrate, must_know

NOT_SETTLED = (SlipState.QUEUED, SlipState.PRINTING, SlipState.FAILED)


def restore(source: Path, data: Path, env: Mapping[str, str], now: int) -> tuple[Manifest, Config]:
    """Puts back what the backup holds, at this release's schema; returns how to open it.

    Nothing is written over: neither a database nor settings. The database appears when it is
    whole. `now` is Unix ms. Raises `BadBackup`, `CannotServe` (a server is running there),
    `UnknownSchema` (of a later release), `BadConfig`.
    """
    with Archive.opened(source) as backup:
        manifest = backup.manifest
        must_know(manifest.schema_revision)
        made_here = not data.exists()
        data.mkdir(parents=True, exist_ok=True)
        try:
            with TemporaryDirectory(prefix=".khiu-restore-", dir=data) as folder:
                _into(data, Path(folder), backup, env, now)
        except BaseException:
            if made_here and not any(data.iterdir()):
                data.rmdir()
            raise
        return manifest, Config.load(data, env)


def _into(data: Path, folder: Path, backup: Archive, env: Mapping[str, str], now: int) -> None:
    beside.refuse_what_is_there(data)
    beside.put(backup.manifest.files, backup, folder)
    settings = backup.manifest.part(SETTINGS)
    if settings is not None and not (data / SETTINGS).exists():
        backup.unpack(settings, folder / SETTINGS)
        config = Config.load(folder, env)
    else:
        config = Config.load(data, env)
    kind = "sqlite" if config.sqlite_file(data) is not None else "postgresql"
    if kind != backup.manifest.database:
        raise BadBackup(
            f"the backup holds a {backup.manifest.database} database, and the settings of {data} "
            f"name {kind}; set KHIU_DATABASE_URL"
        )
    file = config.sqlite_file(data)
    if file is None:
        _into_postgres(config.store_url(data), folder, backup, env, now)
        _give_files(data, folder)
    else:
        _into_file(file, data, folder, backup, now)


def _into_file(file: Path, data: Path, folder: Path, backup: Archive, now: int) -> None:
    _refuse_what_is_there(file)
    file.parent.mkdir(parents=True, exist_ok=True)
    with (
        closing(lock(file.parent)),
        TemporaryDirectory(prefix=".khiu-restore-", dir=file.parent) as beside,
    ):  # a name is given only within one file system
        _refuse_what_is_there(file)
        made = Path(beside) / "khiu.db"
        backup.unpack(backup.manifest.data, made)
        store = Store(Config().store_url(made.parent))
        _bring_up(store, now)
        with store.glancing() as db:
            db.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        store.close()
        _give_files(data, folder)
        appear(made, file)


def _into_postgres(
    url: str, folder: Path, backup: Archive, env: Mapping[str, str], now: int
) -> None:
    backup.unpack(backup.manifest.data, folder / "khiu.pgdump")
    store = Store(url)
    postgres.restore(store.engine, folder / "khiu.pgdump", env)
    _bring_up(store, now)
    store.close()


def _refuse_what_is_there(file: Path) -> None:
    for name in (file, Path(f"{file}-wal"), Path(f"{file}-journal")):
        if name.exists():
            raise BadBackup(f"{name} is there already; restore into an empty directory")


def _give_files(data: Path, folder: Path) -> None:
    if (folder / SETTINGS).exists():
        appear(folder / SETTINGS, data / SETTINGS)
    beside.give(folder, data)


def _bring_up(store: Store, now: int) -> None:
    """This release's schema; no board shows an older version, no paper comes out twice."""
    migrate(store)
    jobs, tickets = schema.slip_jobs, schema.tickets
    with store.writing() as db:
        for office_id in offices.ids(db):
            boards.raise_version(db, office_id, now)
        # What became of these slips after the backup, nobody here knows: only staff decide.
        waiting = jobs.c.state.in_(NOT_SETTLED)
        of_these = select(jobs.c.ticket_id).where(waiting, jobs.c.office_id == tickets.c.office_id)
        unsure = {"state": SlipState.UNCERTAIN, "problem": "lease", "settled_at": now}
        db.execute(
            update(tickets).where(tickets.c.id.in_(of_these)).values(slip_state=SlipState.UNCERTAIN)
        )
        db.execute(update(jobs).where(waiting).values(unsure))
