"""The command line. Errors are one clear line; exit codes: 0 done, 1 failed, 2 wrong usage."""

import argparse
import os
import sys
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from server import demo
from server.access import USERNAME, Access
from server.backup.archive import BadBackup
from server.backup.keeping import keep
from server.backup.restoring import restore
from server.catalogue import Catalogue
from server.check import Check
from server.config import BadConfig, Config
from server.domain.day import office_time
from server.domain.office_file import BadOffice, read_office
from server.domain.refusals import BadField, Refusal
from server.domain.roles import Role, TokenRole
from server.domain.settings import Settings, Words
from server.domain.wish import Actor
from server.office import Office
from server.pace import Paces
from server.policy import Policy
from server.serving import CannotServe, listening, own_address, serve, unix_ms
from server.setup import Setup
from server.setup.staff import PersonWish
from server.simulation import simulate
from server.store import offices
from server.store.engine import Store
from server.store.migrate import UnknownSchema, migrate, must_be_newest
from server.trying import Unclear, period_of, trial_lines, tried_of

MOST_PORT = 65_535
COMMAND_LINE = Actor("command")
DEFAULT_ADDRESS = "http://127.0.0.1:8080"
MOST_FINDINGS = 200  # lines; the rest is counted


class Failed(Exception):
    """The work failed; the message is the one line that is printed."""


class Misused(Exception):
    """The words of the command do not go together."""


def _nobody(office_id: int, *, at_once: bool) -> None:
    """A command tells no screens: a running server sees the new version by itself."""


def main() -> None:
    """Entry of `khiu`."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Runs one command; returns its exit code."""
    asked = _parser().parse_args(arguments)
    try:
        asked.command(asked)
    except Refusal as refusal:
        print(f"khiu: {_worded(refusal)}", file=sys.stderr)
        return 1
    except (Misused, Unclear) as error:
        print(f"khiu: {error}", file=sys.stderr)
        return 2
    except (Failed, CannotServe, BadConfig, BadOffice, BadBackup, UnknownSchema) as error:
        print(f"khiu: {error}", file=sys.stderr)
        return 1
    except (OSError, SQLAlchemyError, UnicodeError) as error:
        cause = getattr(error, "orig", None) or error
        print(f"khiu: {' '.join(str(cause).split())}", file=sys.stderr)
        return 1
    return 0


def _worded(refusal: Refusal) -> str:
    catalogue = Catalogue()
    if isinstance(refusal, BadField):
        return "; ".join(
            f"{name}: {catalogue.say(f'field.{code}', 'en')}"
            for name, code in refusal.fields.items()
        )
    return catalogue.say(f"refusal.{refusal.code}", "en", **refusal.facts)


# ---------------------------------------------------------------- the commands


def _demo(asked: argparse.Namespace) -> None:
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


def _init(asked: argparse.Namespace) -> None:
    try:
        text = asked.office_file.read_text("utf-8")
    except UnicodeDecodeError:
        raise Failed(f"{asked.office_file} is not UTF-8 text") from None
    file = read_office(text)
    store, _ = _open(asked.data, make=True)
    with store.writing() as db:
        offices.add(db, file, unix_ms(), demo=file.settings.demo)
    print(f"office {file.office.slug} is ready in {asked.data}")


def _serve(asked: argparse.Namespace) -> None:
    bound = listening(asked.listen)
    store, config = _open(asked.data)
    with store.reading() as db:
        if not offices.ids(db):
            raise Failed(f"there is no office in {asked.data}; make one with `khiu init`")
    store.close()
    serve(asked.data, config, bound, lambda address: print(f"ready {address}", flush=True))


def _staff(asked: argparse.Namespace) -> None:
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


def _token(asked: argparse.Namespace) -> None:
    store, _ = _open(asked.data)
    access = Access(store, unix_ms)
    print(access.add_token(_office(store, asked.office), asked.name, TokenRole(asked.role)))


def _simulate(asked: argparse.Namespace) -> None:
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


def _try_policy(asked: argparse.Namespace) -> None:
    period = period_of(asked.month)
    store, _ = _open(asked.data)
    policy = Policy(store, _office(store, asked.office))
    tried = tried_of(asked.head_start, asked.penalty, policy.takes())
    trial = policy.attempt(period, tried, unix_ms())
    print("\n".join(trial_lines(period, tried, policy.settings().settings, trial)))


def _check(asked: argparse.Namespace) -> None:
    store, _ = _open(asked.data, as_it_is=True)
    must_be_newest(store)
    _look_through(store, None if asked.office is None else _office(store, asked.office))


