"""All that the wall shows of an office, or of one of its services, from one room."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from functools import cache

from server.believing import Believing, Reason, Version
from server.domain.asked_days import Half
from server.domain.believed import Believed, Row
from server.domain.change import Change, change_of
from server.domain.cube import Cell, Figure
from server.domain.figures import ALL
from server.domain.praise import Praise
from server.domain.questionnaire import OVERALL
from server.domain.recent import BEFORE, Span
from server.domain.response import Asked, Response
from server.domain.sample import Sample
from server.domain.self_check_figures import SelfCheckFigures
from server.domain.trend import half_before
from server.wall.asked import Chosen
from server.wall.drawing import Scale, Trend, scale_of, trend_of
from server.wall.recent import Recent

MONTHS = 12
FEW = 30  # fewer answers than this are drawn hollow: their interval is wide


@dataclass(frozen=True, slots=True)
class Moment:
    """Today, this week or this month, and the change against an earlier span."""

    span: Span
    against: Span
    change: Change


@dataclass(frozen=True, slots=True)
class OfDays:
    """The days chosen, each service and aspect against those before. `scale` is that of all rows;
    `against`: the span of those before, None for the half-year before."""

    services: tuple[Change, ...]
    aspects: tuple[Change, ...]
    against: Span | None
    scale: Scale


@dataclass(frozen=True, slots=True)
class OfHalf:
    """One half-year of all services together, or of one. `scale` is that of its rows."""

    total: Figure
    change: Change
    channels: tuple[Row, ...]
    counters: tuple[Row, ...]
    scale: Scale


@dataclass(frozen=True, slots=True)
class Office:
    """What is told of the office as a whole only. `flags`: how many were left out, by why."""

    flags: Counter[str]
    sample: Sample
    reasons: tuple[Reason, ...]
    praise: Praise
    versions: tuple[Version, ...]
    self_check: SelfCheckFigures


@dataclass(frozen=True, slots=True)
class Wall:
    """`moments` end with the month. `asked`: of the surveys opened; `response` tells the rest."""

    moments: tuple[Moment, ...]
    trend: Trend
    days: OfDays
    half: OfHalf
    asked: Asked
    response: Response
    office: Office | None

    @property
    def month(self) -> Moment:
        return self.moments[-1]


def wall_of(
    room: Believing,
    today: date,
    chosen: Chosen,
    *,
    threshold: int,
    least: int,
    code: str = ALL,
    counters: bool = False,
) -> Wall:
    """`code`: a service's, or `all`. `counters`: the caller may see staff's figures.

    `threshold` and `least` are the office's limits for what is shown and for praise.
    """
    period, half = cache(room.period), chosen.half
    first, last = half.period
    now, then = period(first, last), period(*half_before(half.period))
    recent = Recent(period, today, threshold)
    response = room.response(first, last)
    asked = next((one for one in response.services if one.code == code), response.total)
    whole = code == ALL
    return Wall(
        moments=tuple(Moment(span, BEFORE[span], recent.change(span, code)) for span in BEFORE),
        trend=trend_of(room.trend(MONTHS, until=today, service=code)),
        days=_of_half_year(now, then, code)
        if chosen.span is None
        else _of_span(recent, chosen.span, code),
        half=_of_half(now, then, code, counters=counters and whole),
        asked=asked,
        response=response,
        office=_office(room, half, now.best_unit(least)) if whole else None,
    )


def _of_span(recent: Recent, span: Span, code: str) -> OfDays:
    return _of_days(
        [recent.change(span, one) for one in (recent.services if code == ALL else ())],
        [
            recent.change(span, code, aspect, code=aspect)
            for aspect in dict.fromkeys((OVERALL, *recent.aspects(span)))
        ],
        BEFORE[span],
    )


def _of_half_year(now: Believed, then: Believed, code: str) -> OfDays:
    services = [_change(now, then, row.code) for row in now.by_service()] if code == ALL else []
    aspects = [_change(now, then, code, row.code, row.code) for row in now.by_aspect(code)]
    return _of_days(services, aspects, None)


def _of_days(services: list[Change], aspects: list[Change], against: Span | None) -> OfDays:
    scale = scale_of(one.after for one in (*services, *aspects))
    return OfDays(tuple(services), tuple(aspects), against, scale)


def _change(
    now: Believed, then: Believed, service: str, aspect: str = OVERALL, code: str = ""
) -> Change:
    cell = Cell(service)
    before, after = then.cube.figure(cell, aspect), now.cube.figure(cell, aspect)
    return change_of(code or service, before, after)


def _of_half(now: Believed, then: Believed, code: str, *, counters: bool) -> OfHalf:
    channels, staff = now.by_channel(code), now.counters() if counters else ()
    return OfHalf(
        total=now.cube.figure(Cell(code), OVERALL),
        change=_change(now, then, code),
        channels=channels,
        counters=staff,
        scale=scale_of(row.figure for row in (*channels, *staff)),
    )


def _office(room: Believing, half: Half, praise: Praise) -> Office:
    first, last = half.period
    return Office(
        flags=room.flags(first, last),
        sample=room.sample(half.year),
        reasons=room.reasons(first, last),
        praise=praise,
        versions=room.versions(first, last),
        self_check=room.self_check(first, last),
    )
