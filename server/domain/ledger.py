"""A ticket's state told again from its events alone: how each of its steps must stand.

The moves are those of `ticket.MOVES`. What no event says outright follows from how a visit goes:
a step that ends lets the next planned one wait, a visit that ends takes its planned steps along.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from server.domain.refusals import NotAllowed
from server.domain.ticket import BEGUN, EVENT_KIND, Outcome, State, Verb, after

VERB_OF = {kind: verb for verb, kind in EVENT_KIND.items()}
ISSUED = "issued"
DAY_END = "office"  # the actor who ends what was forgotten at a counter
UNDER_WAY = (State.WAITING, State.CALLED, State.SERVING, State.HELD)
ENDINGS: dict[Verb, tuple[Outcome, ...]] = {
    Verb.FINISH: (Outcome.SERVED, Outcome.SERVED_ELSEWHERE),
    Verb.NO_SHOW: (Outcome.NO_SHOW,),
    Verb.CANCEL: (Outcome.LEFT, Outcome.TURNED_AWAY, Outcome.ISSUED_IN_ERROR),
    Verb.CLOSE: (Outcome.CLOSED_AT_DAY_END,),
}


class Event(NamedTuple):
    """One event as it is stored. `at` is Unix ms."""

    id: int
    ticket_id: int
    step_id: int
    at: int
    kind: str
    counter_id: int | None
    actor: str


class Planned(NamedTuple):
    """What the ledger must know of a step beforehand: that there is one, and where it stands."""

    id: int
    position: int
    service_id: int
    issued_at: int | None  # when it began to wait; tells a transfer's new step from a planned one


@dataclass(slots=True)
class Entry:
    """How a step must stand. Several states, outcomes or counters: the events leave it open."""

    states: tuple[State, ...] = (State.PLANNED,)
    outcomes: tuple[Outcome | None, ...] = (None,)
    counters: tuple[int | None, ...] | None = (None,)  # None: any
    issued_at: int | None = None
    first_called_at: int | None = None
    called_at: int | None = None
    started_at: int | None = None
    ended_at: int | None = None
    recalls: int = 0
    returns: int = 0
    kept_place: bool = False  # was returned or transferred

    @property
    def state(self) -> State:
        return self.states[0]


class Ledger:
    """One ticket's entries, written event by event in order."""

    def __init__(self, steps: Sequence[Planned]) -> None:
        self._steps = sorted(steps, key=lambda step: (step.position, step.id))
        self._last: dict[int, int] = {}  # step → its last event's id
        self._issued = False
        self.entries = {step.id: Entry() for step in self._steps}

    def write(self, events: Sequence[Event]) -> list[str]:
        """Enters all events of the ticket, oldest first; returns what could not have happened."""
        self._last = {event.step_id: event.id for event in events}
        wrong = [text for event in events if (text := self._enter(event)) is not None]
        if not self._issued:
            wrong.append("has no event that issued it")
        if not any(entry.state in UNDER_WAY for entry in self.entries.values()):
            for entry in self._planned():  # behind a no-show; the day's end may have taken them
                entry.states = (State.PLANNED, State.CLOSED)
        return wrong

    def _enter(self, event: Event) -> str | None:
        entry, verb = self.entries.get(event.step_id), VERB_OF.get(event.kind)
        if entry is None:
            return f"event {event.id} ({event.kind}) has no step"
        if event.kind == ISSUED:
            return self._issue(entry, event)
        if verb is None:
            return f"event {event.id} is of no known kind: {event.kind}"
        try:
            self._move(entry, verb, event)
        except NotAllowed:
            return f"event {event.id} ({event.kind}) cannot follow the state {entry.state}"
        return None

    def _issue(self, entry: Entry, event: Event) -> str | None:
        """The ticket's first event; later ones plan a step more."""
        if entry.state is not State.PLANNED:
            return f"event {event.id} issues the same step again"
        if not self._issued:
            self._issued = True
            _begin(entry, event.at)
        return None

    def _move(self, entry: Entry, verb: Verb, event: Event) -> None:
        moved = after(entry.state, verb)
        dropped = entry.state is State.PLANNED and any(
            other.state in BEGUN for other in self.entries.values()
        )
        returned = entry.state is State.NO_SHOW and verb is Verb.RETURN
        following = self._transferred_to(event) if verb is Verb.TRANSFER else None
        if following is not None:
            moved = State.DONE
        entry.states = (moved,)
        if verb in (Verb.CALL, Verb.RECALL):
            entry.called_at = event.at
            entry.first_called_at = entry.first_called_at or event.at
            entry.recalls = entry.recalls + 1 if verb is Verb.RECALL else 0
        if verb is Verb.CALL:
            entry.counters = (event.counter_id,)
        elif verb is Verb.START:
            entry.started_at = event.at
        elif verb is Verb.RESUME:
            entry.started_at = entry.started_at or entry.called_at
        elif verb is Verb.RETURN:
            entry.outcomes, entry.counters, entry.ended_at = (None,), (None,), None
            entry.returns += returned
            entry.kept_place = True
        elif verb is Verb.TRANSFER:
            entry.kept_place = True
            self._transfer(entry, following, event)
        elif verb in ENDINGS and not dropped:
            entry.outcomes, entry.ended_at = ENDINGS[verb], event.at
            self._go_on(verb, event)

    def _transfer(self, entry: Entry, following: Entry | None, event: Event) -> None:
        if following is None:  # to a counter; without one the event names where it was before
            entry.started_at, entry.counters = None, (event.counter_id, None)
            return
        entry.outcomes, entry.ended_at = (Outcome.TRANSFERRED,), event.at
        _begin(following, event.at)
        following.counters, following.kept_place = None, True

    def _transferred_to(self, event: Event) -> Entry | None:
        """The step that a transfer to another service made; None for one to a counter.

        After a transfer to a service the step has no more events, and its new one waits since.
        """
        if self._last[event.step_id] != event.id:
            return None
        old = next(step for step in self._steps if step.id == event.step_id)
        for step in self._steps:
            later = step.position > old.position and step.service_id != old.service_id
            if later and step.issued_at is not None and self._is_planned(step):
                return self.entries[step.id]
        return None

    def _go_on(self, verb: Verb, event: Event) -> None:
        """What becomes of the planned steps when one has ended."""
        planned = self._planned()
        if verb is Verb.FINISH and event.actor != DAY_END:
            for entry in planned[:1]:
                _begin(entry, event.at)
        elif verb is not Verb.NO_SHOW:
            for entry in planned:
                # At a day's end they are closed with it; a simulated day drops them.
                gone = (State.CANCELLED,) if verb is Verb.CANCEL else (State.CLOSED,)
                entry.states = (*gone, State.CANCELLED) if verb is Verb.CLOSE else gone

    def _planned(self) -> list[Entry]:
        return [self.entries[step.id] for step in self._steps if self._is_planned(step)]

    def _is_planned(self, step: Planned) -> bool:
        return self.entries[step.id].state is State.PLANNED


def _begin(entry: Entry, at: int) -> None:
    entry.states, entry.issued_at = (State.WAITING,), at
