"""Today, this week, this month: spans that lie in each other, and what may be shown of them."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from enum import StrEnum
from itertools import product

from server.domain.cube import HIDDEN, Figure
from server.domain.thai import Period


class Span(StrEnum):
    """The narrow ones first: they are hidden before the wide ones."""

    TODAY = "today"
    WEEK = "week"
    LAST_WEEK = "last_week"
    MONTH = "month"
    LAST_MONTH = "last_month"


BEFORE = {  # what each is held against: one day against a whole week, since a day is few
    Span.TODAY: Span.LAST_WEEK,
    Span.WEEK: Span.LAST_WEEK,
    Span.MONTH: Span.LAST_MONTH,
}


def spans_of(today: date) -> dict[Span, Period]:
    """Weeks begin on Monday. What lies ahead belongs to them too: nothing was said then yet."""
    monday = today - timedelta(days=today.weekday())
    first = today.replace(day=1)
    next_month = (first + timedelta(days=31)).replace(day=1)
    day = timedelta(days=1)
    return {
        Span.TODAY: Period(today, today),
        Span.WEEK: Period(monday, monday + 6 * day),
        Span.LAST_WEEK: Period(monday - 7 * day, monday - day),
        Span.MONTH: Period(first, next_month - day),
        Span.LAST_MONTH: Period((first - day).replace(day=1), first - day),
    }


def settled(
    figures: Mapping[Span, Figure], spans: Mapping[Span, Period], threshold: int
) -> dict[Span, Figure]:
    """The figures that may stand side by side, the others hidden.

    The week less today is the days before: where these are 1 to `threshold` - 1 people, today
    hides. A day or week of a month that is hidden hides too, since weeks add up to months.
    """
    shown = dict(figures)
    for month in (Span.MONTH, Span.LAST_MONTH):
        if figures[month].suppressed:
            shown |= {one: HIDDEN for one in Span if _meet(spans[one], spans[month])}
    while (told := _tells_of_few(shown, spans, threshold)) is not None:
        shown[told] = HIDDEN
    return shown


def _tells_of_few(
    shown: Mapping[Span, Figure], spans: Mapping[Span, Period], threshold: int
) -> Span | None:
    """The narrowest figure of a sum or difference that counts too few."""
    known = [(span, shown[span].n or 0) for span in Span if not shown[span].suppressed]
    days = [_days(spans[span], spans) for span, _ in known]
    # Of spans of days, sums and differences are all there is (their matrix is totally unimodular).
    for factors in product((-1, 0, 1), repeat=len(known)):
        rest = sum(factor * n for factor, (_, n) in zip(factors, known, strict=True))
        if 0 < rest < threshold and _is_some_days(factors, days):
            return next(span for factor, (span, _) in zip(factors, known, strict=True) if factor)
    return None


def _is_some_days(factors: Sequence[int], days: Sequence[Sequence[int]]) -> bool:
    """Whether each day is counted once or not at all."""
    for of_day in zip(*days, strict=True):
        if sum(factor * one for factor, one in zip(factors, of_day, strict=True)) not in (0, 1):
            return False
    return True


def _days(span: Period, spans: Mapping[Span, Period]) -> list[int]:
    """Whether the span holds each day at which any span begins: between them nothing changes."""
    return [int(span.first <= day <= span.last) for day in _edges(spans)]


def _edges(spans: Mapping[Span, Period]) -> Iterator[date]:
    yield from sorted(
        {one.first for one in spans.values()}
        | {one.last + timedelta(days=1) for one in spans.values()}
    )


def _meet(one: Period, other: Period) -> bool:
    return one.first <= other.last and other.first <= one.last
