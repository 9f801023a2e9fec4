"""Everything that can happen to the queue: one verb, one method, one transaction."""

from collections.abc import Callable
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Row

from server import issuing, moving
from server.day_end import DayEnd
from server.domain.refusals import NotAllowed
from server.domain.returning import may_return
from server.domain.seen import Seen
from server.domain.shown import Counter
from server.domain.ticket import AT_COUNTER, Outcome, State, Step, Ticket, Verb, after
from server.domain.wish import Actor, RequestKey, Wish
from server.office import Office, Turn
from server.pace import Paces
from server.store import boards, counters, line, services, tickets

SEEN = TypeAdapter(Seen)
SEEN_OR_NOBODY: TypeAdapter[Seen | None] = TypeAdapter(Seen | None)
COUNTER = TypeAdapter(Counter)


class Desk:
    """The verbs of one office's queue. Each takes who acts, and the request's key if it has one."""

    def __init__(self, office: Office, paces: Paces) -> None:
        self._office, self._paces = office, paces
        self._day_end = DayEnd(office)

    def issue(self, wish: Wish, actor: Actor, key: RequestKey | None = None) -> Seen:
        """Gives the next number, with its slip ordered and its steps in line.

        Raises `NotFound` (no such service), `NotAllowed` (closed, or the service is switched off).
        """
        paces = self._paces.all()  # before the transaction: it may read

        def act(turn: Turn) -> Seen:
            return Seen(*issuing.issue(turn, wish, actor, paces))

        return self._office.once(key, SEEN, act)

    def call_next(
        self, counter_id: int, actor: Actor, *, finish: bool = False, key: RequestKey | None = None
    ) -> Seen | None:
        """Calls who stands first for this counter; None when nobody waits for it.

        `finish` first ends the one still there as served, and that stands even when nobody waits.
        Opens a closed counter. Raises `NotFound`, `NotAllowed` (the counter still has someone).
        """

        def act(turn: Turn) -> Seen | None:
            counter = self._at_work(turn, counter_id, actor)
            chosen = line.choose(turn.db, turn.office_id, counter_id)
            if chosen is not None and chosen.present:
                if not finish:
                    raise NotAllowed("counter_busy", number=counter.number)
                there = moving.lock(turn, chosen.ticket_id)
                if there.current.id == chosen.step_id and there.state in AT_COUNTER:
                    moving.finish(turn, there, actor, Outcome.SERVED, self._paces.last())
                chosen = line.choose(turn.db, turn.office_id, counter_id)
            first = moving.lock_first(turn, counter_id, chosen)
            if first is None:
                return None
            ticket, penalty_s = first
            called, why = moving.call(turn, ticket, counter_id, actor, penalty_s=penalty_s)
            return Seen(called, why=why)

        return self._office.once(key, SEEN_OR_NOBODY, act, at_once=True)

    def call(
        self,
        ticket_id: int,
        counter_id: int,
        reason: str,
        actor: Actor,
        key: RequestKey | None = None,
    ) -> Seen:
        """Calls a chosen ticket out of order, with the officer's reason.

        Raises `NotFound`, `NotAllowed` (the ticket does not wait, or the counter has someone).
        """

        def act(turn: Turn) -> Seen:
            counter = self._at_work(turn, counter_id, actor)
            if line.at_counter(turn.db, turn.office_id, counter_id) is not None:
                raise NotAllowed("counter_busy", number=counter.number)
            ticket = moving.lock(turn, ticket_id)
            called, why = moving.call(turn, ticket, counter_id, actor, reason=reason)
            return Seen(called, why=why)

        return self._office.once(key, SEEN, act, at_once=True)

    def recall(self, ticket_id: int, actor: Actor, key: RequestKey | None = None) -> Seen:
        """Calls the same visitor again. Raises `NotFound`, `NotAllowed`."""

        def act(turn: Turn) -> Seen:
            ticket = moving.lock(turn, ticket_id)
            step = ticket.current
            changed = {"called_at": turn.now, "recalls": step.recalls + 1}
            moved, event_id = moving.move(turn, ticket, Verb.RECALL, actor, changed)
            moving.show(turn, moved, event_id, recall=True)
            return Seen(moved)

        return self._office.once(key, SEEN, act, at_once=True)

    def start(self, ticket_id: int, actor: Actor, key: RequestKey | None = None) -> Seen:
        """The visitor has come to the counter. Raises `NotFound`, `NotAllowed`."""

        def changed(turn: Turn, _step: Step) -> dict[str, Any]:
            return {"started_at": turn.now}

        return self._press(ticket_id, Verb.START, actor, key, changed)

    def finish(
        self,
        ticket_id: int,
        actor: Actor,
        outcome: Outcome = Outcome.SERVED,
        key: RequestKey | None = None,
    ) -> Seen:
        """The step is over; the visit's next step begins to wait by itself.

        Raises `NotFound`, `NotAllowed`.
        """

        def act(turn: Turn) -> Seen:
            ticket = moving.lock(turn, ticket_id)
            return moving.finish(turn, ticket, actor, outcome, self._paces.last())

        return self._office.once(key, SEEN, act)

    def no_show(self, ticket_id: int, actor: Actor, key: RequestKey | None = None) -> Seen:
        """Called, and nobody came. Raises `NotFound`, `NotAllowed`."""

        def changed(turn: Turn, _step: Step) -> dict[str, Any]:
            return {"outcome": Outcome.NO_SHOW, "ended_at": turn.now}

        return self._press(ticket_id, Verb.NO_SHOW, actor, key, changed, off_the_board=True)

    def bring_back(self, ticket_id: int, actor: Actor, key: RequestKey | None = None) -> Seen:
        """Back into the line at the old place: a no-show who came, or a call taken back.

        Raises `NotFound`, `NotAllowed` (also when the office's rule has no return any more).
        """

        def changed(turn: Turn, step: Step) -> dict[str, Any]:
            again: dict[str, Any] = {"outcome": None, "ended_at": None, "counter_id": None}
            if step.state is State.NO_SHOW:
                may_return(turn.settings.settings, step, turn.now)
                again["returns"] = step.returns + 1
            return again

        return self._press(ticket_id, Verb.RETURN, actor, key, changed, off_the_board=True)

    def hold(
        self, ticket_id: int, reason: str, actor: Actor, key: RequestKey | None = None
    ) -> Seen:
        """Parks the visitor; the counter is free meanwhile. Raises `NotFound`, `NotAllowed`."""

        def changed(_turn: Turn, _step: Step) -> dict[str, Any]:
            return {}

        return self._press(ticket_id, Verb.HOLD, actor, key, changed, reason=reason)

    def resume(self, ticket_id: int, actor: Actor, key: RequestKey | None = None) -> Seen:
        """Back to the counter that parked the visitor. Raises `NotAllowed` while it is busy."""

        def act(turn: Turn) -> Seen:
            # Counter before ticket, as every verb locks; which counter is read again afterwards.
            seen = tickets.get(turn.db, turn.office_id, ticket_id).current
            after(seen.state, Verb.RESUME)
            counter_id = seen.counter_id or 0
            counter = self._at_work(turn, counter_id, actor)
            if line.at_counter(turn.db, turn.office_id, counter_id) is not None:
                raise NotAllowed("counter_busy", number=counter.number)
            ticket = moving.lock(turn, ticket_id)
            if ticket.current.counter_id != counter_id:  # parked again elsewhere, just now
                raise NotAllowed("no_such_move", state=ticket.state, verb=Verb.RESUME)
            # Parked before "start" was pressed: the service runs from the call, as for a finish.
            started = ticket.current.started_at or ticket.current.called_at
            moved, _ = moving.move(turn, ticket, Verb.RESUME, actor, {"started_at": started})
            return Seen(moved)

        return self._office.once(key, SEEN, act)

    def transfer(
        self,
        ticket_id: int,
        actor: Actor,
        *,
        service_id: int | None = None,
        counter_id: int | None = None,
        reason: str | None = None,
        key: RequestKey | None = None,
    ) -> Seen:
        """Waiting again, for another service or for one counter, and keeping its place.

        Raises `NotFound`, `NotAllowed`.
        """

        def act(turn: Turn) -> Seen:
            target = (
                None
                if counter_id is None
                else line.lock_counter(turn.db, turn.office_id, counter_id).id
            )
            ticket = moving.lock(turn, ticket_id)
            if service_id is None or service_id == ticket.current.service_id:
                changed = {"counter_id": target, "started_at": None}
                moved, _ = moving.move(turn, ticket, Verb.TRANSFER, actor, changed, reason=reason)
                return self._waiting(turn, moved)
            (service,) = services.for_issue(turn.db, turn.office_id, Wish(service_id), None)
            if not service.active:
                raise NotAllowed("service_off")
            paces = self._paces.last()
            return moving.to_service(turn, ticket, service, target, actor, reason, paces)

        return self._office.once(key, SEEN, act)

    def cancel(
        self,
        ticket_id: int,
        reason: str,
        actor: Actor,
        outcome: Outcome = Outcome.LEFT,
        key: RequestKey | None = None,
    ) -> Seen:
        """Ends the visit before it was served, with the reason. Raises `NotFound`, `NotAllowed`."""

        def changed(turn: Turn, _step: Step) -> dict[str, Any]:
            return {"outcome": outcome, "ended_at": turn.now}

        return self._press(
            ticket_id, Verb.CANCEL, actor, key, changed, reason=reason, off_the_board=True
        )

    def add_step(
        self, ticket_id: int, service_id: int, actor: Actor, key: RequestKey | None = None
    ) -> Seen:
        """One more service for the same visit and number, after those already planned.

        Raises `NotFound`, `NotAllowed` (the visit is over, or the service is switched off).
        """

        def act(turn: Turn) -> Seen:
            ticket = moving.lock(turn, ticket_id)
            (service,) = services.for_issue(turn.db, turn.office_id, Wish(service_id), None)
            if not service.active:
                raise NotAllowed("service_off")
            return self._waiting(turn, moving.plan(turn, ticket, service, actor))

        return self._office.once(key, SEEN, act)

    def drop_step(
        self, ticket_id: int, step_id: int, actor: Actor, key: RequestKey | None = None
    ) -> Seen:
        """Takes out a service whose turn has not come. Raises `NotFound`, `NotAllowed`."""

        def act(turn: Turn) -> Seen:
            ticket = moving.lock(turn, ticket_id)
            return self._waiting(turn, moving.drop(turn, ticket, step_id, actor))

        return self._office.once(key, SEEN, act)

    def close_day(self, actor: Actor, reason: str = "day_end", until: int | None = None) -> int:
        """Ends the day for all who wait, were called or are parked; returns how many tickets.

        Who is being served is served to the end. `until`: only those who began to wait before it
        (Unix ms): numbers that a program gave after closing stand.
        """
        return self._day_end.close_day(actor, reason, until)

    def close_days_before(self, day: str) -> int:
        """Whoever still waited when an earlier day ended is closed; returns how many tickets.

        `day`: 2026-10-01. Calls of those days leave the board.
        """
        return self._day_end.close_days_before(day)

    def refresh_board(self) -> None:
        """Nothing happened but time: the board gets a new version, so that screens repaint."""
        with self._office.verb():
            pass

    def open_counter(self, counter_id: int, actor: Actor, key: RequestKey | None = None) -> Counter:
        """The counter calls from now on; an officer sits there. Raises `NotFound`."""
        return self._set_counter(counter_id, "open", actor, key)

    def close_counter(
        self, counter_id: int, actor: Actor, key: RequestKey | None = None
    ) -> Counter:
        """Nobody sits there any more. Raises `NotFound`, `NotAllowed` (somebody is there)."""
        return self._set_counter(counter_id, "closed", actor, key)

    def pause_counter(
        self, counter_id: int, reason: str, actor: Actor, key: RequestKey | None = None
    ) -> Counter:
        """Away for a while, with the reason. Raises `NotFound`, `NotAllowed`."""
        return self._set_counter(counter_id, "paused", actor, key, reason)

    def _set_counter(
        self,
        counter_id: int,
        state: str,
        actor: Actor,
        key: RequestKey | None,
        reason: str | None = None,
    ) -> Counter:
        def act(turn: Turn) -> Counter:
            counter = line.lock_counter(turn.db, turn.office_id, counter_id)
            present = line.at_counter(turn.db, turn.office_id, counter_id)
            if state != "open" and present is not None:
                raise NotAllowed("counter_busy", number=counter.number)
            if state == "closed":
                moving.release(turn, counter_id, actor)
            counters.change(turn.db, turn.office_id, counter, state, actor, turn.now, reason)
            return counters.shown(turn.db, turn.office_id, counter_id)[0]

        changed = self._office.once(key, COUNTER, act)
        self._paces.forget()
        return changed

    def _at_work(self, turn: Turn, counter_id: int, actor: Actor) -> Row[Any]:
        """The counter, locked, and open from now on if it was not. Raises `NotFound`."""
        counter = counters.lock_open(turn.db, turn.office_id, counter_id, actor, turn.now)
        if counter.since_at == turn.now:
            self._paces.forget()
        return counter

    def _press(
        self,
        ticket_id: int,
        verb: Verb,
        actor: Actor,
        key: RequestKey | None,
        changed: Callable[[Turn, Step], dict[str, Any]],
        *,
        reason: str | None = None,
        off_the_board: bool = False,
    ) -> Seen:
        """A verb that moves the current step and nothing else."""

        def act(turn: Turn) -> Seen:
            ticket = moving.lock(turn, ticket_id)
            values = changed(turn, ticket.current)
            moved, _ = moving.move(turn, ticket, verb, actor, values, reason=reason)
            if verb is Verb.CANCEL:
                moved = moving.drop_planned(turn, moved)
            if off_the_board:
                boards.take_down(turn.db, turn.office_id, ticket_id)
            return self._waiting(turn, moved)

        return self._office.once(key, SEEN, act)

    def _waiting(self, turn: Turn, ticket: Ticket) -> Seen:
        """The ticket with how many are ahead of it, where it waits again."""
        step = ticket.current
        if step.state is not State.WAITING:
            return Seen(ticket)
        ahead, wait = moving.queue_before(turn, step, self._paces.last())
        return Seen(ticket, ahead, wait)
