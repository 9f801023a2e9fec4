"""The demo office: made from the file that comes with Khiu, with a simulated past."""

import argparse
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path

from sqlalchemy import select, update

from printers.address import BadAddress, parse
from server.access import Access
from server.domain.day import office_time, unix_ms
from server.domain.hours import is_working_day
from server.domain.office_file import OfficeFile, read_office
from server.domain.settings import Settings
from server.domain.thai import fiscal_year_of
from server.simulation import simulate
from server.store import offices, questions, schema
from server.store.engine import Store
from server.store.simulated import ACTOR

FILE = Path(__file__).parent.parent / "deploy" / "demo-office.toml"
ENTER_MS = 12 * 3600 * 1000
QUARTER = timedelta(days=91)
LEAST_ASKED = timedelta(days=14)  # a version; a shorter past keeps one
# Each face's link: who it signs in as, and at which counter.
WHO = {
    "counter": ("counter3", "3"),
    "reception": ("reception1", None),
    "reports": ("director", None),
    "manage": ("admin", None),
}


def prepare(
    store: Store, *, history: int | None, printer_url: str | None, seed: int, now: int
) -> int:
    """The demo office's id; made with its past unless an office is there. `now` is Unix ms."""
    with store.writing() as db:
        found = offices.ids(db)
        office_id = found[0] if found else offices.add(db, _file(), now, demo=True)
        if printer_url is not None:
            printers = schema.printers
            db.execute(
                update(printers)
                .where(printers.c.office_id == office_id, printers.c.is_default)
                .values(url=printer_url)
            )
        settings = Settings.read(offices.for_verb(db, office_id).settings)
    if not found:
        yesterday = office_time(now, settings.zone).date() - timedelta(days=1)
        first = _first_day(settings, yesterday, history)
        if first <= yesterday:
            _past(store, office_id, first, yesterday, seed)
    return office_id


def _past(store: Store, office_id: int, first: date, last: date, seed: int) -> None:
    """Simulated days, both included. Halfway through the first half-year the questions change, as
    they do in offices: from then on the self-check is asked too."""
    change = first + min(QUARTER, (last - first) // 2)
    if change - first < LEAST_ASKED:
        simulate(store, office_id, first, last, seed)
        return
    simulate(store, office_id, first, change - timedelta(days=1), seed)
    with store.writing() as db:
        now = questions.versions(db, office_id)[0].asked
        zone = Settings.read(offices.for_verb(db, office_id).settings).zone
        at = unix_ms(datetime.combine(change, time(), zone))
        checked = now.self_check.model_copy(update={"on": True})
        body = now.model_copy(update={"version": now.version + 1, "self_check": checked})
        draft = questions.add_draft(db, office_id, body, at, ACTOR)
        questions.publish(db, office_id, draft, at)
    simulate(store, office_id, change, last, seed)


def links(
    store: Store, office_id: int, address: str, clock: Callable[[], int]
) -> list[tuple[str, str]]:
    """One-time links into each face, in the order in which a visit meets them."""
    access = Access(store, clock)
    staff, counters = schema.staff, schema.counters
    with store.reading() as db:
        ids = {
            row.username: row.id
            for row in db.execute(select(staff).where(staff.c.office_id == office_id))
        }
        numbers = {
            row.number: row.id
            for row in db.execute(select(counters).where(counters.c.office_id == office_id))
        }
    made = []
    for face in ("kiosk", "display", *WHO):
        username, number = WHO.get(face, (None, None))
        if username is not None and username not in ids:
            continue  # the office is not the demo's own any more
        code = access.invite(
            office_id,
            face,
            staff_id=ids[username] if username else None,
            counter_id=numbers.get(number) if number else None,
            valid_ms=ENTER_MS,
        )
        made.append((face, f"{address}/enter/{code}"))
    return made


def history_days(text: str) -> int:
    """The argument of --history."""
    if not text.isascii() or not text.isdigit():
        raise argparse.ArgumentTypeError(f"{text} is no number of days")
    return int(text)


def printer_url(text: str) -> str:
    """The argument of --printer, checked."""
    try:
        parse(text)
    except BadAddress as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    return text


def _file() -> OfficeFile:
    return read_office(FILE.read_text("utf-8"))


def _first_day(settings: Settings, yesterday: date, history: int | None) -> date:
    """`history` working days back; else the start of the previous fiscal half-year."""
    today = yesterday + timedelta(days=1)
    if history is None:
        year = fiscal_year_of(today)
        if today >= year.half(2).first:
            return year.half(1).first
        return type(year)(year.be - 1).half(2).first
    day, left = today, history
    while left > 0:
        day -= timedelta(days=1)
        left -= is_working_day(settings, day)
    return day
