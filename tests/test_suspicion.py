"""Which presses count: the rules alone, and as the office keeps them, also of presses come late."""

import itertools
import random
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text

from server.domain.rating import Press, in_burst
from server.domain.suspicion import (
    GRACE_MS,
    LINK_GRACE_MS,
    Flag,
    Grant,
    Visit,
    judge_at_counter,
    judge_elsewhere,
    matched,
    place_for,
)
from server.domain.wish import Actor
from server.store import line
from server.store.engine import Store
from server.store.schema import counters
from tests.office import MINUTE, PROGRAM, Office
from tests.waiting import until

SECOND = 1000
TABLET, PHONE = Actor("device", 7), Actor("resident")
grants = st.lists(
    st.tuples(st.integers(0, 12), st.integers(0, 6)).map(lambda one: Grant(one[0], sum(one), 1)),
    max_size=6,
)
times = st.lists(st.integers(0, 18), max_size=6)


# ---------------------------------------------------------------- the rules alone


def most_matched(when: list[int], offered: list[Grant]) -> int:
    """By trying everything."""
    for size in range(min(len(when), len(offered)), 0, -1):
        for some in itertools.combinations(when, size):
            for order in itertools.permutations(offered, size):
                if all(g.first <= at <= g.last for at, g in zip(some, order, strict=True)):
                    return size
    return 0


@given(times, grants)
def test_as_many_presses_as_can_have_a_visit_of_their_own(
    when: list[int], offered: list[Grant]
) -> None:
    found = matched(when, offered)
    assert all(grant.first <= at <= grant.last for at, grant in found)
    assert len({id(grant) for _, grant in found}) == len(found)
    assert len(found) == most_matched(when, offered)


@given(times, grants)
def test_in_whatever_order_presses_come_as_many_count(
    when: list[int], offered: list[Grant]
) -> None:
    """Those of an office that is offline come late."""

    def count(order: Iterable[int]) -> int:
        counted: list[int] = []
        for at in order:
            if place_for(at, counted, offered) is not None:
                counted.append(at)
        return len(counted)

    assert (
        count(when) == count(reversed(when)) == count(sorted(when)) == len(matched(when, offered))
    )


@given(
    st.lists(st.tuples(st.integers(0, 900), st.integers(30, 900)), min_size=1, max_size=12),
    st.data(),
)
def test_who_was_served_and_presses_once_is_never_flagged(
    served: list[tuple[int, int]], data: st.DataObject
) -> None:
    """From a minute before the end, or the call, until three minutes after it."""
    now, visits, honest = 0, [], []
    for idle, lasts in served:
        called = now + idle * SECOND
        now = called + lasts * SECOND
        visits.append(Visit(called, now, 1))
        first = max(called, now - MINUTE)
        honest.append(data.draw(st.integers(first, now + GRACE_MS)))
    for n, at in enumerate(honest):
        judged = judge_at_counter(at, honest[:n], visits, now)
        assert judged.flag is None
        assert judged.grant is not None
    for n, at in enumerate(honest):
        assert judge_elsewhere(at, honest[:n], visits, now, LINK_GRACE_MS).flag is None


VISIT = Visit(100 * MINUTE, 110 * MINUTE, 1)
NEXT = Visit(110 * MINUTE, 119 * MINUTE, 2)


@pytest.mark.parametrize(
    ("minute", "counted", "flag", "service_id"),
    [
        (99, [], "unserved", None),
        (101, [], "unserved", None),  # just called: nobody is done yet
        (103, [], None, 1),
        (110.5, [], None, 1),
        (113, [], None, 1),
        (113.1, [], None, 2),
        (111, [110.5], "again", None),  # the next one was called, and is not served so soon
        (114, [110.5], None, 2),
        (119.5, [110.5, 114], "again", None),
        (122.1, [], "unserved", None),
    ],
)
def test_a_press_at_a_counter_needs_a_visit_that_has_none_yet(
    minute: float, counted: list[float], flag: str | None, service_id: int | None
) -> None:
    before = [round(at * MINUTE) for at in counted]
    judged = judge_at_counter(round(minute * MINUTE), before, [NEXT, VISIT], 200 * MINUTE)
    assert judged.flag == flag
    assert (judged.grant and judged.grant.service_id) == service_id


def test_who_is_at_the_counter_may_press_while_the_visit_has_no_end_yet() -> None:
    now = VISIT.called_at + 5 * MINUTE
    going_on = Visit(VISIT.called_at, None, 1)
    assert judge_at_counter(now, [], [going_on], now).flag is None
    assert judge_at_counter(now, [now - MINUTE], [going_on], now).flag == Flag.AGAIN


# ---------------------------------------------------------------- as the office keeps them


