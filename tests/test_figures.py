"""Every figure against NumPy and SciPy, and against a plain recomputation."""

import math
import statistics
from collections import defaultdict
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest
from statsmodels.stats.proportion import proportion_confint

from server.domain.day import unix_ms
from server.domain.figures import (
    ServiceRow,
    StepRow,
    hour_rows,
    month_rows,
    percentile,
    service_rows,
)
from server.domain.satisfaction import level_of, wilson
from tests.scores import BANDS, CODES, SERVICES, ScoreRow, press, shown

BANGKOK = ZoneInfo("Asia/Bangkok")
NINE = unix_ms(datetime(2026, 3, 16, 9, 0, tzinfo=BANGKOK))
MINUTE = 60_000


def served(service_id: int = 1, *, wait_ms: int = 0, took_ms: int = MINUTE) -> StepRow:
    called = NINE + wait_ms
    return StepRow(
        service_id,
        "done",
        "served",
        issued_at=NINE,
        first_called_at=called,
        called_at=called,
        ended_at=called + took_ms,
    )


def row_for(*steps: StepRow) -> ServiceRow:
    return service_rows(SERVICES, steps)[0]


# ---------------------------------------------------------------- the queue


@given(st.lists(st.integers(-10_000, 100_000), min_size=1, max_size=60), st.integers(0, 100))
def test_percentiles_are_numpys_default_ones(values: list[int], percent: int) -> None:
    assert percentile(sorted(values), percent) == pytest.approx(
        float(np.percentile(values, percent)), rel=1e-12, abs=1e-9
    )


def test_nothing_counted_is_none_and_never_zero() -> None:
    empty = row_for()
    assert (empty.issued, empty.served, empty.abandoned, empty.no_show) == (0, 0, 0, 0)
    assert empty.wait_p50_s is empty.wait_p95_s is empty.service_p90_s is None
    assert empty.within_standard is None
    assert percentile([], 50) is None


def test_a_wait_ends_with_the_first_call_and_a_service_begins_with_the_last() -> None:
    step = StepRow(
        1,
        "done",
        "served",
        issued_at=NINE,
        first_called_at=NINE + 5 * MINUTE + 999,
        called_at=NINE + 8 * MINUTE,
        ended_at=NINE + 20 * MINUTE - 1,
    )
    row = row_for(step)
    assert row.wait_p50_s == 300  # rounded down
    assert row.service_p50_s == 719


def test_a_service_begins_with_start_where_it_was_pressed() -> None:
    step = StepRow(
        1,
        "done",
        "served",
        issued_at=NINE,
        first_called_at=NINE,
        called_at=NINE,
        started_at=NINE + MINUTE,
        ended_at=NINE + 3 * MINUTE,
    )
    assert row_for(step).service_p50_s == 120


def test_a_booking_waits_from_its_slot() -> None:
    booked = StepRow(
        1, "called", issued_at=NINE, slot_at=NINE + 10 * MINUTE, first_called_at=NINE + 12 * MINUTE
    )
    assert row_for(booked).wait_p50_s == 120


def test_numbers_given_by_mistake_and_steps_never_begun_are_not_issued() -> None:
    row = row_for(
        StepRow(1, "cancelled", "issued_in_error", issued_at=NINE),
        StepRow(1, "planned"),
        StepRow(1, "cancelled", "left", issued_at=NINE),
        StepRow(1, "no_show", "no_show", issued_at=NINE, first_called_at=NINE + MINUTE),
        StepRow(1, "waiting", issued_at=NINE),
    )
    assert (row.issued, row.served, row.abandoned, row.no_show) == (3, 0, 1, 1)
    assert row.wait_p50_s == 60
    assert row.within_standard is None


def test_the_standard_itself_is_still_within_the_standard() -> None:
    limit = 10 * MINUTE
    row = row_for(served(took_ms=limit), served(took_ms=limit + 999), served(took_ms=limit + 1000))
    assert row.within_standard == pytest.approx(2 / 3)


