"""How fast "next" is with ten who wait and no past, and with ten thousand and years of it."""

import statistics
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Connection, text

from server.desk import Desk
from server.domain.wish import Actor, Wish
from server.house import House
from server.serving import unix_ms
from server.store import offices
from server.store.engine import Store
from server.store.migrate import migrate
from tests.office import demo_file

PAST_STEPS = 5_000_000
STEPS_A_TICKET = 5
STEPS_A_DAY = 2_000
DAY_MS = 24 * 3_600_000
WAITING = {"few": 10, "many": 10_000}
ROUNDS = 150
PROGRAM = Actor("token", 1)

NTH = "WITH RECURSIVE nth(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM nth WHERE n < :last) "
OLD_TICKETS = text(
    NTH
    + """
    INSERT INTO tickets (office_id, id, day, prefix, number, priority, channel, language,
                         issued_at, slip_state, track_hash)
    SELECT :office_id, n + 1, date('2020-01-01', '+' || (n / :a_day) || ' days'), 'A',
           n % :a_day + 1, 'none', 'kiosk', 'th', :begun + (n / :a_day) * :day_ms, 'none',
           'past-' || n FROM nth"""
)
OLD_STEPS = text(
    NTH
    + """
    INSERT INTO steps (office_id, id, ticket_id, position, service_id, prefix, counter_id, state,
                       outcome, queue_at, day, issued_at, first_called_at, called_at, started_at,
                       ended_at)
    SELECT :office_id, n + 1, n / :each + 1, n % :each, :service_id, 'A', :counter_id, 'done',
           'served', at, date('2020-01-01', '+' || (n / :steps_a_day) || ' days'), at, at + 600000,
           at + 600000, at + 660000, at + 1200000
    FROM (SELECT n, :begun + (n / :steps_a_day) * :day_ms AS at FROM nth) AS past"""
)


class Hall:
    """One counter of one office and those who wait for it."""

    def __init__(self, folder: Path, waiting: int, past: int) -> None:
        self.store = Store(f"sqlite:///{folder}")
        migrate(self.store)
        with self.store.writing() as db:
            self.office_id = office_id = offices.add(db, demo_file(), unix_ms(), demo=True)
        self.rooms = rooms = House(self.store, unix_ms, lambda *_, **__: None).rooms(office_id)
        self.desk: Desk = rooms.desk
        counter = next(one for one in rooms.reads.counters() if one.number == "1")
        self.counter_id, self.service_id = counter.id, counter.service_ids[0]
        if past:
            with self.store.writing() as db:
                self._write_past(db, office_id, past)
        with self.store.writing() as db:
            db.exec_driver_sql("ANALYZE")
        self._wait(waiting)

    def _write_past(self, db: Connection, office_id: int, past: int) -> None:
        begun = unix_ms() - 7 * 365 * DAY_MS
        common = {"office_id": office_id, "begun": begun, "day_ms": DAY_MS}
        a_day = STEPS_A_DAY // STEPS_A_TICKET
        db.execute(OLD_TICKETS, {**common, "last": past // STEPS_A_TICKET - 1, "a_day": a_day})
        steps = {"each": STEPS_A_TICKET, "steps_a_day": STEPS_A_DAY, "last": past - 1}
        mine = {"service_id": self.service_id, "counter_id": self.counter_id}
        db.execute(OLD_STEPS, {**common, **steps, **mine})

    def _wait(self, waiting: int) -> None:
        for _ in range(waiting):
            self.issue()

    def issue(self) -> None:
        self.desk.issue(Wish(self.service_id), PROGRAM)

    def call(self) -> None:
        self.desk.call_next(self.counter_id, PROGRAM, finish=True)


def measure() -> list[tuple[str, str, str, str]]:
    """Rows of the table: what, with many, with few, ratio (median ms, alternated)."""
    with TemporaryDirectory() as folder:
        few = Hall(Path(folder) / "few.db", WAITING["few"], 0)
        many = Hall(Path(folder) / "many.db", WAITING["many"], PAST_STEPS)
        calls: tuple[list[float], list[float]] = ([], [])
        issues: tuple[list[float], list[float]] = ([], [])
        for nth in range(2 * ROUNDS):
            for at, hall in enumerate((many, few) if nth % 2 else (few, many)):
                which = at if nth % 2 else 1 - at
                issues[which].append(_ms(hall.issue))
                calls[which].append(_ms(hall.call))
        few.store.close()
        many.store.close()
    words = f"{WAITING['many']:,} waiting, {PAST_STEPS // 1_000_000} million past steps"
    return [
        _row(f'"next" in ms: {words} / {WAITING["few"]} waiting, none', *calls),
        _row("a number in ms: the same two", *issues),
    ]


def _row(what: str, many: list[float], few: list[float]) -> tuple[str, str, str, str]:
    one, two = statistics.median(many), statistics.median(few)
    return what, f"{one:.2f}", f"{two:.2f}", f"{one / two:.2f}"


def _ms(act: Callable[[], None]) -> float:
    begun = time.perf_counter()
    act()
    return (time.perf_counter() - begun) * 1000