def press(
    office: Office, at: int | None = None, actor: Actor = TABLET, **more: object
) -> str | None:
    made = {"counter_id": office.counter("1").id, "channel": "tablet", **more}
    kept = office.rooms.satisfaction.press(Press(5, at=at, **made), actor)  # type: ignore[arg-type]
    return kept.flag


def served(office: Office, minutes: float = 6) -> int:
    """Somebody was served at counter 1; when it ended."""
    office.issue()
    seen = office.call_next()
    assert seen is not None
    office.clock.minutes(minutes)
    office.desk.finish(seen.ticket.id, PROGRAM)
    return office.clock.now


def test_an_officers_own_finger_is_flagged_at_once_and_when_it_comes_late(office: Office) -> None:
    ends = [served(office)]
    flags = []
    for after_s in (20, 40, 500):
        office.clock.now = ends[0] + after_s * SECOND
        flags.append(press(office))
    assert flags == [None, "again", "unserved"]
    office.clock.minutes(60)
    ends += [served(office), served(office)]
    office.clock.minutes(26 * 60)
    late = [(ends[1], 20), (ends[1], 40), (ends[2], 15), (ends[2], 600), (ends[1], -700)]
    assert [press(office, end + after * SECOND) for end, after in late] == [
        None,
        "again",
        None,
        "unserved",
        "unserved",
    ]


def test_a_press_is_of_the_service_of_its_visit_though_the_next_one_was_called(
    small_office: Office,
) -> None:
    office = small_office
    served(office)
    office.issue("move")
    assert office.call_next() is not None
    office.clock.minutes(0.3)
    counter_id = office.counter("1").id
    kept = office.rooms.satisfaction.press(Press(4, "tablet", counter_id), TABLET)
    assert (kept.flag, kept.service_id) == (None, office.service("birth").id)


def test_a_counter_that_does_not_use_the_queue_and_programs_are_judged_by_bursts_only(
    office: Office,
) -> None:
    flags = []
    for after_s in (0, 6, 6, 4):
        office.clock.now += after_s * SECOND
        flags.append(press(office))
    assert flags == [None, None, None, "burst"]
    served(office)
    office.clock.minutes(30)
    for _ in range(3):
        office.clock.now += 6 * SECOND
        assert press(office, actor=PROGRAM, channel="device") is None


def test_before_the_first_visit_and_on_a_closed_day_nobody_was_served(small_office: Office) -> None:
    office = small_office
    assert press(office) is None  # this office never used the queue
    served(office)
    for _ in range(20):  # early in the morning, and at night too
        office.clock.minutes(36 * 60)
        assert press(office) == "unserved"
        assert press(office, actor=PHONE, counter_id=None, channel="card") == "crowd"
    office.clock.minutes(36 * 60)
    assert press(office) is None  # it has not for a month


def test_presses_by_a_picture_of_the_card_use_up_no_visit_of_the_turning_qr(
    small_office: Office,
) -> None:
    office = small_office
    for _ in range(4):
        served(office)
    flags = []
    for channel in ["counter_qr", *["card"] * 8, "counter_qr", "counter_qr"]:
        office.clock.now += 20 * SECOND
        flags.append(press(office, actor=PHONE, channel=channel))
    # The QR's first press used up one of the card's visits, for who scans both.
    assert flags == [None, *[None] * 3, *["crowd"] * 5, None, None]
    kept = [(row.channel, row.flag) for row in office.contents()["presses"]]  # type: ignore[attr-defined]
    assert [flag for channel, flag in kept if channel == "counter_qr"] == [None] * 3
    assert [flag for channel, flag in kept if channel == "card"] == ["crowd"] * 8


def test_two_tablets_that_moved_never_wait_for_each_other(postgres_store: Store) -> None:
    """Each locks the counters of what it kept in one order, whatever the order of its presses."""
    office = Office(postgres_store)
    one, other = sorted(office.counter(number).id for number in "12")
    some = [
        Press(5, "tablet", counter_id, at=office.clock() - MINUTE, press_id=f"p{counter_id}")
        for counter_id in (other, one)
    ]
    waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    with ThreadPoolExecutor(1) as tablet:
        with postgres_store.writing() as db:
            line.lock_counter(db, office.id, one)
            sent = tablet.submit(office.rooms.satisfaction.press_all, some, TABLET)
            until(lambda: db.scalar(waiting) > 0)
            free = select(counters.c.id).where(counters.c.id == other)
            assert db.scalar(free.with_for_update(skip_locked=True)) == other
        assert sent.result() == [None, None]


