"""Every verb in every order, at several counters, over midnights: what always holds."""

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Row, update

from server.check import Check
from server.domain.order import Priority
from server.domain.refusals import NotAllowed, NotFound, Refusal
from server.domain.seen import Seen
from server.domain.settings import ServiceRules
from server.domain.ticket import Outcome
from server.domain.wish import RequestKey, Wish
from server.house import House
from server.setup.counters import CounterWish
from server.store import offices, schema
from server.store.engine import Store
from tests.office import MINUTE, PROGRAM, Clock, demo_file
from tests.truth import FROM, LONGEST_HEAD_START_MS, OPEN, THERE, everything_holds, rows_of

RUNS = {"sqlite": 28, "postgresql": 16}  # there each step takes three times as long
STEPS = 50
SERVICES = ("birth", "move", "land-tax", "complaint", "elderly-allowance")
COUNTERS = ("1", "2", "3", "5")  # 1, 2 and 5 also help with another's work, after minutes
LIMITED = {"complaint": 4}  # numbers a day
FORGOTTEN_MS = 3 * 60 * MINUTE
DAY_MS, BANGKOK_MS = 24 * 60 * MINUTE, 7 * 60 * MINUTE
KIND = {"recall": "recalled", "start": "started", "finish": "finished", "hold": "held"}
KIND |= {"resume": "resumed", "no_show": "no_show", "bring_back": "returned"}
KIND |= {"transfer": "transferred", "cancel": "cancelled", "call": "called"}

one_of_many = st.integers(0, 2**16)
counter_number, service_code = st.sampled_from(COUNTERS), st.sampled_from(SERVICES)


