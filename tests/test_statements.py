"""How many statements a verb costs inside its transaction: issue 3 wants at most 12."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from printers.send import send
from server.domain.order import Priority
from server.domain.wish import RequestKey, Wish
from server.spool import Spool
from server.store import schema
from server.timer import Timer
from tests.office import PROGRAM, Office

MOST = 12


@contextmanager
def counted(office: Office, *, also_reads: bool = False) -> Iterator[list[str]]:
    """The statements of transactions that write, without BEGIN and COMMIT."""
    heard: list[str] = []

    def listen(db: Any, _cursor: Any, statement: str, *_: Any) -> None:
        writes = db.get_execution_options().get("writes") or also_reads
        if writes and not statement.startswith("BEGIN"):
            heard.append(" ".join(statement.split()))

    event.listen(office.store.engine, "before_cursor_execute", listen)
    yield heard
    event.remove(office.store.engine, "before_cursor_execute", listen)


def key(name: str) -> RequestKey:
    return RequestKey("token:1", "POST", f"/{name}", name, "hash")


def most(office: Office) -> int:
    """PostgreSQL, where several write at once, is asked what happened to the ticket last."""
    return MOST if office.store.is_sqlite else MOST + 1


@pytest.fixture
def printing(office: Office) -> Office:
    """With a printer, so that a slip is ordered too."""
    with office.store.writing() as db:
        db.execute(schema.printers.update().values(url="tcp://127.0.0.1:1"))
    for _ in range(3):
        office.issue("land-tax")
        office.issue("birth", Priority.ELDERLY)
        office.clock.minutes(1)
    return office


@pytest.mark.parametrize("repeats", [False, True])
def test_issuing_takes_at_most_twelve(printing: Office, repeats: bool) -> None:
    more = (printing.service("land-tax").id,)
    wish = Wish(printing.service("birth").id, more_service_ids=more)
    with counted(printing) as heard:
        printing.desk.issue(wish, PROGRAM, key("a") if repeats else None)
    assert 8 <= len(heard) <= MOST, heard


@pytest.mark.parametrize("repeats", [False, True])
@pytest.mark.parametrize("state", ["closed", "open", "paused"])
def test_calling_the_next_takes_at_most_twelve(printing: Office, state: str, repeats: bool) -> None:
    desk = printing.counter("1").id
    if state != "closed":
        printing.desk.open_counter(desk, PROGRAM)
        printing.clock.minutes(1)
    if state == "paused":
        printing.desk.pause_counter(desk, "พัก", PROGRAM)
    with counted(printing) as heard:
        called = printing.desk.call_next(desk, PROGRAM, key=key("a") if repeats else None)
    assert called is not None
    opening = 0 if state == "open" else 1  # who sits there is noted with it
    assert 7 <= len(heard) - opening <= most(printing), heard


@pytest.mark.parametrize("repeats", [False, True])
def test_calling_a_chosen_one_takes_at_most_twelve(printing: Office, repeats: bool) -> None:
    (last,) = printing.reads.find_tickets()[-1:]
    desk = printing.counter("1").id
    with counted(printing) as heard:
        printing.desk.call(last.ticket.id, desk, "รีบ", PROGRAM, key("a") if repeats else None)
    assert 7 <= len(heard) - 1 <= most(printing), heard  # one more: who opened the counter


@pytest.mark.parametrize("repeats", [False, True])
@pytest.mark.parametrize("steps", [1, 3])
def test_finishing_takes_at_most_twelve(printing: Office, steps: int, repeats: bool) -> None:
    visit = printing.issue("complaint", more=("birth",) * (steps - 1)).ticket
    printing.desk.call(visit.id, printing.counter("5").id, "รีบ", PROGRAM)
    with counted(printing) as heard:
        printing.desk.finish(visit.id, PROGRAM, key=key("a") if repeats else None)
    assert 5 <= len(heard) <= most(printing), heard


def test_a_repeated_request_takes_three(printing: Office) -> None:
    wish = Wish(printing.service("birth").id)
    printing.desk.issue(wish, PROGRAM, key("a"))
    with counted(printing) as heard:
        printing.desk.issue(wish, PROGRAM, key("a"))
    assert len(heard) == 3, heard  # the office, the key, the answer


def test_the_number_of_statements_does_not_grow_with_the_queue(printing: Office) -> None:
    desk = printing.counter("1").id
    with counted(printing) as few:
        printing.desk.call_next(desk, PROGRAM)
    for _ in range(60):
        printing.issue("birth")
    with counted(printing) as many:
        printing.desk.call_next(printing.counter("2").id, PROGRAM)
    assert len(many) == len(few)


# ---------------------------------------------------------------- and none reads all there is


# Whoever looks through these looks through little: the set-up, and those who are here now.
SET_UP = ("counters", "services", "pools", "staff", "counter_services", "printers", "offices")
HERE = ("ix_steps_counter", "ix_steps_waiting", "ix_steps_pool", "ix_slip_jobs_due", "c", "m")
GROWING = ("steps", "tickets", "ticket_events", "slip_jobs", "request_keys", *"stewj")
SMALL = (*SET_UP, *HERE, "current_calls", "board_versions", "COVERING", "CONSTANT")


def test_nothing_that_happens_all_day_looks_through_all_days(small_office: Office) -> None:
    """SQLite names the index it takes; a look through all rows of an office names only
    `office_id`, but for the indexes of those who are here now."""
    office = small_office
    office.serve()
    office.issue("land-tax")
    with counted(office, also_reads=True) as heard:
        office.issue()
        office.call_next("1", finish=True)
        office.desk.close_days_before("2026-10-01")
        office.reads.counters()
        office.reads.board()
        office.reads.line(office.counter("1").id)
        Spool(office.store, office.clock, send, lambda: "").print_one()
        Timer(office.house).tick()
    looked = 0
    with office.store.engine.connect() as db:
        for statement in heard:
            if statement.startswith(("SELECT", "WITH")):
                unnamed = re.sub(r":[a-z_]+", "?", statement)
                values = (1,) * unnamed.count("?")
                for row in db.exec_driver_sql(f"EXPLAIN QUERY PLAN {unnamed}", values):
                    looked += 1
                    assert not whole_table(row[3]), f"{row[3]}: {statement}"
    assert looked > 20


def whole_table(plan: str) -> bool:
    """Such as `SEARCH e USING PRIMARY KEY (office_id=?)` or `SCAN t`."""
    small = any(f" {name} " in f"{plan} " or f"autoindex_{name}_" in plan for name in SMALL)
    scans = plan.startswith("SCAN") and plan.split()[1] in GROWING
    return not small and (scans or plan.endswith("(office_id=?)"))
