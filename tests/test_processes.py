"""Many at once: threads of one process on SQLite, processes on PostgreSQL."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import count
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier as MeetingPoint
from threading import Barrier, Event
from typing import TypeVar

import pytest
from sqlalchemy import event

from server.domain.refusals import NotAllowed
from server.domain.ticket import State
from server.domain.wish import Wish
from server.house import House
from server.serving import unix_ms
from server.store import schema
from server.store.engine import Store
from server.store.ids import new_id
from tests.office import PROGRAM, Office

THREADS = 8
PROCESSES = 4
EACH = 200
COUNTERS = 8
WAITING = 160


Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Work:
    """What one process does, in as many threads as there are `counters` or as it is told."""

    url: str
    office_id: int
    service_id: int = 0
    counters: tuple[int, ...] = ()


def issue_many(work: Work, threads: int = THREADS // PROCESSES) -> list[str]:
    """The numbers that this process gave."""
    store = Store(work.url)
    desk = House(store, unix_ms, lambda *_, **__: None).rooms(work.office_id).desk
    wish = Wish(work.service_id)
    with ThreadPoolExecutor(threads) as pool:
        seen = list(pool.map(lambda _: desk.issue(wish, PROGRAM), range(EACH * threads)))
    store.close()
    return [one.ticket.number for one in seen]


def call_until_nobody_waits(work: Work) -> list[int]:
    """The tickets that this process's counters called, each counter in a thread of its own."""
    store = Store(work.url)
    desk = House(store, unix_ms, lambda *_, **__: None).rooms(work.office_id).desk
    called: list[int] = []

    def serve(counter_id: int) -> None:
        while seen := desk.call_next(counter_id, PROGRAM, finish=True):
            called.append(seen.ticket.id)

    with ThreadPoolExecutor(len(work.counters)) as pool:
        list(pool.map(serve, work.counters))
    store.close()
    return called


def in_processes(act: Callable[[Work], list[Answer]], shares: list[Work]) -> list[Answer]:
    """Each share in a process of its own; all begin at the same moment."""
    spawn = get_context("spawn")
    start = spawn.Barrier(len(shares))
    with ProcessPoolExecutor(len(shares), spawn, _meet_at, (start,)) as pool:
        return [one for answers in pool.map(act, shares) for one in answers]


def _meet_at(start: MeetingPoint) -> None:
    """Before its share each process waits until all the others are up, too."""
    start.wait()


def more_counters(office: Office) -> list[int]:
    """As many counters as the test wants, all taking every service."""
    made = [new_id(office.clock()) for _ in range(COUNTERS)]
    services = [service.id for service in office.reads.services()]
    key = {"office_id": office.id}
    with office.store.writing() as db:
        names = {"name_th": "ช่อง", "name_en": "Counter", "state": "open"}
        rows = [{**key, "id": id, "number": f"X{at}", **names} for at, id in enumerate(made)]
        db.execute(schema.counters.insert(), rows)
        pairs = [(counter, service) for counter in made for service in services]
        rows = [
            {**key, "counter_id": counter, "service_id": service, "penalty_s": 0}
            for counter, service in pairs
        ]
        db.execute(schema.counter_services.insert(), rows)
    return made


@pytest.fixture
def url(store: Store) -> str:
    return store.engine.url.render_as_string(hide_password=False)


def shares(office: Office, url: str, counters: list[int]) -> list[Work]:
    service_id = office.service("birth").id
    return [
        Work(url, office.id, service_id, tuple(counters[at::PROCESSES])) for at in range(PROCESSES)
    ]


def test_eight_at_once_give_sixteen_hundred_numbers_none_twice_none_missing(
    office: Office, url: str
) -> None:
    if office.store.is_sqlite:  # one process serves an office on SQLite
        numbers = issue_many(Work(url, office.id, office.service("birth").id), THREADS)
    else:
        numbers = in_processes(issue_many, shares(office, url, []))
    wanted = [f"A{n:03}" for n in range(1, THREADS * EACH + 1)]
    assert sorted(numbers, key=lambda number: int(number[1:])) == wanted
    with office.store.reading() as db:
        stored = db.execute(schema.tickets.select()).all()
        assert len({row.id for row in stored}) == THREADS * EACH
        events = db.execute(schema.ticket_events.select()).all()
    assert Counter(event.ticket_id for event in events) == Counter(row.id for row in stored)


