"""All that the wall shows of an office, or of one of its services, from one room."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from server.believing import Believing, Reason, Version
from server.domain.believed import Believed, Row
from server.domain.change import Change, change_of
from server.domain.cube import Cell, Figure
from server.domain.figures import ALL
from server.domain.praise import Praise
from server.domain.questionnaire import OVERALL
from server.domain.recent import BEFORE, Span, settled, spans_of
from server.domain.response import Asked, Response
from server.domain.sample import Sample
from server.domain.self_check_figures import SelfCheckFigures
from server.domain.trend import half_before
from server.wall.asked import Half
from server.wall.drawing import Scale, Trend, scale_of, trend_of

MONTHS = 12
FEW = 30  # fewer answers than this are drawn hollow: their interval is wide


@dataclass(frozen=True, slots=True)
class Moment:
    """Today, this week or this month, and the change against an earlier span."""

    span: Span
    against: Span
    change: Change


@dataclass(frozen=True, slots=True)
class OfHalf:
    """One half-year of all services together and each, or of one. `scale` is that of its rows."""

    total: Figure
    change: Change
    services: tuple[Change, ...]
    aspects: tuple[Row, ...]
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
    half: Half,
    *,
    threshold: int,
    least: int,
    code: str = ALL,
    counters: bool = False,
) -> Wall:
    """`code`: a service's, or `all`. `counters`: the caller may see staff's figures.

    `threshold` and `least` are the office's limits for what is shown and for praise.
    """
    first, last = half.period
    now, then = room.period(first, last), room.period(*half_before(half.period))
    months = room.trend(MONTHS, until=today, service=code)
    latest = {Span.MONTH: months[-1].figure, Span.LAST_MONTH: months[-2].figure}
    response = room.response(first, last)
    asked = next((one for one in response.services if one.code == code), response.total)
    whole = code == ALL
    return Wall(
        moments=_moments(room, today, latest, threshold)
        if whole
        else (_moment(Span.MONTH, latest),),
        trend=trend_of(months),
        half=_of_half(now, then, code, counters=counters and whole),
        asked=asked,
        response=response,
        office=_office(room, half, now.best_unit(least)) if whole else None,
    )


def _moments(
    room: Believing, today: date, latest: Mapping[Span, Figure], threshold: int
) -> tuple[Moment, ...]:
    # Months come from their half-years, which settle what is hidden in them.
    spans = spans_of(today)
    short = (Span.TODAY, Span.WEEK, Span.LAST_WEEK)
    found = dict(latest) | {span: room.overview(*spans[span]) for span in short}
    shown = settled(found, spans, threshold)
    return tuple(_moment(span, shown) for span in BEFORE)


def _moment(span: Span, figures: Mapping[Span, Figure]) -> Moment:
    against = BEFORE[span]
    return Moment(span, against, change_of(span, figures[against], figures[span]))


def _of_half(now: Believed, then: Believed, code: str, *, counters: bool) -> OfHalf:
    def change(service: str) -> Change:
        cell = Cell(service=service)
        return change_of(service, then.cube.figure(cell, OVERALL), now.cube.figure(cell, OVERALL))

    services = tuple(change(row.code) for row in now.by_service()) if code == ALL else ()
    aspects, channels = now.by_aspect(code), now.by_channel(code)
    staff = now.counters() if counters else ()
    rows = [row.figure for row in (*aspects, *channels, *staff)]
    return OfHalf(
        total=now.cube.figure(Cell(service=code), OVERALL),
        change=change(code),
        services=services,
        aspects=aspects,
        channels=channels,
        counters=staff,
        scale=scale_of([*rows, *(one.after for one in services)]),
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
