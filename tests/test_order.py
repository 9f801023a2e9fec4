"""Whose turn it is: one number orders everybody, and the answer fits in a sentence."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.order import LONGEST_HEAD_START_MIN, Priority, queue_at, seen_from
from server.domain.seen import Seen
from server.store import schema
from server.wording import why_text
from tests.office import MINUTE, PROGRAM, Office

HOURS_MS = 8 * 60 * MINUTE
visitors = st.lists(
    st.tuples(st.integers(0, HOURS_MS), st.integers(0, LONGEST_HEAD_START_MIN)), min_size=2
)


@given(visitors)
def test_nobody_is_passed_by_one_who_came_later_than_the_longest_head_start(
    came: list[tuple[int, int]],
) -> None:
    served = sorted(came, key=lambda visitor: queue_at(*visitor))
    longest = LONGEST_HEAD_START_MIN * MINUTE
    for i, (arrived, _) in enumerate(served):
        assert all(ahead <= arrived + longest for ahead, _ in served[:i])


@given(st.integers(0, HOURS_MS), st.integers(0, 7200), st.integers(0, 7200))
def test_a_penalty_moves_a_place_back_by_its_seconds(at: int, one: int, more: int) -> None:
    assert seen_from(at, one + more) - seen_from(at, one) == 1000 * more


def order(office: Office, number: str = "1") -> list[str]:
    """Everybody who waits for this counter, in the order in which it calls them."""
    called = []
    while seen := office.call_next(number, finish=True):
        called.append(seen.ticket.number)
    return called


def test_every_priority_stands_ahead_by_the_offices_minutes_and_no_more(office: Office) -> None:
    rules = office.reads.settings().settings
    for priority in Priority:
        head_start = rules.head_start_min(priority)
        office.clock.minutes(40)
        early = office.issue()
        office.clock.now += head_start * MINUTE + 1
        late = office.issue(priority=priority)
        assert order(office) == [early.ticket.number, late.ticket.number], priority
        office.clock.minutes(40)
        early = office.issue()
        office.clock.now += max(0, head_start * MINUTE - 1)
        ahead = office.issue(priority=priority)
        expected = [ahead, early] if head_start else [early, ahead]
        assert order(office) == [one.ticket.number for one in expected], priority


def test_who_stands_at_the_same_place_goes_in_order_of_coming(office: Office) -> None:
    numbers = [office.issue().ticket.number for _ in range(5)]
    assert order(office) == numbers


def test_a_helping_counter_takes_over_when_its_own_work_is_younger_than_the_penalty(
    office: Office,
) -> None:
    complaint = office.issue("complaint")  # counter 1 helps after 600 s
    office.clock.now += 599_999
    own = office.issue("birth")
    called = office.call_next("1")
    assert called is not None and called.ticket.number == own.ticket.number
    assert sentence(office, called).count(complaint.ticket.number) == 1
    assert called.why is not None and called.why["rule"] == "own_work"
    office.clock.now += 1
    office.issue("birth")
    helped = office.call_next("1", finish=True)
    assert helped is not None and helped.ticket.number == complaint.ticket.number


def test_a_counter_calls_only_for_services_it_takes(office: Office) -> None:
    office.issue("land-tax")
    assert office.call_next("1") is None
    assert office.call_next("3") is not None


def test_who_is_sent_to_a_counter_waits_for_no_other(office: Office) -> None:
    sent = office.issue("birth").ticket
    third = office.counter("3")
    office.desk.transfer(sent.id, PROGRAM, counter_id=third.id)
    assert [one.ticket_id for one in office.reads.line(third.id)] == [sent.id]
    assert office.reads.line(office.counter("1").id) == []
    assert office.call_next("1") is None
    assert office.call_next("2") is None
    called = office.call_next("3")
    assert called is not None and called.ticket.id == sent.id
    assert called.ticket.current.counter_id == third.id


def test_who_is_sent_stands_where_they_came_among_that_counters_own(office: Office) -> None:
    sent = office.issue("birth").ticket
    office.clock.minutes(1)
    own = office.issue("land-tax").ticket
    office.clock.minutes(1)
    office.desk.transfer(sent.id, PROGRAM, counter_id=office.counter("3").id)
    assert [one.number for one in office.reads.line(office.counter("3").id)] == [
        sent.number,
        own.number,
    ]
    assert order(office, "3") == [sent.number, own.number]


def test_the_line_is_the_order_of_calling(office: Office) -> None:
    for n in range(12):
        office.issue(("birth", "complaint", "death")[n % 3], list(Priority)[n % 7])
        office.clock.minutes(3)
    line = [one.number for one in office.reads.line(office.counter("1").id)]
    assert len(line) == 12
    assert order(office) == line


def test_how_many_are_ahead_counts_the_pool(office: Office) -> None:
    first = office.issue("birth")
    second = office.issue("death")  # the same pool
    other = office.issue("land-tax")
    office.clock.minutes(1)
    elder = office.issue("move", Priority.ELDERLY)
    assert (first.ahead, second.ahead, other.ahead, elder.ahead) == (0, 1, 0, 0)
    assert office.reads.ticket(second.ticket.id).ahead == 2


def test_who_comes_back_keeps_the_old_place(office: Office) -> None:
    gone = office.issue()
    office.clock.minutes(5)
    waits = office.issue()
    office.call_next()
    office.desk.no_show(gone.ticket.id, PROGRAM)
    office.clock.minutes(30)
    office.desk.bring_back(gone.ticket.id, PROGRAM)
    assert order(office) == [gone.ticket.number, waits.ticket.number]


def test_the_next_step_of_a_visit_stands_where_the_visit_began(office: Office) -> None:
    visit = office.issue("birth", more=("land-tax",))
    office.clock.minutes(10)
    office.issue("land-tax")
    office.call_next("1")
    office.clock.minutes(10)
    office.desk.finish(visit.ticket.id, PROGRAM)
    called = office.call_next("3")
    assert called is not None and called.ticket.id == visit.ticket.id
    assert called.why is not None
    assert called.why["rule"] == "kept_place"
    assert [one["number"] for one in called.why["passed_over"]] == ["R001"]


def sentence(office: Office, seen: Seen, language: str = "th") -> str:
    assert seen.why is not None
    catalogue: Any = office.app.extensions["words"]
    return why_text(catalogue, seen.why, office.reads.settings().zone, language)


@pytest.mark.parametrize("language", ["th", "en"])
def test_every_rule_has_its_sentence(office: Office, language: str) -> None:
    first = office.issue()
    office.clock.minutes(1)
    monk = office.issue(priority=Priority.MONK)
    called = office.call_next()
    assert called is not None and called.ticket.id == monk.ticket.id
    told = sentence(office, called, language)
    assert "08:01" in told and "08:00" in told and first.ticket.number in told and "10" in told
    assert "%(" not in told
    called = office.call_next(finish=True)
    assert called is not None
    assert "08:00" in sentence(office, called, language)


def test_the_reason_for_priority_is_never_on_the_board(office: Office) -> None:
    for priority in Priority:
        office.issue(priority=priority)
    while office.call_next(finish=True):
        shown = repr(office.reads.board())
        for priority in Priority:
            assert priority not in shown or priority in ("none", "other"), priority


def test_another_offices_visitors_are_in_nobodys_line(store: Any) -> None:
    ours = Office(store)
    with store.writing() as db:
        db.execute(schema.offices.update().values(slug="other"))
    theirs = Office(store)
    theirs.issue()
    ours.clock.minutes(5)
    mine = ours.issue()
    assert mine.ahead == 0
    assert len(ours.reads.line(ours.counter("1").id)) == 1
    called = ours.call_next()
    assert called is not None and called.why is not None
    assert (called.ticket.id, called.why["passed_over"]) == (mine.ticket.id, [])
    assert ours.call_next(finish=True) is None
    assert theirs.reads.board().waiting[0].waiting == 1
