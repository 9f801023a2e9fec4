from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any

import pytest
import simple_websocket
from flask.testing import FlaskClient
from sqlalchemy import event

from server import shapes
from server.app import make_app
from server.config import Config
from server.domain.order import Priority
from server.domain.roles import DeviceKind, Role, TokenRole
from server.domain.settings import Words
from server.links import SURVEY, TRACK, link_token
from server.push import Push
from server.sockets import STRANGER_S
from server.store import offices, schema
from tests.browser import served
from tests.office import PROGRAM, Clock, Office, demo_file

LIVE = "/live"
# What contract section 3 names for a board, and nothing else.
BOARD = {"office", "version", "at", "calls", "recent", "waiting", "notices"}
CALL = {"call_id", "number", "counter", "counter_name", "service", "at", "recall"}


def push_of(office: Office) -> Push:
    push: Push = office.app.extensions["push"]
    return push


def listen(
    office: Office,
    auth: object = None,
    client: FlaskClient | None = None,
    headers: dict[str, str] | None = None,
) -> Any:
    """A program that connects to the live channel."""
    socketio = office.app.extensions["socketio"]
    return socketio.test_client(
        office.app, LIVE, auth=auth, flask_test_client=client, headers=headers
    )


def board_of(office: Office) -> Any:
    return listen(office, {"topic": "board", "token": office.token()})


def secret_of(office: Office) -> str:
    with office.store.reading() as db:
        return str(offices.for_verb(db, office.id).secret)


def phone_of(office: Office, ticket_id: int, purpose: str = TRACK) -> Any:
    token = link_token(secret_of(office), purpose, ticket_id)
    return listen(office, {"topic": "ticket", "token": token})


def heard(client: Any, name: str) -> list[dict[str, Any]]:
    """What this listener was sent since it was last asked."""
    return [got["args"][0] for got in client.get_received(LIVE) if got["name"] == name]


