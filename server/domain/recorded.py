"""Reads a past day's tickets and events as visits: what each visitor needed, and what it took."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from server.domain.order import Priority
from server.domain.past import Errand, Round, Seat, Stay, Visit
from server.domain.ticket import EVENT_KIND, Outcome, Verb

VERB_OF = {kind: verb for verb, kind in EVENT_KIND.items()}
UNENDED_MS = 5 * 60_000  # at a counter, where nobody wrote down when it was over
BACK_IN_LINE = (Verb.RETURN, Verb.TRANSFER)


class EventRecord(NamedTuple):
    """`at` is Unix ms."""

    at: int
    kind: str
    counter_id: int | None


class StepRecord(NamedTuple):
    """Times are Unix ms. `events`: oldest first."""

    service_id: int
    outcome: Outcome | None
    issued_at: int | None
    slot_at: int | None
    ended_at: int | None
    events: Sequence[EventRecord]


class TicketRecord(NamedTuple):
    priority: Priority
    issued_at: int
    steps: Sequence[StepRecord]


@dataclass(slots=True)
class Told:
    """What the records of one day tell. `waits`: (service, since, until), every one of them."""

    visits: list[Visit] = field(default_factory=list)
    seats: list[Seat] = field(default_factory=list)
    waits: list[tuple[int, int, int]] = field(default_factory=list)
    stays: list[Stay] = field(default_factory=list)
    closed_at: list[int] = field(default_factory=list)  # when those who still waited were sent home


def told_by(tickets: Iterable[TicketRecord]) -> Told:
    """`tickets` of one day in order of issue."""
    told = Told()
    for ticket in tickets:
        errands = [told_step for step in ticket.steps if (told_step := _errand(step, told))]
        if _stopped_waiting(errands):
            errands += [Errand(s.service_id) for s in ticket.steps if s.issued_at is None]
        if not errands:
            continue
        begun = [step for step in ticket.steps if step.issued_at is not None]
        slot_at = begun[0].slot_at if begun else None
        visit = Visit(ticket.issued_at, ticket.priority, tuple(errands), slot_at)
        told.stays += _stays(len(told.visits), visit)
        told.visits.append(visit)
    return told


def usual_ms(visits: Iterable[Visit]) -> dict[int, int]:
    """The middle time at a counter of those who were served, by service."""
    took: dict[int, list[int]] = {}
    for visit in visits:
        for errand in visit.errands:
            for round_ in errand.rounds:
                if round_.outcome is Outcome.SERVED:
                    took.setdefault(errand.service_id, []).append(round_.busy_ms)
    return {service_id: sorted(found)[len(found) // 2] for service_id, found in took.items()}


def _stopped_waiting(errands: Sequence[Errand]) -> bool:
    """Whether the visit ended without a call: who is called in a replay goes on to what is left."""
    return bool(errands) and errands[-1].leaves_after_ms is not None


def _errand(step: StepRecord, told: Told) -> Errand | None:
    """One step of a visit; None for one that never began or was sent on before any call."""
    if step.issued_at is None:
        return None
    line = _Line(step)
    for event in step.events:
        line.enter(event)
    line.over()
    if not line.rounds and step.outcome is Outcome.TRANSFERRED:
        return None
    told.seats += line.seats
    told.waits += line.waits
    told.closed_at += line.closed_at
    return Errand(
        step.service_id, tuple(line.rounds), step.issued_at, line.leaves_after_ms, step.outcome
    )


class _Line:
    """One step's events, told as rounds, seats and waits."""

    def __init__(self, step: StepRecord) -> None:
        self._step = step
        self._waits_since: int | None = step.issued_at
        self._waited_since = step.issued_at or 0
        self._busy_since: int | None = None
        self._parked_at: int | None = None
        self.rounds: list[Round] = []
        self.seats: list[Seat] = []
        self.waits: list[tuple[int, int, int]] = []
        self.closed_at: list[int] = []
        self.leaves_after_ms: int | None = None

    def enter(self, event: EventRecord) -> None:
        verb = VERB_OF.get(event.kind)
        if verb is Verb.CALL:
            self._wait_ends(event.at)
            self._busy_since = event.at
            self.rounds.append(Round(event.at, event.counter_id or 0, 0, Verb.FINISH))
        elif verb is Verb.HOLD:
            self._rises(event.at)
            self._parked_at = event.at
        elif verb is Verb.RESUME:
            self._unparked(event.at)
            self._busy_since = event.at
        elif verb not in (None, Verb.RECALL, Verb.START):
            self._ends(verb, event.at)

    def over(self) -> None:
        """Nothing more was written down."""
        if self._busy_since is not None:
            self._rises(self._busy_since + UNENDED_MS)
            self.rounds[-1].outcome = Outcome.SERVED

    def _ends(self, verb: Verb, at: int) -> None:
        """The wait, the call or the absence ends."""
        if verb is Verb.CLOSE:
            self.closed_at.append(at)
        if self._waits_since is not None:
            if verb is not Verb.TRANSFER or self._step.outcome is Outcome.TRANSFERRED:
                self.leaves_after_ms = at - self._waits_since
                self._wait_ends(at)
            return
        if not self.rounds:
            return
        there = self._busy_since is not None or self._parked_at is not None
        self._rises(at)
        self._unparked(at)
        last = self.rounds[-1]
        if not there:
            if verb is Verb.RETURN:  # a no-show came after all
                last.later_ms = at - (last.called_at + last.busy_ms)
                self._waits_since = at
            return
        sent_on = verb is Verb.TRANSFER and self._step.outcome is Outcome.TRANSFERRED
        if verb in BACK_IN_LINE and not (sent_on and at == self._step.ended_at):
            last.ends, self._waits_since = Verb.RETURN, at
            return
        last.ends = Verb.FINISH if sent_on else verb
        last.outcome = Outcome.NO_SHOW if verb is Verb.NO_SHOW else self._step.outcome

    def _wait_ends(self, at: int) -> None:
        if self._waits_since is not None:
            self._waited_since = self._waits_since
            self.waits.append((self._step.service_id, self._waits_since, at))
        self._waits_since = None

    def _rises(self, at: int) -> None:
        """The counter is free of this visitor."""
        if self._busy_since is None:
            return
        last = self.rounds[-1]
        first_time = last.busy_ms == 0 and last.called_at == self._busy_since
        self.seats.append(
            Seat(
                last.counter_id,
                self._busy_since,
                at,
                self._step.service_id,
                self._waited_since,
                last if first_time else None,
            )
        )
        last.busy_ms += at - self._busy_since
        self._busy_since = None

    def _unparked(self, at: int) -> None:
        if self._parked_at is not None:
            self.rounds[-1].later_ms += at - self._parked_at
            self._parked_at = None


def _stays(number: int, visit: Visit) -> list[Stay]:
    """The waits of a visit as they were."""
    found = []
    for at, errand in enumerate(visit.errands):
        if errand.issued_at is None:
            continue
        first = errand.rounds[0] if errand.rounds else None
        since = errand.issued_at if at or visit.slot_at is None else visit.slot_at
        left_at = errand.issued_at + (errand.leaves_after_ms or 0)
        found.append(
            Stay(
                visit=number,
                priority=visit.priority,
                service_id=errand.service_id,
                arrived_at=visit.arrived_at,
                since=since,
                until=first.called_at if first else left_at,
                counter_id=first.counter_id if first else None,
                outcome=errand.outcome,
            )
        )
    return found
