"""Every verb in every order, against a model that knows only the contract."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any, ClassVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Row, select

from server.domain.order import Priority
from server.domain.refusals import NotAllowed
from server.domain.seen import Seen
from server.domain.ticket import AT_COUNTER, MOVES, Outcome, State, Ticket, Verb
from server.domain.wish import Wish
from server.house import House
from server.store import offices, schema, tickets
from server.store.engine import Store
from tests.office import MINUTE, PROGRAM, Clock, Office, demo_file

PRESSES = [verb for verb in Verb if verb is not Verb.CLOSE]
OUTCOME = {
    Verb.FINISH: Outcome.SERVED,
    Verb.NO_SHOW: Outcome.NO_SHOW,
    Verb.CANCEL: Outcome.LEFT,
}
SERVICES = ("birth", "land-tax", "complaint")
COUNTERS = ("1", "3", "5")  # 1 helps with complaints, 5 with taxes
ENDED = (State.DONE, State.CANCELLED, State.CLOSED)


@dataclass
class Part:
    """One step of a visit, as the contract tells it."""

    service: str
    line: int
    state: State = State.PLANNED
    outcome: Outcome | None = None
    counter: str | None = None
    begun: bool = False


@dataclass
class Visit:
    id: int
    number: str
    parts: list[Part]

    @property
    def current(self) -> Part:
        for part in self.parts:
            if part.begun and part.state not in ENDED:
                return part
        begun = [part for part in self.parts if part.begun]
        return begun[-1]

    @property
    def state(self) -> State:
        return self.current.state


@dataclass
class Hall:
    """Where everybody is."""

    visits: list[Visit] = field(default_factory=list)
    board: dict[str, int] = field(default_factory=dict)  # counter → who was called last

    def at(self, counter: str) -> Visit | None:
        there = [v for v in self.visits if v.state in AT_COUNTER and v.current.counter == counter]
        assert len(there) <= 1
        return there[0] if there else None

    def moves(self, visit: Visit, verb: Verb, number: str, code: str | None = None) -> None:
        """What the contract says of a verb that is allowed; `number` is the counter meant."""
        part = visit.current
        part.state = MOVES[part.state, verb]
        if verb is Verb.CALL:
            part.counter = number
        if verb in (Verb.CALL, Verb.RECALL):
            self.board[str(part.counter)] = visit.id
        if verb in (Verb.NO_SHOW, Verb.RETURN, Verb.CANCEL):
            self.board = {at: id for at, id in self.board.items() if id != visit.id}
        if verb is Verb.RETURN:
            part.outcome = part.counter = None
        elif verb is Verb.TRANSFER and code in (None, part.service):
            part.counter = number
        elif verb is Verb.TRANSFER:
            part.state, part.outcome = State.DONE, Outcome.TRANSFERRED
            new = Part(str(code), part.line, State.WAITING, counter=number, begun=True)
            visit.parts.insert(visit.parts.index(part) + 1, new)
        elif verb in OUTCOME:
            part.outcome = OUTCOME[verb]
        later = [one for one in visit.parts if not one.begun]
        if verb is Verb.FINISH and later:
            later[0].state, later[0].begun, later[0].line = State.WAITING, True, part.line


FEW = 4


class OfficeDay(RuleBasedStateMachine):
    """Any sequence of verbs ends where the table says, and one it lacks changes no row."""

    empty: ClassVar[Path]
    tried: ClassVar[set[tuple[State, Verb]]] = set()

    @initialize()
    def open(self) -> None:
        self.folder = TemporaryDirectory()
        file = Path(self.folder.name) / "khiu.db"
        shutil.copy(self.empty, file)
        self.store, self.clock, self.hall = Store(f"sqlite:///{file}"), Clock(), Hall()
        with self.store.writing() as db:
            self.office_id = offices.add(db, demo_file(), self.clock(), demo=True)
        house = House(self.store, self.clock, lambda *_, **__: None)
        rooms = house.rooms(self.office_id)
        self.desk, self.reads = rooms.desk, rooms.reads
        self.service = {one.code: one.id for one in self.reads.services()}
        self.counter = {one.number: one for one in self.reads.counters()}
        self.version = self.reads.board().version
        for code in SERVICES:
            self.issue([code], Priority.NONE)

    # ------------------------------------------------------------ what people do

    @rule(seed=st.integers(0, 2**32))
    def something_happens(self, seed: int) -> None:
        """Drawn from a seed, because single draws of small numbers would mostly be zeros."""
        dice = Random(seed)
        deeds = {self.press: 12, self.call_next: 5, self.somebody_comes: 3, self.time_passes: 3}
        deeds[self.the_clock_is_set_back] = 1
        (deed,) = dice.choices(list(deeds), list(deeds.values()))
        deed(dice)

    def somebody_comes(self, dice: Random) -> None:
        codes = dice.choices(SERVICES, k=dice.choice((1, 1, 2, 3)))
        self.issue(codes, dice.choice(list(Priority)))

    def issue(self, codes: list[str], who: Priority) -> None:
        first, *more = [self.service[code] for code in codes]
        now, newest = self.clock.now, self.newest_event()
        now = newest + 1 if now < newest else now  # never before what has happened
        seen = self.desk.issue(Wish(first, who, more_service_ids=tuple(more)), PROGRAM)
        head_start = self.reads.settings().settings.head_start_min(who) * MINUTE
        line = now - head_start
        parts = [Part(code, line) for code in codes]
        parts[0].state, parts[0].begun = State.WAITING, True
        self.hall.visits.append(Visit(seen.ticket.id, seen.ticket.number, parts))

    def call_next(self, dice: Random) -> None:
        number, finish = dice.choice(COUNTERS), dice.random() < 0.5
        there = self.hall.at(number)
        if there is not None and not finish:
            self.refused(lambda: self.desk.call_next(self.counter[number].id, PROGRAM))
            return
        if there is not None:
            self.hall.moves(there, Verb.FINISH, number)
        first = self.first_for(number, self.look())
        seen = self.desk.call_next(self.counter[number].id, PROGRAM, finish=finish)
        assert (seen.ticket.id if seen else None) == (first.id if first else None)
        if first is not None:
            self.hall.moves(first, Verb.CALL, number)

    def press(self, dice: Random) -> None:
        """Mostly something that is possible with somebody who is there, often what is not."""
        there = [visit for visit in self.hall.visits if visit.state not in ENDED]
        visit = dice.choice(there if there and dice.random() < 0.9 else self.hall.visits)
        number, code = dice.choice(COUNTERS), dice.choice((None, *SERVICES))
        possible = [verb for verb in PRESSES if (visit.state, verb) in MOVES]
        verb = dice.choice(possible if possible and dice.random() < 0.7 else PRESSES)
        if verb is Verb.CANCEL and dice.random() < 0.6:
            return  # or nobody would be left
        self.tried.add((visit.state, verb))
        busy = verb in (Verb.CALL, Verb.RESUME) and self.hall.at(
            number if verb is Verb.CALL else str(visit.current.counter)
        )
        if (visit.state, verb) not in MOVES or busy:
            self.refused(lambda: self.do(verb, visit, number, code))
        else:
            seen = self.do(verb, visit, number, code)
            self.hall.moves(visit, verb, number, code)
            assert seen.ticket.state is visit.state

    def time_passes(self, dice: Random) -> None:
        self.clock.minutes(dice.randrange(40))

    def the_clock_is_set_back(self, dice: Random) -> None:
        self.clock.minutes(-dice.randrange(5))

    # ------------------------------------------------------------ what always holds

    @invariant()
    def the_office_agrees(self) -> None:
        if self.hall.visits:
            found = self.look()
            for visit in self.hall.visits:
                self.is_where_the_contract_says(visit, found[visit.id])
            self.the_events_tell_the_same_story()
            self.the_waiting_line_is_the_order_of_calling(found)
        self.the_board_shows_each_counters_last_call()

    def is_where_the_contract_says(self, visit: Visit, ticket: Ticket) -> None:
        assert ticket.state is visit.state
        assert ticket.current.outcome is visit.current.outcome
        assert ticket.current.queue_at == visit.current.line
        numbers = {counter.id: number for number, counter in self.counter.items()}
        stands = ticket.current.counter_id
        assert (numbers[stands] if stands else None) == visit.current.counter
        codes = {id: code for code, id in self.service.items()}
        steps = [step for step in ticket.steps if step.issued_at]
        told = [(codes[one.service_id], one.state, one.outcome) for one in steps]
        assert told == [(p.service, p.state, p.outcome) for p in visit.parts if p.begun]

    def the_board_shows_each_counters_last_call(self) -> None:
        board = self.reads.board()
        assert board.version >= self.version
        self.version = board.version
        number = {visit.id: visit.number for visit in self.hall.visits}
        shown = {call.counter: call.number for call in board.calls}
        assert shown == {counter: number[id] for counter, id in self.hall.board.items()}
        ids = [call.call_id for call in board.calls]
        assert ids == sorted(ids, reverse=True)

    def the_events_tell_the_same_story(self) -> None:
        table = schema.ticket_events
        with self.store.reading() as db:
            happened = db.execute(select(table).order_by(table.c.id)).all()
        for visit in self.hall.visits:
            mine = [event for event in happened if event.ticket_id == visit.id]
            assert told_by(mine, len(visit.parts)) is visit.state
            assert [event.at for event in mine] == sorted(event.at for event in mine)

    def the_waiting_line_is_the_order_of_calling(self, found: dict[int, Ticket]) -> None:
        for number, counter in self.counter.items():
            line = [one.ticket_id for one in self.reads.line(counter.id)]
            first = self.first_for(number, found)
            assert line[:1] == ([first.id] if first else [])
            assert len(set(line)) == len(line)

    def teardown(self) -> None:
        if hasattr(self, "store"):
            self.store.close()
            self.folder.cleanup()

    # ------------------------------------------------------------ what these share

    def look(self) -> dict[int, Ticket]:
        with self.store.reading() as db:
            ids = [visit.id for visit in self.hall.visits]
            return {one.id: one for one in tickets.many(db, self.office_id, ids)}

    def first_for(self, number: str, found: dict[int, Ticket]) -> Visit | None:
        """Who stands first, by the contract: the smallest place plus the counter's penalty."""
        penalties = self.counter[number].penalties
        standing = []
        for visit in self.hall.visits:
            part = visit.current
            if part.state is not State.WAITING or part.counter not in (None, number):
                continue
            penalty_s = 0 if part.counter else penalties.get(self.service[part.service])
            if penalty_s is not None:
                place = (part.line + 1000 * penalty_s, found[visit.id].current.id)
                standing.append((place, visit))
        return min(standing, key=lambda one: one[0])[1] if standing else None

    def newest_event(self) -> int:
        table = schema.ticket_events
        with self.store.reading() as db:
            return max(db.scalars(select(table.c.at)), default=self.clock.now)

    def do(self, verb: Verb, visit: Visit, number: str, code: str | None) -> Seen:
        counter_id = self.counter[number].id
        match verb:
            case Verb.CALL:
                return self.desk.call(visit.id, counter_id, "เร่งด่วน", PROGRAM)
            case Verb.HOLD:
                return self.desk.hold(visit.id, "ไปถ่ายเอกสาร", PROGRAM)
            case Verb.CANCEL:
                return self.desk.cancel(visit.id, "กลับบ้าน", PROGRAM)
            case Verb.RETURN:
                return self.desk.bring_back(visit.id, PROGRAM)
            case Verb.TRANSFER:
                service_id = self.service[code] if code else None
                return self.desk.transfer(
                    visit.id, PROGRAM, service_id=service_id, counter_id=counter_id
                )
        seen: Seen = getattr(self.desk, verb)(visit.id, PROGRAM)
        return seen

    def refused(self, press: Callable[[], object]) -> None:
        before = rows(self.store)
        with pytest.raises(NotAllowed):
            press()
        assert rows(self.store) == before


