"""The end of a day: whoever still waits, was called or is parked is closed."""

from server import moving
from server.domain.day import day_began
from server.domain.ticket import MOVES, Outcome, State, Ticket, Verb
from server.domain.wish import Actor
from server.office import Office, Turn
from server.store import boards, line, unwanted

OFFICE = Actor("office")  # what the office's own clock does
FORGOTTEN_MS = 3 * 3_600_000  # nobody is served longer; "finish" was forgotten


class DayEnd:
    """Bound to one office; `Desk` is the door to it."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def close_day(self, actor: Actor, reason: str, until: int | None) -> int:
        """Ends the day for all who wait, were called or are parked; returns how many tickets.

        Who is being served is served to the end. `until`: only those who began to wait before it
        (Unix ms): numbers that a program gave after closing stand.
        """
        closed = 0
        after_id = 0
        while ids := self._open_tickets(after_id):
            with self._office.verb(at_once=True) as turn:
                for ticket in self._lock_all(turn, ids):
                    if until is None or ticket.issued_at < until:
                        closed += self._close(turn, ticket, actor, reason)
            after_id = ids[-1]
        self._drop_slips()
        return closed

    def _open_tickets(self, after_id: int) -> list[int]:
        with self._office.store.reading() as db:
            return line.still_open(db, self._office.id, after_id)

    def close_days_before(self, day: str) -> int:
        """Whoever still waited when an earlier day ended is closed; returns how many tickets.

        `day`: 2026-10-01. Calls of those days leave the board. A visit that is being served goes
        on; one that nobody ended within `FORGOTTEN_MS` of its start ends as served.
        """
        closed = 0
        while ids := self._left_over(day):
            with self._office.verb() as turn:
                for ticket in self._lock_all(turn, ids):
                    self._close_left_over(turn, ticket)
                closed += len(ids)
        if self._old_calls(day):
            with self._office.verb() as turn:
                boards.take_down_before(turn.db, turn.office_id, day)
        self._drop_slips()
        return closed

    def _drop_slips(self) -> None:
        """A slip that did not come out in time is not printed for a number that is dead by now."""
        with self._office.store.glancing() as db:
            if not unwanted.any_waits(db, self._office.id):
                return
        with self._office.verb(board=False) as turn:
            began = day_began(turn.now, turn.settings.zone)
            unwanted.drop_unwanted(turn.db, turn.office_id, began, turn.now)

    def _left_over(self, day: str) -> list[int]:
        with self._office.store.reading() as db:
            return line.left_over(db, self._office.id, day, self._office.clock() - FORGOTTEN_MS)

    def _old_calls(self, day: str) -> bool:
        with self._office.store.reading() as db:
            return boards.any_before(db, self._office.id, day)

    def _lock_all(self, turn: Turn, ids: list[int]) -> list[Ticket]:
        """All of them, by id, before the first row of the board: a call holds its ticket first."""
        return [moving.lock(turn, ticket_id) for ticket_id in sorted(ids)]

    def _close(self, turn: Turn, ticket: Ticket, actor: Actor, reason: str) -> bool:
        """Closes a visit and what it still had planned; False for one that is being served.

        That one is served to the end, and has no day left for its other services.
        """
        if (ticket.state, Verb.CLOSE) not in MOVES:
            moving.close_planned(turn, ticket, actor, reason)
            return False
        over = {"outcome": Outcome.CLOSED_AT_DAY_END, "ended_at": turn.now}
        closed, _ = moving.move(turn, ticket, Verb.CLOSE, actor, over, reason=reason)
        moving.drop_planned(turn, closed, State.CLOSED)
        boards.take_down(turn.db, turn.office_id, ticket.id)
        return True

    def _close_left_over(self, turn: Turn, ticket: Ticket) -> None:
        """Ends what an earlier day left."""
        step = ticket.current  # looked at again under the lock: it may have begun just now
        since = step.started_at or step.called_at or 0
        if step.state is State.SERVING and since <= turn.now - FORGOTTEN_MS:
            moving.finish(turn, ticket, OFFICE, Outcome.SERVED, {})
        else:
            self._close(turn, ticket, OFFICE, "day_end")
