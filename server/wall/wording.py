"""The wall's sentences: the one on top, what changed, which months and half-years."""

from datetime import date
from typing import Any

from server.days import half_words
from server.domain.asked_days import Half
from server.domain.change import Change
from server.domain.cube import Figure
from server.domain.recent import Span, spans_of
from server.domain.thai import Period, long_date, short_date
from server.domain.written import points, whole
from server.wall.asked import Chosen
from server.wall.sheet import Wall
from server.web import language, reads, say


def headline(wall: Wall) -> list[str]:
    """One sentence in up to three parts: of this month, else of the last, else of the half-year."""
    change, total = wall.month.change, wall.half.total
    if change.after.n:
        return [*_told("month", change.after), say(f"wall.then.{change.verdict}")]
    if change.before.n:
        return [*_told("last_month", change.before), say("wall.then.nothing")]
    return _told("half", total) if total.n else [say("wall.says.nothing")]


def _told(span: str, figure: Figure) -> list[str]:
    low, high = whole(figure.top2_low), whole(figure.top2_high)
    interval = say("wall.interval", low=low, high=high)
    return [say(f"wall.says.{span}", share=whole(figure.top2)), f"({interval})"]


def changed(change: Change) -> str:
    return say(f"wall.change.{change.verdict}")


def change_range(change: Change) -> str:
    """+2.1 (−0.4 to +4.6) points."""
    if change.difference is None:
        return ""
    return say(
        "wall.change.points",
        points=points(change.difference),
        low=points(change.low),
        high=points(change.high),
    )


def month_name(month: str) -> str:
    """ต.ค. 68, Oct 2025 for 2025-10."""
    return short_date(date.fromisoformat(f"{month}-01"), language()).removeprefix("1 ")


def month_short(month: str) -> str:
    """ต.ค., Oct."""
    return month_name(month).partition(" ")[0]


def on(day: date) -> str:
    """16 มีนาคม 2569."""
    return long_date(day, language(), weekday=False)


def days_name(chosen: Chosen) -> str:
    return half_words(chosen.half) if chosen.span is None else say(f"wall.span.{chosen.span}")


def dates(half: Half) -> str:
    return _from_to(half.period)


def days_dates(chosen: Chosen) -> str:
    if chosen.span is None:
        return dates(chosen.half)
    return _from_to(spans_of(date.fromisoformat(reads().today()))[chosen.span])


def before_name(against: Span | None) -> str:
    """What the days chosen are held against."""
    return say(f"wall.before.{against or 'half'}")


def _from_to(days: Period) -> str:
    first, last = (short_date(day, language()) for day in days)
    return first if first == last else f"{first} – {last}"


GIVEN: dict[str, Any] = {
    "changed": changed,
    "change_range": change_range,
    "month_name": month_name,
    "month_short": month_short,
    "half_name": half_words,
    "half_dates": dates,
    "days_name": days_name,
    "days_dates": days_dates,
    "before_name": before_name,
    "on": on,
}