def rows(store: Store) -> dict[str, list[Any]]:
    with store.reading() as db:
        return {t.name: list(db.execute(t.select())) for t in schema.metadata.sorted_tables}


def told_by(happened: list[Row[Any]], steps: int) -> State:
    """The state, rebuilt from what happened and from how many steps there are, alone."""
    leads = {"called": State.CALLED, "recalled": State.CALLED, "started": State.SERVING}
    leads |= {"held": State.HELD, "resumed": State.SERVING, "transferred": State.WAITING}
    leads |= {"returned": State.WAITING, "no_show": State.NO_SHOW, "issued": State.WAITING}
    leads |= {"cancelled": State.CANCELLED, "finished": State.WAITING}
    touched = {event.step_id for event in happened}
    over = {event.step_id for event in happened if event.kind == "finished"}
    left = {event.step_id for event in happened if event.kind == "transferred"}
    over |= left - {happened[-1].step_id}  # another step went on: it was to another service
    if happened[-1].kind == "finished" and len(over) == steps:
        assert over == touched
        return State.DONE
    return leads[happened[-1].kind]


def test_the_desk_moves_tickets_only_as_the_table_says(empty_sqlite: Path) -> None:
    OfficeDay.empty = empty_sqlite
    run_state_machine_as_test(
        OfficeDay, settings=settings(max_examples=15, stateful_step_count=50, deadline=None)
    )
    possible = {
        move for move in MOVES if move[0] is not State.PLANNED and move[1] is not Verb.CLOSE
    }
    # Which moves a run meets is chance; that it meets nearly all of them is no accident.
    assert len(possible - OfficeDay.tried) <= FEW, possible - OfficeDay.tried


