"""A day that is over, as its records tell it: who came, what became of each call, who sat where.

Times are Unix ms, durations ms. A visit has one errand for each service that it needed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from server.domain.order import Priority
from server.domain.ticket import Outcome, Verb


@dataclass(slots=True)
class Round:
    """One call of an errand, and what came of it.

    `busy_ms`: how long the counter had the visitor. `ends`: FINISH, NO_SHOW, CANCEL or CLOSE, or
    RETURN for one who goes back into the line. `later_ms`: from there until the visit waits again.
    `notice_ms`: how long a free counter took to call; None where none was. `after_ms`: how long
    the counter went on working on it afterwards.
    """

    called_at: int
    counter_id: int
    busy_ms: int
    ends: Verb
    outcome: Outcome | None = None
    later_ms: int = 0
    notice_ms: int | None = None
    after_ms: int = 0


@dataclass(frozen=True, slots=True)
class Errand:
    """`leaves_after_ms`: how long the last wait was borne that ended without a call; else None."""

    service_id: int
    rounds: tuple[Round, ...] = ()
    issued_at: int | None = None
    leaves_after_ms: int | None = None
    outcome: Outcome | None = None


@dataclass(frozen=True, slots=True)
class Visit:
    """`arrived_at`: when the number was given."""

    arrived_at: int
    priority: Priority
    errands: tuple[Errand, ...]
    slot_at: int | None = None


@dataclass(frozen=True, slots=True)
class Seat:
    """One span that a counter had a visitor, who `waited_since` before.

    `round`: None for the rest of a visit that was parked.
    """

    counter_id: int
    since: int
    until: int
    service_id: int
    waited_since: int
    round: Round | None


@dataclass(frozen=True, slots=True)
class Stay:
    """One wait: from its beginning to its first call, or to its end without one.

    `visit`: whose, as a number of that day. `counter_id`: who called first; None: nobody.
    """

    visit: int
    priority: Priority
    service_id: int
    arrived_at: int
    since: int
    until: int
    counter_id: int | None
    outcome: Outcome | None


@dataclass(frozen=True, slots=True)
class Habits:
    """What is usual for a counter where a day's own records do not say (ms)."""

    notice_ms: int = 30_000
    helps_after_ms: int | None = None  # None: it never helped; then after its penalty
    after_ms: int = 0


@dataclass(slots=True)
class Shift:
    """When a counter called on one day. `away`: spans within it, ascending."""

    opens_at: int
    closes_at: int
    away: list[tuple[int, int]]

    def back_at(self, at: int) -> int:
        """The next moment from `at` on at which somebody sits there."""
        for since, until in self.away:
            if since <= at < until:
                at = until
        return at


@dataclass(frozen=True, slots=True)
class PastDay:
    """`visits` in order of arrival; `shifts` by counter; `stays` as they really were."""

    date: date
    visits: tuple[Visit, ...]
    shifts: Mapping[int, Shift]
    ends_at: int
    stays: tuple[Stay, ...]


@dataclass(frozen=True, slots=True)
class PastMonth:
    """`habits` by counter; `usual_ms`: the middle time at a counter, by service."""

    days: tuple[PastDay, ...]
    habits: Mapping[int, Habits]
    usual_ms: Mapping[int, int]
