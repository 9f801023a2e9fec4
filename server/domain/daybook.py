"""The books of one simulated day: its tickets, its steps, and every event that moved them."""

from dataclasses import dataclass, replace
from datetime import date
from typing import TypedDict, Unpack

from server.domain.hall import Hall, HallCounter
from server.domain.order import queue_at, seen_from
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
from server.domain.why import PassedOver, Why, rule_for

PASSED_OVER_BOUND = 5  # as many as the desk names


class Changed(TypedDict, total=False):
    """What a move writes into its step beside the state. Times are Unix ms."""

    counter_id: int | None
    outcome: Outcome | None
    first_called_at: int
    called_at: int
    started_at: int
    ended_at: int | None
    recalls: int


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
class Day:
    """A day that is over. Ids of tickets and of steps are 0, 1, 2 … in order of issue."""

    date: date
    tickets: tuple[Ticket, ...]
    events: tuple[Event, ...]  # oldest first


class DayBook:
    def __init__(self, hall: Hall, day: date) -> None:
        self._rules, self._day = hall.settings.settings, day
        self._prefix = {service.id: service.prefix for service in hall.services}
        self._last = dict.fromkeys(self._prefix.values(), 0)
        self._tickets: list[Ticket] = []
        self._steps_of: list[list[int]] = []  # by ticket
        self._ticket_of: list[int] = []  # by step
        self._events: list[Event] = []
        self.steps: list[Step] = []
        self.waiting: set[int] = set()

    def issue(self, visitor: Visitor) -> int:
        """The next number; its steps stand in line from this moment. Returns the first step."""
        at, prefix = visitor.arrives_at, self._prefix[visitor.service_ids[0]]
        self._last[prefix] += 1
        ticket = Ticket(
            id=len(self._tickets),
            day=self._day.isoformat(),
            prefix=prefix,
            place=self._last[prefix],
            priority=visitor.priority,
            channel=visitor.channel,
            language=visitor.language,
            issued_at=at,
            slip_state=SlipState.PRINTED,
            steps=(),
        )
        first = len(self.steps)
        place = queue_at(at, self._rules.head_start_min(visitor.priority))
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
        self.waiting.add(step_id)

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
        if moved.state is State.WAITING:
            self.waiting.add(step_id)
        else:
            self.waiting.discard(step_id)
        counter_id = moved.counter_id or step.counter_id
        ticket = self._ticket_of[step_id]
        self._events.append(Event(ticket, step_id, at, EVENT_KIND[verb], counter_id, reason, why))
        if verb in (Verb.CANCEL, Verb.CLOSE):  # a visit that ends takes its later steps with it
            for later in self._steps_of[ticket]:
                planned = self.steps[later]
                if planned.state is State.PLANNED:
                    dropped = after(State.PLANNED, Verb.CANCEL)
                    self.steps[later] = replace(planned, state=dropped)

    def following(self, step_id: int) -> int | None:
        """The visit's next planned step."""
        steps = self._steps_of[self._ticket_of[step_id]]
        return next((s for s in steps if self.steps[s].state is State.PLANNED), None)

    def visitor_of(self, step_id: int) -> int:
        """Whose step it is: the how manieth number of the day, from 0."""
        return self._ticket_of[step_id]

    def first_for(self, counter: HallCounter) -> tuple[int, Why] | None:
        """Who stands first for this counter, and why; None when nobody waits for it."""

        def seen(step_id: int) -> tuple[int, int]:
            step = self.steps[step_id]
            return seen_from(step.queue_at, counter.penalties[step.service_id]), step_id

        waiting = [s for s in self.waiting if self.steps[s].service_id in counter.penalties]
        if not waiting:
            return None
        first = min(waiting, key=seen)
        return first, self._why(counter, first, waiting)

    def over(self) -> Day:
        tickets = (
            replace(ticket, steps=tuple(self.steps[step] for step in self._steps_of[ticket.id]))
            for ticket in self._tickets
        )
        return Day(self._day, tuple(tickets), tuple(self._events))

    def _why(self, counter: HallCounter, step_id: int, waiting: list[int]) -> Why:
        step, ticket = self.steps[step_id], self._tickets[self._ticket_of[step_id]]
        arrived = step.issued_at or ticket.issued_at
        head_start = self._rules.head_start_min(ticket.priority)
        earlier = sorted(
            (since, other.id)
            for other in (self.steps[s] for s in waiting if s != step_id)
            if (since := other.issued_at or 0) < arrived and other.queue_at < arrived
        )
        passed: list[PassedOver] = [
            {"number": self._number(other), "arrived_at": since}
            for since, other in earlier[:PASSED_OVER_BOUND]
        ]
        rule = rule_for(
            passed,
            arrived_at=arrived,
            queue_at=step.queue_at,
            head_start_min=head_start,
            reason=None,
        )
        return {
            "rule": rule,
            "arrived_at": arrived,
            "queue_at": step.queue_at,
            "priority": ticket.priority,
            "head_start_min": head_start,
            "penalty_s": counter.penalties[step.service_id],
            "reason": None,
            "passed_over": passed,
        }

    def _number(self, step_id: int) -> str:
        ticket = self._tickets[self._ticket_of[step_id]]
        return number_text(ticket.prefix, ticket.place)
