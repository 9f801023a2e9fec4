"""The books of one simulated day: its tickets, its steps, and every event that moved them."""

from dataclasses import dataclass, replace
from datetime import date
from typing import TypedDict, Unpack

from server.domain.hall import Hall, HallCounter
from server.domain.lines import Lines
from server.domain.order import head_start_of, queue_at
from server.domain.ticket import (
    EVENT_KIND,
    Outcome,
    SlipState,
    State,
    Step,
    Ticket,
    Verb,
    after,
    number_text,
)
from server.domain.visitors import Visitor
from server.domain.why import PASSED_OVER_BOUND, Standing, Why, why_for

WITHOUT_SLIP = ("web", "booking", "api")  # the number is on the visitor's phone


class Changed(TypedDict, total=False):
    """What a move writes into its step beside the state. Times are Unix ms."""

    counter_id: int | None
    outcome: Outcome | None
    first_called_at: int
    called_at: int
    started_at: int
    ended_at: int | None
    recalls: int
    returns: int


@dataclass(frozen=True, slots=True)
class Event:
    """`ticket` and `step` are ids of the day's own, from 0. `at` is Unix ms."""

    ticket: int
    step: int
    at: int
    kind: str
    counter_id: int | None = None
    reason: str | None = None
    why: Why | None = None


@dataclass(frozen=True, slots=True)
class Sitting:
    """A counter opens, pauses or closes. `at` is Unix ms."""

    counter_id: int
    at: int
    state: str
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Day:
    """A day that is over. Ids of tickets and of steps are 0, 1, 2 … in order of issue."""

    date: date
    tickets: tuple[Ticket, ...]
    events: tuple[Event, ...]  # oldest first
    sittings: tuple[Sitting, ...] = ()  # oldest first


class DayBook:
    def __init__(self, hall: Hall, day: date) -> None:
        self._rules, self._day = hall.settings.settings, day.isoformat()
        self._date = day
        self._services = {service.id: service for service in hall.services}
        self._last = {service.prefix: 0 for service in hall.services}
        self._tickets: list[Ticket] = []
        self._steps_of: list[list[int]] = []  # by ticket
        self._ticket_of: list[int] = []  # by step
        self._events: list[Event] = []
        self._sittings: list[Sitting] = []
        self.steps: list[Step] = []
        self.waiting = Lines()

    def issue(self, visitor: Visitor, place: int | None = None) -> int:
        """The next number; its steps stand in line from this moment. Returns the first step.

        `place`: where it stands (Unix ms); left out: the arrival less the office's head start.
        """
        at, service = visitor.arrives_at, self._services[visitor.service_ids[0]]
        self._last[service.prefix] += 1
        ticket = Ticket(
            id=len(self._tickets),
            day=self._day,
            prefix=service.prefix,
            place=self._last[service.prefix],
            priority=visitor.priority,
            channel=visitor.channel,
            language=visitor.language,
            issued_at=at,
            slip_state=SlipState.NONE if visitor.channel in WITHOUT_SLIP else SlipState.PRINTED,
            steps=(),
        )
        first = len(self.steps)
        if place is None:
            place = queue_at(at, self._rules.head_start_min(visitor.priority, service.rules))
        for position, service_id in enumerate(visitor.service_ids, 1):
            self._ticket_of.append(ticket.id)
            self.steps.append(Step(len(self.steps), position, service_id, State.PLANNED, place))
        self._tickets.append(ticket)
        self._steps_of.append(list(range(first, len(self.steps))))
        self._events.append(Event(ticket.id, first, at, "issued"))
        self.begin(at, first)
        return first

    def begin(self, at: int, step_id: int) -> None:
        """The step begins to wait: the first with its number, others when the last one ended."""
        self.steps[step_id] = replace(self.steps[step_id], state=State.WAITING, issued_at=at)
        self.waiting.add(self.steps[step_id])

    def move(
        self,
        at: int,
        step_id: int,
        verb: Verb,
        reason: str | None = None,
        why: Why | None = None,
        **changed: Unpack[Changed],
    ) -> None:
        """One event, and the state `MOVES` gives. Raises `NotAllowed` where it gives none."""
        step = self.steps[step_id]
        moved = replace(step, state=after(step.state, verb), **changed)
        self.steps[step_id] = moved
        self.waiting.remove(step)
        if moved.state is State.WAITING:
            self.waiting.add(moved)
        counter_id = moved.counter_id or step.counter_id
        ticket = self._ticket_of[step_id]
        self._events.append(Event(ticket, step_id, at, EVENT_KIND[verb], counter_id, reason, why))
        if verb in (Verb.CANCEL, Verb.CLOSE):  # a visit that ends takes its later steps with it
            for later in self._steps_of[ticket]:
                planned = self.steps[later]
                if planned.state is State.PLANNED:
                    self.steps[later] = replace(planned, state=after(State.PLANNED, verb))

    def call(self, at: int, step_id: int, counter: HallCounter, why: Why) -> None:
        self.move(
            at,
            step_id,
            Verb.CALL,
            why=why,
            counter_id=counter.id,
            called_at=at,
            first_called_at=self.steps[step_id].first_called_at or at,
            recalls=0,
        )

    def bring_back(self, at: int, missed: Step) -> None:
        returns = missed.returns + 1
        self.move(
            at,
            missed.id,
            Verb.RETURN,
            outcome=None,
            ended_at=None,
            counter_id=None,
            returns=returns,
        )

    def sit(self, at: int, counter: HallCounter, state: str, reason: str | None = None) -> None:
        """The officer opens, pauses or closes the counter."""
        self._sittings.append(Sitting(counter.id, at, state, reason))

    def following(self, step_id: int) -> int | None:
        """The visit's next planned step."""
        steps = self._steps_of[self._ticket_of[step_id]]
        return next((s for s in steps if self.steps[s].state is State.PLANNED), None)

    def visitor_of(self, step_id: int) -> int:
        """Whose step it is: the how manieth number of the day, from 0."""
        return self._ticket_of[step_id]

    def first_for(self, counter: HallCounter) -> tuple[int, Why] | None:
        """Who stands first for this counter, and why; None when nobody waits for it."""
        first = self.waiting.first(counter.penalties)
        return None if first is None else (first, self._why(counter, first))

    def over(self) -> Day:
        tickets = (
            replace(ticket, steps=tuple(self.steps[step] for step in self._steps_of[ticket.id]))
            for ticket in self._tickets
        )
        return Day(self._date, tuple(tickets), tuple(self._events), tuple(self._sittings))

    def _why(self, counter: HallCounter, step_id: int) -> Why:
        step, ticket = self.steps[step_id], self._tickets[self._ticket_of[step_id]]
        chosen = self._standing(counter, step)
        earlier = self.waiting.earlier(counter.penalties, chosen.arrived_at, PASSED_OVER_BOUND + 1)
        return why_for(
            chosen,
            (self._standing(counter, self.steps[other]) for other in earlier),
            priority=ticket.priority,
            head_start_min=head_start_of(step.queue_at, ticket.issued_at, step.slot_at),
        )

    def _standing(self, counter: HallCounter, step: Step) -> Standing:
        ticket = self._tickets[self._ticket_of[step.id]]
        arrived = step.issued_at or ticket.issued_at
        penalty_s = counter.penalties[step.service_id]
        number = number_text(ticket.prefix, ticket.place)
        return Standing(number, arrived, step.queue_at, penalty_s)
