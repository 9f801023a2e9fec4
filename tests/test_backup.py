"""`khiu backup` and `khiu restore`: a whole copy while the office serves, or none at all."""

import json
import os
import signal
import sqlite3
import stat
import subprocess
import threading
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from random import Random
from zipfile import ZipFile

import pytest
from alembic import command
from alembic.config import Config as Alembic
from sqlalchemy import create_engine, text

import server.serving
from server.backup.archive import Archive, BadBackup, write
from server.backup.keeping import keep
from server.backup.restoring import restore
from server.cli import run
from server.config import Config
from server.serving import lock
from server.store import boards, offices, schema
from server.store.engine import Store
from server.store.migrate import revision
from server.voices.keeping import Voices
from tests.office import Office, demo_file
from tests.recordings import recording
from tests.server import FILE, KHIU, Running, serving

Said = pytest.CaptureFixture[str]
TmpFactory = pytest.TempPathFactory
NOTHING: dict[str, str] = {}
KIOSKS = 4


def asked(*words: str | Path) -> int:
    return run([str(word) for word in words])


def refused(capsys: Said, *words: str | Path) -> str:
    """The one line on stderr of a command that fails."""
    capsys.readouterr()
    assert asked(*words) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("khiu: ") and said.err.count("\n") == 1, said.err
    return said.err


@pytest.fixture
def data(small_office: Office, tmp_path: Path) -> Path:
    """The data directory of an office on SQLite where somebody was served."""
    small_office.serve()
    return tmp_path


@pytest.fixture
def file(data: Path, tmp_path_factory: pytest.TempPathFactory, capsys: Said) -> Path:
    """Its backup, in a folder of its own."""
    made = tmp_path_factory.mktemp("backups") / "office.khiu"
    assert asked("backup", "--data", data, "--to", made) == 0
    capsys.readouterr()
    return made


