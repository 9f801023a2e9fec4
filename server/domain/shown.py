"""What screens and the API show of the queue: plain values, read as of one moment."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from server.domain.admission import Shut
from server.domain.estimate import Wait
from server.domain.order import Priority
from server.domain.settings import ServiceRules, Words
from server.domain.why import Why


@dataclass(frozen=True, slots=True)
class Call:
    """One call on the board. `at` is Unix ms."""

    call_id: int
    number: str
    counter: str
    counter_name: Words
    service: Words
    at: int
    recall: bool
    service_id: int


@dataclass(frozen=True, slots=True)
class PoolWaiting:
    prefix: str
    name: Words
    service_ids: tuple[int, ...]
    waiting: int
    wait: Wait | None


@dataclass(frozen=True, slots=True)
class Board:
    """The whole board at one version; `at` is Unix ms. `closed`: outside the day's hours."""

    office: str
    name: Words
    demo: bool
    version: int
    at: int
    calls: tuple[Call, ...]
    recent: tuple[Call, ...]
    waiting: tuple[PoolWaiting, ...]
    notices: tuple[Words, ...]
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Service:
    """A service as residents and staff see it now. `papers`: documents, forms, steps, fee."""

    id: int
    code: str
    prefix: str
    division_id: int
    icon: str
    name: Words
    standard_minutes: int
    case_days: int
    papers: dict[str, Any]
    demand: float  # part of the month's visits: orders the kiosk's tiles
    active: bool
    open: bool  # gives numbers now, at the kiosk
    waiting: int  # in its pool
    wait: Wait | None
    rules: ServiceRules
    takers: frozenset[str]  # numbers of the counters that take it
    given: int  # numbers of today; counted only where the service has a limit
    shut: Shut | None  # why it gives none
    again: datetime | None  # when it will, in the office's zone


@dataclass(frozen=True, slots=True)
class Counter:
    id: int
    number: str
    name: Words
    state: str  # open, closed, paused
    pause_reason: str | None
    staff_id: int | None
    staff: Words | None
    since_at: int | None
    service_ids: tuple[int, ...]  # its own first, then those it helps with
    penalties: dict[int, int]
    ticket_id: int | None  # who is called or served there

    @property
    def open(self) -> bool:
        return self.state == "open"


@dataclass(frozen=True, slots=True)
class InLine:
    """Somebody who waits for a counter. `seen_at`: the place as that counter sees it (Unix ms)."""

    ticket_id: int
    number: str
    priority: Priority
    language: str
    channel: str
    service_id: int
    issued_at: int
    queue_at: int
    penalty_s: int
    seen_at: int
    came_back: bool
    sent_here: bool  # waits for this very counter
    head_start_min: int  # given with its number


@dataclass(frozen=True, slots=True)
class Event:
    at: int
    kind: str
    counter_id: int | None
    actor: str
    reason: str | None
    why: Why | None
