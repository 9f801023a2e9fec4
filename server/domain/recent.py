"""Today, this week, this month: spans that lie in each other, and what may be shown of them."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise, product

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


def pieces(spans: Mapping[Span, Period]) -> list[Period]:
    """The stretches of days that the spans are made of: each lies wholly in a span or outside."""
    edges, day = _edges(tuple(spans.values())), timedelta(days=1)
    found = [Period(first, end - day) for first, end in pairwise(edges)]
    return [one for one in found if any(_meet(one, span) for span in spans.values())]


def _tells_of_few(
    shown: Mapping[Span, Figure], spans: Mapping[Span, Period], threshold: int
) -> Span | None:
    """The narrowest figure of a sum or difference that counts too few."""
    counts = [None if shown[span].suppressed else shown[span].n or 0 for span in Span]
    for factors in _sums_of_days(tuple(spans[span] for span in Span)):
        rest = 0
        for factor, n in zip(factors, counts, strict=True):
            if factor:
                if n is None:
                    break
                rest += factor * n
        else:
            if 0 < rest < threshold:
                return next(span for factor, span in zip(factors, Span, strict=True) if factor)
    return None


@lru_cache(maxsize=64)
def _sums_of_days(spans: tuple[Period, ...]) -> list[tuple[int, ...]]:
    """How spans are added (1) and taken away (-1) so that whole days remain, each once."""
    days = [_days(span, spans) for span in spans]
    # Of spans of days, sums and differences are all there is (their matrix is totally unimodular).
    return [
        factors
        for factors in product((-1, 0, 1), repeat=len(spans))
        if any(factors) and _is_some_days(factors, days)
    ]


def _is_some_days(factors: Sequence[int], days: Sequence[Sequence[int]]) -> bool:
    """Whether each day is counted once or not at all."""
    for of_day in zip(*days, strict=True):
        if sum(factor * one for factor, one in zip(factors, of_day, strict=True)) not in (0, 1):
            return False
    return True


def _days(span: Period, spans: Sequence[Period]) -> list[int]:
    """Whether the span holds each day at which any span begins: between them nothing changes."""
    return [int(span.first <= day <= span.last) for day in _edges(spans)]


def _edges(spans: Sequence[Period]) -> list[date]:
    """Each day on which a span begins or the day after it ended, in order."""
    after = {one.last + timedelta(days=1) for one in spans}
    return sorted({one.first for one in spans} | after)


def _meet(one: Period, other: Period) -> bool:
    return one.first <= other.last and other.first <= one.last
