"""The command line. Errors are one clear line; exit codes: 0 done, 1 failed, 2 wrong usage."""

import argparse
import re
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from server import commands, demo
from server.access import USERNAME
from server.backup.archive import BadBackup
from server.catalogue import Catalogue
from server.commands import Failed, Misused
from server.config import BadConfig
from server.domain.office_file import BadOffice
from server.domain.refusals import BadField, Refusal
from server.domain.roles import Role, TokenRole
from server.exporting import CannotExport
from server.reporting import CannotReport
from server.reporting.periods import Kind
from server.serving import CannotServe
from server.store.migrate import UnknownSchema
from server.trying import Unclear

MOST_PORT = 65_535
YEAR = re.compile("2[4-9][0-9]{2}")  # Buddhist; no year of the common era looks so yet
FAILED = (
    Failed,
    CannotServe,
    CannotExport,
    CannotReport,
    BadConfig,
    BadOffice,
    BadBackup,
    UnknownSchema,
)


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
    except FAILED as error:
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


def _year(text: str) -> int:
    if not YEAR.fullmatch(text):
        raise argparse.ArgumentTypeError(f"{text} is no Buddhist year (2569)")
    return int(text)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("khiu", description="Queue and satisfaction of an office.")
    kinds = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, words: str, act: object, among: Any = kinds) -> argparse.ArgumentParser:
        made: argparse.ArgumentParser = among.add_parser(name, help=words, description=words)
        made.add_argument("--data", type=Path, required=True, help="the data directory")
        made.set_defaults(command=act)
        return made

    made = command(
        "demo", "make a demo office unless one is there, and serve it", commands.make_demo
    )
    made.add_argument("--listen", type=_address, required=True, metavar="HOST:PORT")
    made.add_argument("--history", type=demo.history_days, metavar="DAYS")
    made.add_argument("--printer", type=demo.printer_url, metavar="URL")
    made.add_argument("--seed", type=int, default=1)

    command("init", "make an office from a file", commands.make_office).add_argument(
        "--office", dest="office_file", type=Path, required=True, metavar="FILE"
    )

    made = command("serve", "serve until SIGTERM", commands.serve_office)
    made.add_argument("--listen", type=_address, required=True, metavar="HOST:PORT")

    made = command("staff", "print a one-time link that sets a password", commands.link_staff)
    made.add_argument("name", type=_username, help="what that person signs in with")
    made.add_argument("--role", required=True, choices=[str(role) for role in Role])
    made.add_argument("--url", help="start of the link, where the server is reached otherwise")
    made.add_argument("--office", metavar="SLUG")

    made = command("token", "print one new API token", commands.add_token)
    made.add_argument("name", type=_name)
    made.add_argument("--role", required=True, choices=[str(role) for role in TokenRole])
    made.add_argument("--office", metavar="SLUG")

    made = command("simulate", "add a simulated past to a demo office", commands.simulate_past)
    made.add_argument("--from", dest="first", type=_day, required=True, metavar="DATE")
    made.add_argument("--to", dest="last", type=_day, required=True, metavar="DATE")
    made.add_argument("--visits-per-day", type=_count, metavar="N")
    made.add_argument("--seed", type=int, default=1)
    made.add_argument("--office", metavar="SLUG")

    made = command("export", "the rows behind figures, for internal audit", commands.export_rows)
    made.add_argument("--from", dest="first", type=_day, required=True, metavar="DATE")
    made.add_argument("--to", dest="last", type=_day, required=True, metavar="DATE")
    made.add_argument("--out", type=Path, required=True, metavar="FILE.db")
    made.add_argument("--office", metavar="SLUG")

    _reports(kinds, command)

    words = "what other settings would have done to a past month"
    policy = kinds.add_parser("policy", help=words, description=words)
    under = policy.add_subparsers(required=True, metavar="WHAT")
    made = command("try", "replay a past month under other settings", commands.try_policy, under)
    made.add_argument("--month", required=True, metavar="MONTH", help="2569-03 or 2026-03")
    made.add_argument(
        "--head-start", action="append", default=[], metavar="PRIORITY=MINUTES", help="elderly=20"
    )
    given = "COUNTER:SERVICE=MINUTES"
    made.add_argument("--penalty", action="append", default=[], metavar=given, help="5:birth=10")
    made.add_argument("--office", metavar="SLUG")

    made = command("check", "verify what is stored; a line for each finding", commands.check_all)
    made.add_argument("--office", metavar="SLUG")

    made = command("backup", "copy everything into one file, while serving", commands.back_up)
    made.add_argument("--to", type=Path, required=True, metavar="FILE")

    made = command("restore", "put a backup back where no data are yet", commands.put_back)
    made.add_argument("--from", dest="source", type=Path, required=True, metavar="FILE")
    return parser


def _reports(kinds: Any, command: Callable[..., argparse.ArgumentParser]) -> None:
    words = "write a period's report: PDF, DOCX, XLSX and figures.json"
    reports = kinds.add_parser("report", help=words, description=words)
    under = reports.add_subparsers(required=True, metavar="PERIOD")
    for kind, part, most in (
        (Kind.HALF, "half", 2),
        (Kind.YEAR, "", 0),
        (Kind.QUARTER, "quarter", 4),
        (Kind.MONTH, "month", 12),
    ):
        made = command(kind, f"the report of a {kind}", commands.report, under)
        made.add_argument("--fiscal-year", type=_year, required=True, metavar="2569")
        if part:
            choices = range(1, most + 1)
            made.add_argument(f"--{part}", dest="number", type=int, required=True, choices=choices)
        made.add_argument("--out", type=Path, required=True, metavar="DIR")
        made.add_argument("--office", metavar="SLUG")
        made.set_defaults(kind=kind, **({} if part else {"number": 0}))
