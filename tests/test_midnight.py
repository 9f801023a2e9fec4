"""When things go wrong: each has one defined outcome, and nobody loses the place in line."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from random import Random
from threading import Barrier

import pytest
from sqlalchemy import event, select, update

from server.check import Check
from server.domain.order import LONGEST_HEAD_START_MIN, Priority
from server.domain.refusals import NotAllowed, NotFound
from server.domain.seen import Seen
from server.domain.settings import OwnHoliday, Settings, Words
from server.domain.ticket import Outcome, State
from server.domain.wish import RequestKey, Wish
from server.setup.counters import CounterWish
from server.store import line, schema
from server.store.engine import Store
from tests.office import MINUTE, PROGRAM, Office
from tests.truth import everything_holds, rows_of

HOUR = 60
NOON = 4 * HOUR  # minutes after the morning in which tests begin
BEFORE_MIDNIGHT = 15.9 * HOUR  # the same: 23:54


def in_order(office: Office, number: str = "1") -> list[str]:
    """Everybody this counter calls until nobody waits for it."""
    called = []
    while seen := office.call_next(number, finish=True):
        called.append(seen.ticket.number)
    return called


def refused(press: Callable[[], object], code: str) -> None:
    with pytest.raises((NotAllowed, NotFound)) as refusal:
        press()
    assert refusal.value.code == code


def all_is_well(office: Office) -> None:
    everything_holds(rows_of(office.store, office.id))
    with office.store.reading() as db:
        assert list(Check(db, office.clock()).findings(office.id)) == []


@pytest.fixture
def office(store: Store) -> Iterator[Office]:
    """However a test ends, the office's rows agree with each other."""
    office = Office(store)
    yield office
    all_is_well(office)


def key(name: str, body: str = "body") -> RequestKey:
    return RequestKey("token:1", "POST", "/next", name, body)


# ---------------------------------------------------------------- pressed twice


def test_two_presses_of_next_at_one_moment_call_one_and_tell_the_other(office: Office) -> None:
    for _ in range(2):
        office.issue()
    start = Barrier(2)

    def press(_: int) -> str:
        start.wait()
        try:
            seen = office.call_next("1")
            return seen.ticket.number if seen else "nobody"
        except NotAllowed as refusal:
            return refusal.code

    with ThreadPoolExecutor(2) as fingers:
        assert sorted(fingers.map(press, range(2))) == ["A001", "counter_busy"]


def test_a_retry_after_a_time_out_gets_the_first_answer_and_calls_nobody_else(
    office: Office,
) -> None:
    office.issue()
    office.issue()
    counter_id = office.counter("1").id
    first = office.desk.call_next(counter_id, PROGRAM, key=key("one"))
    office.clock.minutes(1)
    again = office.desk.call_next(counter_id, PROGRAM, key=key("one"))
    assert first == again
    assert [call.number for call in office.reads.board().recent] == ["A001"]


def test_a_retry_while_the_first_is_still_under_way_waits_for_its_answer(office: Office) -> None:
    office.issue()
    office.issue()
    counter_id = office.counter("1").id

    def press() -> Seen | None:
        return office.desk.call_next(counter_id, PROGRAM, key=key("one"))

    with ThreadPoolExecutor(2) as fingers:
        with office.store.writing() as db:  # somebody else has the counter just now
            line.lock_counter(db, office.id, counter_id)
            pressed = [fingers.submit(press) for _ in range(2)]
        first, again = (one.result() for one in pressed)
    assert first is not None and first == again


# ---------------------------------------------------------------- the clock


def test_a_clock_set_back_over_midnight_goes_on_with_the_numbers_of_the_day_it_had(
    office: Office,
) -> None:
    office.clock.minutes(24 * HOUR)
    office.issue()
    office.clock.minutes(-23.5 * HOUR)
    later = office.issue().ticket
    assert (later.number, later.day) == ("A002", "2026-10-02")
    assert in_order(office) == ["A001", "A002"]


