"""`khiu check`: sound data pass, and every kind of wrong row is found and named."""

import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, create_engine, text

from server.check import Check
from server.cli import run
from server.domain.order import Priority
from server.domain.rating import Answer
from server.domain.refusals import Refusal
from server.domain.ticket import Outcome
from server.domain.wish import Actor, Wish
from server.links import SURVEY, link_token
from server.simulation import simulate
from server.store import offices, proofs
from server.store.engine import Store
from server.store.migrate import migrate
from tests.office import PROGRAM, Office, demo_file

Said = pytest.CaptureFixture[str]
SERVICES = ("birth", "land-tax", "complaint", "elderly-allowance")
COUNTERS = ("1", "3", "5")
STAFF = Actor("staff", 7)


def findings(office: Office) -> list[str]:
    with office.store.reading() as db:
        return list(Check(db, office.clock()).findings())


# ---------------------------------------------------------------- a day in any order


class AnyDay:
    """Whatever people press, in whatever order; most of it is refused, as it should be."""

    def __init__(self, office: Office) -> None:
        self.office, self.desk = office, office.desk
        self.services = [office.service(code).id for code in SERVICES]
        self.counters = [office.counter(number).id for number in COUNTERS]
        self.ids, self.called = [office.issue().ticket.id], list[int]()
        self.deeds: list[Callable[[int, int], None]] = [
            *(self.issue, self.issue, self.next, self.next, self.finish, self.finish),
            *(self.start, self.recall, self.no_show, self.back, self.hold, self.resume),
            *(self.elsewhere, self.to_counter, self.add, self.drop, self.call),
            *(self.cancel, self.wait, self.wait, self.close, self.close_day, self.new_day),
        ]

    def press(self, which: int, one: int, other: int) -> None:
        with suppress(Refusal):
            self.deeds[which % len(self.deeds)](one, other)

    def some(self, one: int) -> int:
        """One of the newest, or one of those called last: the others are over soon."""
        ids = self.called if self.called and one % 2 else self.ids
        return ids[-1 - one // 2 % min(4, len(ids))]

    def issue(self, one: int, other: int) -> None:
        first = self.services[one % 4]
        more = tuple(self.services[n % 4] for n in range(other % 3))
        priority = list(Priority)[other % len(Priority)]
        booked = self.office.clock() + (one - 3) * 600_000 if one > 5 else None
        wish = Wish(first, priority, more_service_ids=more, slot_at=booked)
        self.ids.append(self.desk.issue(wish, PROGRAM).ticket.id)

    def next(self, one: int, other: int) -> None:
        seen = self.desk.call_next(self.counters[one % 3], STAFF, finish=other % 2 == 0)
        self.called += [seen.ticket.id] if seen else []

    def call(self, one: int, other: int) -> None:
        self.desk.call(self.some(one), self.counters[other % 3], "urgent", STAFF)

    def finish(self, one: int, other: int) -> None:
        outcome = Outcome.SERVED if other % 3 else Outcome.SERVED_ELSEWHERE
        self.desk.finish(self.some(one), STAFF, outcome)

    def start(self, one: int, _other: int) -> None:
        self.desk.start(self.some(one), STAFF)

    def recall(self, one: int, _other: int) -> None:
        self.desk.recall(self.some(one), STAFF)

    def no_show(self, one: int, _other: int) -> None:
        self.desk.no_show(self.some(one), STAFF)

    def back(self, one: int, _other: int) -> None:
        self.desk.bring_back(self.some(one), STAFF)

    def hold(self, one: int, _other: int) -> None:
        self.desk.hold(self.some(one), "copies", STAFF)

    def resume(self, one: int, _other: int) -> None:
        self.desk.resume(self.some(one), STAFF)

    def elsewhere(self, one: int, other: int) -> None:
        target = self.counters[other % 3] if other % 2 else None
        service_id = self.services[other % 4]
        self.desk.transfer(self.some(one), STAFF, service_id=service_id, counter_id=target)

    def to_counter(self, one: int, other: int) -> None:
        self.desk.transfer(self.some(one), STAFF, counter_id=self.counters[other % 3])

    def add(self, one: int, other: int) -> None:
        self.desk.add_step(self.some(one), self.services[other % 4], STAFF)

    def drop(self, one: int, _other: int) -> None:
        id = self.some(one)
        steps = self.office.reads.ticket(id).ticket.steps
        self.desk.drop_step(id, steps[-1].id, STAFF)

    def cancel(self, one: int, other: int) -> None:
        outcomes = (Outcome.LEFT, Outcome.TURNED_AWAY, Outcome.ISSUED_IN_ERROR)
        self.desk.cancel(self.some(one), "left", STAFF, outcomes[other % 3])

    def close(self, one: int, _other: int) -> None:
        self.desk.close_counter(self.counters[one % 3], STAFF)

    def close_day(self, one: int, other: int) -> None:
        if (one + other) % 5 == 0:
            self.desk.close_day(STAFF)

    def wait(self, one: int, other: int) -> None:
        self.office.clock.minutes(other - 1 if one % 4 else -other)  # clocks are also set back

    def new_day(self, one: int, other: int) -> None:
        if (one + other) % 5 == 0:
            self.office.clock.minutes(14 * 60)
            self.desk.close_days_before(self.office.reads.today())


SMALL = st.integers(0, 9)
PRESSES = st.lists(st.tuples(st.integers(0, 22), SMALL, SMALL), min_size=15, max_size=60)


@given(presses=PRESSES)
@settings(max_examples=15, phases=[Phase.generate])  # each is a whole day: no shrinking
def test_any_sequence_of_verbs_leaves_the_state_its_events_tell(
    empty_sqlite: Path, presses: list[tuple[int, int, int]]
) -> None:
    with TemporaryDirectory() as folder:
        shutil.copy(empty_sqlite, f"{folder}/khiu.db")
        store = Store(f"sqlite:///{folder}/khiu.db")
        office = Office(store)
        day = AnyDay(office)
        for which, one, other in presses:
            day.press(which, one, other)
        try:
            assert findings(office) == []
        finally:
            store.close()


def test_a_busy_day_and_its_end_leave_nothing_to_find(office: Office) -> None:
    day, dice = AnyDay(office), Random(4)
    for _ in range(250):
        day.press(dice.randrange(23), dice.randrange(10), dice.randrange(10))
    assert findings(office) == []
    office.clock.minutes(24 * 60)
    office.desk.close_days_before(office.reads.today())
    assert findings(office) == []
    with office.store.reading() as db:
        check = Check(db, office.clock())
        assert list(check.findings(office.id)) == []
    assert check.looked.tickets == len(day.ids)
    assert check.looked.events > check.looked.tickets


def test_a_visit_forgotten_at_its_counter_is_sound_after_the_days_end(office: Office) -> None:
    office.issue("birth", more=("land-tax", "complaint"))
    called = office.call_next("1")
    assert called is not None
    office.desk.start(called.ticket.id, STAFF)
    office.clock.minutes(30 * 60)
    assert office.desk.close_days_before(office.reads.today()) == 1
    assert findings(office) == []


def test_parked_before_and_after_the_start_is_sound(office: Office) -> None:
    office.issue()
    called = office.call_next("1")
    assert called is not None
    id = called.ticket.id
    for starts in (False, True):
        office.clock.minutes(1)
        if starts:
            office.desk.start(id, STAFF)
            office.clock.minutes(1)
        for _ in range(2):
            office.desk.hold(id, "copies", STAFF)
            office.clock.minutes(1)
            office.desk.resume(id, STAFF)
            assert findings(office) == []
        office.desk.transfer(id, STAFF, counter_id=office.counter("1").id)
        office.call_next("1")
    office.desk.finish(id, STAFF)
    assert findings(office) == []


def test_an_answer_of_the_same_hour_is_sound(office: Office) -> None:
    """Of an answer the hour is kept, and that begins before the visit ends."""
    office.clock.minutes(20)
    ticket_id = office.serve().ticket.id
    office.clock.minutes(10)
    token = link_token(office.house.secret(office.id), SURVEY, ticket_id)
    office.rooms.satisfaction.answer(token, Answer({"overall": 4}))
    assert findings(office) == []


def test_a_simulated_past_leaves_nothing_to_find(office: Office) -> None:
    assert simulate(office.store, office.id, date(2026, 3, 2), date(2026, 3, 20), seed=3) > 500
    assert findings(office) == []


# ---------------------------------------------------------------- what is planted is found


@dataclass
class Busy:
    """An office with somebody in every place, and the ids that the planted lines name."""

    office: Office
    ids: dict[str, int | str]


def busy_office(store: Store) -> Busy:
    office = Office(store, printer_url="tcp://127.0.0.1:9")
    desk, ids = office.desk, {}
    called = {number: office.counter(number).id for number in COUNTERS}
    visits = {"served": office.serve()}
    office.clock.minutes(3)
    visits["visit"] = office.issue("land-tax", more=("birth", "complaint"))
    office.call_next("3")
    desk.start(visits["visit"].ticket.id, PROGRAM)
    visits["called"] = office.issue("birth")
    office.clock.minutes(1)
    office.call_next("1")
    desk.recall(visits["called"].ticket.id, PROGRAM)
    visits["elsewhere"] = office.issue("elderly-allowance")
    desk.transfer(visits["elsewhere"].ticket.id, PROGRAM, service_id=office.service("birth").id)
    visits["gone"] = office.issue("birth")
    desk.cancel(visits["gone"].ticket.id, "left", PROGRAM)
    office.clock.minutes(1)
    visits["waiting"] = office.issue("birth")
    visits["last"] = office.issue("birth")
    for name, seen in visits.items():
        ids[name] = seen.ticket.id
        for step in office.reads.ticket(seen.ticket.id).ticket.steps:
            ids.setdefault(f"{name}_step", step.id)
    found: dict[str, int | str] = {**ids, "office": office.id, "counter": called["1"]}
    return Busy(office, found | {"other": called["5"], "now": office.clock()})


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def busy(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Busy]:
    if request.param == "sqlite":
        store = Store(f"sqlite:///{tmp_path_factory.mktemp('busy')}/khiu.db")
    else:
        cluster = request.getfixturevalue("postgres")
        admin = create_engine(f"{cluster}/postgres", isolation_level="AUTOCOMMIT")
        with admin.connect() as db:
            db.exec_driver_sql("CREATE DATABASE busy")
        admin.dispose()
        store = Store(f"{cluster}/busy")
    migrate(store)
    yield busy_office(store)
    store.close()


@contextmanager
def unguarded(store: Store) -> Iterator[Connection]:
    """A transaction without the schema's guard over rows that name others; it never happened."""
    with store.engine.connect() as db:
        raw: Any = db.connection.driver_connection
        if store.is_sqlite:
            raw.execute("PRAGMA foreign_keys = OFF")
        with db.begin() as transaction:
            if not store.is_sqlite:
                db.execute(text("SET LOCAL session_replication_role = replica"))
            yield db
            transaction.rollback()
        if store.is_sqlite:
            raw.execute("PRAGMA foreign_keys = ON")


STEP = "UPDATE steps SET {} WHERE id = :{}_step"
EVENT = "UPDATE ticket_events SET {} WHERE ticket_id = :{} AND kind = '{}'"
ADD = """INSERT INTO ticket_events (office_id, id, ticket_id, step_id, at, kind, actor)
         VALUES (:office, {}, :{}, {}, :now, '{}', 'x')"""
SEAT = """INSERT INTO counter_events (office_id, id, counter_id, at, state, actor)
          VALUES (:office, {}, :counter, {}, 'open', 'x')"""
TOKEN = """INSERT INTO survey_tokens (office_id, token_hash, service_id, {}) SELECT office_id,
           'planted-token', {}, {} FROM services WHERE office_id = :office LIMIT 1"""
NEVER = 9_000_000_000_000_000_000

PLANTED = {
    "a number above the last": (
        "UPDATE numbers SET last = last - 1 WHERE prefix = 'R'",
        r"R\d+ of 2026-10-01 \(ticket \d+\) is not among the numbers given",
    ),
    "a lost number": (
        "UPDATE numbers SET last = last + 2 WHERE prefix = 'R'",
        r"R\d+, R\d+ of 2026-10-01 was given and has no ticket",
    ),
    "a day whose tickets are all lost": (
        "INSERT INTO numbers (office_id, day, prefix, last) VALUES (:office, '2026-09-30', 'R', 1)",
        r"R001 of 2026-09-30 was given and has no ticket",
    ),
    "numbers without their series": (
        "DELETE FROM numbers WHERE prefix = 'R'",
        r"R001 of .* is not among the numbers given, 1 to 0",
    ),
    "an event without its ticket": (
        "DELETE FROM tickets WHERE id = :waiting",
        r"event \d+ \(issued\) belongs to no ticket: {waiting}",
    ),
    "a step without its ticket": (
        "DELETE FROM tickets WHERE id = :last",
        r"step \d+ belongs to no ticket: {last}",
    ),
    "an event without its step": (
        "UPDATE ticket_events SET step_id = 5 WHERE ticket_id = :waiting",
        r"ticket {waiting}\): event \d+ \(issued\) has no step",
    ),
    "a ticket without steps": (
        "DELETE FROM steps WHERE ticket_id = :waiting",
        r"ticket {waiting}\): has no step",
    ),
    "a ticket without events": (
        "DELETE FROM ticket_events WHERE ticket_id = :waiting",
        r"ticket {waiting}\): has no event that issued it",
    ),
    "a state that the events do not tell": (
        STEP.format("state = 'done', outcome = 'served', ended_at = :now", "waiting"),
        r"step {waiting_step}: its state is done; by its events it is waiting",
    ),
    "a state that there is not": (
        STEP.format("state = 'asleep'", "waiting"),
        r"its state is asleep; by its events it is waiting",
    ),
    "a planned step that began by itself": (
        "UPDATE steps SET state = 'waiting' WHERE ticket_id = :visit AND position = 1",
        r"ticket {visit}\): .* its state is waiting; by its events it is planned",
    ),
    "a wrong outcome": (
        STEP.format("outcome = 'left'", "served"),
        r"step {served_step}: its outcome is left; by its events it is served or served_elsewhere",
    ),
    "an outcome that is missing": (
        STEP.format("outcome = NULL", "gone"),
        r"its outcome is none; by its events it is left or turned_away or issued_in_error",
    ),
    "a wrong counter": (
        STEP.format("counter_id = :other", "called"),
        r"step {called_step}: its counter is {other}; by its events it is {counter}",
    ),
    "a wrong time": (
        STEP.format("first_called_at = first_called_at - 1000", "called"),
        r"step {called_step}: first_called_at is \d+; by its events it is \d+",
    ),
    "a call before the number": (
        STEP.format("first_called_at = issued_at - 1", "called"),
        r"step {called_step}: first_called_at lies before issued_at",
    ),
    "an end before the call": (
        STEP.format("ended_at = called_at - 1", "served"),
        r"step {served_step}: ended_at lies before called_at",
    ),
    "a time in the future": (
        STEP.format("ended_at = 1890816400000", "served"),
        r"step {served_step}: ended_at lies in the future",
    ),
    "events that go backwards": (
        EVENT.format("at = at - 60000", "called", "recalled"),
        r"ticket {called}\): event \d+ \(recalled\) is earlier than the one before it",
    ),
    "an event in the future": (
        EVENT.format("at = 1890816400000", "waiting", "issued"),
        r"ticket {waiting}\): event \d+ \(issued\) lies in the future",
    ),
    "an event that cannot follow": (
        ADD.format(NEVER, "waiting", ":waiting_step", "resumed"),
        r"event 9\d+ \(resumed\) cannot follow the state waiting",
    ),
    "an event of no known kind": (
        ADD.format(NEVER, "waiting", ":waiting_step", "danced"),
        r"event 9\d+ is of no known kind: danced",
    ),
    "a step issued twice": (
        ADD.format(NEVER, "waiting", ":waiting_step", "issued"),
        r"event 9\d+ issues the same step again",
    ),
    "wrong recalls": (
        STEP.format("recalls = 7", "called"),
        r"was called again 7 times; by its events 1",
    ),
    "returns that nobody made": (
        STEP.format("returns = 1", "called"),
        r"has returned 1 times; by its events 0",
    ),
    "a step that counts in another day": (
        STEP.format("day = '2026-10-02'", "waiting"),
        r"counts in the day 2026-10-02, and began to wait on 2026-10-01",
    ),
    "a ticket of another day": (
        "UPDATE tickets SET day = '2026-10-02' WHERE id = :last",
        r"ticket {last}\): was issued on another day",
    ),
    "a place in line after the arrival": (
        STEP.format("queue_at = issued_at + 1", "waiting"),
        r"step {waiting_step}: stands at \d+ in line",
    ),
    "a place in line too far ahead": (
        STEP.format("queue_at = issued_at - 1800001", "waiting"),
        r"step {waiting_step}: stands at \d+ in line",
    ),
    "a wait that was told upside down": (
        STEP.format("told_low_s = 900, told_likely_s = 60, told_high_s = 60", "waiting"),
        r"the wait that was told is no range: \[900, 60, 60\]",
    ),
    "a transfer whose step is lost": (
        "DELETE FROM steps WHERE ticket_id = :elsewhere AND position = 1",
        r"ticket {elsewhere}\): .* its state is done; by its events it is waiting",
    ),
    "two at one counter": (
        STEP.format("state = 'called', counter_id = :counter", "waiting"),
        r"counter {counter} has two tickets: {called} and {waiting}",
    ),
    "a call of nobody on the board": (
        "UPDATE current_calls SET ticket_id = 5 WHERE counter_id = :counter",
        r"the board calls \w\d+ to counter {counter}: no ticket 5 was called there",
    ),
    "a call on the board that never was": (
        "UPDATE current_calls SET call_id = 5 WHERE counter_id = :counter",
        r"no ticket {called} was called there",
    ),
    "a counter's changes that go backwards": (
        SEAT.format(NEVER, 5),
        r"counter {counter}: event 9\d+ is earlier than the one before it",
    ),
    "a counter's change in the future": (
        SEAT.format(NEVER, 1_890_816_400_000),
        r"counter {counter}: event 9\d+ lies in the future",
    ),
    "a slip of no ticket": (
        "UPDATE slip_jobs SET ticket_id = 5 WHERE ticket_id = :waiting",
        r"slip job \d+ has no ticket 5",
    ),
    "a survey of no service": (
        TOKEN.format("opened_at", "5", "NULL"),
        r"survey token planted- has no service 5",
    ),
    "a survey answered before it opened": (
        TOKEN.format("answered_at", "id", ":now"),
        r"survey token planted- has impossible times",
    ),
    "an item of no answer": (
        """INSERT INTO answer_items (office_id, answer_id, item, aspect, score)
           VALUES (:office, 5, 'overall', 'overall', 4)""",
        r"an item \(overall\) has no answer 5",
    ),
}


def test_the_busy_office_itself_is_sound(busy: Busy) -> None:
    assert findings(busy.office) == []


def looked_at(db: Connection, busy: Busy) -> list[str]:
    return list(Check(db, busy.office.clock()).findings())


@pytest.mark.parametrize("wrong", PLANTED)
def test_what_is_wrong_is_found_and_named(busy: Busy, wrong: str) -> None:
    statement, expected = PLANTED[wrong]
    ids = {name: str(id) for name, id in busy.ids.items()}
    for name, id in ids.items():
        expected = expected.replace(f"{{{name}}}", id)
    with unguarded(busy.office.store) as db:
        asked = text(statement)
        changed = db.execute(asked, {n: busy.ids[n] for n in re.findall(r":([a-z_]+)", statement)})
        assert changed.rowcount > 0
        found = looked_at(db, busy)
    assert any(re.search(f"^tua-yang: .*{expected}", line) for line in found), found
    assert findings(busy.office) == []


def test_a_number_given_twice_is_found_though_the_schema_refuses_it(busy: Busy) -> None:
    without = ["ALTER TABLE tickets DROP CONSTRAINT uq_tickets_office_id_day_prefix_number"]
    if busy.office.store.is_sqlite:
        without = [
            "CREATE TABLE bare AS SELECT * FROM tickets",
            "CREATE UNIQUE INDEX bare_key ON bare (office_id, id)",
            "DROP TABLE tickets",
            "ALTER TABLE bare RENAME TO tickets",
        ]
    with unguarded(busy.office.store) as db:
        for statement in without:
            db.execute(text(statement))
        db.execute(
            text("""UPDATE tickets SET number = number - 1 WHERE id = :last"""),
            {"last": busy.ids["last"]},
        )
        found = looked_at(db, busy)
    ids = f"{busy.ids['waiting']} and {busy.ids['last']}"
    assert any(re.search(rf"A004 of .*\(ticket {ids}\) was given 2 times", f) for f in found), found
    assert any("A005 of 2026-10-01 was given and has no ticket" in line for line in found)


def test_what_lies_between_two_readings_is_found_too(
    busy: Busy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proofs, "AT_ONCE", 2)
    with unguarded(busy.office.store) as db:
        assert looked_at(db, busy) == []
        db.execute(text("DELETE FROM tickets WHERE id = :gone"), {"gone": busy.ids["gone"]})
        for id in (1, NEVER):
            lone = ADD.format(id, "waiting", 5, "issued").replace(":waiting", str(id))
            db.execute(text(lone), {"office": busy.ids["office"], "now": busy.ids["now"]})
        found = looked_at(db, busy)
    for id in (1, int(busy.ids["gone"]), NEVER):
        assert any(f"belongs to no ticket: {id}" in line for line in found), found


def test_each_office_has_findings_of_its_own(office: Office) -> None:
    office.serve()
    file = demo_file()
    second = file.model_copy(update={"office": file.office.model_copy(update={"slug": "second"})})
    with office.store.writing() as db:
        other = offices.add(db, second, office.clock(), demo=True)
        db.execute(text("UPDATE steps SET recalls = 4"))
    with office.store.reading() as db:
        check = Check(db, office.clock())
        assert list(check.findings(other)) == []
        assert check.looked.tickets == 0
        (line,) = check.findings(office.id)
        assert line.startswith("tua-yang: ")
        assert list(check.findings()) == [line]


# ---------------------------------------------------------------- the command


@pytest.fixture
def data(small_office: Office, tmp_path: Path) -> Path:
    """The data directory of an office where somebody was served."""
    small_office.serve()
    return tmp_path


def test_the_command_says_that_all_is_well(data: Path, capsys: Said) -> None:
    for more in ([], ["--office", "tua-yang"]):
        assert run(["check", "--data", str(data), *more]) == 0
        said = capsys.readouterr()
        assert said.out == "all is well: 1 tickets with 3 events in 1 offices\n"
        assert said.err == ""
    assert run(["check", "--data", str(data), "--office", "nowhere"]) == 1
    assert "nowhere" in capsys.readouterr().err


def test_the_command_ends_with_1_and_a_line_for_each_finding(
    data: Path, small_office: Office, capsys: Said
) -> None:
    with small_office.store.writing() as db:
        db.execute(text("UPDATE steps SET state = 'waiting', recalls = 4"))
    assert run(["check", "--data", str(data)]) == 1
    said = capsys.readouterr()
    assert said.out.count("\n") == 2 and "by its events it is done" in said.out
    assert said.err == "khiu: 2 findings in 1 tickets with 3 events in 1 offices\n"


def test_no_more_than_200_lines_are_said(data: Path, small_office: Office, capsys: Said) -> None:
    with small_office.store.writing() as db:
        db.execute(text("UPDATE numbers SET last = 1"))
        for n in range(250):
            db.execute(
                text("INSERT INTO numbers SELECT office_id, :day, 'R', 1 FROM numbers LIMIT 1"),
                {"day": f"x{n}"},
            )
    assert run(["check", "--data", str(data)]) == 1
    said = capsys.readouterr()
    assert said.out.count("\n") == 201
    assert said.out.endswith("… and 50 more\n")


def test_a_damaged_file_is_a_finding(data: Path, small_office: Office, capsys: Said) -> None:
    small_office.store.close()
    file = data / "khiu.db"
    with closing(sqlite3.connect(file)) as db:
        asked = "SELECT rootpage FROM sqlite_master WHERE name = 'ix_steps_ticket'"
        (page,) = db.execute(asked).fetchone()
        (size,) = db.execute("PRAGMA page_size").fetchone()
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with file.open("r+b") as raw:
        raw.seek((page - 1) * size)
        raw.write(b"\x5a" * size)
    assert run(["check", "--data", str(data)]) == 1
    said = capsys.readouterr()
    assert "malformed" in said.out
    assert said.err.count("\n") == 1


def test_a_row_that_names_a_missing_row_is_found_by_sqlite_itself(small_office: Office) -> None:
    with unguarded(small_office.store) as db:
        db.execute(text("UPDATE services SET division_id = 5 WHERE code = 'birth'"))
        found = list(Check(db, small_office.clock()).findings())
    assert any("a row of services names a row of divisions" in line for line in found), found


@pytest.mark.parametrize(("stands", "said"), [("0001", "earlier release"), ("9999", "later")])
def test_data_of_another_release_are_not_judged(
    data: Path, small_office: Office, capsys: Said, stands: str, said: str
) -> None:
    with small_office.store.writing() as db:
        db.execute(text("UPDATE alembic_version SET version_num = :stands"), {"stands": stands})
    assert run(["check", "--data", str(data)]) == 1
    told = capsys.readouterr()
    assert said in told.err and told.err.count("\n") == 1
    assert told.out == ""