def test_every_move_of_the_table_has_its_verb() -> None:
    assert {verb for _, verb in MOVES} == set(Verb)


# ---------------------------------------------------------------- single moves


def test_the_next_step_waits_when_one_ends_and_keeps_the_place(office: Office) -> None:
    visit = office.issue("birth", Priority.DISABLED, more=("land-tax", "birth"))
    office.clock.minutes(3)
    called = office.call_next("1")
    assert called is not None
    office.clock.minutes(4)
    seen = office.desk.finish(called.ticket.id, PROGRAM)
    first, second, third = seen.ticket.steps
    assert [one.state for one in (first, second, third)] == ["done", "waiting", "planned"]
    assert second.queue_at == first.queue_at == visit.ticket.issued_at - 20 * MINUTE
    assert second.issued_at == first.ended_at == office.clock.now
    assert third.issued_at is None


def test_a_parked_visitor_frees_the_counter_and_returns_only_to_a_free_one(office: Office) -> None:
    office.issue()
    office.issue()
    first = office.call_next()
    assert first is not None
    office.desk.hold(first.ticket.id, "ถ่ายเอกสาร", PROGRAM)
    second = office.call_next()
    assert second is not None
    with pytest.raises(NotAllowed) as refused:
        office.desk.resume(first.ticket.id, PROGRAM)
    assert refused.value.code == "counter_busy"
    office.desk.finish(second.ticket.id, PROGRAM)
    seen = office.desk.resume(first.ticket.id, PROGRAM)
    assert seen.ticket.state is State.SERVING
    assert seen.ticket.current.counter_id == office.counter("1").id


