"""Findings that the figures propose, and the figure of a finding in any half-year."""

from collections.abc import Iterator
from dataclasses import dataclass

from server.believing import Believing
from server.domain.asked_days import Half
from server.domain.cube import Figure
from server.domain.figures import ALL, ServiceRow
from server.domain.finding import (
    About,
    Drawn,
    Effect,
    Kind,
    Name,
    Stood,
    effect_of,
    grown,
    stood,
    under_target,
)
from server.domain.measure import Finding
from server.domain.thai import Period
from server.domain.trend import half_before
from server.figures import Figures


@dataclass(frozen=True, slots=True)
class Targets:
    """Shares (0–1) that the office wants to reach."""

    within_standard: float
    top2: float


class Drawing:
    """Reads the office's figures and changes nothing. What is hidden inside gives no finding.

    `fewest`: of fewer people or steps nothing is told.
    """

    def __init__(self, figures: Figures, believing: Believing, fewest: int) -> None:
        self._figures, self._believing, self._fewest = figures, believing, fewest

    def proposals(self, half: Half, targets: Targets) -> list[Drawn]:
        """Services, then aspects, then reasons."""
        found = [
            *self._services(half.period, targets.within_standard),
            *self._aspects(half.period, targets.top2),
            *self._reasons(half.period),
        ]
        return [one for one in found if one is not None]

    def figure(self, about: About, half: Half, service_id: int | None) -> Stood | None:
        """As it stands in that half-year; None: hidden, nobody, or no figure tells of it.

        `service_id`: of the service that it is about.
        """
        days = half.period
        if about.kind is Kind.STANDARD and service_id is not None:
            below = self._fewest
            report = self._figures.between(*days, service_id, suppress_below=below)
            return self._kept(report.services[0]) if report.services else None
        if about.kind is Kind.ASPECT:
            rows = self._believing.by_aspect(*days, service=about.service or ALL)
            return next((_top2(row.figure) for row in rows if row.code == about.aspect), None)
        if about.kind is Kind.REASON and not about.service:
            given, of = self._given(days)
            n = given.get(about.reason, 0 if self._may_be_none(days, about.reason) else None)
            return stood(Name.REASON_SHARE, n, of) if n is not None and of >= n and of else None
        return None

    def effect(self, finding: Finding, half: Half, service_id: int | None) -> Effect | None:
        """What became of the finding's figure by `half`; None for a finding without one."""
        if finding.stood is None:
            return None
        return effect_of(finding.stood, self.figure(finding.about, half, service_id))

    # ------------------------------------------------------------ each kind

    def _services(self, days: Period, target: float) -> Iterator[Drawn | None]:
        for row in self._figures.between(*days, suppress_below=self._fewest).services:
            figure = self._kept(row, target)
            if figure is not None:
                yield under_target(About(Kind.STANDARD, row.service_code), figure, surely=False)

    def _kept(self, row: ServiceRow, target: float | None = None) -> Stood | None:
        if row.within_standard is None or row.timed < self._fewest:
            return None
        kept = round(row.within_standard * row.timed)
        return stood(Name.WITHIN_STANDARD, kept, row.timed, target=target)

    def _aspects(self, days: Period, target: float) -> Iterator[Drawn | None]:
        found = self._believing.period(*days)
        for service in (ALL, *found.cube.services):
            for row in found.by_aspect(service):
                figure = _top2(row.figure, target)
                if figure is not None:
                    code = "" if service == ALL else service
                    yield under_target(About(Kind.ASPECT, code, row.code), figure, surely=True)

    def _reasons(self, days: Period) -> Iterator[Drawn | None]:
        now, of = self._given(days)
        earlier, of_earlier = self._given(half_before(days))
        for code, n in now.items():
            if code in earlier:  # hidden then: how few they were, nobody is told
                about = About(Kind.REASON, reason=code)
                yield grown(about, (n, of), (earlier[code], of_earlier))

    def _given(self, days: Period) -> tuple[dict[str, int], int]:
        """How many gave each reason that is shown, and how many said anything at all."""
        found = self._believing.reasons(*days)
        everybody = self._believing.overview(*days).n or 0
        return {one.code: one.n for one in found if one.n is not None}, everybody

    def _may_be_none(self, days: Period, code: str) -> bool:
        """Nobody gave it: it is not among those given, hidden or not."""
        return all(one.code != code for one in self._believing.reasons(*days))


def _top2(figure: Figure, target: float | None = None) -> Stood | None:
    if figure.suppressed or not figure.n or figure.top2 is None:
        return None
    return stood(Name.TOP2, round(figure.top2 * figure.n), figure.n, target=target)