def test_hours_and_months_are_those_of_the_office_not_of_utc() -> None:
    late = unix_ms(datetime(2026, 3, 31, 23, 30, tzinfo=BANGKOK))
    early = unix_ms(datetime(2026, 4, 1, 0, 30, tzinfo=BANGKOK))
    steps = [
        StepRow(1, "waiting", issued_at=late),
        StepRow(2, "waiting", issued_at=early),
        StepRow(2, "cancelled", "issued_in_error", issued_at=early),
    ]
    assert [(r.weekday, r.hour, r.issued, r.days) for r in hour_rows(steps, BANGKOK)] == [
        (1, 23, 1, 1),
        (2, 0, 1, 1),
    ]
    months = month_rows(SERVICES, steps, BANGKOK)
    assert [(m.month, m.figures.service_code, m.figures.issued) for m in months] == [
        ("2026-03", "all", 1),
        ("2026-03", "move", 1),
        ("2026-04", "all", 1),
        ("2026-04", "water-fee", 1),
    ]


@st.composite
def step_rows(draw: st.DrawFn) -> StepRow:
    ms = st.none() | st.integers(0, 4 * 3_600_000)
    began = draw(st.none() | st.integers(NINE, NINE + 7 * 3_600_000))
    if began is None:
        return StepRow(draw(st.sampled_from([1, 2, 3])), "planned")
    first, later, start, end = (draw(ms) for _ in range(4))
    called = None if first is None else began + first
    outcome = draw(st.sampled_from(["served", "left", "no_show", "issued_in_error", None]))
    return StepRow(
        draw(st.sampled_from([1, 2, 3])),
        "done",
        outcome,
        issued_at=began,
        first_called_at=called,
        called_at=None if called is None else called + (later or 0),
        started_at=None if called is None or start is None else called + start,
        ended_at=None if end is None else began + end + 5 * 3_600_000,
    )


@given(st.lists(step_rows(), max_size=40))
def test_service_rows_agree_with_a_plain_recomputation(steps: list[StepRow]) -> None:
    for service, row in zip(SERVICES, service_rows(SERVICES, steps), strict=True):
        mine = [s for s in steps if s.service_id == service.id and s.issued_at is not None]
        counted = [s for s in mine if s.outcome != "issued_in_error"]
        assert row.issued == len(counted)
        assert row.served == sum(s.outcome == "served" for s in counted)
        assert row.abandoned == sum(s.outcome == "left" for s in counted)
        waits = [
            math.floor((s.first_called_at - s.issued_at) / 1000)
            for s in mine
            if s.first_called_at is not None and s.issued_at is not None
        ]
        took = []
        for s in mine:
            since = s.started_at if s.started_at is not None else s.called_at
            if s.outcome == "served" and since is not None and s.ended_at is not None:
                took.append(math.floor((s.ended_at - since) / 1000))
        for value, seconds, percent in (
            (row.wait_p50_s, waits, 50),
            (row.wait_p90_s, waits, 90),
            (row.wait_p95_s, waits, 95),
            (row.service_p50_s, took, 50),
            (row.service_p90_s, took, 90),
        ):
            assert value == (
                pytest.approx(float(np.percentile(seconds, percent))) if seconds else None
            )
        within = [s <= service.standard_minutes * 60 for s in took]
        assert row.within_standard == (pytest.approx(float(np.mean(within))) if within else None)


# ---------------------------------------------------------------- satisfaction


def test_a_respondent_counts_once_with_the_mean_of_the_items_answered() -> None:
    rows = [
        ScoreRow("a", 1, "paper", "staff", "s1", 5),
        ScoreRow("a", 1, "paper", "staff", "s2", 2),
        ScoreRow("b", 1, "paper", "staff", "s1", 3),
        ScoreRow("b", 1, "paper", "staff", "s2", 3),
        ScoreRow("b", 1, "paper", "staff", "s3", 4),
    ]
    row = shown(rows)["move", "paper", "staff"]
    assert row.n == 2
    assert row.mean == pytest.approx((3.5 + 10 / 3) / 2)
    assert row.top2 == 0.5  # 3.5 rounds up to 4; 3.33 does not
    assert row.percent == pytest.approx((3.5 + 10 / 3) / 2 / 5 * 100)


def test_all_ones_make_twenty_percent_and_nobody_content() -> None:
    row = shown(press(8, 1))["move", "all", "overall"]
    assert (row.n, row.mean, row.sd, row.percent, row.top2) == (8, 1.0, 0.0, 20.0, 0.0)
    assert row.top2_low == 0.0
    assert row.level == 1