def test_next_with_finish_ends_the_present_one_even_when_nobody_waits(office: Office) -> None:
    office.issue()
    first = office.call_next()
    assert first is not None
    assert office.call_next(finish=True) is None
    ended = office.reads.ticket(first.ticket.id).ticket
    assert (ended.state, ended.current.outcome) == (State.DONE, Outcome.SERVED)


def test_a_cancelled_visit_says_why_it_ended_though_steps_were_left(office: Office) -> None:
    visit = office.issue("birth", more=("land-tax",)).ticket
    office.desk.cancel(visit.id, "เอกสารไม่ครบ", PROGRAM, Outcome.TURNED_AWAY)
    seen = office.reads.ticket(visit.id).ticket
    assert (seen.state, seen.current.outcome) == (State.CANCELLED, Outcome.TURNED_AWAY)
    assert seen.current.ended_at == office.clock.now
    assert seen.steps[1].state is State.CANCELLED


def test_the_day_end_closes_who_waits_and_counts_who_was_served(office: Office) -> None:
    served, held, called, waits = (office.issue() for _ in range(4))
    gone = office.issue("land-tax", more=("birth",))
    office.call_next("1")
    office.desk.start(served.ticket.id, PROGRAM)
    office.desk.finish(served.ticket.id, PROGRAM)
    office.call_next("1")
    office.desk.hold(held.ticket.id, "รอ", PROGRAM)
    office.call_next("1")
    office.call_next("3")
    office.desk.no_show(gone.ticket.id, PROGRAM)
    office.clock.minutes(24 * 60)

    closed = office.desk.close_days_before(office.reads.today())

    assert closed == 4
    states = {one.ticket.id: one.ticket for one in office.reads.find_tickets()}
    assert states[served.ticket.id].state is State.DONE
    for one in (held, called, waits):
        ended = states[one.ticket.id].current
        assert (ended.state, ended.outcome) == (State.CLOSED, Outcome.CLOSED_AT_DAY_END)
    absent = states[gone.ticket.id]
    assert (absent.state, absent.current.outcome) == (State.NO_SHOW, Outcome.NO_SHOW)
    assert absent.steps[1].state is State.CLOSED
    assert office.desk.close_days_before(office.reads.today()) == 0


def test_who_was_forgotten_at_the_counter_counts_as_served_that_day(office: Office) -> None:
    visit = office.issue("birth", more=("land-tax",)).ticket
    office.call_next("1")
    office.desk.start(visit.id, PROGRAM)
    office.clock.minutes(24 * 60)
    office.desk.close_days_before(office.reads.today())
    seen = office.reads.ticket(visit.id).ticket
    assert (seen.steps[0].state, seen.steps[0].outcome) == (State.DONE, Outcome.SERVED)
    assert (seen.steps[1].state, seen.steps[1].issued_at) == (State.CLOSED, None)
    assert seen.state is State.DONE


def test_the_day_end_leaves_todays_visitors_alone(office: Office) -> None:
    waits = office.issue().ticket
    assert office.desk.close_days_before(office.reads.today()) == 0
    assert office.reads.ticket(waits.id).ticket.state is State.WAITING


