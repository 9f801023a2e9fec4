"""The rules behind the figures: against SciPy, statsmodels and the words of the rule itself."""

from datetime import date, timedelta
from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom
from statsmodels.stats.proportion import confint_proportions_2indep

from server.domain.change import Verdict, change_of, newcombe
from server.domain.cube import HIDDEN, Cell, Figure
from server.domain.sample import needed_of, sample_of
from server.domain.satisfaction import wilson
from server.domain.settings import SampleRule
from server.domain.thai import FiscalYear
from server.domain.trend import half_before, half_of, months_up_to
from tests.scores import cube_of, press

RULE = SampleRule()
NINETY_FIVE = 0.95


def figure(top: int, n: int) -> Figure:
    return cube_of(press(top, 5) + press(n - top, 2)).figure(Cell(), "overall")


shares = st.integers(1, 2000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


# ---------------------------------------------------------------- change


@given(shares, shares)
def test_the_interval_of_a_change_is_that_of_statsmodels(
    now: tuple[int, int], then: tuple[int, int]
) -> None:
    theirs = confint_proportions_2indep(*now, *then, method="newcomb", compare="diff")
    assert newcombe(*now, *then) == pytest.approx(theirs, abs=1e-12)


def test_the_interval_of_a_change_of_a_published_example() -> None:
    # Newcombe (1998), Statistics in Medicine 17, table II, method 10: 56/70 less 48/80.
    assert newcombe(56, 70, 48, 80) == pytest.approx((0.0524, 0.3339), abs=5e-5)


@given(shares, shares)
def test_a_change_turned_round_is_the_same_change_with_the_other_sign(
    now: tuple[int, int], then: tuple[int, int]
) -> None:
    low, high = newcombe(*now, *then)
    back = newcombe(*then, *now)
    assert (low, high) == pytest.approx((-back[1], -back[0]))
    assert low - 1e-12 <= now[0] / now[1] - then[0] / then[1] <= high + 1e-12


@given(
    st.integers(1, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
    st.integers(1, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
)
def test_a_change_is_clear_exactly_when_its_interval_leaves_out_none(
    now: tuple[int, int], then: tuple[int, int]
) -> None:
    change = change_of("x", figure(*then), figure(*now))
    assert change.low is not None
    assert change.high is not None
    assert (change.verdict is Verdict.UNCLEAR) == (change.low <= 0 <= change.high)
    assert (change.low, change.high) == newcombe(*now, *then)


@pytest.mark.parametrize("other", [HIDDEN, Figure(0)])
def test_what_is_hidden_or_empty_is_compared_with_nothing(other: Figure) -> None:
    full = figure(30, 40)
    for change in (change_of("x", full, other), change_of("x", other, full)):
        assert change.verdict is Verdict.UNKNOWN
        assert (change.difference, change.low, change.high) == (None, None, None)


@pytest.mark.parametrize(("n", "before_n"), [(40, 60), (110, 70)])
@pytest.mark.parametrize("share", [0.5, 0.8, 0.92])
def test_no_change_is_called_a_change_in_about_one_of_twenty_cases(
    n: int, before_n: int, share: float
) -> None:
    """Exactly, over all outcomes that two samples of the same people can have."""
    now, then = (binom.pmf(range(m + 1), m, share) for m in (n, before_n))
    called = np.zeros((n + 1, before_n + 1))
    for top, before in product(range(n + 1), range(before_n + 1)):
        low, high = newcombe(top, n, before, before_n)
        called[top, before] = low > 0 or high < 0
    assert 0.02 < now @ called @ then < 0.065


@pytest.mark.parametrize("n", [10, 30, 100, 400])
def test_wilsons_interval_holds_the_truth_in_about_nineteen_of_twenty_cases(n: int) -> None:
    truths = np.arange(0.5, 0.99, 0.01)
    ends = [wilson(top, n) for top in range(n + 1)]
    held = [
        binom.pmf([top for top, (a, b) in enumerate(ends) if a <= truth <= b], n, truth).sum()
        for truth in truths
    ]
    assert np.mean(held) == pytest.approx(NINETY_FIVE, abs=0.01)


# ---------------------------------------------------------------- sample


@pytest.mark.parametrize(
    ("visits", "needed"),
    [
        (0, 0),
        (1, 1),
        (29, 29),
        (30, 30),
        (300, 30),
        (301, 31),
        (999, 100),
        (1000, 100),
        (1001, 101),
    ],
)
def test_the_sample_is_a_tenth_and_at_least_thirty_or_everybody(visits: int, needed: int) -> None:
    assert needed_of(visits, RULE) == needed


def test_another_years_rule_asks_more_of_large_offices() -> None:
    rule = SampleRule(large_from=4000, large_least=400, share=0.05)
    assert needed_of(4000, rule) == 200
    assert needed_of(4001, rule) == 400
    assert needed_of(20_000, rule) == 1000


@given(st.integers(0, 50_000), st.integers(0, 50_000))
def test_more_visits_never_need_fewer_answers(visits: int, more: int) -> None:
    assert needed_of(visits, RULE) <= needed_of(visits + more, RULE) <= visits + more


@given(st.integers(0, 364), st.integers(0, 20_000), st.integers(0, 3000))
def test_the_tracker_says_how_many_are_missing_by_when(day: int, visits: int, have: int) -> None:
    year = FiscalYear(2569)
    today = year.first + timedelta(days=day)
    told = sample_of(2569, *dates(), today, visits=visits, have=have, presses=0, rule=RULE)
    assert told.missing == max(0, told.needed - have)
    assert told.enough == (told.missing == 0)
    assert told.weeks_left * 7 == pytest.approx(364 - day)
    if told.weeks_left:
        assert have + told.pace_needed * told.weeks_left == pytest.approx(have + told.missing)
    assert told.visits_expected >= visits
    assert told.needed >= told.needed_now
    assert told.expected >= have
    assert told.on_course == (told.expected >= told.needed)


def test_before_and_after_its_year_the_tracker_still_answers() -> None:
    before = sample_of(2569, *dates(), date(2025, 9, 1), visits=0, have=0, presses=0, rule=RULE)
    assert (before.needed, before.visits_expected, before.pace) == (0, 0, 0.0)
    after = sample_of(2569, *dates(), date(2027, 1, 1), visits=500, have=40, presses=9, rule=RULE)
    assert (after.needed, after.missing, after.weeks_left, after.pace_needed) == (50, 10, 0, 0.0)
    assert (after.expected, after.on_course, after.enough) == (40, False, False)


def test_an_office_that_began_in_march_is_not_behind_for_the_months_before() -> None:
    begun, today = date(2026, 3, 1), date(2026, 3, 30)
    told = sample_of(2569, *dates(), today, visits=600, have=60, presses=0, rule=RULE, begun=begun)
    assert told.pace == pytest.approx(14.0)
    assert told.visits_expected == 600 * 214 // 30
    assert told.on_course


def dates() -> tuple[date, date]:
    return FiscalYear(2569).first, FiscalYear(2569).last


# ---------------------------------------------------------------- months


@given(st.dates(date(2000, 1, 1), date(2090, 1, 1)), st.integers(1, 40))
def test_months_come_one_after_another_and_end_with_the_day(day: date, n: int) -> None:
    found = months_up_to(day, n)
    assert len(found) == n
    assert found[-1] == day.isoformat()[:7]
    firsts = [date.fromisoformat(f"{month}-01") for month in found]
    assert all(27 < (two - one).days < 32 for one, two in pairwise(firsts))


@given(st.dates(date(2000, 1, 1), date(2090, 1, 1)))
def test_halves_join_without_gap(day: date) -> None:
    half = half_of(day)
    assert half.first <= day <= half.last
    assert half_before(half).last + timedelta(days=1) == half.first
    assert half.first.month in (4, 10)