def test_a_clock_that_ran_ahead_and_was_put_right_keeps_everybody_in_order(office: Office) -> None:
    first = office.issue().ticket
    office.clock.minutes(2 * HOUR)
    ahead = office.issue().ticket
    office.clock.minutes(-2 * HOUR)
    after = [office.issue().ticket for _ in range(3)]
    assert in_order(office) == [one.number for one in (first, ahead, *after)]


# ---------------------------------------------------------------- midnight


@pytest.fixture
def evening(office: Office) -> Office:
    """At 23:54 somebody is being served, with one more service to go; others wait."""
    office.clock.minutes(BEFORE_MIDNIGHT)
    office.issue("birth", more=("land-tax",))
    office.issue("birth")
    office.issue("birth", more=("complaint",))
    called = office.call_next("1")
    assert called is not None
    office.desk.start(called.ticket.id, PROGRAM)
    office.clock.minutes(10)
    return office


def states(office: Office) -> dict[str, list[str]]:
    """By number, the states of a visit's steps."""
    found = office.reads.find_tickets()
    return {f"{one.ticket.number}": [str(s.state) for s in one.ticket.steps] for one in found}


def test_midnight_closes_who_waits_and_leaves_who_is_served(evening: Office) -> None:
    evening.desk.close_days_before(evening.reads.today())
    assert states(evening) == {
        "A001": ["serving", "closed"],  # what was still planned is for another day
        "A002": ["closed"],
        "A003": ["closed", "closed"],
    }
    assert evening.reads.board().calls == ()


def test_who_was_served_over_midnight_is_finished_as_ever(evening: Office) -> None:
    evening.desk.close_days_before(evening.reads.today())
    ticket_id = evening.reads.find_tickets()[0].ticket.id
    evening.clock.minutes(20)
    seen = evening.desk.finish(ticket_id, PROGRAM)
    assert (seen.ticket.state, seen.ticket.current.outcome) == (State.DONE, Outcome.SERVED)
    assert seen.ticket.current.ended_at == evening.clock.now
    assert evening.desk.close_days_before(evening.reads.today()) == 0


def test_a_visit_ended_after_midnight_but_before_the_office_looked_waits_for_no_next_service(
    evening: Office,
) -> None:
    ticket_id = evening.reads.find_tickets()[0].ticket.id
    seen = evening.desk.finish(ticket_id, PROGRAM)
    assert [step.state for step in seen.ticket.steps] == [State.DONE, State.CLOSED]
    assert seen.ticket.steps[1].issued_at is None  # never begun: it counts nowhere
    assert evening.call_next("3") is None


def test_who_was_forgotten_at_a_counter_ends_as_served_after_three_hours(evening: Office) -> None:
    ticket_id = evening.reads.find_tickets()[0].ticket.id
    evening.clock.minutes(2.8 * HOUR)
    evening.desk.close_days_before(evening.reads.today())
    assert evening.reads.ticket(ticket_id).ticket.state is State.SERVING
    evening.clock.minutes(0.1 * HOUR)
    evening.desk.close_days_before(evening.reads.today())
    ended = evening.reads.ticket(ticket_id).ticket
    assert (ended.state, ended.current.outcome) == (State.DONE, Outcome.SERVED)
    assert [step.state for step in ended.steps] == [State.DONE, State.CLOSED]


def test_who_was_forgotten_is_ended_at_one_look_with_all_that_was_planned(evening: Office) -> None:
    evening.clock.minutes(9 * HOUR)  # nobody looked in the night
    evening.desk.close_days_before(evening.reads.today())
    assert states(evening)["A001"] == ["done", "closed"]
    assert evening.desk.close_days_before(evening.reads.today()) == 0


