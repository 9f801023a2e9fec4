"""Whether a ticket's rows agree with its events, with its number and with the calendar."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from server.domain.day import office_day
from server.domain.ledger import Entry, Event, Ledger, Planned
from server.domain.order import LONGEST_HEAD_START_MIN, MINUTE_MS
from server.domain.ticket import number_text

DAY_MS = 24 * 60 * MINUTE_MS
QUARTER_MS = 15 * MINUTE_MS  # every zone's days begin at a quarter of an hour
TIMES = ("issued_at", "first_called_at", "called_at", "started_at", "ended_at")


class StoredStep(NamedTuple):
    """A step's row as it is, whatever stands in it. Times are Unix ms."""

    id: int
    ticket_id: int
    position: int
    service_id: int
    counter_id: int | None
    state: str
    outcome: str | None
    queue_at: int
    day: str | None
    issued_at: int | None
    slot_at: int | None
    first_called_at: int | None
    called_at: int | None
    started_at: int | None
    ended_at: int | None
    recalls: int
    returns: int
    told_low_s: int | None
    told_likely_s: int | None
    told_high_s: int | None


class StoredTicket(NamedTuple):
    id: int
    day: str
    prefix: str
    place: int
    issued_at: int

    def __str__(self) -> str:
        return f"{number_text(self.prefix, self.place)} of {self.day} (ticket {self.id})"


@dataclass(frozen=True, slots=True)
class Tally:
    """`now` is Unix ms; a time that lies more than a day after it is no time."""

    zone: ZoneInfo
    now: int

    def findings(
        self, ticket: StoredTicket, steps: Sequence[StoredStep], events: Sequence[Event]
    ) -> Iterator[str]:
        """What is wrong with one ticket. `events`: oldest first."""
        if not steps:
            yield "has no step"
        ledger = Ledger([Planned(s.id, s.position, s.service_id, s.issued_at) for s in steps])
        yield from ledger.write(events)
        yield from self._calendar(ticket, events)
        first = min(steps, key=lambda step: (step.position, step.id), default=None)
        for step in steps:
            entry = ledger.entries[step.id]
            for text in (*_differences(step, entry), *self._impossible(step)):
                yield f"step {step.id}: {text}"
            if step is first and not entry.kept_place:
                yield from _place(step)

    def _calendar(self, ticket: StoredTicket, events: Sequence[Event]) -> Iterator[str]:
        if ticket.day != _day(ticket.issued_at // QUARTER_MS, self.zone):
            yield f"was issued on another day: {ticket.issued_at}"
        before = ticket.issued_at
        for event in events:
            if event.at < before:
                yield f"event {event.id} ({event.kind}) is earlier than the one before it"
            if event.at > self.now + DAY_MS:
                yield f"event {event.id} ({event.kind}) lies in the future: {event.at}"
            before = event.at

    def _impossible(self, step: StoredStep) -> Iterator[str]:
        told = [(name, getattr(step, name)) for name in TIMES]
        last = ("", 0)
        for name, at in told:
            if at is None:
                continue
            if at < last[1]:
                yield f"{name} lies before {last[0]}: {at}"
            if at > self.now + DAY_MS:
                yield f"{name} lies in the future: {at}"
            last = (name, at)
        began = step.issued_at
        day = None if began is None else _day(began // QUARTER_MS, self.zone)
        if step.day != day:
            yield f"counts in the day {step.day}, and began to wait on {day}"
        waits = (step.told_low_s, step.told_likely_s, step.told_high_s)
        known = [wait for wait in waits if wait is not None]
        if known != sorted(known):
            yield f"the wait that was told is no range: {known} s"


def _differences(step: StoredStep, entry: Entry) -> Iterator[str]:
    """Where the row says something else than the events do."""
    if step.state not in entry.states:
        yield f"its state is {step.state}; by its events it is {' or '.join(entry.states)}"
    if step.outcome not in entry.outcomes:
        outcomes = " or ".join(str(one or "none") for one in entry.outcomes)
        yield f"its outcome is {step.outcome or 'none'}; by its events it is {outcomes}"
    if entry.counters is not None and step.counter_id not in entry.counters:
        counters = " or ".join(str(one or "none") for one in entry.counters)
        yield f"its counter is {step.counter_id or 'none'}; by its events it is {counters}"
    for name in TIMES:
        if getattr(step, name) != getattr(entry, name):
            yield f"{name} is {getattr(step, name)}; by its events it is {getattr(entry, name)}"
    if step.recalls != entry.recalls:
        yield f"was called again {step.recalls} times; by its events {entry.recalls}"
    if step.returns > entry.returns:  # fewer: returned before the office counted returns
        yield f"has returned {step.returns} times; by its events {entry.returns}"


def _place(step: StoredStep) -> Iterator[str]:
    """A first step that was never returned or sent elsewhere stands by its arrival."""
    if step.issued_at is None:
        return
    slot = step.issued_at if step.slot_at is None else step.slot_at
    earliest = min(step.issued_at, slot) - LONGEST_HEAD_START_MIN * MINUTE_MS
    if not earliest <= step.queue_at <= max(step.issued_at, slot):
        yield f"step {step.id}: stands at {step.queue_at} in line, and came at {step.issued_at}"


@lru_cache(maxsize=1024)
def _day(quarter: int, zone: ZoneInfo) -> str:
    return office_day(quarter * QUARTER_MS, zone)
