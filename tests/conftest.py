import os
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

# Where the printers' database is kept when it was read once: each process takes half a second to
# read it. Before anything of ours is imported.
os.environ.setdefault("ESCPOS_CAPABILITIES_PICKLE_DIR", mkdtemp(prefix="khiu-escpos-"))

import pytest
from hypothesis import settings
from playwright.sync_api import Browser, expect
from sqlalchemy import create_engine, text
from werkzeug.routing import Rule

from server.simulation import simulate
from server.store.engine import Store
from server.store.migrate import migrate
from server.store.schema import metadata
from tests.browser import Screens, chromium, served
from tests.office import Office, copied, laid
from tests.paper import TcpPrinter, tcp_printer
from tests.postgres import cluster

settings.register_profile("ours", deadline=None, derandomize=True)
settings.load_profile("ours")
expect.set_options(timeout=20_000)  # a busy machine is no fault of the page


def _compile_addresses_once() -> None:
    """Werkzeug takes each of our addresses apart, and writes and compiles two functions for it, in
    every app anew: most of the time that an office of a test takes. What the same address gives is
    the same."""
    compiled: dict[tuple[object, ...], dict[str, Any]] = {}
    compile_anew = Rule.compile

    def compile_once(rule: Rule) -> None:
        key = (rule.rule, rule.endpoint, repr(rule.defaults), rule.merge_slashes, rule.subdomain)
        if key in compiled:
            found = compiled[key]
            rule.__dict__ |= found | {
                name: found[name].__func__.__get__(rule) for name in ("_build", "_build_unknown")
            }
            return
        compile_anew(rule)
        made = ("_parts", "_trace", "_converters", "arguments", "_build", "_build_unknown")
        compiled[key] = {name: getattr(rule, name) for name in made}

    Rule.compile = compile_once  # type: ignore[method-assign, assignment]


_compile_addresses_once()


@pytest.fixture(scope="session")
def empty_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database file, to copy."""
    file = tmp_path_factory.mktemp("empty") / "khiu.db"
    store = Store(f"sqlite:///{file}")
    migrate(store)
    with store.engine.connect() as db:
        db.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    store.close()
    return file


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    with cluster() as address:
        yield address


@pytest.fixture(scope="session")
def empty_postgres(postgres: str) -> str:
    """A migrated database, whose tables each test leaves empty."""
    admin = create_engine(f"{postgres}/postgres", isolation_level="AUTOCOMMIT")
    with admin.connect() as db:
        db.exec_driver_sql("CREATE DATABASE khiu_test")
    admin.dispose()
    store = Store(f"{postgres}/khiu_test")
    migrate(store)
    store.close()
    return f"{postgres}/khiu_test"


@pytest.fixture
def sqlite_store(empty_sqlite: Path, tmp_path: Path) -> Iterator[Store]:
    shutil.copy(empty_sqlite, tmp_path / "khiu.db")
    store = Store(f"sqlite:///{tmp_path}/khiu.db")
    yield store
    store.close()


@pytest.fixture
def postgres_store(empty_postgres: str) -> Iterator[Store]:
    store = Store(empty_postgres)
    yield store
    with store.writing() as db:
        tables = ", ".join(table.name for table in metadata.sorted_tables)
        db.execute(text(f"TRUNCATE {tables}"))
    store.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest) -> Store:
    """The same test on both databases."""
    name = "sqlite_store" if request.param == "sqlite" else "postgres_store"
    found: Store = request.getfixturevalue(name)
    return found


@pytest.fixture
def office(store: Store) -> Office:
    """The demo office, on both databases."""
    return Office(store)


@pytest.fixture(scope="session")
def demo_sqlite(empty_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with the demo office, to copy."""
    return laid(empty_sqlite, tmp_path_factory.mktemp("demo"))


@pytest.fixture(scope="session")
def september_sqlite(empty_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same after a simulated September 2026, the month before its clock's first of October."""

    def lives(office: Office) -> None:
        simulate(office.store, office.id, date(2026, 9, 1), date(2026, 9, 30), seed=1)

    return laid(empty_sqlite, tmp_path_factory.mktemp("september"), lives)


@pytest.fixture
def small_office(demo_sqlite: Path, tmp_path: Path) -> Iterator[Office]:
    """The demo office on SQLite: for pages, which do not know where rows live."""
    with copied(demo_sqlite, tmp_path) as office:
        yield office


@pytest.fixture
def printer() -> Iterator[TcpPrinter]:
    with tcp_printer() as printer:
        yield printer


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def screens(browser: Browser, small_office: Office) -> Iterator[Screens]:
    """Windows onto the demo office, served on a real port. Any script error fails the test."""
    with served(small_office.app) as site:
        opened = Screens(browser, small_office, site)
        yield opened
        for context in browser.contexts:
            context.close()
    assert opened.errors == []
