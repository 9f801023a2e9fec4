"""A past day again: its visitors and its officers meet the office's rules, as they are tried.

Who is called is decided by `order` and the day's book, what a step may do by `ticket`; there is no
second rule here. Everybody does what they did: comes at the same time, needs the counter as long,
leaves after the same wait. Only the order of calls follows from the rules.
"""

import heapq
from collections.abc import Callable
from functools import partial
from itertools import count

from server.domain.daybook import DayBook
from server.domain.hall import Hall, HallCounter
from server.domain.order import queue_at
from server.domain.past import Errand, Habits, PastDay, PastMonth, Round, Stay, Visit
from server.domain.ticket import Outcome, Verb
from server.domain.visitors import Fate, Visitor

UNHURRIED = Habits()
USUAL_MS = 5 * 60_000  # at a counter, of a service that nobody was served in


def replay(hall: Hall, past: PastDay, month: PastMonth) -> list[Stay]:
    """The waits of this day under the hall's settings and its counters' penalties."""
    return _Replay(hall, past, month).to_the_end()


class _Replay:
    """An agenda of what happens when. A counter that is neither busy nor away calls at a look."""

    def __init__(self, hall: Hall, past: PastDay, month: PastMonth) -> None:
        self._past, self._month = past, month
        self._settings = hall.settings.settings
        self._rules = {service.id: service.rules for service in hall.services}
        self._book = DayBook(hall, past.date)
        self._counters = [one for one in hall.counters if one.id in past.shifts]
        self._busy_until = {one.id: past.shifts[one.id].opens_at for one in self._counters}
        self._agenda: list[tuple[int, int, Callable[[int], None]]] = []
        self._turn = count()
        self._errands: list[tuple[int, Errand]] = []  # by step, with whose it is
        self._calls: list[int] = []  # by step: how many so far
        self._first_call: dict[int, tuple[int, int]] = {}  # by step: when, and the counter

    def to_the_end(self) -> list[Stay]:
        for number, visit in enumerate(self._past.visits):
            self._at(visit.arrived_at, partial(self._arrive, number, visit))
        for counter in self._counters:
            self._at(self._busy_until[counter.id], partial(self._look, counter))
        self._at(self._past.ends_at, self._close_all)
        while self._agenda:
            at, _, act = heapq.heappop(self._agenda)
            act(at)
        return [stay for step in range(len(self._errands)) if (stay := self._stay(step))]

    def _at(self, at: int, act: Callable[[int], None]) -> None:
        heapq.heappush(self._agenda, (at, next(self._turn), act))

    # ------------------------------------------------------------ who waits

    def _arrive(self, number: int, visit: Visit, at: int) -> None:
        rules = self._rules[visit.errands[0].service_id]
        head_start = self._settings.head_start_min(visit.priority, rules)
        first = self._book.issue(_as_visitor(visit), queue_at(at, head_start, visit.slot_at))
        self._errands += [(number, errand) for errand in visit.errands]
        self._calls += [0] * len(visit.errands)
        self._wait(first, at)

    def _wait(self, step: int, at: int) -> None:
        """It stands in line from now on, and free counters notice."""
        if at >= self._past.ends_at:
            self._close_all(at)
            return
        _, errand = self._errands[step]
        called = self._calls[step]
        next_round = errand.rounds[called] if called < len(errand.rounds) else None
        if next_round is None and errand.leaves_after_ms is not None:
            self._at(at + errand.leaves_after_ms, partial(self._leave, step, called))
        for counter in self._counters:
            if errand.service_id in counter.penalties and self._busy_until[counter.id] <= at:
                noticed = at + self._notice_ms(counter, errand.service_id, next_round)
                self._at(noticed, partial(self._notice, counter, step, called))

    def _notice_ms(self, counter: HallCounter, service_id: int, next_round: Round | None) -> int:
        """How long this counter, being free, takes to call one who has just come."""
        known = next_round.notice_ms if next_round else None
        if known is not None and next_round and next_round.counter_id == counter.id:
            return known
        habits = self._month.habits.get(counter.id, UNHURRIED)
        penalty_ms = counter.penalties[service_id] * 1000
        usual = habits.notice_ms
        if penalty_ms:
            usual = penalty_ms if habits.helps_after_ms is None else habits.helps_after_ms
        return usual if known is None else max(usual, known + 1)  # no sooner than who did call

    def _notice(self, counter: HallCounter, step: int, called: int, at: int) -> None:
        """A counter that was free sees who has come, unless another one took them meanwhile."""
        if step in self._book.waiting and self._calls[step] == called:
            self._look(counter, at)

    def _leave(self, step: int, called: int, at: int) -> None:
        """Whoever was not called for as long as they waited then is gone."""
        _, errand = self._errands[step]
        if step in self._book.waiting and self._calls[step] == called:
            outcome = errand.outcome or Outcome.LEFT
            self._book.move(at, step, Verb.CANCEL, outcome=outcome, ended_at=at)

    def _close_all(self, at: int) -> None:
        for step in sorted(self._book.waiting):
            over = Outcome.CLOSED_AT_DAY_END
            self._book.move(at, step, Verb.CLOSE, outcome=over, ended_at=at)

    # ------------------------------------------------------------ at the counters

    def _look(self, counter: HallCounter, at: int) -> None:
        """The counter, if it is free and there, calls whoever stands first for it."""
        shift = self._past.shifts[counter.id]
        if self._busy_until[counter.id] > at or at >= min(shift.closes_at, self._past.ends_at):
            return
        back_at = shift.back_at(at)
        if back_at > at:
            self._at(back_at, partial(self._look, counter))
            return
        found = self._book.first_for(counter)
        if found is None:
            return
        self._call(counter, found[0], at)

    def _call(self, counter: HallCounter, step: int, at: int) -> None:
        first_at, _ = self._first_call.setdefault(step, (at, counter.id))
        self._book.move(
            at,
            step,
            Verb.CALL,
            counter_id=counter.id,
            called_at=at,
            first_called_at=first_at,
        )
        round_ = self._round_of(counter, step)
        self._calls[step] += 1
        ended = at + round_.busy_ms
        self._busy_until[counter.id] = ended + round_.after_ms
        self._at(ended, partial(self._end, step, round_))
        self._at(ended + round_.after_ms, partial(self._look, counter))

    def _round_of(self, counter: HallCounter, step: int) -> Round:
        """What this call comes to: as recorded, or what is usual for one who never was called."""
        _, errand = self._errands[step]
        called = self._calls[step]
        if called < len(errand.rounds):
            return errand.rounds[called]
        busy = self._month.usual_ms.get(errand.service_id, USUAL_MS)
        papers = self._month.habits.get(counter.id, UNHURRIED).after_ms
        return Round(0, counter.id, busy, Verb.FINISH, Outcome.SERVED, after_ms=papers)

    def _end(self, step: int, round_: Round, at: int) -> None:
        if round_.ends is Verb.RETURN:
            self._book.move(at, step, Verb.RETURN, outcome=None, ended_at=None, counter_id=None)
            self._wait(step, at)
            return
        self._book.move(at, step, round_.ends, outcome=round_.outcome, ended_at=at)
        if round_.ends is Verb.FINISH:
            following = self._book.following(step)
            if following is not None:
                self._at(at + round_.later_ms, partial(self._begin, following))
        elif round_.ends is Verb.NO_SHOW and self._calls[step] < self._waits_in_all(step):
            self._at(at + round_.later_ms, partial(self._bring_back, step))

    def _begin(self, step: int, at: int) -> None:
        self._book.begin(at, step)
        self._wait(step, at)

    def _bring_back(self, step: int, at: int) -> None:
        self._book.move(at, step, Verb.RETURN, outcome=None, ended_at=None, counter_id=None)
        self._wait(step, at)

    def _waits_in_all(self, step: int) -> int:
        _, errand = self._errands[step]
        return len(errand.rounds) + (errand.leaves_after_ms is not None)

    # ------------------------------------------------------------ what came of it

    def _stay(self, step: int) -> Stay | None:
        number, errand = self._errands[step]
        kept = self._book.steps[step]
        if kept.issued_at is None:
            return None
        visit = self._past.visits[number]
        first = self._first_call.get(step)
        since = kept.issued_at if visit.slot_at is None or kept.position > 1 else visit.slot_at
        return Stay(
            visit=number,
            priority=visit.priority,
            service_id=errand.service_id,
            arrived_at=visit.arrived_at,
            since=since,
            until=first[0] if first else (kept.ended_at or self._past.ends_at),
            counter_id=first[1] if first else None,
            outcome=kept.outcome,
        )


def _as_visitor(visit: Visit) -> Visitor:
    """For the day's book, which asks only when, for what and by what right."""
    return Visitor(
        arrives_at=visit.arrived_at,
        service_ids=tuple(errand.service_id for errand in visit.errands),
        work_s=(),
        priority=visit.priority,
        channel="kiosk",
        language="th",
        fate=Fate.STAYS,
        later_s=0,
        patience_s=0,
        walk_s=0,
        starts=False,
        rates=False,
        answers=False,
        mood=0.0,
    )