def test_who_is_started_while_the_office_closes_the_old_day_is_served_on(office: Office) -> None:
    office.clock.minutes(BEFORE_MIDNIGHT)
    called = office.issue().ticket
    office.call_next("1")
    office.clock.minutes(10)
    looked: list[bool] = []

    def listen(_db: object, _cursor: object, statement: str, *_: object) -> None:
        if "day < " in statement and not looked:
            looked.append(True)
            office.desk.start(called.id, PROGRAM)

    event.listen(office.store.engine, "after_cursor_execute", listen)
    office.desk.close_days_before(office.reads.today())
    event.remove(office.store.engine, "after_cursor_execute", listen)
    assert looked
    assert office.reads.ticket(called.id).ticket.state is State.SERVING


def test_a_new_day_begins_at_001_also_while_somebody_of_yesterday_is_served(
    evening: Office,
) -> None:
    assert evening.issue().ticket.number == "A001"
    evening.desk.close_days_before(evening.reads.today())
    assert evening.issue().ticket.number == "A002"
    refused(lambda: evening.call_next("1"), "counter_busy")
    assert in_order(evening) == ["A001", "A002"]


# ---------------------------------------------------------------- the day is closed by hand


def test_closing_the_day_leaves_who_is_served_and_closes_what_they_still_had_to_do(
    office: Office,
) -> None:
    office.issue("birth", more=("land-tax",))
    office.issue("birth", more=("land-tax",))
    called = office.call_next("1")
    assert called is not None
    office.desk.start(called.ticket.id, PROGRAM)
    assert office.desk.close_day(PROGRAM) == 1
    assert states(office) == {"A001": ["serving", "closed"], "A002": ["closed", "closed"]}
    assert office.desk.finish(called.ticket.id, PROGRAM).ticket.state is State.DONE
    assert office.desk.close_day(PROGRAM) == 0


def test_closing_the_day_until_a_moment_leaves_numbers_given_since(office: Office) -> None:
    early = office.issue().ticket
    office.clock.minutes(5)
    until = office.clock.now
    late = office.issue().ticket
    assert office.desk.close_day(PROGRAM, until=until) == 1
    assert office.reads.ticket(early.id).ticket.state is State.CLOSED
    assert in_order(office) == [late.number]


