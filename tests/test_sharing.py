"""Writers on SQLite that share one commit: each is kept whole or not at all, and told in time."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import Connection, event, text
from sqlalchemy.exc import OperationalError

from server.store.engine import Store
from tests.office import Office

ADD = text("INSERT INTO notes (words) VALUES (:words)")
FULL = 60  # pages; a file that may not grow is a full disk


@pytest.fixture
def notes(tmp_path: Path) -> Iterator[Store]:
    store = Store(f"sqlite:///{tmp_path}/notes.db")
    with store.writing() as db:
        db.execute(text("CREATE TABLE notes (id INTEGER PRIMARY KEY, words TEXT UNIQUE)"))
    yield store
    store.close()


def kept(store: Store) -> list[str]:
    with store.reading() as db:
        return list(db.scalars(text("SELECT words FROM notes ORDER BY words")))


def write(store: Store, words: str) -> list[str]:
    """Writes a note; what is on the disk when it is told that the note is kept."""
    with store.writing() as db:
        db.execute(ADD, {"words": words})
    return kept(store)


@contextmanager
def all_at_once(store: Store, *words: str) -> Iterator[list[Future[list[str]]]]:
    """One writes `first` and is not done before all the others wait for their turn."""
    writing, go_on = Event(), Event()

    def first() -> list[str]:
        with store.writing() as db:
            db.execute(ADD, {"words": "first"})
            writing.set()
            assert go_on.wait(10)
        return kept(store)

    shared = store._shared
    assert shared is not None
    with ThreadPoolExecutor(len(words) + 1) as pool:
        futures = [pool.submit(first)]
        assert writing.wait(10)
        futures += [pool.submit(write, store, one) for one in words]
        pause = Event()
        while shared._waiting < len(words):
            pause.wait(0.001)
        go_on.set()
        yield futures


@contextmanager
def commits(store: Store) -> Iterator[list[Connection]]:
    """The transactions that are kept meanwhile."""
    heard: list[Connection] = []

    def listen(db: Connection) -> None:
        if db.get_execution_options().get("writes"):
            heard.append(db)

    event.listen(store.engine, "commit", listen)
    yield heard
    event.remove(store.engine, "commit", listen)


def test_those_who_wait_for_their_turn_share_one_commit(notes: Store) -> None:
    with commits(notes) as heard, all_at_once(notes, "a", "b", "c") as futures:
        seen = [one.result(10) for one in futures]
    assert seen == [["a", "b", "c", "first"]] * 4, "each is told only when all of it is kept"
    assert len(heard) == 1


def test_who_gives_way_lets_a_later_one_go_first_and_adds_nothing_to_its_wait(notes: Store) -> None:
    writing, go_on, pause = Event(), Event(), Event()

    def phone(words: str) -> None:
        with notes.writing(gives_way=True) as db:
            db.execute(ADD, {"words": words})
            writing.set()
            assert go_on.wait(10)

    shared = notes._shared
    assert shared is not None
    with commits(notes) as heard, ThreadPoolExecutor(5) as pool:
        done = [pool.submit(phone, "first")]
        assert writing.wait(10)
        done += [pool.submit(phone, f"phone {nth}") for nth in range(3)]
        while shared._giving_way < 3:
            pause.wait(0.001)
        call = pool.submit(write, notes, "call")
        while shared._waiting < 1:
            pause.wait(0.001)
        go_on.set()
        assert "call" in call.result(10)
        for one in done:
            one.result(10)
    with notes.reading() as db:
        order = list(db.scalars(text("SELECT words FROM notes ORDER BY id")))
    assert len(order) == 5
    assert order.index("call") <= 2, "one of the phones may have begun to take its turn"
    assert len(heard) == 2, "what was begun is kept with the call, and the rest after it"


def test_one_that_fails_takes_nothing_of_the_others_along(notes: Store) -> None:
    with all_at_once(notes, "a", "first", "c") as futures:
        refused = futures[2].exception(10)
        others = [futures[at].result(10) for at in (0, 1, 3)]
    assert "UNIQUE" in str(refused)
    assert others == [["a", "c", "first"]] * 3


def test_a_first_one_that_fails_alone_leaves_nothing_and_nobody_waiting(notes: Store) -> None:
    with pytest.raises(ZeroDivisionError), notes.writing() as db:
        db.execute(ADD, {"words": "half"})
        raise ZeroDivisionError
    assert kept(notes) == []
    assert write(notes, "next") == ["next"]


def _full(db: Connection) -> None:
    raw = db.connection.dbapi_connection
    assert raw is not None
    raw.execute(f"PRAGMA max_page_count = {FULL}")


def test_a_full_disk_is_told_to_everybody_whose_words_were_not_kept(notes: Store) -> None:
    with notes.writing() as db:
        _full(db)
    with all_at_once(notes, "a", "b" * FULL * 8192, "c") as futures:
        told = [one.exception(10) for one in futures]
    lost = {"first", "a", "c"} - set(kept(notes))
    assert isinstance(told[2], OperationalError)
    for words, error in zip(("first", "a", "c"), (told[0], told[1], told[3]), strict=True):
        assert (error is not None) == (words in lost), f"{words} was told a lie"
    assert write(notes, "small") == [*kept(notes)], "the next one writes as ever"


def test_a_full_disk_is_a_clear_answer_and_the_next_number_is_the_next(
    small_office: Office,
) -> None:
    office, headers = small_office, small_office.bearer()
    body = {"service_id": str(office.service("birth").id)}
    client = office.app.test_client()
    assert client.post("/api/v1/tickets", json=body, headers=headers).status_code == 201
    with office.store.writing() as db:
        pages = db.exec_driver_sql("PRAGMA page_count").scalar_one()
        db.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    statuses: list[int] = []
    while 503 not in statuses:
        assert len(statuses) < 500
        refused = client.post("/api/v1/tickets", json=body, headers=headers)
        statuses.append(refused.status_code)
    assert refused.get_json()["detail_th"]
    assert refused.headers["Retry-After"]
    with office.store.writing() as db:
        db.exec_driver_sql(f"PRAGMA max_page_count = {pages * 100}")
    given = client.post("/api/v1/tickets", json=body, headers=headers)
    assert given.get_json()["number"] == f"A{len(statuses) + 1:03}", "no number was lost"
