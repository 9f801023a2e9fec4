"""What each command of `khiu` does. `cli.py` reads its words and answers for its errors."""

import argparse
import os
import sys
from pathlib import Path

from server import demo
from server.access import Access
from server.backup.keeping import keep
from server.backup.restoring import restore
from server.check import Check
from server.config import Config
from server.domain.day import office_time
from server.domain.office_file import read_office
from server.domain.roles import Role, TokenRole
from server.domain.settings import Settings, Words
from server.domain.wish import Actor
from server.house import House
from server.office import Office
from server.pace import Paces
from server.policy import Policy
from server.reporting.periods import Kind, Span
from server.serving import listening, own_address, serve, unix_ms
from server.setup import Setup
from server.setup.staff import PersonWish
from server.simulation import simulate
from server.store import offices
from server.store.engine import Store
from server.store.migrate import migrate, must_be_newest
from server.trying import period_of, trial_lines, tried_of

COMMAND_LINE = Actor("command")
DEFAULT_ADDRESS = "http://127.0.0.1:8080"
MOST_FINDINGS = 200  # lines; the rest is counted


class Failed(Exception):
    """The work failed; the message is the one line that is printed."""


class Misused(Exception):
    """The words of the command do not go together."""


def _nobody(office_id: int, *, at_once: bool) -> None:
    """A command tells no screens: a running server sees the new version by itself."""


def make_demo(asked: argparse.Namespace) -> None:
    bound = listening(asked.listen)
    store, config = _open(asked.data, make=True)
    office_id = demo.prepare(
        store, history=asked.history, printer_url=asked.printer, seed=asked.seed, now=unix_ms()
    )
    address = own_address(bound)
    links = demo.links(store, office_id, address, unix_ms)
    store.close()

    def tell(ready: str) -> None:
        print(f"ready {ready}", flush=True)
        for name, url in links:
            print(f"{name} {url}", flush=True)

    serve(asked.data, config, bound, tell)


def make_office(asked: argparse.Namespace) -> None:
    try:
        text = asked.office_file.read_text("utf-8")
    except UnicodeDecodeError:
        raise Failed(f"{asked.office_file} is not UTF-8 text") from None
    file = read_office(text)
    store, _ = _open(asked.data, make=True)
    with store.writing() as db:
        offices.add(db, file, unix_ms(), demo=file.settings.demo)
    print(f"office {file.office.slug} is ready in {asked.data}")


def serve_office(asked: argparse.Namespace) -> None:
    bound = listening(asked.listen)
    store, config = _open(asked.data)
    with store.reading() as db:
        if not offices.ids(db):
            raise Failed(f"there is no office in {asked.data}; make one with `khiu init`")
    store.close()
    serve(asked.data, config, bound, lambda address: print(f"ready {address}", flush=True))


def link_staff(asked: argparse.Namespace) -> None:
    store, _ = _open(asked.data)
    office_id = _office(store, asked.office)
    staff = Setup(
        Office(store, office_id, unix_ms, _nobody), Paces(store, office_id, unix_ms)
    ).staff
    role, known = Role(asked.role), [one for one in staff.all() if one.username == asked.name]
    if not known:
        wish = PersonWish(asked.name, Words(th=asked.name, en=asked.name), role, active=True)
        _, code = staff.add(wish, COMMAND_LINE)
    else:
        (one,) = known
        names = Words(th=one.name_th, en=one.name_en)
        if one.role != role or not one.active:
            staff.change(one.id, PersonWish(asked.name, names, role, active=True), COMMAND_LINE)
        code = staff.link(one.id, COMMAND_LINE)
    with store.reading() as db:
        own = Settings.read(offices.for_verb(db, office_id).settings).public_url
        address = asked.url or own or offices.recall(db, "address") or DEFAULT_ADDRESS
    print(f"{address.rstrip('/')}/password/{code}")


def add_token(asked: argparse.Namespace) -> None:
    store, _ = _open(asked.data)
    access = Access(store, unix_ms)
    print(access.add_token(_office(store, asked.office), asked.name, TokenRole(asked.role)))


def simulate_past(asked: argparse.Namespace) -> None:
    store, _ = _open(asked.data)
    office_id = _office(store, asked.office)
    if asked.last < asked.first:
        raise Misused("--to lies before --from")
    with store.reading() as db:
        settings = Settings.read(offices.for_verb(db, office_id).settings)
    if asked.last >= office_time(unix_ms(), settings.zone).date():
        raise Failed("only days that are over can be simulated")
    made = simulate(store, office_id, asked.first, asked.last, asked.seed, asked.visits_per_day)
    print(f"{made} tickets from {asked.first} to {asked.last}")


