"""Makes a report's figures from the rooms that have them; defines none of its own."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace

from server.domain.change import Change, change_of
from server.domain.cube import Cell
from server.domain.day import office_time
from server.domain.figures import ALL, ServiceRow
from server.domain.questionnaire import OVERALL
from server.domain.satisfaction import wilson
from server.domain.settings import Settings
from server.domain.thai import Period
from server.domain.ticket import Outcome
from server.figures import Report
from server.house import House
from server.reporting.figures import (
    Alerts,
    Asking,
    Before,
    Best,
    Check,
    MonthOpinion,
    Named,
    ReasonGiven,
    ReportFigures,
    SelfCheck,
    Share,
)
from server.reporting.periods import Span
from server.reporting.sheltering import (
    TOLD,
    comments_for_anybody,
    comments_of,
    shown,
    timed,
)
from server.reporting.teller import marks_of
from server.store import volumes
from server.store.published import published


def gather(house: House, office_id: int, settings: Settings, span: Span) -> ReportFigures:
    """Reads only. Raises `ValueError` for a span that no fiscal year has."""
    rooms, period, earlier = house.rooms(office_id), span.period, span.before().period
    rules = settings.settings.satisfaction
    limit = rules.suppress_below_public if span.public else rules.suppress_below_internal
    now = rooms.figures.between(*period, suppress_below=limit)
    then = rooms.figures.between(*earlier, suppress_below=limit)
    response = rooms.believing.response(*period, public=span.public)
    praise = now.believed.best_unit(rules.praise_least)
    alerts = rooms.alerts.between(*period)
    flagged = rooms.believing.flags(*period)
    services = rooms.reads.services()
    codes = {one.id: one.code for one in services}
    seen = limit if span.public else 1  # numbers given and times, inside, are of any size
    with house.store.reading() as db:
        given = volumes.volumes(db, office_id, *period)
        comments = published(db, office_id, *period)
    counted = [row for row in given if row[2] != Outcome.ISSUED_IN_ERROR]
    made_at = office_time(house.clock(), settings.zone)
    return ReportFigures(
        office=settings.office.slug,
        office_name=settings.office.name,
        kind=str(span.kind),
        fiscal_year=span.fiscal_year,
        number=span.number,
        first=period.first,
        last=period.last,
        made_at=made_at.replace(microsecond=0),
        complete=period.last < made_at.date(),
        demo=settings.settings.demo,
        marks=marks_of(demo=settings.settings.demo, public=span.public),
        public=span.public,
        suppress_below=limit,
        bands=tuple(rules.bands),
        names=tuple(
            Named(one.code, one.name.th, one.name.en, one.standard_minutes) for one in services
        ),
        days=now.days,
        weekdays=dict(now.weekdays),
        services=timed(now.services, seen),
        total=timed([now.total], seen)[0],
        within_standard=_kept(now.total),
        abandoned=share_of(now.total.abandoned, now.total.issued),
        no_show=share_of(now.total.no_show, now.total.issued),
        months=tuple(replace(one, figures=timed([one.figures], seen)[0]) for one in now.months),
        hours=now.hours,
        channels=shown(_sums(counted, lambda row: row[0]), seen),
        priorities=shown(_sums(counted, lambda row: row[1]), limit),
        outcomes=shown(_sums(counted, lambda row: row[2] or ""), seen, TOLD),
        before=Before(*earlier, timed([then.total], seen)[0], timed(then.services, seen)),
        satisfaction=now.satisfaction_with_totals,
        satisfaction_months=tuple(
            MonthOpinion(row.code, row.figure) for row in now.believed.by_month()
        ),
        changes=_changes(then, now),
        response=response.total,
        response_services=response.services,
        response_channels=response.channels,
        reasons=tuple(
            ReasonGiven(one.code, one.n, one.suppressed)
            for one in rooms.believing.reasons(*period, public=span.public)
        ),
        best=Best(
            praise.best.code if praise.best else None, praise.tied, praise.hidden, praise.least
        ),
        self_check=_self_check(house, office_id, span, period),
        flagged={ALL: flagged.total()} if span.public else dict(sorted(flagged.items())),
        questionnaires=tuple(
            Asking(one.code, one.version, one.asked_from)
            for one in rooms.believing.versions(*period, public=span.public)
        ),
        comments=(
            comments_for_anybody(codes, comments, now.satisfaction)
            if span.public
            else comments_of(codes, comments)
        ),
        alerts=Alerts(len(alerts), sum(one.answered_at is not None for one in alerts)),
    )


def share_of(part: int, n: int) -> Share | None:
    """None where there is nobody to be a part of."""
    return Share(part, n, part / n, *wilson(part, n)) if n else None


def _kept(row: ServiceRow) -> Share | None:
    return share_of(round((row.within_standard or 0) * row.timed), row.timed)


def _sums(rows: Iterable[volumes.Volume], name: Callable[[volumes.Volume], str]) -> Counter[str]:
    found: Counter[str] = Counter()
    for row in rows:
        found[name(row)] += row[3]
    return found


def _changes(then: Report, now: Report) -> tuple[Change, ...]:
    """All services together, then each: the one tap against the period before."""
    return tuple(
        change_of(
            code,
            then.believed.cube.figure(Cell(service=code), OVERALL),
            now.believed.cube.figure(Cell(service=code), OVERALL),
        )
        for code in (ALL, *now.believed.cube.services)
    )


def _self_check(house: House, office_id: int, span: Span, period: Period) -> SelfCheck | None:
    """None where nobody was asked."""
    believing = house.rooms(office_id).believing
    found = believing.self_check(*period, public=span.public)
    if not any(one.n or one.suppressed for one in found.items):
        return None
    return SelfCheck(
        found.notice,
        tuple(Check(one.code, one.n, one.points, one.suppressed) for one in found.items),
        found.total,
    )
