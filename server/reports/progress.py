"""A half-year against the one before it, and both month by month."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from server.domain.believed import Believed
from server.domain.change import Change, change_of
from server.domain.cube import Cell
from server.domain.figures import ALL
from server.domain.questionnaire import OVERALL
from server.domain.thai import Period
from server.domain.trend import Month, months_up_to
from server.reports.forms import Scope
from server.reports.tables import Axis, axis_of

MONTHS = 12  # of the half-year and the one before


@dataclass(frozen=True, slots=True)
class Progress:
    """`total`, `services` and `months` are of the one tap, `aspects` of all the report's services.

    No `services` where the report is of one; no `months` where it is of a division.
    """

    total: Change
    services: tuple[Change, ...]
    aspects: tuple[Change, ...]
    months: tuple[Month, ...]
    axis: Axis


def progress_of(
    now: Believed,
    before: Believed,
    half: Period,
    scope: Scope,
    *,
    aspects: Sequence[str],
    today: date,
) -> Progress:
    """`now` is of `half`, `before` of the half-year before; each has settled what it hides."""
    codes = [service.code for service in scope.services]

    def change(code: str, among: Sequence[str], aspect: str = OVERALL) -> Change:
        return change_of(code, before.overview(among, aspect), now.overview(among, aspect))

    months: tuple[Month, ...] = ()
    if scope.everything or scope.one:
        months = _months(now, before, half, codes[0] if scope.one else ALL, today)
    return Progress(
        total=change(ALL, codes),
        services=() if scope.one else tuple(change(code, [code]) for code in codes),
        aspects=tuple(change(aspect, codes, aspect) for aspect in aspects if aspect != OVERALL),
        months=months,
        axis=axis_of(month.figure for month in months),
    )


def _months(
    now: Believed, before: Believed, half: Period, code: str, today: date
) -> tuple[Month, ...]:
    """Up to the month that is under way; each as its own half-year shows it."""
    this, first = f"{today:%Y-%m}", f"{half.first:%Y-%m}"
    return tuple(
        Month(
            month,
            (before if month < first else now).cube.figure(Cell(code, month=month), OVERALL),
            month < this,
        )
        for month in months_up_to(half.last, MONTHS)
        if month <= this
    )