def test_a_survey_opens_when_the_first_step_was_served(office: Office) -> None:
    tokens = schema.survey_tokens
    visit = office.issue("birth", more=("land-tax",)).ticket

    def opened() -> list[int | None]:
        with office.store.reading() as db:
            return list(db.scalars(select(tokens.c.opened_at)))

    office.call_next("1")
    assert opened() == [None]
    office.clock.minutes(5)
    office.desk.finish(visit.id, PROGRAM)
    first = office.clock.now
    assert opened() == [first]
    office.clock.minutes(5)
    office.call_next("3")
    office.desk.finish(visit.id, PROGRAM)
    assert opened() == [first]


def test_a_switched_off_service_takes_nobody_over(office: Office) -> None:
    visit = office.issue().ticket
    with office.store.writing() as db:
        services = schema.services
        db.execute(services.update().where(services.c.code == "land-tax").values(active=False))
    with pytest.raises(NotAllowed) as refused:
        office.desk.transfer(visit.id, PROGRAM, service_id=office.service("land-tax").id)
    assert refused.value.code == "service_off"


def test_a_clock_set_back_makes_no_earlier_event(office: Office) -> None:
    visit = office.issue().ticket
    office.clock.minutes(-90)
    office.call_next()
    office.desk.start(visit.id, PROGRAM)
    at = [event.at for event in office.reads.events(visit.id)]
    assert at == sorted(at)
    assert [event.kind for event in office.reads.events(visit.id)] == [
        "issued",
        "called",
        "started",
    ]


# ---------------------------------------------------------------- the board


def test_the_board_shows_newest_calls_first_one_for_each_counter(office: Office) -> None:
    for code in ("birth", "birth", "land-tax"):
        office.issue(code)
    office.call_next("1")
    office.call_next("3")
    assert [call.counter for call in office.reads.board().calls] == ["3", "1"]
    office.clock.minutes(1)
    office.call_next("1", finish=True)
    board = office.reads.board()
    assert [(call.counter, call.number) for call in board.calls] == [("1", "A002"), ("3", "R001")]
    assert [call.number for call in board.recent] == ["A002", "R001", "A001"]


def test_a_recall_is_a_new_call_that_says_so(office: Office) -> None:
    visit = office.issue().ticket
    office.call_next()
    (first,) = office.reads.board().calls
    office.clock.minutes(1)
    office.desk.recall(visit.id, PROGRAM)
    board = office.reads.board()
    (again,) = board.calls
    assert (first.recall, again.recall) == (False, True)
    assert again.call_id > first.call_id
    assert again.at == office.clock.now
    assert [call.call_id for call in board.recent] == [again.call_id, first.call_id]


def test_a_call_is_recent_for_ten_minutes_and_stands_longer(office: Office) -> None:
    visit = office.issue().ticket
    office.call_next()
    office.clock.minutes(9.99)
    assert len(office.reads.board().recent) == 1
    office.clock.minutes(0.01)
    board = office.reads.board()
    assert (len(board.recent), len(board.calls)) == (0, 1)
    office.desk.finish(visit.id, PROGRAM)
    assert len(office.reads.board().calls) == 1


@pytest.mark.parametrize("verb", ["bring_back", "no_show", "cancel"])
def test_who_goes_back_or_does_not_come_leaves_the_board(office: Office, verb: str) -> None:
    visit = office.issue().ticket
    office.call_next()
    if verb == "cancel":
        office.desk.cancel(visit.id, "กลับบ้าน", PROGRAM)
    else:
        getattr(office.desk, verb)(visit.id, PROGRAM)
    board = office.reads.board()
    assert board.calls == ()
    assert len(board.recent) == 1


def test_yesterdays_calls_do_not_stand_on_this_mornings_board(office: Office) -> None:
    visit = office.issue().ticket
    office.call_next()
    office.desk.finish(visit.id, PROGRAM)
    before = office.reads.board().version
    office.clock.minutes(24 * 60)
    office.desk.close_days_before(office.reads.today())
    board = office.reads.board()
    assert board.calls == ()
    assert board.version > before


def test_every_change_raises_the_boards_version_also_with_the_clock_set_back(
    office: Office,
) -> None:
    versions = [office.reads.board().version]
    office.issue()
    versions.append(office.reads.board().version)
    office.clock.minutes(-24 * 60)
    office.call_next()
    versions.append(office.reads.board().version)
    office.clock.minutes(48 * 60)
    office.desk.open_counter(office.counter("3").id, PROGRAM)
    versions.append(office.reads.board().version)
    assert versions == sorted(set(versions))
    assert versions[-1] >= office.clock.now
