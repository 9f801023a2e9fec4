"""Everybody presses at once: threads on SQLite, processes on PostgreSQL, one killed midway."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import get_context

from sqlalchemy import text

from server.check import Check
from server.serving import unix_ms
from server.store.engine import Store
from tests.crowd import WEIGHTS, Restless, in_a_process
from tests.office import Office
from tests.truth import everything_holds, rows_of

THREADS, PROCESSES, PRESSES = 16, 4, 500
DEADLOCKS = text("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")


def all_is_well(office: Office) -> None:
    everything_holds(rows_of(office.store, office.id))
    with office.store.reading() as db:
        assert list(Check(db, unix_ms()).findings(office.id)) == []


def test_sixteen_threads_that_press_everything_leave_the_queue_whole(sqlite_store: Store) -> None:
    office = Office(sqlite_store)
    crowd = [Restless(office.store, office.id, seed) for seed in range(THREADS)]

    def press(hands: Restless) -> None:
        for at in range(PRESSES):
            hands.press(at)

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(press, crowd))

    assert [text for hands in crowd for text in hands.unexpected] == []
    done: Counter[str] = sum((hands.done for hands in crowd), Counter())
    assert set(done) == set(WEIGHTS), "some verb was never done"
    assert sum(done.values()) > THREADS * PRESSES / 3
    all_is_well(office)


def test_four_processes_and_one_that_is_killed_midway_leave_the_queue_whole(
    postgres_store: Store,
) -> None:
    office = Office(postgres_store)
    url = office.store.engine.url.render_as_string(hide_password=False)
    spawn = get_context("spawn")
    lines = [spawn.Pipe() for _ in range(PROCESSES)]
    crowd = [
        spawn.Process(target=in_a_process, args=(url, office.id, seed, PRESSES, theirs))
        for seed, (_, theirs) in enumerate(lines)
    ]
    for process in crowd:
        process.start()
    ours = [mine for mine, _ in lines]
    for line in ours:
        assert line.recv() == "ready"
    for line in ours:
        line.send("now")
    assert ours[0].recv() == "half"
    crowd[0].kill()
    crowd[0].join()
    assert crowd[0].exitcode == -9

    done: Counter[str] = Counter()
    for line, process in zip(ours[1:], crowd[1:], strict=True):
        assert line.recv() == "half"
        its, unexpected = line.recv()
        assert unexpected == [], unexpected[0]
        done += its
        process.join()
    assert sum(done.values()) > (PROCESSES - 1) * PRESSES / 3
    all_is_well(office)
    with office.store.reading() as db:
        assert db.scalar(DEADLOCKS) == 0
