from server import shapes
from server.app import make_app
from server.domain.order import Priority
from server.domain.roles import TokenRole
from server.domain.settings import Words
from server.store import offices, schema
from tests.listener import LIVE, board_of, heard, listen, phone_of, push_of, statements
from tests.office import PROGRAM, Office, demo_file

# What contract section 3 names for a board, with the service that our own screens choose by.
BOARD = {"office", "version", "at", "calls", "recent", "waiting", "notices", "closed"}
CALL = {"call_id", "number", "counter", "counter_name", "service", "service_id", "at", "recall"}


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
    other = (
        make_app(office.store, office.clock, data=office.data)
        .extensions["khiu"]
        .rooms(office.id)
        .desk
    )
    other.call_next(office.counter("1").id, PROGRAM)
    push.send_due(11.0)
    assert len(heard(screen, "board")) == 1


def test_many_screens_cost_one_look_at_the_board(small_office: Office) -> None:
    push = push_of(small_office)
    screens = [board_of(small_office) for _ in range(5)]
    push.send_due(10.0)
    for screen in screens:
        heard(screen, "board")
    small_office.issue()
    with statements(small_office) as alone:
        small_office.reads.board()
        small_office.reads.settings()
    with statements(small_office) as seen:
        push.send_due(11.0)
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


def test_words_of_the_office_reach_the_screens(small_office: Office) -> None:
    with small_office.store.writing() as db:
        settings = small_office.reads.settings()
        notice = Words(th="วันพุธเปิดถึง 18:30 น.", en="Open until 18:30 on Wednesdays")
        text = settings.model_copy(update={"notices": (notice,)}).text()
        db.execute(schema.offices.update().values(settings=text))
    (board,) = heard(board_of(small_office), "board")
    assert board["notices"] == [{"th": notice.th, "en": notice.en}]


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
