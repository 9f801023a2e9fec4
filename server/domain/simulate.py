"""A simulated working day: drawn visitors meet the office's own rules.

Who is called is decided by `order`, what a step may do by `ticket`; there is no second rule here.
"""

import heapq
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import count
from random import Random

from server.domain.absences import Absence, absences, absent
from server.domain.daybook import Day, DayBook
from server.domain.giving import Giving
from server.domain.hall import Hall, HallCounter
from server.domain.opinions import Answered, Press, opinions
from server.domain.returning import returns_until
from server.domain.ticket import Outcome, Verb
from server.domain.visitors import Fate, Visitor, visitors_of

SECOND_MS, MINUTE_MS = 1000, 60_000
RECALL_AFTER_S = 60
PAPERS_S, PAPERS_S_MOST = 130, 600  # mean and most of the work left over from a visit
HELPERS_HESITATE = 0.25  # of the penalty, before a free counter helps out

# What ends a visit before its turn, with the officer's reason.
EARLY_END = {
    Fate.LEAVES: (Outcome.LEFT, "left"),
    Fate.LACKS_PAPERS: (Outcome.TURNED_AWAY, "missing_documents"),
    Fate.MISTAKE: (Outcome.ISSUED_IN_ERROR, "wrong_service"),
}


@dataclass(frozen=True, slots=True)
class SimulatedDay:
    day: Day
    presses: tuple[Press, ...]
    answers: tuple[Answered, ...]


def simulated_day(hall: Hall, day: date, seed: int, typical: int | None = None) -> SimulatedDay:
    """One working day. It depends on nothing but these: the same again whatever else is simulated.

    `typical`: mean visits of a plain day, in place of the file's.
    """
    coming, working, asking = (Random(f"{seed} {day} {part}") for part in ("come", "work", "ask"))
    visitors = visitors_of(hall, day, coming, typical)
    done = run_day(hall, day, visitors, working)
    given = {ticket.issued_at for ticket in done.tickets}
    served = [visitor for visitor in visitors if visitor.arrives_at in given]
    presses, answers = opinions(hall, done, served, asking)
    return SimulatedDay(done, tuple(presses), tuple(answers))


def run_day(hall: Hall, day: date, visitors: list[Visitor], chance: Random) -> Day:
    """The day of these visitors, given in order of arrival. Nobody is left waiting at its end.

    Who comes outside the hours or beyond a day's limit gets no number. `chance` draws the
    officers' absences and small delays.
    """
    return _Running(hall, day, visitors, chance).to_the_end()


