"""What must hold of the queue whatever was pressed, told from the rows and by no code of ours."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from server.store.engine import Store

BEGUN = ("waiting", "called", "serving", "held", "no_show")
OPEN = ("planned", "waiting", "called", "serving", "held")
THERE = ("called", "serving")
LONGEST_HEAD_START_MS = 30 * 60_000
KEPT = (
    *("tickets", "steps", "ticket_events", "current_calls", "numbers", "board_versions"),
    *("counters", "counter_services", "counter_events", "services", "survey_tokens"),
    *("request_keys", "slip_jobs", "audit"),
)
SORT = {
    **dict.fromkeys(KEPT, "id"),
    **{"current_calls": "counter_id", "numbers": "day, prefix", "board_versions": "version"},
    **{"counter_services": "counter_id, service_id", "survey_tokens": "token_hash"},
    **{"request_keys": "caller, path, key"},
}
LEADS = {  # the contract's words for what happened, and the state that each leads to
    **{"called": "called", "recalled": "called", "started": "serving", "finished": "done"},
    **{"held": "held", "resumed": "serving", "returned": "waiting", "no_show": "no_show"},
    **{"cancelled": "cancelled", "closed": "closed"},
}
FROM = {  # contract section 3, "Moves", read backwards: what may stand before each event
    "called": {"waiting"},
    "recalled": {"called"},
    "started": {"called"},
    "finished": {"called", "serving"},
    "held": {"called", "serving"},
    "resumed": {"held"},
    "transferred": {"waiting", "called", "serving", "held"},
    "no_show": {"called"},
    "returned": {"no_show", "called"},
    "cancelled": {"planned", "waiting", "called", "held", "no_show"},
    "closed": {"planned", "waiting", "called", "held"},
}

Rows = Mapping[str, list[Row[Any]]]


def rows_of(store: Store, office_id: int, *names: str) -> dict[str, list[Row[Any]]]:
    """The office's rows of these tables (all of the queue's), as of one moment."""
    with store.reading() as db:
        return {
            name: list(
                db.exec_driver_sql(
                    f"SELECT * FROM {name} WHERE office_id = {office_id} ORDER BY {SORT[name]}"
                )
            )
            for name in names or KEPT
        }


def everything_holds(rows: Rows) -> None:
    """Asserts all that is true of any office at any moment."""
    no_number_is_lost_or_given_twice(rows)
    nobody_is_at_two_places(rows)
    told = states_told_by_events(rows)
    assert told == {step.id: step.state for step in rows["steps"]}
    nobody_waits_for_a_counter_that_is_gone(rows)


def no_number_is_lost_or_given_twice(rows: Rows) -> None:
    given = defaultdict(list)
    for ticket in rows["tickets"]:
        given[ticket.day, ticket.prefix].append(ticket.number)
    for series in given.values():
        assert sorted(series) == list(range(1, len(series) + 1))
    last = {(row.day, row.prefix): row.last for row in rows["numbers"]}
    assert last == {series: len(numbers) for series, numbers in given.items()}


def nobody_is_at_two_places(rows: Rows) -> None:
    begun = [step for step in rows["steps"] if step.state in BEGUN]
    there = [step for step in begun if step.state in THERE]
    assert max(Counter(step.ticket_id for step in begun).values(), default=0) <= 1
    assert max(Counter(step.counter_id for step in there).values(), default=0) <= 1
    counters = {counter.id for counter in rows["counters"]}
    assert {step.counter_id for step in there} <= counters


def nobody_waits_for_a_counter_that_is_gone(rows: Rows) -> None:
    at_work = {counter.id for counter in rows["counters"] if counter.active}
    sent = {step.counter_id for step in rows["steps"] if step.state == "waiting"}
    assert sent - {None} <= at_work


@dataclass
class Visit:
    """One ticket's steps, while its events are read one after the other."""

    steps: list[Row[Any]]  # in their order
    state: dict[int, str]

    def goes_on(self, at: int) -> None:
        """The first planned step waits, or is closed when no day is left for it."""
        for step in self.steps:
            if self.state[step.id] == "planned":
                self.state[step.id] = "waiting"
                assert step.issued_at == at
                return

    def sent_on(self, after: Row[Any], at: int) -> Row[Any] | None:
        """The step that a transfer to another service made, right behind the old one."""
        following = [step for step in self.steps if step.position == after.position + 1]
        for step in following:
            new = self.state[step.id] == "planned" and step.issued_at == at
            if new and step.service_id != after.service_id:
                return step
        return None


def states_told_by_events(rows: Rows) -> dict[int, str]:
    """Each step's state by what happened alone."""
    steps, events = defaultdict(list), defaultdict(list)
    for step in rows["steps"]:
        steps[step.ticket_id].append(step)
    for event in rows["ticket_events"]:
        events[event.ticket_id].append(event)
    assert set(steps) == set(events) == {ticket.id for ticket in rows["tickets"]}
    told: dict[int, str] = {}
    for ticket_id, mine in steps.items():
        mine.sort(key=lambda step: (step.position, step.id))
        told |= _read(
            Visit(mine, dict.fromkeys((s.id for s in mine), "planned")), events[ticket_id]
        )
    return told


def _read(visit: Visit, events: list[Row[Any]]) -> dict[int, str]:
    by_id = {step.id: step for step in visit.steps}
    state = visit.state
    last = {event.step_id: event.id for event in events}
    before = 0
    for event in events:
        assert event.at >= before, f"event {event.id} lies before the one before it"
        before = event.at
        step = by_id[event.step_id]
        if event.kind == "issued":
            if event is events[0]:
                state[step.id] = "waiting"
            assert state[step.id] == ("waiting" if event is events[0] else "planned")
            continue
        was = state[step.id]
        assert was in FROM[event.kind], f"{event.kind} after {was}: {[e.kind for e in events]}"
        if event.kind == "transferred":
            new = visit.sent_on(step, event.at) if last[step.id] == event.id else None
            state[step.id] = "waiting" if new is None else "done"
            if new is not None:
                state[new.id] = "waiting"
            continue
        state[step.id] = LEADS[event.kind]
        if event.kind == "finished":
            visit.goes_on(event.at)
        elif event.kind in ("cancelled", "closed") and not _has_begun(state):
            for other, its in state.items():  # a visit that ends takes its later steps with it
                state[other] = LEADS[event.kind] if its == "planned" else its
    return _after_the_day(visit)


def _has_begun(state: dict[int, str]) -> bool:
    return any(its in BEGUN for its in state.values())


def _after_the_day(visit: Visit) -> dict[int, str]:
    """Behind a no-show who did not come back, planned steps are closed without a word."""
    if "no_show" in visit.state.values():
        for step in visit.steps:
            if visit.state[step.id] == "planned" and step.state == "closed":
                visit.state[step.id] = "closed"
    return visit.state
