"""All that the report's page shows of one period."""

from dataclasses import dataclass
from datetime import date

from server.domain.believed import Believed
from server.domain.figures import ALL, ServiceRow
from server.domain.questionnaire import Questionnaire
from server.domain.settings import Words
from server.domain.shown import Service
from server.domain.thai import Period
from server.domain.versions import Version, changed_in
from server.figures import Report
from server.reports.forms import Scope
from server.reports.progress import Progress, progress_of
from server.reports.tables import (
    Heat,
    Opinions,
    Share,
    heat_of,
    kept_standard,
    month_totals,
    opinions_of,
    pleased,
    shown_services,
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """`pleased_partly`: services whose share is hidden are not in `pleased`.

    `progress`: of half-years only. `versions`: more than one, where the questions were changed
    within the period; `changed` are the aspects whose figures hold answers of both.
    """

    report: Report
    service: dict[str, Service]
    aspect_names: dict[str, Words]
    level_names: dict[int, Words]
    in_standard: Share | None
    left: Share | None
    no_show: Share | None
    pleased: Share | None
    pleased_partly: bool
    services: list[ServiceRow]
    months: list[tuple[str, ServiceRow]]
    heat: Heat | None
    opinions: Opinions
    progress: Progress | None
    versions: tuple[Version, ...]

    @property
    def changed(self) -> frozenset[str]:
        return changed_in(self.versions)

    @property
    def total(self) -> ServiceRow:
        return self.report.total

    @property
    def has_total_opinions(self) -> bool:
        """Whether satisfaction over all services is shown: only where all are."""
        return any(row.service_code == ALL for row in self.opinions.rows)


def sheet_of(
    report: Report,
    scope: Scope,
    asked: Questionnaire,
    versions: tuple[Version, ...],
    before: Believed | None,
    today: date,
) -> Sheet:
    """`before`: the half-year before, where the report is of a half-year."""
    total = report.total
    share, partly = pleased(report.satisfaction_with_totals, scope.everything)
    opinions = opinions_of(report, [aspect.code for aspect in asked.aspect])
    progress = None
    if before is not None:
        half = Period(report.first, report.last)
        progress = progress_of(
            report.believed, before, half, scope, aspects=opinions.aspects, today=today
        )
    return Sheet(
        report=report,
        service={service.code: service for service in scope.services},
        aspect_names={aspect.code: aspect.name for aspect in asked.aspect},
        level_names={level.score: Words(th=level.th, en=level.en) for level in asked.levels},
        in_standard=kept_standard(total),
        left=Share.of(total.abandoned, total.issued),
        no_show=Share.of(total.no_show, total.issued),
        pleased=share,
        pleased_partly=partly,
        services=shown_services(report, (s.code for s in scope.services if s.active)),
        months=month_totals(report),
        heat=heat_of(report.hours, report.weekdays),
        opinions=opinions,
        progress=progress,
        versions=versions,
    )
