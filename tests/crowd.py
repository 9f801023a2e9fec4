"""Somebody who presses everything there is, again and again, with no thought for the others."""

import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from random import Random
from typing import Any

from sqlalchemy import text

from server.domain.order import Priority
from server.domain.refusals import Refusal
from server.domain.settings import Words
from server.domain.ticket import Outcome
from server.domain.wish import RequestKey, Wish
from server.house import House
from server.serving import unix_ms
from server.setup.counters import CounterWish
from server.store.engine import Store
from tests.office import PROGRAM

CODES = ("birth", "move", "land-tax", "complaint", "elderly-allowance")
NUMBERS = ("1", "2", "3", "5")
# Who might be meant: mostly somebody who is under way, sometimes one whose visit is over.
MEANT = text("""
    SELECT ticket_id, id, state FROM steps WHERE office_id = :office_id AND state IN
    ('waiting', 'called', 'serving', 'held', 'no_show', 'planned') ORDER BY id DESC LIMIT 40""")


@dataclass
class Restless:
    """One pair of hands. `unexpected`: whatever came back that is no refusal, as text."""

    store: Store
    office_id: int
    seed: int
    done: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    unexpected: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.dice = Random(self.seed)
        rooms = House(self.store, unix_ms, lambda *_, **__: None).rooms(self.office_id)
        self.desk, self.setup = rooms.desk, rooms.setup
        self.services = {s.code: s.id for s in rooms.reads.services() if s.code in CODES}
        self.counters = {c.number: c for c in rooms.reads.counters() if c.number in NUMBERS}
        self.meant: list[tuple[int, int, str]] = []

    def press(self, at: int) -> None:
        """One press, the `at`-th of these hands."""
        if at % 5 == 0 or not self.meant:
            with self.store.glancing() as db:
                rows = db.execute(MEANT, {"office_id": self.office_id})
                self.meant = [(row.ticket_id, row.id, row.state) for row in rows]
        verbs, weights = zip(*WEIGHTS.items(), strict=True)
        (verb,) = self.dice.choices(verbs, weights)
        act = getattr(self, verb)(RequestKey(f"hands {self.seed}", "POST", verb, f"{at}", verb))
        try:
            act()
            self.done[verb] += 1
            if self.dice.random() < 0.05 and verb not in ("end_the_day", "set_up"):
                assert act() is not None or verb == "call_next"  # the same press once more
        except Refusal as refusal:
            self.refused[refusal.code] += 1
        except Exception:
            self.unexpected.append(traceback.format_exc())

    # Each draws what it needs and gives back the press itself.

    def issue(self, key: RequestKey) -> Callable[[], Any]:
        more = tuple(self._service() for _ in range(self.dice.choice((0, 0, 0, 1, 2))))
        wish = Wish(self._service(), self.dice.choice(list(Priority)), more_service_ids=more)
        return lambda: self.desk.issue(wish, PROGRAM, key)

    def call_next(self, key: RequestKey) -> Callable[[], Any]:
        counter_id, finish = self._counter(), self.dice.random() < 0.8
        return lambda: self.desk.call_next(counter_id, PROGRAM, finish=finish, key=key)

    def call(self, key: RequestKey) -> Callable[[], Any]:
        ticket_id, counter_id = self._ticket("waiting"), self._counter()
        return lambda: self.desk.call(ticket_id, counter_id, "เจ็บป่วย", PROGRAM, key)

    def recall(self, key: RequestKey) -> Callable[[], Any]:
        ticket_id = self._ticket("called")
        return lambda: self.desk.recall(ticket_id, PROGRAM, key)

    def start(self, key: RequestKey) -> Callable[[], Any]:
        ticket_id = self._ticket("called")
        return lambda: self.desk.start(ticket_id, PROGRAM, key)

    def finish(self, key: RequestKey) -> Callable[[], Any]:
        ticket_id = self._ticket("called", "serving")
        outcome = self.dice.choice((Outcome.SERVED, Outcome.SERVED_ELSEWHERE))
        return lambda: self.desk.finish(ticket_id, PROGRAM, outcome, key)

    def no_show(self, key: RequestKey) -> Callable[[], Any]:
        ticket_id = self._ticket("called")
        return lambda: self.desk.no_show(ticket_id, PROGRAM, key)

    def bring_back(self, key: RequestKey) -> Callable[[], Any]:
        ticket_id = self._ticket("no_show")
        return lambda: self.desk.bring_back(ticket_id, PROGRAM, key)

    def hold(self, key: RequestKey) -> Callable[[], Any]:
        ticket_id = self._ticket("serving")
        return lambda: self.desk.hold(ticket_id, "ไปนำเอกสาร", PROGRAM, key)

    def resume(self, key: RequestKey) -> Callable[[], Any]:
        ticket_id = self._ticket("held")
        return lambda: self.desk.resume(ticket_id, PROGRAM, key)

    def transfer(self, key: RequestKey) -> Callable[[], Any]:
        ticket_id = self._ticket("held", "waiting")
        service_id = self.dice.choice((None, self._service()))
        counter_id = self.dice.choice((None, self._counter()))
        return lambda: self.desk.transfer(
            ticket_id, PROGRAM, service_id=service_id, counter_id=counter_id, key=key
        )

    def cancel(self, key: RequestKey) -> Callable[[], Any]:
        ticket_id = self._ticket()
        outcome = self.dice.choice((Outcome.LEFT, Outcome.TURNED_AWAY, Outcome.ISSUED_IN_ERROR))
        return lambda: self.desk.cancel(ticket_id, "กลับก่อน", PROGRAM, outcome, key)

    def add_step(self, key: RequestKey) -> Callable[[], Any]:
        ticket_id, service_id = self._ticket(), self._service()
        return lambda: self.desk.add_step(ticket_id, service_id, PROGRAM, key)

    def drop_step(self, key: RequestKey) -> Callable[[], Any]:
        planned = [one for one in self.meant if one[2] == "planned"] or self.meant
        ticket_id, step_id, _ = self.dice.choice(planned) if planned else (0, 0, "")
        return lambda: self.desk.drop_step(ticket_id, step_id, PROGRAM, key)

    def set_counter(self, key: RequestKey) -> Callable[[], Any]:
        counter_id, state = self._counter(), self.dice.choice(("open", "close", "pause"))
        if state == "pause":
            return lambda: self.desk.pause_counter(counter_id, "พัก", PROGRAM, key)
        press = self.desk.open_counter if state == "open" else self.desk.close_counter
        return lambda: press(counter_id, PROGRAM, key)

    def end_the_day(self, _key: RequestKey) -> Callable[[], Any]:
        return lambda: self.desk.close_day(PROGRAM)

    def set_up(self, _key: RequestKey) -> Callable[[], Any]:
        number = self.dice.choice(NUMBERS)
        counter = self.counters[number]
        if self.dice.random() < 0.3:
            off = self.dice.random() < 0.2
            service_id = self._service()
            return lambda: self.setup.services.switch(service_id, PROGRAM, active=not off)
        wish = CounterWish(
            number, Words(th="ช่อง", en="Counter"), counter.penalties, self.dice.random() < 0.8
        )
        return lambda: self.setup.counters.change(counter.id, wish, PROGRAM)

    def _ticket(self, *states: str) -> int:
        """Somebody who was in one of these states a moment ago; sometimes anybody."""
        likely = [one for one in self.meant if one[2] in states]
        meant = likely if likely and self.dice.random() < 0.8 else self.meant
        return self.dice.choice(meant)[0] if meant else 0

    def _counter(self) -> int:
        return self.counters[self.dice.choice(NUMBERS)].id

    def _service(self) -> int:
        return self.services[self.dice.choice(CODES)]


WEIGHTS = {
    **{"issue": 24, "call_next": 24, "start": 7, "finish": 6, "hold": 5, "resume": 5},
    **{"transfer": 6, "no_show": 4, "bring_back": 4, "cancel": 2, "call": 4, "recall": 2},
    **{"add_step": 2, "drop_step": 1, "set_counter": 2, "set_up": 1, "end_the_day": 0.3},
}


def in_a_process(url: str, office_id: int, seed: int, presses: int, line: Connection) -> None:
    """Hands with a store of their own. They say "half" down the `line`, in the end how it went."""
    store = Store(url)
    hands = Restless(store, office_id, seed)
    line.send("ready")
    line.recv()
    for at in range(presses):
        hands.press(at)
        if at == presses // 2:
            line.send("half")
    store.close()
    line.send((hands.done, hands.unexpected))