def rows(data: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table but the versions and what a restore settles."""
    with closing(sqlite3.connect(data / "khiu.db")) as db:
        names = [table.name for table in schema.metadata.sorted_tables]
        return {name: db.execute(f"SELECT * FROM {name}").fetchall() for name in names}


# ---------------------------------------------------------------- one after the other


def test_what_is_restored_is_what_was_there(
    data: Path, file: Path, tmp_path: Path, capsys: Said
) -> None:
    there = tmp_path / "new" / "data"
    assert asked("restore", "--from", file, "--data", there) == 0
    said = capsys.readouterr().out.splitlines()
    assert "numbers given since are not in it" in said[0]
    assert said[1:] == ["all is well: 1 tickets with 3 events in 1 offices"]
    before, after = rows(data), rows(there)
    (version,) = before.pop("board_versions")
    (higher,) = after.pop("board_versions")
    assert before == after
    assert int(str(higher[1])) > int(str(version[1]))


def test_only_its_owner_reads_a_backup_and_nothing_else_is_left_behind(
    file: Path, tmp_path: Path
) -> None:
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(file.parent.iterdir()) == [file]
    there = tmp_path / "there"
    assert asked("restore", "--from", file, "--data", there) == 0
    assert stat.S_IMODE((there / "khiu.db").stat().st_mode) == 0o600
    assert {found.name for found in there.iterdir()} <= {
        *("khiu.db", "khiu.lock", "khiu.db-wal", "khiu.db-shm"),
    }


def test_a_backup_says_what_it_holds_and_any_program_can_unpack_it(file: Path) -> None:
    with ZipFile(file) as packed:
        assert packed.testzip() is None
        told = json.loads(packed.read("manifest.json"))
        assert packed.namelist() == ["khiu.db", "manifest.json"]
    assert (told["format"], told["database"], told["offices"]) == (1, "sqlite", ["tua-yang"])
    assert told["parts"][0]["name"] == "khiu.db" and told["parts"][0]["size"] > 0
    assert told["khiu"] and told["made_at"] and told["schema_revision"]


def test_a_backup_never_takes_the_place_of_another(data: Path, file: Path, capsys: Said) -> None:
    before = file.read_bytes()
    assert str(file) in refused(capsys, "backup", "--data", data, "--to", file)
    assert file.read_bytes() == before
    nowhere = file.parent / "nowhere" / "office.khiu"
    assert "nowhere" in refused(capsys, "backup", "--data", data, "--to", nowhere)


def test_where_there_is_no_office_there_is_nothing_to_keep(tmp_path: Path, capsys: Said) -> None:
    (tmp_path / "data").mkdir()
    refused(capsys, "backup", "--data", tmp_path / "data", "--to", tmp_path / "x.khiu")
    refused(capsys, "backup", "--data", tmp_path / "none", "--to", tmp_path / "x.khiu")
    assert not (tmp_path / "x.khiu").exists()
    (tmp_path / "data" / "khiu.db").touch()
    refused(capsys, "backup", "--data", tmp_path / "data", "--to", tmp_path / "x.khiu")
    assert not (tmp_path / "x.khiu").exists()


# ---------------------------------------------------------------- voices, pictures, videos


SPOKEN = "voices/tua-yang/voice/th/invite"
SHOWN = "media/tua-yang/ป้ายประกาศ น้ำ.jpg"
EVIDENCE = "measures/1/2.pdf"


@pytest.fixture
def furnished(data: Path) -> Path:
    """The office with a voice pack and a picture, and what is no part of either."""
    voices = Voices(data / "voices" / "tua-yang")
    pack = voices.add("เสียงประชาสัมพันธ์", "female")
    voices.keep(pack.id, "th", "invite", recording())
    (data / "media" / "tua-yang").mkdir(parents=True)
    (data / SHOWN).write_bytes(b"a picture")
    (data / EVIDENCE).parent.mkdir(parents=True)
    (data / EVIDENCE).write_bytes(b"%PDF-")
    (data / "media" / "tua-yang" / ".being-copied.jpg").write_bytes(b"half a")
    (data / "media" / "tua-yang" / "elsewhere.jpg").symlink_to("/etc/hostname")
    return data


def files(folder: Path) -> dict[str, bytes]:
    lying = [one for name in ("voices", "media", "measures") for one in (folder / name).rglob("*")]
    return {str(one.relative_to(folder)): one.read_bytes() for one in lying if one.is_file()}


def test_voices_and_pictures_come_along(furnished: Path, tmp_path_factory: TmpFactory) -> None:
    made, there = tmp_path_factory.mktemp("kept") / "office.khiu", furnished / "new"
    assert asked("backup", "--data", furnished, "--to", made) == 0
    assert asked("restore", "--from", made, "--data", there) == 0
    before, after = files(furnished), files(there)
    assert set(before) - set(after) == {
        "voices/tua-yang/.lock",
        "media/tua-yang/.being-copied.jpg",
        "media/tua-yang/elsewhere.jpg",
    }
    assert after.items() <= before.items()
    assert {SHOWN, EVIDENCE} <= set(after) and any(name.startswith(SPOKEN) for name in after)
    (pack,) = Voices(there / "voices" / "tua-yang").all()
    assert pack.file("th", "invite") is not None


@pytest.mark.parametrize("name", ["voices/tua-yang/ours.wav", "media/tua-yang/ours.jpg"])
def test_no_voice_and_no_picture_is_replaced_by_a_restore(
    file: Path, tmp_path: Path, capsys: Said, name: str
) -> None:
    ours = tmp_path / "there" / name
    ours.parent.mkdir(parents=True)
    ours.write_bytes(b"ours")
    assert "is there already" in refused(
        capsys, "restore", "--from", file, "--data", tmp_path / "there"
    )
    assert ours.read_bytes() == b"ours"
    assert not (tmp_path / "there" / "khiu.db").exists()


@pytest.mark.parametrize(
    "name",
    ["../beside.txt", "media/../../beside.txt", "/tmp/beside.txt", "khiu.lock", "media/a\\b"],
)
def test_a_backup_that_would_write_elsewhere_is_refused(
    file: Path, tmp_path: Path, capsys: Said, name: str
) -> None:
    """Somebody made it who knows how it is sealed."""
    with Archive.opened(file) as whole:
        whole.unpack(whole.manifest.data, tmp_path / "copied.db")
        manifest = whole.manifest
    (tmp_path / "evil.txt").write_text("evil")
    evil = tmp_path / "evil.khiu"
    with evil.open("wb") as out:
        write(out, manifest, {"khiu.db": tmp_path / "copied.db", name: tmp_path / "evil.txt"})
    there = tmp_path / "a" / "there"
    there.parent.mkdir()
    assert name in refused(capsys, "restore", "--from", evil, "--data", there)
    assert list(there.parent.iterdir()) == []


def test_a_picture_taken_away_meanwhile_is_left_out(file: Path, tmp_path: Path) -> None:
    with Archive.opened(file) as whole:
        whole.unpack(whole.manifest.data, tmp_path / "copied.db")
        manifest = whole.manifest
    parts = {"khiu.db": tmp_path / "copied.db", "media/a/gone.jpg": tmp_path / "gone.jpg"}
    with (tmp_path / "again.khiu").open("wb") as out:
        write(out, manifest, parts)
    with Archive.opened(tmp_path / "again.khiu") as again:
        assert [part.name for part in again.manifest.parts] == ["khiu.db"]


# ---------------------------------------------------------------- a file that is not whole


def test_a_byte_that_was_changed_anywhere_is_noticed(file: Path, tmp_path: Path) -> None:
    whole, dice = file.read_bytes(), Random(1)
    places = [0, 1, 2, 30, len(whole) - 1, len(whole) - 64, len(whole) - 65, len(whole) - 70]
    places += [dice.randrange(len(whole)) for _ in range(60)]
    spoiled = tmp_path / "spoiled.khiu"
    for at in places:
        spoiled.write_bytes(
            whole[:at] + bytes([whole[at] ^ 1 << dice.randrange(8)]) + whole[at + 1 :]
        )
        with pytest.raises(BadBackup), Archive.opened(spoiled):
            pass
    spoiled.write_bytes(whole + b"0")
    with pytest.raises(BadBackup), Archive.opened(spoiled):
        pass


@pytest.mark.parametrize("left", [0, 1, 63, 64, 65, 1000, -65, -64, -1])
def test_a_file_that_was_cut_off_writes_nothing(
    file: Path, tmp_path: Path, capsys: Said, left: int
) -> None:
    cut, there = tmp_path / "cut.khiu", tmp_path / "there"
    cut.write_bytes(file.read_bytes()[:left])
    said = refused(capsys, "restore", "--from", cut, "--data", there)
    assert "cut off" in said or "no backup" in said
    assert not there.exists()


def test_a_file_that_is_no_backup_is_refused(data: Path, tmp_path: Path, capsys: Said) -> None:
    there = tmp_path / "there"
    for wrong in (data / "khiu.db", data):
        refused(capsys, "restore", "--from", wrong, "--data", there)
    assert "nothing.khiu" in refused(
        capsys, "restore", "--from", tmp_path / "nothing.khiu", "--data", there
    )
    assert not there.exists()


# ---------------------------------------------------------------- where something is already


def test_nothing_is_restored_over_data(data: Path, file: Path, capsys: Said) -> None:
    before = rows(data)
    assert "is there already" in refused(capsys, "restore", "--from", file, "--data", data)
    assert rows(data) == before
    assert not [name for name in data.iterdir() if name.name.startswith(".khiu")]


@pytest.mark.parametrize("left", ["khiu.db-wal", "khiu.db-journal"])
def test_a_journal_of_another_database_is_not_put_beside_the_restored_one(
    file: Path, tmp_path: Path, capsys: Said, left: str
) -> None:
    there = tmp_path / "there"
    there.mkdir()
    (there / left).write_bytes(b"pages of another file")
    assert left in refused(capsys, "restore", "--from", file, "--data", there)
    assert [name.name for name in there.iterdir()] == [left]


def test_nothing_is_restored_under_a_running_server(
    file: Path, tmp_path: Path, capsys: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server.serving, "LOCK_WAIT_S", 0.2)
    there = tmp_path / "there"
    there.mkdir()
    with closing(lock(there)):
        assert "another server" in refused(capsys, "restore", "--from", file, "--data", there)
    assert not (there / "khiu.db").exists()


def test_settings_come_along_and_stay_where_some_are(
    data: Path, tmp_path: Path, capsys: Said
) -> None:
    (data / "settings.toml").write_text("threads = 100\n")
    file, there, other = (tmp_path / name for name in ("x.khiu", "there", "other"))
    assert asked("backup", "--data", data, "--to", file) == 0
    assert asked("restore", "--from", file, "--data", there) == 0
    assert (there / "settings.toml").read_text() == "threads = 100\n"
    assert stat.S_IMODE((there / "settings.toml").stat().st_mode) == 0o600
    other.mkdir()
    (other / "settings.toml").write_text("threads = 200\n")
    assert asked("restore", "--from", file, "--data", other) == 0
    assert (other / "settings.toml").read_text() == "threads = 200\n"
    capsys.readouterr()


# ---------------------------------------------------------------- what a restore sees to


def test_no_board_shows_an_older_version_whatever_the_clock_says(
    data: Path, small_office: Office, file: Path, tmp_path: Path
) -> None:
    shown = small_office.reads.board().version
    for folder, now in (("slow", shown - 3_600_000), ("right", shown + 3_600_000)):
        restore(file, tmp_path / folder, NOTHING, now)
        store = Store(f"sqlite:///{tmp_path / folder}/khiu.db")
        with store.reading() as db:
            assert boards.version(db, small_office.id) == max(shown + 1, now)
        store.close()
    assert data.exists()


def test_no_slip_comes_out_a_second_time_after_a_restore(
    sqlite_store: Store, tmp_path: Path
) -> None:
    office = Office(sqlite_store, printer_url="tcp://127.0.0.1:9")
    ids = [office.issue().ticket.id for _ in range(3)]
    with sqlite_store.writing() as db:
        for id, state in zip(ids, ("queued", "printing", "printed"), strict=True):
            mine = {"id": id, "state": state}
            db.execute(text("UPDATE slip_jobs SET state = :state WHERE ticket_id = :id"), mine)
            db.execute(text("UPDATE tickets SET slip_state = :state WHERE id = :id"), mine)
    keep(sqlite_store, Config(), tmp_path, tmp_path / "x.khiu", NOTHING, office.clock())
    restore(tmp_path / "x.khiu", tmp_path / "there", NOTHING, office.clock())
    with closing(sqlite3.connect(tmp_path / "there" / "khiu.db")) as db:
        for table, key in (("slip_jobs", "state"), ("tickets", "slip_state")):
            found = db.execute(f"SELECT {key} FROM {table} ORDER BY id").fetchall()
            assert found == [("uncertain",), ("uncertain",), ("printed",)]


def older_data(folder: Path) -> Store:
    """An office as the first release left it."""
    folder.mkdir()
    store = Store(f"sqlite:///{folder}/khiu.db")
    settings = Alembic()
    settings.set_main_option("script_location", "server/store/migrations")
    with store.writing() as db:
        settings.attributes["connection"] = db
        command.upgrade(settings, "0001")
        office = {
            **{"id": 1, "slug": "old", "name_th": "เก่า", "name_en": "Old", "secret": "00"},
            **{"settings": demo_file().kept().text(), "demo": False, "created_at": 1},
        }
        db.execute(schema.offices.insert().values(office))
        db.execute(schema.board_versions.insert().values(office_id=1, version=7))
    return store


def test_a_backup_of_an_older_release_is_brought_up_to_this_one(
    tmp_path: Path, capsys: Said
) -> None:
    store = older_data(tmp_path / "old")
    file, there = tmp_path / "old.khiu", tmp_path / "there"
    assert asked("backup", "--data", tmp_path / "old", "--to", file) == 0
    assert revision(store) == "0001"  # a copy before an upgrade is of what was there
    store.close()
    assert asked("restore", "--from", file, "--data", there) == 0
    assert "all is well: 0 tickets" in capsys.readouterr().out
    made = Store(f"sqlite:///{there}/khiu.db")
    assert revision(made) not in (None, "0001")
    with made.reading() as db:
        assert boards.version(db, 1) > 7
    made.close()


def test_a_backup_of_a_later_release_is_refused(
    data: Path, small_office: Office, tmp_path: Path, capsys: Said
) -> None:
    with small_office.store.writing() as db:
        db.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    file = tmp_path / "later.khiu"
    assert asked("backup", "--data", data, "--to", file) == 0
    said = refused(capsys, "restore", "--from", file, "--data", tmp_path / "there")
    assert "later release" in said
    assert not (tmp_path / "there").exists()


def test_what_check_finds_in_restored_data_is_said_and_the_data_stay(
    data: Path, small_office: Office, tmp_path: Path, capsys: Said
) -> None:
    with small_office.store.writing() as db:
        db.execute(text("UPDATE steps SET recalls = 9"))
    file, there = tmp_path / "x.khiu", tmp_path / "there"
    assert asked("backup", "--data", data, "--to", file) == 0
    capsys.readouterr()
    assert asked("restore", "--from", file, "--data", there) == 1
    said = capsys.readouterr()
    assert "was called again 9 times" in said.out
    assert "restored all the same" in said.err
    assert (there / "khiu.db").exists()


def test_damaged_data_are_not_kept_as_if_they_were_whole(
    data: Path, small_office: Office, tmp_path: Path, capsys: Said
) -> None:
    small_office.store.close()
    with closing(sqlite3.connect(data / "khiu.db")) as db:
        asked_for = "SELECT rootpage FROM sqlite_master WHERE name = 'ix_steps_ticket'"
        (page,) = db.execute(asked_for).fetchone()
        (size,) = db.execute("PRAGMA page_size").fetchone()
    with (data / "khiu.db").open("r+b") as raw:
        raw.seek((page - 1) * size)
        raw.write(b"\x5a" * size)
    to = tmp_path / "kept" / "x.khiu"
    to.parent.mkdir()
    refused(capsys, "backup", "--data", data, "--to", to)
    assert list(to.parent.iterdir()) == []


def test_a_restore_that_is_cut_short_leaves_no_database_that_serves(
    file: Path, tmp_path: Path, capsys: Said
) -> None:
    there = tmp_path / "there"
    for _ in range(2):
        process = subprocess.Popen([KHIU, "restore", "--from", file, "--data", there])
        until = time.monotonic() + 60
        while not list(there.glob(".khiu-restore-*/khiu.db")) and process.poll() is None:
            assert time.monotonic() < until
            time.sleep(0.005)
        process.send_signal(signal.SIGKILL)
        process.wait(30)
        if not (there / "khiu.db").exists():
            assert "there is no office" in refused(capsys, "check", "--data", there)
            break
    else:
        pytest.fail("it was never cut short")
    assert asked("restore", "--from", file, "--data", there) == 0
    assert "all is well" in capsys.readouterr().out


# ---------------------------------------------------------------- while serving


@dataclass
class Place:
    """Where an installation lives, and where its copy shall."""

    env: dict[str, str]
    copy_env: dict[str, str]

    def enter(self, here: pytest.MonkeyPatch) -> None:
        for name, value in self.env.items():
            here.setenv(name, value)

    def enter_copy(self, here: pytest.MonkeyPatch) -> None:
        for name, value in self.copy_env.items():
            here.setenv(name, value)


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest) -> Place:
    if request.param == "sqlite":
        return Place({}, {})
    cluster = request.getfixturevalue("postgres")
    admin = create_engine(f"{cluster}/postgres", isolation_level="AUTOCOMMIT")
    with admin.connect() as db:
        for name in ("serving", "copied"):
            db.exec_driver_sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            db.exec_driver_sql(f"CREATE DATABASE {name}")
    admin.dispose()
    name = "KHIU_DATABASE_URL"
    return Place({name: f"{cluster}/serving"}, {name: f"{cluster}/copied"})


class Kiosks:
    """Several visitors who take numbers until it is enough, and remember what was promised."""

    def __init__(self, running: Running, bearer: str) -> None:
        self._running, self._bearer, self.promised = running, bearer, dict[str, str]()
        _, services = running.ask("GET", "/api/v1/services", bearer)
        self.service_id = services[0]["id"]
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._issue) for _ in range(KIOSKS)]

    def __enter__(self) -> "Kiosks":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def have_given(self, most: int) -> dict[str, str]:
        """Waits for so many; what is promised by then."""
        until = time.monotonic() + 60
        while len(self.promised) < most:
            assert time.monotonic() < until
            time.sleep(0.005)
        return dict(self.promised)

    def _issue(self) -> None:
        while not self._over.is_set():
            wish = {"service_id": self.service_id}
            status, given = self._running.ask("POST", "/api/v1/tickets", self._bearer, wish)
            assert status == 201, given
            self.promised[given["id"]] = given["number"]


def test_a_backup_made_while_serving_holds_every_number_promised_before_and_serves_again(
    place: Place, tmp_path: Path, capsys: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, there, file = tmp_path / "data", tmp_path / "there", tmp_path / "x.khiu"
    place.enter(monkeypatch)
    assert asked("init", "--data", data, "--office", FILE) == 0
    capsys.readouterr()
    assert asked("token", "t", "--data", data, "--role", "integration") == 0
    bearer = capsys.readouterr().out.strip()
    with serving(data, env=place.env) as running:
        with Kiosks(running, bearer) as kiosks:
            before = kiosks.have_given(20)
            assert asked("backup", "--data", data, "--to", file) == 0
            kiosks.have_given(len(kiosks.promised) + 4)  # nobody was held up for good
        _, board = running.ask("GET", "/api/v1/board", bearer)
    place.enter_copy(monkeypatch)
    capsys.readouterr()
    assert asked("restore", "--from", file, "--data", there) == 0
    assert "all is well" in capsys.readouterr().out
    with serving(there, env=place.copy_env) as running:
        held = tickets_of(running, bearer)
        assert before.items() <= held.items()
        assert len(held) <= len(kiosks.promised)
        wish = {"service_id": kiosks.service_id}
        status, given = running.ask("POST", "/api/v1/tickets", bearer, wish)
        assert (status, given["number"]) == (201, f"{given['number'][0]}{len(held) + 1:03}")
        assert running.ask("GET", "/api/v1/board", bearer)[1]["version"] > board["version"]


def tickets_of(running: Running, bearer: str) -> dict[str, str]:
    found: dict[str, str] = {}
    after = ""
    while True:
        _, page = running.ask("GET", f"/api/v1/tickets?limit=500{after}", bearer)
        found |= {item["id"]: item["number"] for item in page["items"]}
        if not page["next"]:
            return found
        after = f"&after={page['next']}"


# ---------------------------------------------------------------- PostgreSQL's programs


def test_a_backup_and_the_settings_must_name_one_kind_of_database(
    file: Path, empty_postgres: str, tmp_path: Path, capsys: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KHIU_DATABASE_URL", empty_postgres)
    said = refused(capsys, "restore", "--from", file, "--data", tmp_path / "there")
    assert "KHIU_DATABASE_URL" in said
    assert not (tmp_path / "there").exists()


def test_missing_client_programs_are_named(postgres_store: Store, tmp_path: Path) -> None:
    office = Office(postgres_store)
    url = postgres_store.engine.url.render_as_string(hide_password=False)
    to = tmp_path / "x.khiu"
    with pytest.raises(BadBackup, match="pg_dump is not there; install"):
        keep(postgres_store, Config(database_url=url), tmp_path, to, {"PATH": ""}, office.clock())
    assert list(tmp_path.iterdir()) == []
    keep(postgres_store, Config(database_url=url), tmp_path, to, os.environ, office.clock())
    elsewhere = {"PATH": "", "KHIU_DATABASE_URL": url.replace("khiu_test", "postgres")}
    with pytest.raises(BadBackup, match="pg_restore is not there; install"):
        restore(to, tmp_path / "there", elsewhere, office.clock())
    with pytest.raises(BadBackup, match="has tables"):
        restore(to, tmp_path / "there", {"KHIU_DATABASE_URL": url}, office.clock())
    with postgres_store.reading() as db:
        assert offices.ids(db) == [office.id]


def test_an_older_pg_dump_is_told_apart(postgres_store: Store, tmp_path: Path) -> None:
    office = Office(postgres_store)
    programs = tmp_path / "bin"
    programs.mkdir()
    old = programs / "pg_dump"
    old.write_text(
        "#!/bin/sh\n"
        "echo 'pg_dump: error: aborting because of server version mismatch' >&2\n"
        "exit 1\n"
    )
    old.chmod(0o755)
    url = postgres_store.engine.url.render_as_string(hide_password=False)
    env = {"PATH": f"{programs}:{os.environ['PATH']}"}
    with pytest.raises(BadBackup, match="pg_dump is older than the server"):
        keep(
            postgres_store,
            Config(database_url=url),
            tmp_path,
            tmp_path / "x.khiu",
            env,
            office.clock(),
        )
    assert sorted(name.name for name in tmp_path.iterdir()) == ["bin"]