def test_one_respondent_has_no_standard_deviation() -> None:
    assert shown(press(1, 4))["move", "all", "overall"].sd is None


def test_flagged_answers_are_counted_beside_and_nowhere_else() -> None:
    row = shown(press(6, 5) + press(3, 1, flag="burst"))["move", "device", "overall"]
    assert (row.n, row.mean, row.flagged) == (6, 5.0, 3)
    assert row.top2 == 1.0


def test_channels_stand_apart_and_together() -> None:
    rows = shown(press(4, 5) + press(6, 2, channel="paper"))
    assert rows["move", "device", "overall"].n == 4
    assert rows["move", "paper", "overall"].n == 6
    assert rows["move", "all", "overall"].mean == pytest.approx(3.2)


def test_who_named_no_service_is_a_row_and_part_of_the_total() -> None:
    presses = press(20, 5) + press(20, 4, service_id=2) + press(12, 3, service_id=None)
    rows = {code: row.n for (code, channel, _), row in shown(presses).items() if channel == "all"}
    assert rows == {"move": 20, "water-fee": 20, "all": 52, "": 12}


@given(st.integers(0, 400), st.integers(1, 400))
def test_wilsons_interval_holds_the_share_and_stays_within_bounds(top: int, n: int) -> None:
    top = min(top, n)
    low, high = wilson(top, n)
    assert 0 <= low <= top / n <= high <= 1


@given(st.integers(0, 3000), st.integers(1, 3000))
def test_wilsons_interval_is_that_of_scipy_and_of_statsmodels(top: int, n: int) -> None:
    top = min(top, n)
    theirs = binomtest(top, n).proportion_ci(0.95, method="wilson")
    assert wilson(top, n) == pytest.approx((theirs.low, theirs.high), abs=1e-12)
    assert wilson(top, n) == pytest.approx(proportion_confint(top, n, method="wilson"), abs=1e-12)


def test_wilsons_interval_of_a_published_example() -> None:
    # Newcombe (1998), table I: 81 of 263 is 0.2553 to 0.3662.
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)


@given(st.lists(st.integers(1, 5), min_size=1, max_size=200))
def test_levels_are_those_of_the_mean_rounded_half_up_by_hand(scores: list[int]) -> None:
    exact = Decimal(sum(scores)) / Decimal(len(scores))
    rounded = exact.quantize(Decimal("0.01"), ROUND_HALF_UP)
    expected = 5 - next((i for i, b in enumerate(BANDS) if rounded >= Decimal(str(b))), 4)
    assert level_of(Fraction(sum(scores), len(scores)), BANDS) == expected


def test_a_mean_of_exactly_4_205_is_of_the_highest_level() -> None:
    assert level_of(Fraction(4205, 1000), BANDS) == 5
    assert level_of(Fraction(42049, 10_000), BANDS) == 4


answered = st.builds(
    lambda who, service, channel, aspect, item, score, flag: ScoreRow(
        f"{who}-{service}-{channel}", service, channel, aspect, f"{aspect}{item}", score, flag
    ),
    st.integers(0, 30),
    st.sampled_from([1, 2, 3]),
    st.sampled_from(["device", "slip_qr", "paper"]),
    st.sampled_from(["overall", "staff"]),
    st.integers(1, 4),
    st.integers(1, 5),
    st.none(),
)


@given(st.lists(answered, max_size=120))
def test_satisfaction_agrees_with_a_plain_recomputation(rows: list[ScoreRow]) -> None:
    for (code, channel, aspect), row in shown(rows).items():
        by: dict[str, list[int]] = defaultdict(list)
        for r in rows:
            if (
                code in (CODES[r.service_id or 0], "all")
                and r.aspect == aspect
                and channel in (r.channel, "all")
            ):
                by[r.respondent].append(r.score)
        means = [sum(scores) / len(scores) for scores in by.values()]
        assert row.n == len(means)
        assert row.mean == pytest.approx(statistics.fmean(means))
        assert row.sd == (pytest.approx(statistics.stdev(means)) if len(means) > 1 else None)
        assert row.top2 == pytest.approx(sum(m >= 3.5 for m in means) / len(means))
