from concurrent.futures import ThreadPoolExecutor

import pytest

from server.domain.order import Priority
from server.domain.refusals import NotAllowed, NotFound
from server.domain.wish import Wish
from tests.office import PROGRAM, Office


def test_kiosks_that_touch_at_once_never_share_a_number_nor_skip_one(office: Office) -> None:
    wish = Wish(office.service("birth").id)
    with ThreadPoolExecutor(8) as kiosks:
        seen = list(kiosks.map(lambda _: office.desk.issue(wish, PROGRAM), range(100)))
    assert sorted(one.ticket.number for one in seen) == [f"A{n:03}" for n in range(1, 101)]


def test_a_refused_verb_leaves_no_trace(office: Office) -> None:
    before = office.contents()
    with pytest.raises(NotFound):
        office.desk.issue(Wish(99), PROGRAM)
    assert office.contents() == before


def test_priority_stands_ahead_by_its_minutes_and_no_more(office: Office) -> None:
    early = office.issue()
    office.clock.minutes(1)
    recent = office.issue()
    office.clock.minutes(9.9)
    elder = office.issue(priority=Priority.ELDERLY)
    order = []
    while seen := office.call_next():
        order.append(seen.ticket.number)
        office.desk.finish(seen.ticket.id, PROGRAM)
    assert order == [one.ticket.number for one in (early, elder, recent)]


def test_a_counter_with_someone_calls_nobody_else(office: Office) -> None:
    office.issue()
    office.issue()
    office.call_next()
    with pytest.raises(NotAllowed):
        office.call_next()