@contextmanager
def statements(office: Office) -> Iterator[list[str]]:
    """The SQL that runs meanwhile."""
    seen: list[str] = []

    def note(_db: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    event.listen(office.store.engine, "before_cursor_execute", note)
    yield seen
    event.remove(office.store.engine, "before_cursor_execute", note)


# ---------------------------------------------------------------- who is admitted


@pytest.mark.parametrize("kind", [DeviceKind.DISPLAY, DeviceKind.KIOSK])
def test_paired_screens_and_kiosks_see_the_board(small_office: Office, kind: DeviceKind) -> None:
    screen = listen(small_office, {"topic": "board"}, small_office.device(kind))
    assert screen.is_connected(LIVE)
    assert len(heard(screen, "board")) == 1


@pytest.mark.parametrize("role", list(Role))
def test_whoever_is_signed_in_sees_the_board(small_office: Office, role: Role) -> None:
    console = listen(small_office, {"topic": "board"}, small_office.signed_in(role))
    assert console.is_connected(LIVE)


@pytest.mark.parametrize("role", list(TokenRole))
def test_any_program_with_a_token_sees_the_board(small_office: Office, role: TokenRole) -> None:
    token = small_office.token(role)
    assert listen(small_office, {"topic": "board", "token": token}).is_connected(LIVE)
    bearer = {"Authorization": f"Bearer {token}"}
    assert listen(small_office, {"topic": "board"}, headers=bearer).is_connected(LIVE)


def test_a_tablet_that_somebody_signed_in_on_sees_what_that_person_may(
    small_office: Office,
) -> None:
    tablet = small_office.device(DeviceKind.TABLET)
    assert not listen(small_office, {"topic": "board"}, tablet).is_connected(LIVE)
    with tablet.session_transaction() as session:
        session["sign_in"] = small_office.sign_in_token(Role.OFFICER)
    assert listen(small_office, {"topic": "board"}, tablet).is_connected(LIVE)


@pytest.mark.parametrize(
    "auth",
    [
        None,
        {},
        [],
        "board",
        7,
        ["topic", "board"],
        {"topic": "board"},
        {"topic": ["board"]},
        {"topic": "everything"},
        {"topic": "board", "token": ""},
        {"topic": "board", "token": "wrong"},
        {"topic": "board", "token": 12},
        {"topic": "board", "token": ["a"]},
        {"topic": "board", "token": {"a": None}},
        {"topic": "board", "token": "ก\ud800"},
        {"topic": "board", "token": "x" * 500_000},
        {"topic": "ticket"},
        {"topic": "ticket", "token": None},
        {"topic": "ticket", "token": 5},
        {"topic": "ticket", "token": ["a"] * 1000},
        {"topic": "ticket", "token": "x" * 500_000},
        {"topic": "ticket", "token": "A" * 22},
    ],
    ids=lambda auth: repr(auth)[:40],
)
def test_strangers_are_refused_whatever_they_send(small_office: Office, auth: object) -> None:
    assert not listen(small_office, auth).is_connected(LIVE)
    assert push_of(small_office).sockets == 0


def test_a_wrong_token_is_not_made_good_by_a_cookie(small_office: Office) -> None:
    screen = small_office.device(DeviceKind.DISPLAY)
    wrong = {"topic": "board", "token": "wrong"}
    assert not listen(small_office, wrong, screen).is_connected(LIVE)


def test_a_phone_is_let_in_by_its_own_link_only(small_office: Office) -> None:
    ticket_id = small_office.issue().ticket.id
    assert phone_of(small_office, ticket_id).is_connected(LIVE)
    assert not phone_of(small_office, ticket_id, SURVEY).is_connected(LIVE)
    other = {"topic": "ticket", "token": small_office.token()}
    assert not listen(small_office, other).is_connected(LIVE)
    screen = small_office.device(DeviceKind.DISPLAY)
    assert not listen(small_office, {"topic": "ticket"}, screen).is_connected(LIVE)


def test_a_link_opens_its_ticket_and_not_the_board(small_office: Office) -> None:
    token = link_token(secret_of(small_office), TRACK, small_office.issue().ticket.id)
    assert not listen(small_office, {"topic": "board", "token": token}).is_connected(LIVE)


# ---------------------------------------------------------------- what the screens are told


def test_the_greeting_is_the_whole_board_as_the_contract_has_it(office: Office) -> None:
    office.issue(priority=Priority.MONK)
    office.issue("land-tax")
    office.call_next("1")
    (board,) = heard(board_of(office), "board")
    zone = office.reads.settings().zone
    assert board == shapes.board(office.reads.board(), zone).model_dump()
    assert set(board) == BOARD
    assert [set(call) for call in board["calls"] + board["recent"]] == [CALL, CALL]
    assert "monk" not in repr(board)


def test_a_call_goes_out_at_once_even_right_after_another_change(small_office: Office) -> None:
    screen, push = board_of(small_office), push_of(small_office)
    small_office.issue()
    push.send_due(10.0)
    small_office.call_next()
    push.send_due(10.001)
    *_, last = heard(screen, "board")
    assert [call["number"] for call in last["calls"]] == ["A001"]


def test_a_rush_at_the_kiosks_reaches_the_screens_twice_a_second(small_office: Office) -> None:
    screen, push = board_of(small_office), push_of(small_office)
    heard(screen, "board")
    for n in range(200):  # a hundred a second, for two seconds
        small_office.issue("waste-fee")
        push.send_due(100 + n / 100)
    rest = push.send_due(102.0)
    push.send_due(102.0 + rest)
    told = heard(screen, "board")
    assert 3 <= len(told) <= 6
    assert told[-1]["version"] == small_office.reads.board().version
    assert sum(pool["waiting"] for pool in told[-1]["waiting"]) == 200


def test_the_last_of_gathered_changes_goes_out_within_half_a_second(small_office: Office) -> None:
    screen, push = board_of(small_office), push_of(small_office)
    small_office.issue()
    push.send_due(10.0)
    small_office.issue()
    rest = push.send_due(10.1)
    assert rest <= 0.4 + 1e-9
    push.send_due(10.1 + rest)
    assert heard(screen, "board")[-1]["version"] == small_office.reads.board().version


def test_nothing_is_read_or_sent_while_nothing_changes(small_office: Office) -> None:
    screen, push = board_of(small_office), push_of(small_office)
    push.send_due(10.0)
    heard(screen, "board")
    with statements(small_office) as seen:
        for tenth in range(10):
            push.send_due(10.01 + tenth / 11)
    assert seen == []
    assert heard(screen, "board") == []


def test_what_another_process_changed_is_seen_within_a_second(office: Office) -> None:
    screen, push = board_of(office), push_of(office)
    push.send_due(10.0)
    heard(screen, "board")
    other = make_app(office.store, office.clock).extensions["khiu"].rooms(office.id).desk
    other.call_next(office.counter("1").id, PROGRAM)
    push.send_due(11.0)
    assert len(heard(screen, "board")) == 1


def test_many_screens_cost_one_look_at_the_board(small_office: Office) -> None:
    push = push_of(small_office)
    screens = [board_of(small_office) for _ in range(5)]
    for screen in screens:
        heard(screen, "board")
    small_office.issue()
    with statements(small_office) as alone:
        small_office.reads.board()
        small_office.reads.settings()
    with statements(small_office) as seen:
        push.send_due(monotonic())
    looks = 1 + 2  # of the version, with its transaction
    assert len(seen) <= len(alone) + looks
    assert [len(heard(screen, "board")) for screen in screens] == [1] * 5


def test_one_offices_trouble_keeps_no_other_from_its_news(small_office: Office) -> None:
    with small_office.store.writing() as db:
        info = demo_file().office.model_copy(update={"slug": "other"})
        other = demo_file().model_copy(update={"office": info})
        other_id = offices.add(db, other, small_office.clock(), demo=True)
    token = small_office.house.access.add_token(other_id, "other", TokenRole.INTEGRATION)
    broken = listen(small_office, {"topic": "board", "token": token})
    whole, push = board_of(small_office), push_of(small_office)
    push.send_due(10.0)
    heard(whole, "board")
    with small_office.store.writing() as db:
        table = schema.offices
        db.execute(table.update().where(table.c.id == other_id).values(settings="rubbish"))
    for second in range(3):
        push.announce(other_id, at_once=True)
        small_office.issue()
        push.send_due(11.0 + second)
    assert len(heard(whole, "board")) == 3
    assert broken.is_connected(LIVE)


def test_a_screen_that_cannot_be_greeted_is_told_to_come_again(small_office: Office) -> None:
    token = small_office.token()
    with small_office.store.writing() as db:
        db.execute(schema.offices.update().values(settings="rubbish"))
    assert not listen(small_office, {"topic": "board", "token": token}).is_connected(LIVE)
    assert push_of(small_office).sockets == 0


# ---------------------------------------------------------------- what the phones are told


def test_a_phone_is_told_when_its_place_moves_and_at_most_once_a_second(office: Office) -> None:
    office.issue()
    mine = office.issue().ticket.id
    phone, push = phone_of(office, mine), push_of(office)
    (first,) = heard(phone, "ticket")
    assert (first["number"], first["waiting_ahead"], first["state"]) == ("A002", 1, "waiting")
    push.send_due(10.0)
    office.call_next("1")
    push.send_due(11.0)
    (moved,) = heard(phone, "ticket")
    assert moved["waiting_ahead"] == 0
    assert moved["version"] > first["version"]
    office.call_next("1", finish=True)
    push.send_due(11.5)
    assert heard(phone, "ticket") == []
    push.send_due(12.0)
    (called,) = heard(phone, "ticket")
    assert (called["state"], called["counter"]) == ("called", "1")


def test_a_phone_hears_nothing_of_what_does_not_concern_it(small_office: Office) -> None:
    phone, push = phone_of(small_office, small_office.issue().ticket.id), push_of(small_office)
    heard(phone, "ticket")
    for second in range(5):
        small_office.issue("land-tax")
        push.send_due(10.0 + second)
    assert heard(phone, "ticket") == []


def test_two_phones_of_one_ticket_are_both_told(small_office: Office) -> None:
    mine = small_office.issue().ticket.id
    early, push = phone_of(small_office, mine), push_of(small_office)
    push.send_due(10.0)
    heard(early, "ticket")
    small_office.call_next()
    phone_of(small_office, mine)  # greeted with the news before the first was told of it
    push.send_due(11.0)
    assert [told["state"] for told in heard(early, "ticket")] == ["called"]


def test_the_phone_says_nothing_of_priority(small_office: Office) -> None:
    phone = phone_of(small_office, small_office.issue(priority=Priority.PREGNANT).ticket.id)
    assert "pregnant" not in repr(heard(phone, "ticket"))


def test_many_phones_cost_as_many_statements_as_one(small_office: Office) -> None:
    push = push_of(small_office)
    ids = [small_office.issue().ticket.id for _ in range(30)]
    costs = []
    for phones, second in ((1, 10.0), (30, 20.0)):
        listening = [phone_of(small_office, one) for one in ids[:phones]]
        push.send_due(second)
        small_office.call_next(finish=True)
        with statements(small_office) as seen:
            push.send_due(second + 5)
        costs.append(len(seen))
        assert all(heard(phone, "ticket") for phone in listening)
    assert costs[1] <= costs[0]


def test_places_computed_together_are_those_computed_alone(office: Office) -> None:
    priorities = [Priority.NONE, Priority.ELDERLY, Priority.NONE, Priority.DISABLED]
    tickets = [
        office.issue(code, priority).ticket.id
        for code in ("birth", "land-tax", "death")
        for priority in priorities
    ]
    office.clock.minutes(3)
    office.call_next("1")
    for ticket_id in tickets:
        (told,) = heard(phone_of(office, ticket_id), "ticket")
        seen = office.reads.ticket(ticket_id)
        assert (told["waiting_ahead"], told["state"]) == (seen.ahead, seen.ticket.state)
        wait = seen.wait and shapes.wait(seen.wait)
        assert told["wait"] == (wait.model_dump() if wait else None)


# ---------------------------------------------------------------- who is forgotten


def test_who_leaves_is_forgotten(small_office: Office) -> None:
    push = push_of(small_office)
    screen, phone = board_of(small_office), phone_of(small_office, small_office.issue().ticket.id)
    assert push.sockets == 2
    screen.disconnect(LIVE)
    phone.disconnect(LIVE)
    assert push.sockets == 0
    with statements(small_office) as seen:
        small_office.issue()
        del seen[:]
        push.send_due(10.0)
    assert seen == []


def test_who_broke_off_unnoticed_is_forgotten_at_the_next_look(small_office: Office) -> None:
    push, screen = push_of(small_office), board_of(small_office)
    del small_office.app.extensions["socketio"].server.environ[screen.eio_sid]
    push.send_due(10.0)
    assert push.sockets == 0


def test_no_more_listeners_than_there_is_room_for(small_office: Office) -> None:
    small_office.app = make_app(small_office.store, Clock(), config=Config(threads=102))
    room = [board_of(small_office) for _ in range(2)]
    assert not board_of(small_office).is_connected(LIVE)
    room[0].disconnect(LIVE)
    assert board_of(small_office).is_connected(LIVE)


def test_idle_connections_are_counted_and_shown_out(small_office: Office) -> None:
    app = make_app(small_office.store, small_office.clock, config=Config(threads=102))
    push: Push = app.extensions["push"]
    with served(app) as site:
        address = f"{site.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket"
        idle = [simple_websocket.Client.connect(address) for _ in range(2)]
        assert [one.receive(timeout=5)[0] for one in idle] == ["0", "0"]  # Engine.IO's "open"
        with pytest.raises(simple_websocket.ConnectionError):
            simple_websocket.Client.connect(address)
        push.send_due(monotonic() + STRANGER_S + 1)
        for one in idle:
            with pytest.raises(simple_websocket.ConnectionClosed):
                while one.receive(timeout=5) is not None:
                    pass


def test_starting_twice_sends_once(small_office: Office) -> None:
    push = push_of(small_office)
    push.start()
    first = push._thread
    push.start()
    assert push._thread is first


def test_words_of_the_office_reach_the_screens(small_office: Office) -> None:
    with small_office.store.writing() as db:
        settings = small_office.reads.settings()
        notice = Words(th="วันพุธเปิดถึง 18:30 น.", en="Open until 18:30 on Wednesdays")
        text = settings.model_copy(update={"notices": (notice,)}).text()
        db.execute(schema.offices.update().values(settings=text))
    (board,) = heard(board_of(small_office), "board")
    assert board["notices"] == [{"th": notice.th, "en": notice.en}]
