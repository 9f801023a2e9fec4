"""The figures of one office between two dates: what reports, pages and the API show."""

from collections.abc import Collection, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from server.domain.believed import Believed
from server.domain.cube import Cube, circles, codes_by_division
from server.domain.figures import (
    ALL,
    HourRow,
    MonthRow,
    ServiceRow,
    days_with_steps,
    hour_rows,
    month_rows,
    row_of,
    service_rows,
    standards,
)
from server.domain.satisfaction import NOWHERE, SatisfactionRow
from server.domain.satisfaction_rows import satisfaction_rows
from server.domain.settings import Settings
from server.store import rows, said
from server.store.engine import Store
from server.store.schema import offices


@dataclass(frozen=True, slots=True)
class Report:
    """Figures of the office dates `first` to `last`, both included.

    `satisfaction`: services; `satisfaction_with_totals`: the same rows and those of all services
    together, which are called `all`, as `total` is; `satisfaction_nowhere`: of those who named no
    service. What is hidden is settled for all of them, and for all else in `believed`, at once.
    `days`: dates on which any number was given (of all services, also where the report is `among`
    some), `weekdays`: how many of them by weekday (Monday is 0). `flagged`: answers and presses
    left out.
    """

    first: date
    last: date
    days: int
    weekdays: Mapping[int, int]
    services: tuple[ServiceRow, ...]
    total: ServiceRow
    months: tuple[MonthRow, ...]
    hours: tuple[HourRow, ...]
    satisfaction: tuple[SatisfactionRow, ...]
    satisfaction_with_totals: tuple[SatisfactionRow, ...]
    satisfaction_nowhere: tuple[SatisfactionRow, ...]
    believed: Believed
    flagged: int
    suppress_below: int


class Figures:
    """Bound to one office. Every look reads the raw rows: exact percentiles need them."""

    def __init__(self, store: Store, office_id: int) -> None:
        self._store, self._office_id = store, office_id

    def between(
        self,
        first: date,
        last: date,
        service_id: int | None = None,
        *,
        suppress_below: int,
        among: Collection[int] | None = None,
    ) -> Report:
        """Of all services, of one, or of those `among` these ids.

        `suppress_below`: fewer respondents stay hidden; what is hidden does not depend on which
        services are asked for. Totals of satisfaction are only those over all services.
        """
        office_id = self._office_id
        with self._store.reading() as db:
            settings = Settings.read(
                db.execute(select(offices.c.settings).where(offices.c.id == office_id)).scalar_one()
            )
            services = rows.services_of(db, office_id)
            steps = rows.steps_between(db, office_id, first, last, service_id)
            tallies = said.tallies(db, office_id, first, last)
            divisions = said.divisions_of(db, office_id)
            flagged = said.flags(db, office_id, first, last).total()
        shown = [
            service
            for service in services
            if service_id in (None, service.id) and (among is None or service.id in among)
        ]
        weekdays = days_with_steps(steps, settings.zone)
        if among is not None:
            steps = [step for step in steps if step.service_id in among]
        rules = settings.settings.satisfaction
        limits = circles(rules.suppress_below_internal, suppress_below)
        members = codes_by_division(services, divisions)
        cube = Cube(services, tallies, rules.bands, limits, members)
        hours = hour_rows(steps, settings.zone, weekdays)
        every = service_id is None and among is None
        codes = {service.code for service in shown}
        opinions = satisfaction_rows(cube)
        return Report(
            first=first,
            last=last,
            days=sum(weekdays.values()),
            weekdays=weekdays,
            services=tuple(service_rows(shown, steps)),
            total=row_of(ALL, steps, standards(services)),
            months=tuple(month_rows(shown, steps, settings.zone)),
            hours=tuple(hours),
            satisfaction=_of(opinions, codes),
            satisfaction_with_totals=_of(opinions, codes | ({ALL} if every else set())),
            satisfaction_nowhere=_of(opinions, {NOWHERE} if every else set()),
            believed=Believed(cube, members),
            flagged=flagged,
            suppress_below=suppress_below,
        )


def _of(rows: Iterable[SatisfactionRow], codes: AbstractSet[str]) -> tuple[SatisfactionRow, ...]:
    return tuple(row for row in rows if row.service_code in codes)