@pytest.mark.parametrize("channel", ["card", "counter_qr"])
def test_more_presses_by_a_link_than_visits_are_a_crowd_that_spoils_its_hour(
    office: Office, channel: str
) -> None:
    for _ in range(4):
        served(office)
    flags = []
    for _ in range(12):
        office.clock.now += 20 * SECOND
        flags.append(press(office, actor=PHONE, channel=channel))
    assert flags == [None] * 4 + ["crowd"] * 8
    kept = [row.flag for row in office.contents()["presses"]]  # type: ignore[attr-defined]
    assert kept == ["crowd"] * 12  # nobody can tell which four were real
    office.clock.minutes(3 * 60)
    served(office)
    # A QR that turns works for two turns of a quarter of an hour, paper for an hour.
    office.clock.now += LINK_GRACE_MS if channel == "card" else LINK_GRACE_MS // 2
    assert press(office, actor=PHONE, channel=channel) is None


def test_one_press_too_many_spoils_nothing(small_office: Office) -> None:
    for _ in range(3):
        served(small_office)
    for _ in range(4):
        small_office.clock.minutes(1)
        press(small_office, actor=PHONE, channel="card")
    kept = [row.flag for row in small_office.contents()["presses"]]  # type: ignore[attr-defined]
    assert kept == [None, None, None, "crowd"]


def test_the_poster_and_the_exit_are_held_against_the_whole_office(small_office: Office) -> None:
    served(small_office)
    small_office.serve("land-tax", "3")
    for actor, channel in ((PHONE, "card"), (TABLET, "exit")):
        flags = []
        for _ in range(3):
            small_office.clock.minutes(1)
            flags.append(press(small_office, actor=actor, channel=channel, counter_id=None))
        assert flags == [None, None, "crowd"]
    flags = [press(small_office, actor=Actor("device", 9), channel="outreach", counter_id=None)]
    assert flags == [None]  # no queue of ours is where it stands


# ---------------------------------------------------------------- against planted cheating


@dataclass
class Counter:
    """A day at a counter with its tablet, as random as days are, and who cheats there."""

    draw: random.Random

    def visits(self) -> list[Visit]:
        at, made = 8 * 60 * MINUTE, []
        while at < 16 * 60 * MINUTE:
            idle = 0 if self.draw.random() < 0.6 else self.draw.expovariate(1 / 12) * MINUTE
            called = round(at + idle)
            lasts = max(40 * SECOND, round(self.draw.lognormvariate(1.8, 0.6) * MINUTE))
            made.append(Visit(called, called + lasts, 1))
            at = called + lasts
        return made

    def honest(self, visits: list[Visit]) -> list[int]:
        """Four in ten press, most within half a minute of the end, some before it."""
        pressing = [visit for visit in visits if self.draw.random() < 0.4]
        return [
            min(
                (visit.ended_at or 0) + round(self.draw.expovariate(1 / 20) * SECOND) - 5 * SECOND,
                (visit.ended_at or 0) + 100 * SECOND,
            )
            for visit in pressing
        ]

    def again(self, honest: list[int]) -> list[int]:
        """The officer presses five more times after one in eight, some seconds apart."""
        return [
            at + round(self.draw.uniform(6, 20) * n * SECOND)
            for at in honest
            if self.draw.random() < 0.125
            for n in range(1, 6)
        ]

    def unserved(self, visits: list[Visit]) -> list[int]:
        """And at lunch, when nobody has been there for a while."""
        made = []
        for one, other in itertools.pairwise(visits):
            quiet = other.called_at - (one.ended_at or 0)
            if quiet > 6 * MINUTE and self.draw.random() < 0.5:
                first = (one.ended_at or 0) + GRACE_MS + SECOND
                made += [self.draw.randint(first, other.called_at) for _ in range(3)]
        return made


def flagged(at: int, counted: list[int], visits: list[Visit]) -> bool:
    return in_burst(at, counted, 5 * SECOND) or bool(
        judge_at_counter(
            at, [one for one in counted if abs(one - at) < 30 * MINUTE], visits, at
        ).flag
    )


def test_planted_cheating_is_found_and_honest_visitors_are_left_alone() -> None:
    """Days drawn anew; the whole half-year with all channels is test_half_year's."""
    found = {True: [0, 0], False: [0, 0]}  # cheats, honest: flagged, all
    for seed in range(60):
        day = Counter(random.Random(seed))
        visits = day.visits()
        honest = day.honest(visits)
        cheats = set(day.again(honest) + day.unserved(visits)) - set(honest)
        counted: list[int] = []
        for at in sorted({*honest, *cheats}):
            known = [
                visit if (visit.ended_at or 0) <= at else Visit(visit.called_at, None, 1)
                for visit in visits
                if visit.called_at <= at
            ]
            out = flagged(at, counted, known)
            found[at in cheats][0] += out
            found[at in cheats][1] += 1
            if not out:
                counted.append(at)
    assert found[True][1] > 500 and found[False][1] > 1000
    assert found[True][0] / found[True][1] >= 0.9, found
    assert found[False][0] / found[False][1] <= 0.02, found