def export_rows(asked: argparse.Namespace) -> None:
    # Here and below: libraries of a file's format take long to load, and few commands need them.
    from server.exporting.export import export  # noqa: PLC0415

    if asked.last < asked.first:
        raise Misused("--to lies before --from")
    store, _ = _open(asked.data)
    office_id, now = _office(store, asked.office), unix_ms()
    with store.reading() as db:
        zone = Settings.read(offices.for_verb(db, office_id).settings).zone
    if asked.first > office_time(now, zone).date():
        raise Failed(f"{asked.first} is yet to come; dates are written as 2026-03-31")
    period = (asked.first, asked.last)
    counts = export(store, office_id, *period, asked.out, COMMAND_LINE, now)
    rows = ", ".join(f"{name} {count}" for name, count in counts.items())
    print(f"{asked.out} holds the rows from {asked.first} to {asked.last}: {rows}")


def report(asked: argparse.Namespace) -> None:
    from server.reporting.files import write_report  # noqa: PLC0415

    span = Span(Kind(asked.kind), asked.fiscal_year, asked.number)
    try:
        first = span.period.first
    except (ValueError, OverflowError):
        raise Misused(f"there is no fiscal year {asked.fiscal_year}") from None
    store, _ = _open(asked.data)
    office_id = _office(store, asked.office)
    with store.reading() as db:
        settings = Settings.read(offices.for_verb(db, office_id).settings)
    if first > office_time(unix_ms(), settings.zone).date():
        raise Failed(f"{first} is yet to come; fiscal years are Buddhist ones (2569)")
    house = House(store, unix_ms, _nobody, asked.data)
    names, missing = write_report(house, office_id, settings, span, asked.out)
    if missing:
        print(f"khiu: {missing}", file=sys.stderr)
    print("\n".join(str(name) for name in names))


def try_policy(asked: argparse.Namespace) -> None:
    period = period_of(asked.month)
    store, _ = _open(asked.data)
    policy = Policy(store, _office(store, asked.office))
    tried = tried_of(asked.head_start, asked.penalty, policy.takes())
    trial = policy.attempt(period, tried, unix_ms())
    print("\n".join(trial_lines(period, tried, policy.settings().settings, trial)))


def check_all(asked: argparse.Namespace) -> None:
    store, _ = _open(asked.data, as_it_is=True)
    must_be_newest(store)
    _look_through(store, asked.data, None if asked.office is None else _office(store, asked.office))


def _look_through(store: Store, data: Path, office_id: int | None = None) -> None:
    """Prints what is wrong, or that all is well. Raises `Failed` after the findings."""
    with store.reading() as db:
        check, found = Check(db, unix_ms(), data / "measures"), 0
        for line in check.findings(office_id):
            found += 1
            if found <= MOST_FINDINGS:
                print(line)
    if found > MOST_FINDINGS:
        print(f"… and {found - MOST_FINDINGS} more")
    looked = check.looked
    seen = f"{looked.tickets} tickets with {looked.events} events in {looked.offices} offices"
    if found:
        raise Failed(f"{found} findings in {seen}")
    print(f"all is well: {seen}")


def back_up(asked: argparse.Namespace) -> None:
    store, config = _open(asked.data, as_it_is=True)
    keep(store, config, asked.data, asked.to, os.environ, unix_ms())
    print(f"{asked.to} holds {asked.data}: {asked.to.stat().st_size} bytes")


def put_back(asked: argparse.Namespace) -> None:
    kept, config = restore(asked.source, asked.data, os.environ, unix_ms())
    print(f"{asked.data} is as it was at {kept.made_at}; numbers given since are not in it")
    try:
        _look_through(Store(config.store_url(asked.data)), asked.data)
    except Failed as error:
        raise Failed(f"{error}; the data were restored all the same") from None


# ---------------------------------------------------------------- what they share


def _open(data: Path, *, make: bool = False, as_it_is: bool = False) -> tuple[Store, Config]:
    """The data directory's store, at this release's schema unless `as_it_is`.

    Raises `Failed`, `BadConfig`, `UnknownSchema`.
    """
    if make:
        try:
            data.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise Failed(f"cannot make {data}: {error.strerror}") from None
    if not data.is_dir():
        raise Failed(f"{data} is no directory; make an office there with `khiu init`")
    config = Config.load(data, os.environ)
    if not config.database_url and not os.access(data, os.W_OK):
        raise Failed(f"cannot write in {data}")
    file = config.sqlite_file(data)
    if file is not None and not make and not file.exists():
        raise Failed(f"there is no office in {data}; make one with `khiu init`")
    store = Store(config.store_url(data))
    if not as_it_is:
        migrate(store)
    return store, config


def _office(store: Store, slug: str | None) -> int:
    with store.reading() as db:
        return offices.find(db, slug)