class Turns(RuleBasedStateMachine):
    """Whatever people press, nobody is lost, doubled or passed by more than the rules say."""

    store: ClassVar[Store]
    slugs: ClassVar[Any] = count(1)
    pressed: ClassVar[dict[str, int]] = {}

    @initialize()
    def open(self) -> None:
        self.clock = Clock()
        file = demo_file()
        info = file.office.model_copy(update={"slug": f"office-{next(self.slugs)}"})
        rules = file.settings.model_copy(update={"return_within_minutes": 45, "return_limit": 2})
        file = file.model_copy(update={"office": info, "settings": rules})
        with self.store.writing() as db:
            self.id = offices.add(db, file, self.clock(), demo=True)
            table = schema.services
            for code, limit in LIMITED.items():
                mine = (table.c.office_id == self.id) & (table.c.code == code)
                rule_text = ServiceRules(day_limit=limit).text()
                db.execute(update(table).where(mine).values(rules=rule_text))
        rooms = House(self.store, self.clock, lambda *_, **__: None).rooms(self.id)
        self.desk, self.reads, self.setup = rooms.desk, rooms.reads, rooms.setup
        self.service = {one.code: one.id for one in self.reads.services()}
        self.counter = {one.number: one.id for one in self.reads.counters()}
        self.keys = count(1)
        self.again: tuple[Callable[[], Any], Any] | None = None
        self.board: dict[int, int] = {}  # counter → the event that put its call up
        self.shown: dict[int, int] = {}
        self.read_to = 0
        self.rows = rows_of(self.store, self.id)
        for code in SERVICES[:3]:
            self.issue((code,), Priority.NONE)
            self.look()

    # ------------------------------------------------------------ people come

    @rule(
        codes=st.lists(service_code, min_size=1, max_size=3),
        who=st.sampled_from(Priority),
        slot_min=st.none() | st.integers(-60, 180),
        override=st.booleans(),
    )
    def somebody_comes(
        self, codes: list[str], who: Priority, slot_min: int | None, override: bool
    ) -> None:
        slot_at = None if slot_min is None else self.clock.now + slot_min * MINUTE
        self.issue(tuple(codes), who, slot_at, "เดินทางมาไกล" if override else None)

    @rule(code=service_code, who=st.sampled_from(Priority))
    def another_comes(self, code: str, who: Priority) -> None:
        self.issue((code,), who)

    def issue(
        self,
        codes: tuple[str, ...],
        who: Priority,
        slot_at: int | None = None,
        override: str | None = None,
    ) -> None:
        first, *more = [self.service[code] for code in codes]
        wish = Wish(first, who, more_service_ids=tuple(more), slot_at=slot_at, override=override)
        active = {row.id: row.active for row in self.rows["services"]}
        refusal = None
        if not all(active[self.service[code]] for code in codes):
            refusal = "service_off"
        elif override is None and any(self.full(code) for code in codes):
            refusal = "day_limit_reached"
        self.press("issue", lambda key: self.desk.issue(wish, PROGRAM, key), refusal)

    def full(self, code: str) -> bool:
        """By the rows: numbers of today for it, planned ones too, without mistaken ones."""
        if code not in LIMITED:
            return False
        today = {ticket.id for ticket in self.rows["tickets"] if ticket.day == self.day()}
        given = [
            step
            for step in self.rows["steps"]
            if step.service_id == self.service[code]
            and step.outcome != "issued_in_error"
            and (
                step.day == self.day()
                or (step.day is None and step.state == "planned" and step.ticket_id in today)
            )
        ]
        return len(given) >= LIMITED[code]

    # ------------------------------------------------------------ officers press

    @rule(number=counter_number, finish=st.booleans())
    def next_please(self, number: str, finish: bool) -> None:
        self.call_somebody(number, finish=finish)

    def call_somebody(self, number: str, *, finish: bool) -> None:
        counter_id = self.counter[number]
        present = self.at(counter_id)
        refusal = None
        if not self.works(counter_id):
            refusal = "no_such_counter"
        elif present and not finish:
            refusal = "counter_busy"
        expected = None if refusal else self.first_for(counter_id, finished=present)

        def act(key: RequestKey) -> Any:
            return self.desk.call_next(counter_id, PROGRAM, finish=finish, key=key)

        touched = {present.ticket_id} if present else set()
        done, seen = self.press("next", act, refusal, touched)
        if not done:
            return
        if expected is None:
            assert seen is None
            return
        assert seen is not None and seen.ticket.id == expected.ticket_id
        assert seen.why is not None

    @rule(number=counter_number, who=one_of_many)
    def call_chosen(self, number: str, who: int) -> None:
        counter_id = self.counter[number]
        if (ticket_id := self.choose(who, "called")) is None:
            return
        self.move(
            "call",
            ticket_id,
            lambda key: self.desk.call(ticket_id, counter_id, "เจ็บป่วย", PROGRAM, key),
            counter_id,
        )

    @rule(who=one_of_many)
    def nobody_comes(self, who: int) -> None:
        if ticket_id := self.choose(who, "no_show"):
            self.move("no_show", ticket_id, lambda key: self.desk.no_show(ticket_id, PROGRAM, key))

    @rule(who=one_of_many, verb=st.sampled_from(["recall", "start", "start"]))
    def plain_press(self, who: int, verb: str) -> None:
        if (ticket_id := self.choose(who, KIND[verb])) is None:
            return
        self.move(verb, ticket_id, lambda key: getattr(self.desk, verb)(ticket_id, PROGRAM, key))

    @rule(who=one_of_many, outcome=st.sampled_from([Outcome.SERVED, Outcome.SERVED_ELSEWHERE]))
    def finish(self, who: int, outcome: Outcome) -> None:
        if (ticket_id := self.choose(who, "finished")) is None:
            return
        self.move(
            "finish", ticket_id, lambda key: self.desk.finish(ticket_id, PROGRAM, outcome, key)
        )

    @rule(who=one_of_many)
    def come_back(self, who: int) -> None:
        if who % 3 and not any(step.state == "no_show" for step in self.rows["steps"]):
            self.nobody_comes(who)
        if (ticket_id := self.choose(who, "returned")) is None:
            return
        step = self.current(ticket_id)
        refusal = None
        if step.state == "no_show" and step.returns >= 2:
            refusal = "returned_too_often"
        elif step.state == "no_show" and self.now() > step.ended_at + 45 * MINUTE:
            refusal = "return_too_late"
        self.move(
            "bring_back",
            ticket_id,
            lambda key: self.desk.bring_back(ticket_id, PROGRAM, key),
            refusal=refusal,
        )

    @rule(who=one_of_many)
    def park(self, who: int) -> None:
        if (ticket_id := self.choose(who, "held")) is None:
            return
        self.move(
            "hold", ticket_id, lambda key: self.desk.hold(ticket_id, "ไปนำเอกสาร", PROGRAM, key)
        )

    @rule(who=one_of_many)
    def resume(self, who: int) -> None:
        if (ticket_id := self.choose(who, "resumed")) is None:
            return
        step = self.current(ticket_id)
        counter_id = step.counter_id if step.state == "held" else None
        self.move(
            "resume", ticket_id, lambda key: self.desk.resume(ticket_id, PROGRAM, key), counter_id
        )

    @rule(
        who=one_of_many,
        code=st.none() | service_code,
        number=st.none() | counter_number,
    )
    def transfer(self, who: int, code: str | None, number: str | None) -> None:
        if (ticket_id := self.choose(who, "transferred")) is None:
            return
        service_id = self.service[code] if code else None
        counter_id = self.counter[number] if number else None
        step = self.current(ticket_id)
        refusal = None
        if counter_id is not None and not self.works(counter_id):
            refusal = "no_such_counter"
        elif service_id not in (None, step.service_id) and not self.active(service_id):
            refusal = "service_off"

        def act(key: RequestKey) -> Seen:
            return self.desk.transfer(
                ticket_id, PROGRAM, service_id=service_id, counter_id=counter_id, key=key
            )

        done = self.move("transfer", ticket_id, act, refusal=refusal)
        after = self.current_now(ticket_id)
        if done:
            assert after.queue_at == step.queue_at
            assert (after.state, after.counter_id) == ("waiting", counter_id)

    @rule(
        who=one_of_many,
        outcome=st.sampled_from([Outcome.LEFT, Outcome.TURNED_AWAY, Outcome.ISSUED_IN_ERROR]),
        really=st.integers(0, 2),
    )
    def cancel(self, who: int, outcome: Outcome, really: int) -> None:
        if really:
            return  # or nobody would be left
        if (ticket_id := self.choose(who, "cancelled")) is None:
            return
        self.move(
            "cancel",
            ticket_id,
            lambda key: self.desk.cancel(ticket_id, "กลับก่อน", PROGRAM, outcome, key),
        )

    @rule(who=one_of_many, code=service_code)
    def add_step(self, who: int, code: str) -> None:
        ticket_id, service_id = self.any_ticket(who), self.service[code]
        refusal = None
        if not self.active(service_id):
            refusal = "service_off"
        elif self.current(ticket_id).state not in OPEN:
            refusal = "visit_is_over"
        elif len(self.steps(ticket_id)) >= 8:
            refusal = "bad_fields"
        self.press(
            "add_step",
            lambda key: self.desk.add_step(ticket_id, service_id, PROGRAM, key),
            refusal,
            {ticket_id},
        )

    @rule(who=one_of_many, which=one_of_many)
    def drop_step(self, who: int, which: int) -> None:
        several = [t.id for t in self.rows["tickets"] if len(self.steps(t.id)) > 1]
        ticket_id = several[who % len(several)] if several else self.any_ticket(who)
        steps = self.steps(ticket_id)
        step = steps[which % len(steps)]
        refusal = "no_such_move" if step.state != "planned" else None
        self.press(
            "drop_step",
            lambda key: self.desk.drop_step(ticket_id, step.id, PROGRAM, key),
            refusal,
            {ticket_id},
        )

    # ------------------------------------------------------------ the office changes

    @rule(number=counter_number, state=st.sampled_from(["open", "close", "close", "pause"]))
    def set_counter(self, number: str, state: str) -> None:
        counter_id = self.counter[number] if state == "open" else self.wanted(number)
        refusal = None
        if not self.works(counter_id):
            refusal = "no_such_counter"
        elif state != "open" and self.at(counter_id):
            refusal = "counter_busy"
        press = {
            "open": self.desk.open_counter,
            "close": self.desk.close_counter,
            "pause": lambda *a: self.desk.pause_counter(a[0], "พัก", *a[1:]),
        }[state]
        sent = {
            step.ticket_id
            for step in self.rows["steps"]
            if state == "close" and step.state == "waiting" and step.counter_id == counter_id
        }
        self.press(state, lambda key: press(counter_id, PROGRAM, key), refusal, sent)
        if refusal is None and state == "close":
            steps = self.rows["steps"]
            assert not [s for s in steps if s.state == "waiting" and s.counter_id == counter_id]

    @rule(code=service_code, active=st.booleans())
    def switch_service(self, code: str, active: bool) -> None:
        self.set_up(
            lambda: self.setup.services.switch(self.service[code], PROGRAM, active=active), set()
        )

    @rule(
        number=counter_number,
        codes=st.dictionaries(service_code, st.sampled_from([0, 0, 300, 900]), max_size=5),
        active=st.sampled_from([True, True, True, False]),
    )
    def change_counter(self, number: str, codes: dict[str, int], active: bool) -> None:
        counter_id = self.counter[number] if active else self.wanted(number)
        name = self.setup.counters.one(counter_id)
        takes = {self.service[code]: penalty for code, penalty in codes.items()}
        words = demo_file().counter[0].name
        wish = CounterWish(name.number, words, takes, active)
        busy = self.works(counter_id) and not active and self.at(counter_id)
        sent = {s.ticket_id for s in self.rows["steps"] if s.state == "waiting" and s.counter_id}
        self.set_up(
            lambda: self.setup.counters.change(counter_id, wish, PROGRAM),
            sent if not active else set(),
            "counter_busy" if busy else self.stranding(counter_id, set(takes), active=active),
        )

    def stranding(self, counter_id: int, takes: set[int], *, active: bool) -> str | None:
        """Whether a counter that changes so leaves somebody whom no counter calls any more."""
        at_work = {row.id for row in self.rows["counters"] if row.active}
        pairs = [
            (row.counter_id, row.service_id)
            for row in self.rows["counter_services"]
            if row.counter_id in at_work
        ]
        taken = {service for _, service in pairs}
        others = {service for counter, service in pairs if counter != counter_id}
        later = others | (takes if active else set())
        lined_up = [s for s in self.rows["steps"] if s.state in ("waiting", "planned")]
        stuck = {s.service_id for s in lined_up if s.counter_id is None} - taken
        freed = {None, counter_id} if counter_id in at_work and not active else {None}
        stuck_later = {s.service_id for s in lined_up if s.counter_id in freed} - later
        return "nobody_else_takes" if stuck_later - stuck else None

    # ------------------------------------------------------------ time

    @rule(minutes=st.sampled_from([0.01, 1, 5, 12, 30, 50]))
    def time_passes(self, minutes: float) -> None:
        self.clock.minutes(minutes)

    @rule(minutes=st.integers(1, 90))
    def the_clock_is_set_back(self, minutes: int) -> None:
        self.clock.minutes(-minutes)

    @rule(late=st.booleans())
    def the_evening_comes(self, late: bool) -> None:
        """Towards midnight, or past it; nobody has looked after the old day yet."""
        midnight = (self.clock.now + BANGKOK_MS) // DAY_MS * DAY_MS + DAY_MS - BANGKOK_MS
        self.clock.now = max(self.clock.now, midnight + (MINUTE if late else -10 * MINUTE))

    @rule()
    def the_timer_looks(self) -> None:
        today = self.reads.today()
        old = {ticket.id for ticket in self.rows["tickets"] if ticket.day < today}
        now, looks = self.now(), self.clock.now
        self.desk.close_days_before(today)
        before, self.rows = self.rows, rows_of(self.store, self.id)
        self.only_these_changed(before, old)
        self.board = {
            counter_id: event_id
            for counter_id, event_id in self.board.items()
            if self.event_ticket(event_id) not in old
        }
        for step in self.rows["steps"]:
            if step.ticket_id in old and step.state in OPEN:
                assert step.state == "serving"
                assert (step.started_at or step.called_at) > looks - FORGOTTEN_MS, now

    @rule(early=st.none() | st.integers(0, 30))
    def the_day_is_closed(self, early: int | None) -> None:
        until = None if early is None else self.clock.now - early * MINUTE
        meant = {
            ticket.id
            for ticket in self.rows["tickets"]
            if until is None or ticket.issued_at < until
        }
        self.desk.close_day(PROGRAM, until=until)
        before, self.rows = self.rows, rows_of(self.store, self.id)
        self.only_these_changed(before, meant)
        for step in self.rows["steps"]:
            if step.ticket_id in meant:
                assert step.state not in ("waiting", "called", "held")

    @precondition(lambda self: self.again is not None)
    @rule()
    def the_same_press_comes_again(self) -> None:
        assert self.again is not None
        act, answer = self.again
        assert act() == answer
        assert rows_of(self.store, self.id) == self.rows

    # ------------------------------------------------------------ how a press is judged

    def move(
        self,
        verb: str,
        ticket_id: int,
        act: Callable[[RequestKey], Any],
        counter_id: int | None = None,
        refusal: str | None = None,
    ) -> bool:
        """A verb on one ticket: refused where the contract has no such move, else done."""
        state = self.current(ticket_id).state
        if counter_id is not None and not self.works(counter_id):
            refusal = "no_such_counter"
        elif counter_id is not None and self.at(counter_id):
            refusal = "counter_busy"
        elif state not in FROM[KIND[verb]]:
            refusal = refusal or "no_such_move"
        if verb == "resume" and state != "held":
            refusal = "no_such_move"
        done, seen = self.press(verb, act, refusal, {ticket_id})
        if done:
            last = [e.kind for e in self.rows["ticket_events"] if e.ticket_id == ticket_id][-1]
            assert last == KIND[verb]
            assert seen.ticket.id == ticket_id
            assert seen.ticket.state == self.current_now(ticket_id).state
        return done

    def press(
        self,
        verb: str,
        act: Callable[[RequestKey], Any],
        refusal: str | None,
        touched: set[int] | None = None,
    ) -> tuple[bool, Any]:
        """Presses with a key of its own; `refusal` is the code that the rules foretell."""
        name = f"k{next(self.keys)}"
        key = RequestKey("test", "POST", verb, name, "body")
        before = self.rows
        self.pressed[verb] = self.pressed.get(verb, 0) + (refusal is None)
        if refusal is not None:
            with pytest.raises(Refusal) as refused:
                act(key)
            assert isinstance(refused.value, Refusal)
            allowed = {refusal, "no_such_move"} if refusal != "bad_fields" else {refusal}
            assert refused.value.code in allowed, (verb, refusal, refused.value.code)
            assert rows_of(self.store, self.id) == before
            return False, None
        seen = act(key)
        self.rows = rows_of(self.store, self.id)
        called = {seen.ticket.id} if isinstance(seen, Seen) else set()
        self.only_these_changed(before, (touched or set()) | called)
        self.again = (lambda: act(key)), seen
        assert self.version(self.rows) > self.version(before)
        return True, seen

    def set_up(
        self, act: Callable[[], None], touched: set[int], refusal: str | None = None
    ) -> None:
        before = self.rows
        if refusal is not None:
            with pytest.raises((NotAllowed, NotFound)) as refused:
                act()
            assert refused.value.code == refusal
            assert rows_of(self.store, self.id) == before
            return
        act()
        self.rows = rows_of(self.store, self.id)
        self.only_these_changed(before, touched)

    @staticmethod
    def version(rows: dict[str, list[Row[Any]]]) -> int:
        return int(rows["board_versions"][0].version)

    def only_these_changed(self, before: dict[str, list[Row[Any]]], touched: set[int]) -> None:
        """No verb moves anybody else; nothing that happened is ever written anew."""
        old = {step.id: step for step in before["steps"]}
        for step in self.rows["steps"]:
            if step.ticket_id not in touched:
                assert old.get(step.id) == step
        events = self.rows["ticket_events"]
        assert events[: len(before["ticket_events"])] == before["ticket_events"]
        assert {e.ticket_id for e in events[len(before["ticket_events"]) :]} <= touched

    # ------------------------------------------------------------ what always holds

    @invariant()
    def look(self) -> None:
        if not hasattr(self, "rows"):
            return
        everything_holds(self.rows)
        self.calls_were_fair_and_the_board_agrees()

    def calls_were_fair_and_the_board_agrees(self) -> None:
        events = self.rows["ticket_events"]
        for event in events[self.read_to :]:
            if event.kind in ("called", "recalled"):
                self.board[event.counter_id] = event.id
            elif self.takes_its_call_down(event):
                self.board = {
                    at: id
                    for at, id in self.board.items()
                    if self.event_ticket(id) != event.ticket_id
                }
        self.read_to = len(events)
        shown = {row.counter_id: row.call_id for row in self.rows["current_calls"]}
        assert shown == self.board
        if shown != self.shown:
            calls = self.reads.board().calls
            assert [call.call_id for call in calls] == sorted(self.board.values(), reverse=True)
        self.shown = shown

    def takes_its_call_down(self, event: Row[Any]) -> bool:
        if event.kind in (
            "cancelled",
            "closed",
        ):  # of a step planned for later: not the visit's end
            step = next(step for step in self.rows["steps"] if step.id == event.step_id)
            return step.issued_at is not None
        return event.kind in ("returned", "no_show")

    def first_for(self, counter_id: int, finished: Row[Any] | None) -> Row[Any] | None:
        """Who is called next, by the contract; also that nobody is passed by more than allowed."""
        penalty = {
            row.service_id: row.penalty_s * 1000
            for row in self.rows["counter_services"]
            if row.counter_id == counter_id
        }
        standing = []
        for step in self.rows["steps"]:
            queue_at = step.queue_at
            if finished is not None and step.ticket_id == finished.ticket_id:
                following = self.following(finished)
                if following is None or following.id != step.id:
                    continue
                queue_at = finished.queue_at
            elif step.state != "waiting":
                continue
            if step.counter_id == counter_id:
                standing.append((queue_at, step.id, 0, step))
            elif step.counter_id is None and step.service_id in penalty:
                later = penalty[step.service_id]
                standing.append((queue_at + later, step.id, later, step))
        if not standing:
            return None
        _, _, its_penalty, first = min(standing, key=lambda one: one[:2])
        if self.is_plain(first):
            for _, _, later, other in standing:
                if self.is_plain(other):
                    since = max(other.issued_at, other.slot_at or 0)
                    assert first.issued_at <= since + LONGEST_HEAD_START_MS + later - its_penalty
        return first

    def following(self, finished: Row[Any]) -> Row[Any] | None:
        """The visit's next step, where the day is still the ticket's."""
        ticket = next(t for t in self.rows["tickets"] if t.id == finished.ticket_id)
        planned = [s for s in self.steps(finished.ticket_id) if s.state == "planned"]
        return planned[0] if planned and ticket.day == self.day() else None

    def is_plain(self, step: Row[Any]) -> bool:
        """A visit's first step that was never returned or transferred."""
        moved = {
            event.step_id
            for event in self.rows["ticket_events"]
            if event.kind in ("returned", "transferred") and event.ticket_id == step.ticket_id
        }
        return step.position == 0 and step.id not in moved

    def teardown(self) -> None:
        if hasattr(self, "rows"):
            with self.store.reading() as db:
                assert list(Check(db, self.now())._of_offices(self.id)) == []

    # ------------------------------------------------------------ looking things up

    def now(self) -> int:
        """No event lies before one that has happened, whatever the clock says."""
        newest = max((event.at for event in self.rows["ticket_events"]), default=0)
        return newest + 1 if self.clock.now < newest else self.clock.now

    def day(self) -> str:
        moment = datetime.fromtimestamp((self.now() + BANGKOK_MS) / 1000, UTC)
        return moment.date().isoformat()

    def wanted(self, number: str) -> int:
        """A counter to which somebody was sent, where there is one; else this one."""
        sent = {s.counter_id for s in self.rows["steps"] if s.state == "waiting"} - {None}
        return min(sent) if sent else self.counter[number]

    def works(self, counter_id: int) -> bool:
        return any(row.id == counter_id and row.active for row in self.rows["counters"])

    def active(self, service_id: int | None) -> bool:
        return any(row.id == service_id and row.active for row in self.rows["services"])

    def at(self, counter_id: int) -> Row[Any] | None:
        there = [s for s in self.rows["steps"] if s.state in THERE and s.counter_id == counter_id]
        return there[0] if there else None

    def steps(self, ticket_id: int) -> list[Row[Any]]:
        mine = [step for step in self.rows["steps"] if step.ticket_id == ticket_id]
        return sorted(mine, key=lambda step: (step.position, step.id))

    def current(self, ticket_id: int) -> Row[Any]:
        """Begun and not over, else the last that began."""
        steps = self.steps(ticket_id)
        begun = [step for step in steps if step.issued_at is not None]
        under_way = [step for step in begun if step.state in (*OPEN, "no_show")]
        return under_way[0] if under_way else begun[-1]

    current_now = current

    def event_ticket(self, event_id: int) -> int:
        return int(next(e.ticket_id for e in self.rows["ticket_events"] if e.id == event_id))

    def any_ticket(self, who: int) -> int:
        return int(self.rows["tickets"][who % len(self.rows["tickets"])].id)

    def choose(self, who: int, kind: str) -> int | None:
        """Mostly somebody for whom it is possible, often anybody at all.

        Where it is possible for nobody, somebody is called or parked first; None: in vain.
        """
        if who % 6 == 0:
            return self.any_ticket(who)
        if not self.possible(kind):
            self.call_somebody(COUNTERS[who % len(COUNTERS)], finish=True)
        if not self.possible(kind) and kind == "resumed" and (there := self.possible("held")):
            self.move("hold", there[0], lambda key: self.desk.hold(there[0], "พัก", PROGRAM, key))
        possible = self.possible(kind)
        return possible[who % len(possible)] if possible else None

    def possible(self, kind: str) -> list[int]:
        return [s.ticket_id for s in self.rows["steps"] if s.state in FROM[kind] - {"planned"}]


FEW = 2
VERBS = {*KIND, "issue", "next", "add_step", "drop_step", "open", "close", "pause"}


def test_whatever_is_pressed_in_whatever_order_everybody_keeps_number_and_place(
    store: Store,
) -> None:
    Turns.store, Turns.pressed = store, {}
    suppressed = [HealthCheck.too_slow, HealthCheck.data_too_large]
    run_state_machine_as_test(
        Turns,
        settings=settings(
            max_examples=RUNS[store.engine.dialect.name],
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=suppressed,
        ),
    )
    done = {verb for verb, times in Turns.pressed.items() if times}
    # Which verbs a run can do is chance; that it does nearly all of them is no accident.
    assert len(VERBS - done) <= FEW, VERBS - done
