"""All that the report's page shows of one period."""

from dataclasses import dataclass

from server.domain.figures import ALL, ServiceRow
from server.domain.questionnaire import Questionnaire
from server.domain.settings import Words
from server.domain.shown import Service
from server.figures import Report
from server.reports.forms import Scope
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
    """`pleased_partly`: services whose share is hidden are not in `pleased`."""

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

    @property
    def total(self) -> ServiceRow:
        return self.report.total

    @property
    def has_total_opinions(self) -> bool:
        """Whether satisfaction over all services is shown: only where all are."""
        return any(row.service_code == ALL for row in self.opinions.rows)


def sheet_of(report: Report, scope: Scope, asked: Questionnaire) -> Sheet:
    total = report.total
    share, partly = pleased(report.satisfaction_with_totals, scope.everything)
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
        opinions=opinions_of(report, [aspect.code for aspect in asked.aspect]),
    )
