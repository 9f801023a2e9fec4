"""The wall's sentences: the one on top, what changed, which months and half-years."""

from datetime import date
from typing import Any

from server.domain.change import Change
from server.domain.cube import Figure
from server.domain.thai import BE_AHEAD, long_date, short_date
from server.wall.asked import Half
from server.wall.numbers import points, whole
from server.wall.sheet import Wall
from server.web import language, say


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


def half_name(half: Half) -> str:
    return say(f"wall.half.{half.number}", year=half.year - (0 if language() == "th" else BE_AHEAD))


def on(day: date) -> str:
    """16 มีนาคม 2569."""
    return long_date(day, language(), weekday=False)


def dates(half: Half) -> str:
    first, last = half.period
    return f"{short_date(first, language())} – {short_date(last, language())}"


GIVEN: dict[str, Any] = {
    "changed": changed,
    "change_range": change_range,
    "month_name": month_name,
    "month_short": month_short,
    "half_name": half_name,
    "half_dates": dates,
    "on": on,
}
