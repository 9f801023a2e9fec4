"""Other settings tried on a past month: the same rules, the same people, and nothing is changed."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.cli import run
from server.domain.hall import Hall, HallCounter, HallService
from server.domain.office_file import ServiceProfile
from server.domain.order import Priority
from server.domain.past import Errand, PastDay, PastMonth, Round, Shift, Stay, Visit
from server.domain.policy import Side, Tried, compare, month_of, side_of
from server.domain.refusals import NotAllowed
from server.domain.settings import ServiceRules
from server.domain.shifts import absences
from server.domain.ticket import Outcome, Verb
from server.policy import NOBODY_DRAWN, Policy, Trial
from server.simulation import simulate
from server.store.engine import Store
from server.trying import Unclear, tried_of
from tests.office import MINUTE, PROGRAM, Office, demo_file
from tests.server import FILE

MARCH = month_of("2569-03")
APRIL = month_of("2569-04")
ELDERLY, NONE = Priority.ELDERLY, Priority.NONE
MONDAY = date(2026, 3, 2)
HALF_PAST_EIGHT = 1_772_415_000_000  # on that Monday, in Bangkok
HOUR = 60 * MINUTE
ONE, TWO = 1, 2  # services, and counters


# ---------------------------------------------------------------- small days, made by hand


def hall(**penalties: dict[int, int]) -> Hall:
    """Counters 1 and 2 by name (`one`, `two`) with what they take; no head starts."""
    kept = demo_file().kept()
    rules = kept.settings.model_copy(update={"priority_head_start_minutes": {}})
    return Hall(
        settings=kept.model_copy(update={"settings": rules}),
        arrivals=NOBODY_DRAWN,
        services=tuple(
            HallService(n, prefix, 10, ServiceProfile(minutes_mean=5, minutes_sd=1))
            for n, prefix in ((ONE, "A"), (TWO, "B"))
        ),
        counters=tuple(
            HallCounter({"one": ONE, "two": TWO}[name], name, takes)
            for name, takes in penalties.items()
        ),
        questionnaire=None,
    )


def visit(
    minute: float,
    priority: Priority = NONE,
    service: int = ONE,
    took: float = 5,
    leaves_after: float | None = None,
) -> Visit:
    at = HALF_PAST_EIGHT + round(minute * MINUTE)
    done = Round(at, ONE, round(took * MINUTE), Verb.FINISH, Outcome.SERVED, notice_ms=0)
    if leaves_after is None:
        errand = Errand(service, (done,), at, None, Outcome.SERVED)
    else:
        errand = Errand(service, (), at, round(leaves_after * MINUTE), Outcome.LEFT)
    return Visit(at, priority, (errand,))


def month(*visits: Visit, away: tuple[tuple[float, float], ...] = ()) -> PastMonth:
    """One day of these visits; both counters are there, the first but for `away` (minutes)."""
    ends = HALF_PAST_EIGHT + 24 * HOUR
    gone = [
        (HALF_PAST_EIGHT + round(a * MINUTE), HALF_PAST_EIGHT + round(b * MINUTE)) for a, b in away
    ]
    shifts = {ONE: Shift(HALF_PAST_EIGHT, ends, gone), TWO: Shift(HALF_PAST_EIGHT, ends, [])}
    ordered = tuple(sorted(visits, key=lambda one: one.arrived_at))
    return PastMonth((PastDay(MONDAY, ordered, shifts, ends, ()),), {}, {})


def after(past: PastMonth, where: Hall, tried: Tried = Tried()) -> Side:  # noqa: B008 # frozen
    return compare(where, past, tried).after


def total(side: Side, priority: Priority) -> float:
    waits = side.by_priority[priority]
    return (waits.mean_s or 0) * waits.called


days = st.lists(
    st.tuples(st.integers(0, 3 * 3600), st.sampled_from([ELDERLY, NONE])), min_size=1, max_size=25
)
minutes = st.integers(0, 30)


@given(days, minutes, minutes, st.integers(1, 900))
def test_a_larger_head_start_never_makes_that_priority_wait_longer_in_all(
    people: list[tuple[int, Priority]], one: int, other: int, took_s: int
) -> None:
    past = month(*(visit(s / 60, priority, took=took_s / 60) for s, priority in people))
    small, large = sorted((one, other))
    with_small = after(past, hall(one={ONE: 0}), Tried({ELDERLY: small}))
    with_large = after(past, hall(one={ONE: 0}), Tried({ELDERLY: large}))
    assert with_small.every.called == with_large.every.called == len(people)
    if ELDERLY in with_small.by_priority:
        assert total(with_large, ELDERLY) <= total(with_small, ELDERLY) + 1  # s, of rounding
    assert with_large.every.passed >= with_small.every.passed or ELDERLY in with_large.by_priority


@given(days, st.integers(1, 900))
def test_without_head_starts_one_counter_passes_nobody_over(
    people: list[tuple[int, Priority]], took_s: int
) -> None:
    past = month(*(visit(s / 60, priority, took=took_s / 60) for s, priority in people))
    assert after(past, hall(one={ONE: 0})).every.passed == 0


def test_a_head_start_puts_the_elderly_first_and_says_who_was_passed_over() -> None:
    past = month(visit(0, took=30), visit(1), visit(2), visit(3, ELDERLY))
    where = hall(one={ONE: 0})
    plain, tried = after(past, where), after(past, where, Tried({ELDERLY: 10}))
    assert (plain.every.passed, tried.every.passed) == (0, 2)
    assert tried.by_priority[NONE].passed == 2 and tried.by_priority[ELDERLY].passed == 0
    assert total(tried, ELDERLY) < total(plain, ELDERLY)
    assert total(tried, NONE) > total(plain, NONE)


def test_a_service_with_minutes_of_its_own_keeps_them() -> None:
    past = month(visit(0, took=30), visit(1), visit(3, ELDERLY))
    own = ServiceRules(head_start_minutes={ELDERLY: 0})
    where = hall(one={ONE: 0})
    where = replace(where, services=tuple(replace(s, rules=own) for s in where.services))
    found = compare(where, past, Tried({ELDERLY: 30}))
    assert found.after == found.before


def test_who_left_leaves_after_the_same_wait_and_is_served_when_called_before() -> None:
    past = month(visit(0, took=20), visit(1, ELDERLY, leaves_after=15), visit(2, took=3))
    where = hall(one={ONE: 0})
    assert after(past, where).every.left == 1
    sooner = month(visit(0, took=10), visit(1, ELDERLY, leaves_after=15), visit(2, took=3))
    assert after(sooner, where).every.left == 0


def test_nobody_is_called_while_the_counter_is_away() -> None:
    past = month(visit(5), away=((0, 30),))
    assert after(past, hall(one={ONE: 0})).every.worst_s == 25 * 60


def test_a_smaller_penalty_lets_the_helper_call_sooner() -> None:
    crowd = [visit(n, took=20) for n in range(6)]
    past = month(*crowd, visit(30, service=TWO))
    where = hall(one={ONE: 0}, two={TWO: 0, ONE: 3600})
    plain = after(past, where)
    helped = after(past, where, Tried(penalties={(TWO, ONE): 60}))
    assert (helped.by_service[ONE].worst_s or 0) < (plain.by_service[ONE].worst_s or 0)


def test_only_a_counter_that_takes_the_service_passes_its_people_over() -> None:
    def stay(n: int, service: int, arrived: int, called: int, counter: int) -> Stay:
        return Stay(n, NONE, service, arrived, arrived, called, counter, Outcome.SERVED)

    day = [stay(0, ONE, 0, 900, ONE), stay(1, TWO, 100, 200, TWO)]
    assert side_of([day], {ONE: {ONE}, TWO: {TWO}}).every.passed == 0
    assert side_of([day], {ONE: {ONE}, TWO: {ONE, TWO}}).every.passed == 1


def test_a_counter_is_away_while_it_is_paused_or_closed() -> None:
    noted = [(10, "open"), (20, "paused"), (30, "open"), (40, "closed")]
    assert absences(noted, 0, 100) == [(0, 10), (20, 30), (40, 100)]
    assert absences([(20, "paused"), (30, "open")], 0, 100) == [(20, 30)]


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2569-03", date(2026, 3, 1), date(2026, 3, 31)),
        ("2026-03", date(2026, 3, 1), date(2026, 3, 31)),
        ("2567-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2026-12", date(2026, 12, 1), date(2026, 12, 31)),
    ],
)
def test_a_month_is_understood_in_both_eras(text: str, first: date, last: date) -> None:
    assert month_of(text) == (first, last)


@pytest.mark.parametrize(
    "text", ["2569-13", "2569-0", "2569", "25690-03", "๒๕๖๙-๐๓", "", "0000-01"]
)
def test_what_names_no_month_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # its message is the text itself
        month_of(text)


# ---------------------------------------------------------------- a real desk's day


def test_a_day_at_the_desk_replays_as_it_was(office: Office) -> None:
    """Served, parked, returned, sent on, gone and two services: each call at its own time."""
    clock, desk = office.clock, office.desk

    def pass_(minutes_: float) -> None:
        clock.minutes(minutes_)

    pass_(31)
    first = office.issue("birth", more=("move",))
    second = office.issue("birth")
    gone = office.issue("birth")
    pass_(1)
    office.call_next("1")
    pass_(4)
    desk.finish(first.ticket.id, PROGRAM)  # its second service waits from now on
    pass_(2)
    office.call_next("1")  # the first number again: one visit, one place in line
    pass_(5)
    desk.finish(first.ticket.id, PROGRAM)
    desk.cancel(gone.ticket.id, "left", PROGRAM)
    office.call_next("1")
    pass_(3)
    desk.no_show(second.ticket.id, PROGRAM)
    late = office.issue("birth")  # called in the place of the one who was not there
    pass_(1)
    office.call_next("1")
    pass_(5)
    desk.finish(late.ticket.id, PROGRAM)
    desk.bring_back(second.ticket.id, PROGRAM)
    pass_(1)
    office.call_next("1")
    pass_(2)
    desk.hold(second.ticket.id, "documents", PROGRAM)
    pass_(3)
    desk.resume(second.ticket.id, PROGRAM)
    pass_(2)
    desk.finish(second.ticket.id, PROGRAM)
    pass_(24 * 60)
    found = office.rooms.policy.attempt(month_of("2569-10"), Tried(), clock()).comparison
    assert (found.days, found.visits) == (1, 4)
    assert found.before.every == found.really.every == found.after.every
    assert (found.really.every.called, found.really.every.left) == (4, 1)
    assert found.really.every.worst_s == 12 * 60


def test_a_month_without_tickets_of_days_that_are_over_is_refused(office: Office) -> None:
    office.issue("birth")  # today
    for asked in ("2569-10", "2569-11"):
        with pytest.raises(NotAllowed, match="month_without_tickets"):
            office.rooms.policy.attempt(month_of(asked), Tried(), office.clock())


# ---------------------------------------------------------------- simulated weeks


@pytest.fixture(scope="module")
def simulated(empty_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """The demo office with the first working days of March."""
    folder = tmp_path_factory.mktemp("policy")
    shutil.copy(empty_sqlite, folder / "khiu.db")
    store = Store(f"sqlite:///{folder}/khiu.db")
    office = Office(store)
    simulate(store, office.id, MONDAY, date(2026, 3, 11), seed=5)
    yield office
    store.close()


@pytest.fixture(scope="module")
def attempt(simulated: Office) -> Callable[[Tried], Trial]:
    policy = Policy(simulated.store, simulated.id)
    return lambda tried: policy.attempt(MARCH, tried, simulated.clock())


def test_with_unchanged_settings_nothing_changes(attempt: Callable[[Tried], Trial]) -> None:
    found = attempt(Tried()).comparison
    assert found.after == found.before
    todays = {one: demo_file().settings.head_start_min(one) for one in Priority}
    assert attempt(Tried(todays)).comparison == found
    assert found.visits > 300 and found.days > 5


def test_the_replay_comes_near_to_what_really_happened(attempt: Callable[[Tried], Trial]) -> None:
    found = attempt(Tried()).comparison
    assert found.is_like_it_was
    really, before = found.really.every, found.before.every
    assert really.mean_s is not None and before.mean_s is not None
    assert abs(really.mean_s - before.mean_s) < 0.15 * really.mean_s
    assert abs(really.called - before.called) < 0.03 * really.called
    assert set(found.really.by_service) == set(found.before.by_service)


def test_more_minutes_for_the_elderly_shorten_their_wait_at_the_cost_of_others(
    attempt: Callable[[Tried], Trial],
) -> None:
    found = attempt(Tried({ELDERLY: 30})).comparison
    elderly, others = found.change_s(ELDERLY), found.change_s(NONE)
    assert elderly is not None and others is not None
    assert elderly < -30 < 0 < others
    assert found.after.by_priority[NONE].passed > found.before.by_priority[NONE].passed


def test_trying_changes_no_row_and_reads_only_its_month(
    simulated: Office, attempt: Callable[[Tried], Trial]
) -> None:
    tried = Tried({ELDERLY: 25})
    once, before = attempt(tried), simulated.contents()
    attempt(tried)
    assert simulated.contents() == before
    simulate(simulated.store, simulated.id, date(2026, 4, 1), date(2026, 4, 2), seed=5)
    assert attempt(tried) == once
    policy = simulated.rooms.policy
    assert policy.months(simulated.clock()) == ["2026-04", "2026-03"]
    assert policy.attempt(APRIL, tried, simulated.clock()).comparison.days == 2


# ---------------------------------------------------------------- on the command line


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("policy-cli") / "data"
    where = ["--data", str(folder)]
    assert run(["init", *where, "--office", str(FILE)]) == 0
    assert run(["simulate", *where, "--from", "2026-03-02", "--to", "2026-03-04"]) == 0
    return folder


def try_(data: Path, *words: str) -> int:
    return run(["policy", "try", "--data", str(data), *words])


@pytest.mark.parametrize("asked", ["2569-03", "2026-03"])
def test_the_command_prints_the_month_before_and_after(
    data: Path, capsys: pytest.CaptureFixture[str], asked: str
) -> None:
    penalty = ("--penalty", "1:complaint=5")
    assert try_(data, "--month", asked, "--head-start", "elderly=20", *penalty) == 0
    said = capsys.readouterr().out
    assert said.startswith("March 2026 (2569-03): ")
    assert "elderly 20 minutes' head start instead of 10; 1 other penalties" in said
    for words in ("real before after", "no priority", "Birth registration", "How good the replay"):
        assert words in " ".join(said.split()), words
    assert max(map(len, said.splitlines())) <= 122 or "On average" in said


@pytest.mark.parametrize(
    ("words", "code", "clue"),
    [
        (("--month", "2569-13", "--head-start", "elderly=20"), 2, "2569-13 is no month"),
        (("--month", "2569-03"), 2, "nothing to try"),
        (("--month", "2569-03", "--head-start", "older=20"), 2, "older is no priority"),
        (("--month", "2569-03", "--head-start", "none=20"), 2, "none is no priority"),
        (("--month", "2569-03", "--head-start", "elderly=31"), 2, "0 to 30 minutes"),
        (("--month", "2569-03", "--head-start", "elderly=-1"), 2, "is no head start"),
        (("--month", "2569-03", "--penalty", "9:birth=1"), 2, "counter 9 takes no service birth"),
        (("--month", "2569-03", "--penalty", "1:birth=121"), 2, "0 to 120 minutes"),
        (("--month", "2569-02", "--head-start", "elderly=20"), 1, "2026-02"),
    ],
)
def test_what_cannot_be_tried_is_said_in_one_line(
    data: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], code: int, clue: str
) -> None:
    assert try_(data, *words) == code
    said = capsys.readouterr()
    assert said.out == "" and said.err.count("\n") == 1
    assert said.err.startswith("khiu: ") and clue in said.err


def test_minutes_of_a_penalty_may_have_a_fraction() -> None:
    takes: Any = {("5", "birth"): (7, 8)}
    assert tried_of([], ["5:birth=1.5"], takes).penalties == {(7, 8): 90}
    with pytest.raises(Unclear):
        tried_of(["elderly=5 "], [], takes)
