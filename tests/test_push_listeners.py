from time import monotonic

import pytest
import simple_websocket  # type: ignore[import-untyped]

from server.app import make_app
from server.config import Config
from server.domain.roles import DeviceKind, Role, TokenRole
from server.links import SURVEY, TRACK, link_token
from server.push import Push
from server.sockets import STRANGER_S
from server.store import schema
from tests.browser import served
from tests.listener import LIVE, board_of, heard, listen, phone_of, push_of, secret_of, statements
from tests.office import Clock, Office

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


@pytest.mark.parametrize("kind", list(DeviceKind))
def test_every_device_of_the_house_hears_the_board(small_office: Office, kind: DeviceKind) -> None:
    """A rating tablet wakes by it."""
    device = small_office.device(kind)
    assert listen(small_office, {"topic": "board"}, device).is_connected(LIVE)


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
def test_strangers_are_refused_whatever_they_send(
    small_office: Office, auth: object, caplog: pytest.LogCaptureFixture
) -> None:
    assert not listen(small_office, auth).is_connected(LIVE)
    assert push_of(small_office).sockets == 0
    assert caplog.records == []  # nobody is woken by it


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
    small_office.app = make_app(
        small_office.store, Clock(), data=small_office.data, config=Config(threads=102)
    )
    room = [board_of(small_office) for _ in range(2)]
    assert not board_of(small_office).is_connected(LIVE)
    room[0].disconnect(LIVE)
    assert board_of(small_office).is_connected(LIVE)


def test_idle_connections_are_counted_and_shown_out(small_office: Office) -> None:
    app = make_app(
        small_office.store,
        small_office.clock,
        data=small_office.data,
        config=Config(threads=102),
    )
    push: Push = app.extensions["push"]
    with served(app) as site:
        address = f"{site.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket"
        idle = [simple_websocket.Client.connect(address) for _ in range(2)]
        assert [one.receive(timeout=30)[0] for one in idle] == ["0", "0"]  # Engine.IO's "open"
        with pytest.raises(simple_websocket.ConnectionError):
            simple_websocket.Client.connect(address)
        push.send_due(monotonic() + STRANGER_S + 1)
        for one in idle:
            with pytest.raises(simple_websocket.ConnectionClosed):
                while one.receive(timeout=30) is not None:
                    pass


def test_starting_twice_sends_once(small_office: Office) -> None:
    push = push_of(small_office)
    push.start()
    first = push._thread
    push.start()
    assert push._thread is first


def test_a_revoked_token_and_a_screen_switched_off_hear_nothing_more(small_office: Office) -> None:
    program = listen(small_office, {"topic": "board", "token": small_office.token()})
    screen = listen(small_office, {"topic": "board"}, small_office.device(DeviceKind.DISPLAY))
    with small_office.store.writing() as db:
        db.execute(schema.tokens.update().values(revoked_at=small_office.clock()))
        db.execute(schema.devices.update().values(active=False))

    push_of(small_office).send_due(monotonic())

    assert not program.is_connected(LIVE)
    assert not screen.is_connected(LIVE)


def test_news_go_out_even_when_nobody_can_say_who_may_hear_them(small_office: Office) -> None:
    screen, push = board_of(small_office), push_of(small_office)
    heard(screen, "board")
    small_office.issue()
    with small_office.store.writing() as db:
        db.exec_driver_sql("ALTER TABLE tokens RENAME TO lost")  # asking fails
    push.send_due(monotonic())
    assert len(heard(screen, "board")) == 1
