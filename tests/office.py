"""The demo office in a real database, for tests. Its clock moves only by hand."""

import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from shutil import copy, rmtree
from tempfile import mkdtemp
from typing import Any

from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient

from server.app import make_app
from server.desk import Desk
from server.domain.office_file import OfficeFile, read_office
from server.domain.order import Priority
from server.domain.roles import DeviceKind, Role, TokenRole
from server.domain.seen import Seen
from server.domain.settings import ServiceRules, Settings
from server.domain.shown import Counter, Service
from server.domain.wish import Actor, Wish
from server.house import House, Rooms
from server.reads import Reads
from server.store import offices, schema
from server.store.engine import Store
from server.web import DEVICE_COOKIE

MORNING = 1_790_816_400_000  # Thursday 2026-10-01 08:00 in Bangkok
PROGRAM = Actor("token", 1)
MINUTE = 60_000
CHEAP = PasswordHasher(time_cost=1, memory_cost=64)  # a real guess is to be dear; tests' are not


@dataclass
class Clock:
    """Unix ms."""

    now: int = MORNING

    def __call__(self) -> int:
        return self.now

    def minutes(self, passed: float) -> None:
        self.now += round(passed * MINUTE)


@cache
def demo_file() -> OfficeFile:
    return read_office(Path("deploy/demo-office.toml").read_text("utf-8"))


@dataclass
class Office:
    """One office, its app and the people and programs that may call it."""

    store: Store
    printer_url: str = "none"
    demo: bool = True
    clock: Clock = field(default_factory=Clock)
    is_there: bool = False  # in the store already

    def __post_init__(self) -> None:
        with self.store.writing() as db:
            if self.is_there:
                self.id = db.execute(schema.offices.select()).one().id
            else:
                self.id = offices.add(db, demo_file(), self.clock(), demo=self.demo)
            if self.printer_url != "none":
                db.execute(schema.printers.update().values(url=self.printer_url))
        self.data = Path(mkdtemp(prefix="khiu-"))
        weakref.finalize(self, rmtree, self.data, ignore_errors=True)
        self.app: Flask = make_app(
            self.store, self.clock, data=self.data, base_url="http://khiu.test"
        )
        self.house: House = self.app.extensions["khiu"]
        self.house.access.hasher = CHEAP
        self.rooms: Rooms = self.house.rooms(self.id)
        self.desk: Desk = self.rooms.desk
        self.reads: Reads = self.rooms.reads

    # ------------------------------------------------------------ what is there

    def service(self, code: str) -> Service:
        """By the file's code: birth, land-tax, waste-fee …"""
        return next(s for s in self.reads.services() if s.code == code)

    def counter(self, number: str) -> Counter:
        return next(c for c in self.reads.counters() if c.number == number)

    def contents(self) -> dict[str, list[object]]:
        """Every row of every table."""
        with self.store.reading() as db:
            return {t.name: list(db.execute(t.select())) for t in schema.metadata.sorted_tables}

    # ------------------------------------------------------------ what happens

    def issue(
        self, code: str = "birth", priority: Priority = Priority.NONE, more: tuple[str, ...] = ()
    ) -> Seen:
        wish = Wish(
            self.service(code).id,
            priority,
            more_service_ids=tuple(self.service(one).id for one in more),
        )
        return self.desk.issue(wish, PROGRAM)

    def call_next(self, number: str = "1", *, finish: bool = False) -> Seen | None:
        return self.desk.call_next(self.counter(number).id, PROGRAM, finish=finish)

    def serve(self, code: str = "birth", number: str = "1") -> Seen:
        """Somebody came, was called and was served."""
        self.issue(code)
        called = self.call_next(number)
        assert called is not None
        return self.desk.finish(called.ticket.id, PROGRAM)

    # ------------------------------------------------------------ how it is set

    def set(self, **parts: Any) -> None:
        """Changes parts of the office's settings: hours, holidays, closing; or single `settings`
        by their own names, such as always_open."""
        with self.store.writing() as db:
            kept = Settings.read(db.execute(schema.offices.select()).one().settings)
            whole = {name: parts.pop(name) for name in list(parts) if name in Settings.model_fields}
            rules = kept.settings.model_copy(update=parts)
            text = kept.model_copy(update={"settings": rules, **whole}).text()
            db.execute(schema.offices.update().values(settings=text))

    def rule(self, code: str, rules: ServiceRules) -> None:
        """What this service has of its own."""
        with self.store.writing() as db:
            services = schema.services
            changed = services.update().where(services.c.code == code)
            db.execute(changed.values(rules=rules.text()))

    # ------------------------------------------------------------ who calls

    def token(self, role: TokenRole = TokenRole.INTEGRATION) -> str:
        return self.house.access.add_token(self.id, f"test {role}", role)

    def bearer(self, role: TokenRole = TokenRole.INTEGRATION) -> dict[str, str]:
        """Headers of a program with this role."""
        return {"Authorization": f"Bearer {self.token(role)}"}

    def device_token(self, kind: DeviceKind = DeviceKind.KIOSK) -> str:
        return self.house.access.add_device(self.id, kind, f"test {kind}")

    def device(self, kind: DeviceKind = DeviceKind.KIOSK) -> FlaskClient:
        """A paired device's browser, without the browser."""
        client = self.app.test_client()
        client.set_cookie(DEVICE_COOKIE, self.device_token(kind))
        return client

    def sign_in_token(self, role: Role, counter: str | None = None) -> str:
        with self.store.reading() as db:
            table = schema.staff
            row = db.execute(
                table.select()
                .where(table.c.office_id == self.id, table.c.role == role)
                .order_by(table.c.id)
            ).first()
        assert row is not None
        counter_id = self.counter(counter).id if counter else None
        access = self.house.access
        code = access.invite(
            self.id, "staff", staff_id=row.id, counter_id=counter_id, valid_ms=MINUTE
        )
        _, token = access.open_invitation(code)
        assert token is not None
        return token

    def signed_in(self, role: Role, counter: str | None = None) -> FlaskClient:
        """Staff at a desk; forms are posted without a CSRF token, which browser tests prove."""
        self.app.config["WTF_CSRF_ENABLED"] = False
        client = self.app.test_client()
        with client.session_transaction() as session:
            session["sign_in"] = self.sign_in_token(role, counter)
        return client


def laid(empty: Path, folder: Path, lives: Callable[[Office], object] = id) -> Path:
    """A database file, to copy, with the demo office after what it `lives` through."""
    file = Path(copy(empty, folder / "khiu.db"))
    store = Store(f"sqlite:///{file}")
    lives(Office(store))
    with store.engine.connect() as db:
        db.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    store.close()
    return file


@contextmanager
def copied(file: Path, folder: Path) -> Iterator[Office]:
    """The office of a file that `laid` made, in a copy of it."""
    store = Store(f"sqlite:///{copy(file, folder / 'khiu.db')}")
    yield Office(store, is_there=True)
    store.close()