def _look_through(store: Store, office_id: int | None = None) -> None:
    """Prints what is wrong, or that all is well. Raises `Failed` after the findings."""
    with store.reading() as db:
        check, found = Check(db, unix_ms()), 0
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


def _backup(asked: argparse.Namespace) -> None:
    store, config = _open(asked.data, as_it_is=True)
    keep(store, config, asked.data, asked.to, os.environ, unix_ms())
    print(f"{asked.to} holds {asked.data}: {asked.to.stat().st_size} bytes")


def _restore(asked: argparse.Namespace) -> None:
    kept, config = restore(asked.source, asked.data, os.environ, unix_ms())
    print(f"{asked.data} is as it was at {kept.made_at}; numbers given since are not in it")
    try:
        _look_through(Store(config.store_url(asked.data)))
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


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is no date (2026-03-31)") from None


def _address(text: str) -> str:
    host, _, port = text.rpartition(":")
    if not host or not port.isascii() or not port.isdigit() or int(port) > MOST_PORT:
        raise argparse.ArgumentTypeError(f"{text} is no address (127.0.0.1:8080)")
    return text


def _username(text: str) -> str:
    name = text.strip().lower()  # as signing in reads it
    if not USERNAME.fullmatch(name):
        raise argparse.ArgumentTypeError("a name to sign in with has letters a-z, digits and . _ -")
    return name


def _name(text: str) -> str:
    if not text.strip():
        raise argparse.ArgumentTypeError("a token needs a name")
    return text.strip()


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise argparse.ArgumentTypeError(f"{text} is no number of visits")
    return int(text)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("khiu", description="Queue and satisfaction of an office.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(
        name: str, words: str, act: object, among: Any = commands
    ) -> argparse.ArgumentParser:
        made: argparse.ArgumentParser = among.add_parser(name, help=words, description=words)
        made.add_argument("--data", type=Path, required=True, help="the data directory")
        made.set_defaults(command=act)
        return made

    made = command("demo", "make a demo office unless one is there, and serve it", _demo)
    made.add_argument("--listen", type=_address, required=True, metavar="HOST:PORT")
    made.add_argument("--history", type=demo.history_days, metavar="DAYS")
    made.add_argument("--printer", type=demo.printer_url, metavar="URL")
    made.add_argument("--seed", type=int, default=1)

    made = command("init", "make an office from a file", _init)
    made.add_argument("--office", dest="office_file", type=Path, required=True, metavar="FILE")

    made = command("serve", "serve until SIGTERM", _serve)
    made.add_argument("--listen", type=_address, required=True, metavar="HOST:PORT")

    made = command("staff", "print a one-time link that sets a password", _staff)
    made.add_argument("name", type=_username, help="what that person signs in with")
    made.add_argument("--role", required=True, choices=[str(role) for role in Role])
    made.add_argument("--url", help="start of the link, where the server is reached otherwise")
    made.add_argument("--office", metavar="SLUG")

    made = command("token", "print one new API token", _token)
    made.add_argument("name", type=_name)
    made.add_argument("--role", required=True, choices=[str(role) for role in TokenRole])
    made.add_argument("--office", metavar="SLUG")

    made = command("simulate", "add a simulated past to a demo office", _simulate)
    made.add_argument("--from", dest="first", type=_day, required=True, metavar="DATE")
    made.add_argument("--to", dest="last", type=_day, required=True, metavar="DATE")
    made.add_argument("--visits-per-day", type=_count, metavar="N")
    made.add_argument("--seed", type=int, default=1)
    made.add_argument("--office", metavar="SLUG")

    words = "what other settings would have done to a past month"
    policy = commands.add_parser("policy", help=words, description=words)
    under = policy.add_subparsers(required=True, metavar="WHAT")
    made = command("try", "replay a past month under other settings", _try_policy, under)
    made.add_argument("--month", required=True, metavar="MONTH", help="2569-03 or 2026-03")
    made.add_argument(
        "--head-start", action="append", default=[], metavar="PRIORITY=MINUTES", help="elderly=20"
    )
    given = "COUNTER:SERVICE=MINUTES"
    made.add_argument("--penalty", action="append", default=[], metavar=given, help="5:birth=10")
    made.add_argument("--office", metavar="SLUG")

    made = command("check", "verify what is stored; a line for each finding", _check)
    made.add_argument("--office", metavar="SLUG")

    made = command("backup", "copy everything into one file, while serving", _backup)
    made.add_argument("--to", type=Path, required=True, metavar="FILE")

    made = command("restore", "put a backup back where no data are yet", _restore)
    made.add_argument("--from", dest="source", type=Path, required=True, metavar="FILE")
    return parser