class _Running:
    """An agenda of what happens when. A counter is busy, idle, or has a look on the agenda."""

    def __init__(self, hall: Hall, day: date, visitors: list[Visitor], chance: Random) -> None:
        self._hall, self._day, self._coming, self._chance = hall, day, visitors, chance
        self._book, self._giving = DayBook(hall, day), Giving(hall, day)
        self._visitors: list[Visitor] = []  # by ticket
        self._agenda: list[tuple[int, int, Callable[[int], None]]] = []
        self._turn = count()
        self._idle: dict[int, HallCounter] = {}
        self._away: dict[int, list[Absence]] = {}
        self._at_work: set[int] = set()  # counters that are open
        self._open = hall.at(day, hall.settings.hours.open)
        self._close = hall.at(day, hall.settings.hours.close)
        longer_min = hall.settings.closing.serve_waiting_after_close_minutes
        self._end = self._close + longer_min * MINUTE_MS

    def to_the_end(self) -> Day:
        for visitor in self._coming:
            self._at(visitor.arrives_at, partial(self._arrive, visitor))
        for counter in self._hall.counters:
            self._away[counter.id] = absences(self._hall, self._day, counter, self._chance)
            self._at(self._open + self._seconds(0, 300), partial(self._look, counter))
            for absence in self._away[counter.id]:
                self._at(absence.since, partial(self._leave_if_idle, counter))
        self._at(self._end, self._close_all)
        while self._agenda:
            at, _, act = heapq.heappop(self._agenda)
            act(at)
        return self._book.over()

    def _at(self, at: int, act: Callable[[int], None]) -> None:
        heapq.heappush(self._agenda, (at, next(self._turn), act))

    def _seconds(self, low: int, high: int) -> int:
        """A small delay between `low` and `high` seconds, in ms."""
        return self._chance.randrange(low * SECOND_MS, high * SECOND_MS)

    def _visitor(self, step_id: int) -> Visitor:
        return self._visitors[self._book.visitor_of(step_id)]

    # ------------------------------------------------------------ who waits

    def _arrive(self, visitor: Visitor, at: int) -> None:
        if not self._giving.gives(visitor):
            return
        step_id = self._book.issue(visitor)
        self._visitors.append(visitor)
        self._wait(step_id, at)
        if visitor.fate in EARLY_END:
            outcome, reason = EARLY_END[visitor.fate]
            self._at(
                at + visitor.later_s * SECOND_MS, partial(self._end_of, step_id, outcome, reason)
            )

    def _wait(self, step_id: int, at: int) -> None:
        if at >= self._end:
            self._close_all(at)
            return
        enough = at + self._visitor(step_id).patience_s * SECOND_MS
        self._at(enough, partial(self._end_of, step_id, Outcome.LEFT, "left"))
        self._tell_counters(step_id, at)

    def _end_of(self, step_id: int, outcome: Outcome, reason: str, at: int) -> None:
        """The wait ends without a call, unless it is over already."""
        never_called = self._book.steps[step_id].first_called_at is None
        if step_id in self._book.waiting and never_called:
            self._cancel(step_id, outcome, reason, at)

    def _cancel(self, step_id: int, outcome: Outcome, reason: str, at: int) -> None:
        self._book.move(at, step_id, Verb.CANCEL, reason, outcome=outcome, ended_at=at)

    def _close_all(self, at: int) -> None:
        for step_id in self._book.waiting:
            over = Outcome.CLOSED_AT_DAY_END
            self._book.move(at, step_id, Verb.CLOSE, "day_end", outcome=over, ended_at=at)
        for counter in list(self._idle.values()):
            self._go_home(counter, at)

    def _tell_counters(self, step_id: int, at: int) -> None:
        """Free counters notice; those that only help take a little longer."""
        service_id = self._book.steps[step_id].service_id
        for counter in list(self._idle.values()):
            if service_id in counter.penalties:
                del self._idle[counter.id]
                slow_ms = round(counter.penalties[service_id] * SECOND_MS * HELPERS_HESITATE)
                self._at(at + self._seconds(15, 180) + slow_ms, partial(self._look, counter))

    # ------------------------------------------------------------ at the counters

    def _look(self, counter: HallCounter, at: int) -> None:
        """The free counter calls whoever stands first for it."""
        if at >= self._end:
            self._go_home(counter, at)
            return
        if self._leaves(counter, at):
            return
        if counter.id not in self._at_work:
            self._at_work.add(counter.id)
            self._book.sit(at, counter, "open")
        found = self._book.first_for(counter)
        if found is None:
            self._idle[counter.id] = counter
            return
        step_id, why = found
        first = self._book.steps[step_id].first_called_at
        self._book.call(at, step_id, counter, why)
        visitor = self._visitor(step_id)
        if visitor.fate in (Fate.MISSES_CALL, Fate.COMES_BACK) and first is None:
            free_at = self._miss(step_id, visitor, at)
        elif visitor.fate is Fate.LACKS_PAPERS:
            free_at = at + self._seconds(90, 240)
            self._at(free_at, partial(self._cancel, step_id, *EARLY_END[visitor.fate]))
        else:
            free_at = self._serve(step_id, visitor, at)
        papers_ms = round(min(PAPERS_S_MOST, self._chance.expovariate(1 / PAPERS_S)) * SECOND_MS)
        self._at(free_at + papers_ms + self._seconds(10, 30), partial(self._look, counter))

    def _leave_if_idle(self, counter: HallCounter, at: int) -> None:
        """A busy one leaves when its visit is over."""
        if counter.id in self._idle and self._leaves(counter, at):
            del self._idle[counter.id]

    def _leaves(self, counter: HallCounter, at: int) -> bool:
        """Whether it is away now; then it is paused, and looks again when it is back."""
        absence = absent(self._away[counter.id], at)
        if absence is None:
            return False
        if counter.id in self._at_work:
            self._at_work.remove(counter.id)
            self._book.sit(at, counter, "paused", absence.reason)
        self._at(absence.until + self._seconds(1, 90), partial(self._look, counter))
        return True

    def _go_home(self, counter: HallCounter, at: int) -> None:
        self._idle.pop(counter.id, None)
        self._at_work.discard(counter.id)
        self._book.sit(at, counter, "closed")

    def _serve(self, step_id: int, visitor: Visitor, at: int) -> int:
        """Puts the visit on the agenda; returns when it ends."""
        if visitor.walk_s > RECALL_AFTER_S:
            self._at(at + RECALL_AFTER_S * SECOND_MS, partial(self._recall, step_id))
        here = at + visitor.walk_s * SECOND_MS + self._chance.randrange(SECOND_MS)
        if visitor.starts:
            self._at(here, partial(self._start, step_id))
        work_s = visitor.work_s[self._book.steps[step_id].position - 1]
        done = here + work_s * SECOND_MS + self._chance.randrange(SECOND_MS)
        self._at(done, partial(self._finish, step_id))
        return done

    def _miss(self, step_id: int, visitor: Visitor, at: int) -> int:
        """Called again, then given up; returns when."""
        given_up = at + self._hall.settings.settings.no_show_after_seconds * SECOND_MS
        for again in range(at + RECALL_AFTER_S * SECOND_MS, given_up, RECALL_AFTER_S * SECOND_MS):
            self._at(again, partial(self._recall, step_id))
        self._at(given_up, partial(self._no_show, step_id))
        back = given_up + visitor.later_s * SECOND_MS
        if visitor.fate is Fate.COMES_BACK and back < self._close:
            self._at(back, partial(self._bring_back, step_id))
        return given_up

    def _recall(self, step_id: int, at: int) -> None:
        recalls = self._book.steps[step_id].recalls + 1
        self._book.move(at, step_id, Verb.RECALL, called_at=at, recalls=recalls)

    def _start(self, step_id: int, at: int) -> None:
        self._book.move(at, step_id, Verb.START, started_at=at)

    def _no_show(self, step_id: int, at: int) -> None:
        self._book.move(at, step_id, Verb.NO_SHOW, outcome=Outcome.NO_SHOW, ended_at=at)

    def _bring_back(self, step_id: int, at: int) -> None:
        missed = self._book.steps[step_id]
        until = returns_until(self._hall.settings.settings, missed)
        if until is not None and at <= until:
            self._book.bring_back(at, missed)
            self._tell_counters(step_id, at)

    def _finish(self, step_id: int, at: int) -> None:
        self._book.move(at, step_id, Verb.FINISH, outcome=Outcome.SERVED, ended_at=at)
        following = self._book.following(step_id)
        if following is not None:
            self._book.begin(at, following)
            self._wait(following, at)