def test_eight_counters_call_everybody_exactly_once(office: Office, url: str) -> None:
    counters = more_counters(office)
    codes = ("birth", "land-tax", "complaint", "elderly-allowance")
    issued = [office.issue(codes[n % len(codes)]).ticket.id for n in range(WAITING)]
    if office.store.is_sqlite:
        called = call_until_nobody_waits(Work(url, office.id, counters=tuple(counters)))
    else:
        called = in_processes(call_until_nobody_waits, shares(office, url, counters))
    assert sorted(called) == sorted(issued)
    with office.store.reading() as db:
        steps = db.execute(schema.steps.select()).all()
    assert {step.state for step in steps} == {State.DONE}
    with office.store.reading() as db:
        kinds = Counter(event.kind for event in db.execute(schema.ticket_events.select()))
    assert kinds == {"issued": WAITING, "called": WAITING, "finished": WAITING}


def at_once(*verbs: Callable[[], object]) -> list[bool]:
    """Presses all of them at the same moment; tells which were done (and gave something)."""
    start = Barrier(len(verbs))

    def press(verb: Callable[[], object]) -> bool:
        start.wait()
        try:
            return verb() is not None
        except NotAllowed:
            return False

    with ThreadPoolExecutor(len(verbs)) as fingers:
        return list(fingers.map(press, verbs))


def test_one_counter_pressed_by_many_at_once_calls_one(office: Office) -> None:
    for _ in range(THREADS):
        office.issue()
    assert sum(at_once(*[office.call_next] * THREADS)) == 1
    assert len(office.reads.board().calls) == 1


def test_one_visitor_called_by_many_at_once_goes_to_one(office: Office) -> None:
    visitor, counters = office.issue().ticket.id, more_counters(office)
    calls = [partial(office.desk.call, visitor, one, "รีบ", PROGRAM) for one in counters]
    assert sum(at_once(*calls)) == 1


@pytest.mark.parametrize("round_", range(8))
def test_verbs_that_meet_at_one_ticket_leave_it_whole(office: Office, round_: int) -> None:
    """No deadlock and no half move, whoever wins."""
    visitor, desk = office.issue().ticket.id, office.desk
    office.call_next("1")
    tax, third = office.service("land-tax").id, office.counter("3").id
    verbs: list[Callable[[], object]] = [
        partial(desk.finish, visitor, PROGRAM),
        partial(desk.transfer, visitor, PROGRAM, service_id=tax, counter_id=third),
        partial(desk.no_show, visitor, PROGRAM),
        partial(desk.cancel, visitor, "กลับบ้าน", PROGRAM),
        partial(office.call_next, "1", finish=True),
    ]
    at_once(*verbs[round_ % 5 :], *verbs[: round_ % 5])
    ticket = office.reads.ticket(visitor).ticket
    happened = [event.kind for event in office.reads.events(visitor)]
    assert happened[:2] == ["issued", "called"] and len(happened) >= 3
    moved_on = happened.count("transferred")
    assert len(ticket.steps) == 1 + moved_on <= 2
    assert all(step.state is State.DONE for step in ticket.steps[:moved_on])
    leads = {"finished": "done", "transferred": "waiting"}
    assert ticket.state == leads.get(happened[-1], happened[-1])


@pytest.mark.parametrize("round_", range(6))
def test_a_counter_that_resumes_and_calls_at_once_has_one_visitor(
    office: Office, round_: int
) -> None:
    parked = office.issue().ticket.id
    office.call_next("1")
    office.desk.hold(parked, "ถ่ายเอกสาร", PROGRAM)
    office.issue()
    verbs: list[Callable[[], object]] = [
        partial(office.desk.resume, parked, PROGRAM),
        partial(office.call_next, "1"),
    ]
    assert sum(at_once(*verbs[:: -1 if round_ % 2 else 1])) == 1


def test_the_only_visitor_is_called_though_the_spool_holds_the_row_just_now(
    postgres_store: Store,
) -> None:
    office = Office(postgres_store)
    waits = office.issue().ticket.id
    looks, looked = count(), Event()

    def listen(_db: object, _cursor: object, statement: str, *_: object) -> None:
        if "SKIP LOCKED" in statement and next(looks) == 2:
            looked.set()

    event.listen(office.store.engine, "before_cursor_execute", listen)
    with ThreadPoolExecutor(1) as pool, office.store.writing() as db:
        mine = schema.tickets.c.id == waits
        db.execute(schema.tickets.update().where(mine).values(slip_state="printed"))
        calling = pool.submit(office.call_next, "1")
        assert looked.wait(10)
        db.commit()
        called = calling.result()
    assert called is not None
    assert called.ticket.id == waits
