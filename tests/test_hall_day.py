"""A whole day of a hall, as fast as it goes, with whatever breaks on the way.

Two kiosks with a printer each, three displays in real browsers, five counters, four hundred visits,
thirteen faults (`tests/day/faults.py`).
"""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from server.domain.roles import Role
from server.domain.settings import Voice
from server.links import token_hash
from server.serving import unix_ms
from server.store import schema
from server.store.engine import Store
from tests.day.faults import AT
from tests.day.hall import OPENING, VISITS, Hall
from tests.office import MINUTE, Office
from tests.paper import decode_qr, free_port
from tests.people.toucher import Toucher
from tests.server import khiu
from tests.waiting import until
from tests.wire import wire

UNCERTAIN = "SELECT ticket_id FROM slip_jobs WHERE state = 'uncertain' ORDER BY id"
UNDER_WAY = "SELECT id, state FROM slip_jobs WHERE state IN ('queued', 'printing', 'failed')"
CALLS = "SELECT id FROM ticket_events WHERE kind IN ('called', 'recalled')"
UNSERVED = "SELECT ticket_id, state, outcome FROM steps WHERE outcome IS NOT 'served'"


@pytest.fixture
def hall(browser: Browser, sqlite_store: Store, tmp_path: Path) -> Iterator[Hall]:
    office = Office(sqlite_store, demo=False)
    office.clock.now = OPENING
    office.set(always_open=True, voice=Voice(chime_ms=20, languages=()))
    served_at = free_port()
    with wire(served_at) as cable:
        hall = Hall(office, tmp_path, browser, cable, served_at)
        yield hall
        hall.close()


def test_a_day_of_the_hall_with_all_that_breaks(hall: Hall) -> None:
    the_day_passes(hall)
    assert hall.rows("SELECT count(*) FROM tickets") == [(VISITS,)]
    assert hall.rows(UNSERVED) == []
    hall.displays_are_right()
    every_call_was_announced_once(hall)
    every_slip_is_accounted_for(hall)
    done = khiu("check", "--data", hall.data)
    assert done.returncode == 0, done.stdout


def the_day_passes(hall: Hall) -> None:
    """Round by round until nobody waits, and whoever was away has come back."""
    nth, still = 0, True
    while still:
        came = hall.people_come()
        if nth in AT:
            AT[nth](hall)
        called = hall.call_everywhere()
        hall.calls_are_announced()
        if nth - 1 in AT:
            hall.displays_are_right()
        still = bool(came or called or hall.somebody_is_away())
        if nth % 5 == 4 or not called:
            hall.come_back()
        nth += 1
    assert nth > max(AT), "the day ended before everything broke"


def every_call_was_announced_once(hall: Hall) -> None:
    """On every display that was on and reached while it stood; at most once on any."""
    calls = {str(row[0]) for row in hall.rows(CALLS)}
    assert len(calls) >= VISITS
    for display in hall.displays:
        log = display.log()
        announced = Counter(call_id for what, call_id in log if what == "announced")
        loads = sum(what == "loaded" for what, _ in log)
        assert loads == 1 + (display is hall.displays[2]), (
            f"{display.name} was loaded {loads} times"
        )
        twice = [log.index(("announced", one)) for one in announced if announced[one] > 1]
        assert not twice, f"{display.name} announced twice {[log[at - 2 : at + 6] for at in twice]}"
        assert display.owed <= set(announced) <= calls, f"{display.name}: one is missing"
        assert not display.owed & {call_id for what, call_id in log if what == "passed-over"}
    everywhere = hall.displays[1].owed  # that one was reached all day, and is for all services
    assert all(display.owed <= everywhere for display in hall.displays)


def every_slip_is_accounted_for(hall: Hall) -> None:
    slips_come_to_rest(hall)
    assert a_person_decides(hall), "the faults left nothing to decide"
    slips_come_to_rest(hall)
    assert hall.rows(UNCERTAIN) == []
    assert came_out(hall) == Counter(str(row[0]) for row in hall.rows("SELECT id FROM tickets"))
    assert hall.rows("SELECT id FROM tickets WHERE slip_state <> 'printed'") == []


def slips_come_to_rest(hall: Hall) -> None:
    until(lambda: not hall.rows(UNDER_WAY), "slips are under way for ever")


def a_person_decides(hall: Hall) -> list[str]:
    """Reception looks into the trays: what lies there was printed, the rest is printed again.

    The tickets that were decided about.
    """
    office = hall.office
    office.clock.now = unix_ms() + hall.shift
    table = schema.staff
    with office.store.reading() as db:
        row = db.execute(table.select().where(table.c.role == Role.RECEPTION)).first()
    assert row is not None
    code = office.house.access.invite(
        office.id, "reception", staff_id=row.id, counter_id=None, valid_ms=MINUTE
    )
    desk = Toucher(hall.served_at)
    desk.enters(f"/enter/{code}")
    trays = came_out(hall)
    decided = [str(one[0]) for one in hall.rows(UNCERTAIN)]
    for ticket_id in decided:
        page = desk.looks(f"/reception/tickets/{ticket_id}")
        verb = "printed" if trays[ticket_id] else "reprint"
        desk.sends(f"/reception/tickets/{ticket_id}/{verb}", page)
    return decided


def came_out(hall: Hall) -> Counter[str]:
    """How many whole slips of each ticket lie in the trays."""
    whose = {row[1]: str(row[0]) for row in hall.rows("SELECT id, track_hash FROM tickets")}
    slips = [slip for kiosk in hall.kiosks for slip in kiosk.tray if slip.cut]
    tokens = [decode_qr(slip.image()).rpartition("/")[2] for slip in slips]
    return Counter(whose[token_hash(token)] for token in tokens)