def test_the_day_closes_while_a_counter_calls_and_neither_waits_for_the_other_for_ever(
    postgres_store: Store,
) -> None:
    """Whoever closes holds all tickets before it touches the board: calling takes both, too."""
    office = Office(postgres_store)
    for _ in range(8):
        office.issue("birth")
    held = office.call_next("1")
    assert held is not None
    office.desk.hold(held.ticket.id, "ไปนำเอกสาร", PROGRAM)  # the call stands on the board
    order: list[str] = []

    def listen(_db: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("SELECT tickets.") and "FOR UPDATE" in statement:
            order.append("lock")
        if statement.startswith("DELETE FROM current_calls"):
            order.append("board")

    event.listen(office.store.engine, "before_cursor_execute", listen)
    assert office.desk.close_day(PROGRAM) == 8
    assert order == ["lock"] * 8 + ["board"] * 8


# ---------------------------------------------------------------- services and counters change


def test_a_service_switched_off_gives_no_number_and_still_serves_who_waits(office: Office) -> None:
    waits = [office.issue("birth").ticket.number for _ in range(2)]
    other = office.issue("land-tax").ticket
    visit = office.issue("land-tax", more=("birth",)).ticket
    birth = office.service("birth").id
    office.rooms.setup.services.switch(birth, PROGRAM, active=False)

    refused(lambda: office.issue("birth"), "service_off")
    refused(lambda: office.issue("land-tax", more=("birth",)), "service_off")
    refused(lambda: office.desk.transfer(other.id, PROGRAM, service_id=birth), "service_off")
    refused(lambda: office.desk.add_step(other.id, birth, PROGRAM), "service_off")
    assert in_order(office) == waits
    assert len(in_order(office, "3")) == 2
    assert in_order(office) == [visit.number]  # promised with the number, so it is kept


def test_a_counter_with_someone_in_front_of_it_cannot_be_closed_paused_or_switched_off(
    office: Office,
) -> None:
    visit = office.issue().ticket
    office.call_next("1")
    counter = office.counter("1")
    wish = CounterWish("1", counter.name, counter.penalties, False)
    before = office.contents()
    refused(lambda: office.desk.close_counter(counter.id, PROGRAM), "counter_busy")
    refused(lambda: office.desk.pause_counter(counter.id, "พัก", PROGRAM), "counter_busy")
    refused(lambda: office.rooms.setup.counters.change(counter.id, wish, PROGRAM), "counter_busy")
    assert office.contents() == before
    office.desk.finish(visit.id, PROGRAM)
    assert office.desk.close_counter(counter.id, PROGRAM).state == "closed"


def sent_and_another(office: Office) -> tuple[str, str]:
    """One of `birth` is sent to counter 3, and one who came later waits for counter 1."""
    office.desk.open_counter(office.counter("3").id, PROGRAM)
    sent = office.issue("birth").ticket
    office.clock.minutes(2)
    another = office.issue("birth").ticket
    office.desk.transfer(sent.id, PROGRAM, counter_id=office.counter("3").id)
    assert [one.number for one in office.reads.line(office.counter("1").id)] == [another.number]
    return sent.number, another.number


def test_who_was_sent_to_a_counter_that_closes_is_called_by_others_at_the_old_place(
    office: Office,
) -> None:
    sent, another = sent_and_another(office)
    office.desk.close_counter(office.counter("3").id, PROGRAM)
    assert in_order(office, "1") == [sent, another]


def test_who_was_sent_to_a_counter_that_is_switched_off_is_called_by_others_at_the_old_place(
    office: Office,
) -> None:
    sent, another = sent_and_another(office)
    third = office.counter("3")
    wish = CounterWish("3", third.name, third.penalties, False)
    office.rooms.setup.counters.change(third.id, wish, PROGRAM)
    refused(lambda: office.desk.call_next(third.id, PROGRAM), "no_such_counter")
    assert in_order(office, "1") == [sent, another]


def test_who_was_sent_to_a_counter_is_called_there_though_it_takes_that_service_no_more(
    office: Office,
) -> None:
    sent, _ = sent_and_another(office)
    third = office.counter("3")
    wish = CounterWish("3", third.name, {office.service("water-fee").id: 0}, True)
    office.rooms.setup.counters.change(third.id, wish, PROGRAM)
    called = office.call_next("3")
    assert called is not None and called.ticket.number == sent


def test_who_was_parked_at_a_counter_that_closed_goes_on_there_or_elsewhere(
    office: Office,
) -> None:
    parked = [office.issue("birth").ticket for _ in range(2)]
    for one in parked:
        office.call_next("1")
        office.desk.hold(one.id, "ไปนำเอกสาร", PROGRAM)
    first = office.counter("1")
    office.desk.close_counter(first.id, PROGRAM)
    resumed = office.desk.resume(parked[0].id, PROGRAM).ticket
    assert (resumed.state, resumed.current.counter_id) == (State.SERVING, first.id)
    assert office.counter("1").state == "open"
    office.desk.finish(resumed.id, PROGRAM)

    wish = CounterWish("1", first.name, first.penalties, False)
    office.rooms.setup.counters.change(first.id, wish, PROGRAM)
    refused(lambda: office.desk.resume(parked[1].id, PROGRAM), "no_such_counter")
    moved = office.desk.transfer(parked[1].id, PROGRAM).ticket
    assert moved.current.queue_at == parked[1].current.queue_at
    assert in_order(office, "2") == [parked[1].number]


def test_the_last_counter_for_a_service_goes_on_taking_it_while_somebody_waits(
    office: Office,
) -> None:
    waits = office.issue("building-permit").ticket.number  # counter 4 alone takes it
    fourth, fifth = office.counter("4"), office.counter("5")
    change = office.rooms.setup.counters.change
    permit = office.service("building-permit").id
    without = {one: after for one, after in fourth.penalties.items() if one != permit}
    before = office.contents()
    for wish in (
        CounterWish("4", fourth.name, without, True),
        CounterWish("4", fourth.name, fourth.penalties, False),
    ):
        refused(lambda wish=wish: change(fourth.id, wish, PROGRAM), "nobody_else_takes")  # type: ignore[misc]
    assert office.contents() == before
    change(fifth.id, CounterWish("5", fifth.name, {**fifth.penalties, permit: 0}, True), PROGRAM)
    change(fourth.id, CounterWish("4", fourth.name, without, True), PROGRAM)
    assert in_order(office, "5") == [waits]
    change(fifth.id, CounterWish("5", fifth.name, fifth.penalties, True), PROGRAM)


def test_a_holiday_declared_at_noon_ends_new_numbers_and_nobodys_turn(store: Store) -> None:
    office = Office(store, demo=False)
    office.clock.minutes(90)
    waits = office.issue().ticket.number
    office.clock.minutes(NOON - 90)
    with store.writing() as db:
        row = db.execute(select(schema.offices.c.settings)).one()
        settings = Settings.read(row.settings)
        today = OwnHoliday(date=date(2026, 10, 1), name=Words(th="หยุดพิเศษ", en="Special holiday"))
        holidays = settings.holidays.model_copy(update={"own": (today,)})
        text = settings.model_copy(update={"holidays": holidays}).text()
        db.execute(update(schema.offices).values(settings=text))
    at_kiosk = Wish(office.service("birth").id, channel="kiosk", bound_by_hours=True)
    refused(lambda: office.desk.issue(at_kiosk, PROGRAM), "office_closed")
    assert in_order(office) == [waits]
    assert office.issue().ticket.number == "A002"  # programs give numbers at any hour
    all_is_well(office)


def test_after_number_999_comes_1000_in_its_order_and_on_the_board(office: Office) -> None:
    first = office.issue().ticket
    with office.store.writing() as db:  # 997 numbers later
        mine = schema.numbers.c.office_id == office.id
        db.execute(update(schema.numbers).where(mine).values(last=998))
    office.clock.minutes(1)
    given = [office.issue().ticket for _ in range(3)]
    assert [one.number for one in given] == ["A999", "A1000", "A1001"]
    assert [one.number for one in office.reads.line(office.counter("1").id)] == [
        *(first.number, "A999", "A1000", "A1001")
    ]
    office.call_next("1")
    for expected in ("A999", "A1000"):
        office.call_next("1", finish=True)
        (call,) = office.reads.board().calls
        assert call.number == expected
    with office.store.writing() as db:  # as it was, for the look at the end
        db.execute(update(schema.numbers).where(mine).values(last=4))
        for at, one in enumerate(given, 2):
            same = schema.tickets.c.id == one.id
            db.execute(update(schema.tickets).where(same).values(number=at))


# ---------------------------------------------------------------- coming back


def test_a_no_show_returns_within_the_offices_minutes_to_the_old_place(office: Office) -> None:
    gone = office.issue().ticket
    office.clock.minutes(1)
    waits = office.issue().ticket
    office.call_next()
    office.desk.no_show(gone.id, PROGRAM)
    office.clock.minutes(60)
    back = office.desk.bring_back(gone.id, PROGRAM).ticket
    assert (back.state, back.current.returns) == (State.WAITING, 1)
    assert in_order(office) == [gone.number, waits.number]


def test_a_no_show_who_returns_too_late_or_too_often_takes_a_new_number(office: Office) -> None:
    gone = office.issue().ticket
    office.call_next()
    office.desk.no_show(gone.id, PROGRAM)
    office.clock.now += 60 * MINUTE + 1
    refused(lambda: office.desk.bring_back(gone.id, PROGRAM), "return_too_late")
    often = office.issue().ticket
    for _ in range(3):
        office.call_next()
        office.desk.no_show(often.id, PROGRAM)
        office.desk.bring_back(often.id, PROGRAM)
    office.call_next()
    office.desk.no_show(often.id, PROGRAM)
    refused(lambda: office.desk.bring_back(often.id, PROGRAM), "returned_too_often")
    assert office.issue().ticket.number == "A003"


def test_a_call_taken_back_is_no_return_that_counts(office: Office) -> None:
    visit = office.issue().ticket
    for _ in range(5):
        office.call_next()
        assert office.desk.bring_back(visit.id, PROGRAM).ticket.current.returns == 0


def test_a_transfer_keeps_the_place_among_those_who_wait_there(office: Office) -> None:
    visit = office.issue("birth").ticket
    office.clock.minutes(3)
    others = [office.issue("land-tax").ticket.number for _ in range(2)]
    office.call_next("1")
    office.clock.minutes(20)
    office.desk.transfer(visit.id, PROGRAM, service_id=office.service("land-tax").id)
    assert in_order(office, "3") == [visit.number, *others]


# ---------------------------------------------------------------- fair under load


def test_three_hundred_visitors_are_called_in_the_order_of_one_number(office: Office) -> None:
    """Against a sort that knows only arrivals, head starts and penalties."""
    dice, rules = Random(7), office.reads.settings().settings
    codes = ("birth", "complaint", "elderly-allowance", "land-tax", "move")
    helps = {number: office.counter(number).penalties for number in ("1", "2", "5")}
    waiting: dict[int, tuple[int, int, int, int]] = {}  # ticket → place, arrival, service, step
    came = called = 0
    longest = max(rules.head_start_min(who) for who in Priority) * MINUTE

    def comes() -> None:
        who, code = dice.choice(list(Priority)), dice.choice(codes)
        ticket = office.issue(code, who).ticket
        place = office.clock.now - rules.head_start_min(who) * MINUTE
        step = ticket.current
        waiting[ticket.id] = place, office.clock.now, step.service_id, step.id

    def calls(number: str) -> int:
        takes = helps[number]
        standing = sorted(
            (place + 1000 * takes[service], step, id)
            for id, (place, _, service, step) in waiting.items()
            if service in takes
        )
        seen = office.call_next(number, finish=True)
        assert (seen.ticket.id if seen else None) == (standing[0][2] if standing else None)
        if seen is None:
            return 0
        _, arrived, service, _ = waiting.pop(seen.ticket.id)
        for _, before, its, _ in waiting.values():
            if its in takes:
                assert arrived <= before + longest + 1000 * max(0, takes[its] - takes[service])
        return 1

    while called < 300:
        office.clock.now += dice.randrange(60_000)
        if came < 300 and dice.random() < 0.6:
            comes()
            came += 1
        else:
            called += calls(dice.choice(list(helps)))
    assert waiting == {}


@pytest.mark.parametrize("late_min", [0, 10, 25, 30, 31, 60])
def test_a_booking_that_comes_late_passes_nobody_by_more_than_the_longest_head_start(
    office: Office, late_min: int
) -> None:
    slot_at = office.clock.now
    office.clock.minutes(late_min)
    earliest = office.clock.now - LONGEST_HEAD_START_MIN * MINUTE
    wish = Wish(office.service("birth").id, Priority.DISABLED, slot_at=slot_at)
    assert office.desk.issue(wish, PROGRAM).ticket.current.queue_at >= earliest


def test_a_booking_stands_at_its_slot_and_comes_before_who_came_after_it(office: Office) -> None:
    slot_at = office.clock.now + 30 * MINUTE
    booked = office.desk.issue(Wish(office.service("birth").id, slot_at=slot_at), PROGRAM).ticket
    office.clock.minutes(29)
    earlier = office.issue().ticket
    office.clock.minutes(2)
    later = office.issue().ticket
    assert in_order(office) == [earlier.number, booked.number, later.number]
