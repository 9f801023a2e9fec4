"""What was said today, this week and this month, as far as it may stand side by side."""

from collections.abc import Callable
from datetime import date

from server.domain.believed import Believed
from server.domain.change import Change, change_of
from server.domain.cube import Cell, Figure
from server.domain.figures import ALL
from server.domain.questionnaire import OVERALL
from server.domain.recent import BEFORE, Span, pieces, spans_of
from server.domain.recent_cells import MONTHS, Counted, side_by_side
from server.domain.thai import Period
from server.domain.trend import half_of


class Recent:
    """One look at the office's last weeks. `period`: reads what was said from day to day;
    `threshold`: the fewest who may be shown."""

    def __init__(
        self, period: Callable[[date, date], Believed], today: date, threshold: int
    ) -> None:
        self._read, self._threshold = period, threshold
        self._spans = spans_of(today)
        self._pieces = [one for one in pieces(self._spans) if one.first <= today]
        self._shown: dict[str, dict[Span, dict[str, Figure]]] = {}
        self.services = tuple(self._period(self._spans[Span.TODAY]).cube.services)

    def aspects(self, span: Span) -> list[str]:
        """Those that anybody spoke of in the span or the one it is held against."""
        both = (self._period(self._spans[one]) for one in (span, BEFORE[span]))
        return sorted({aspect for period in both for aspect in period.cube.aspects})

    def figure(self, span: Span, service: str = ALL, aspect: str = OVERALL) -> Figure:
        return self._of(aspect)[span][service]

    def change(
        self, span: Span, service: str = ALL, aspect: str = OVERALL, code: str = ""
    ) -> Change:
        """The span against the one before; `code`: what the row is about."""
        found = self._of(aspect)
        before = found[BEFORE[span]][service]
        return change_of(code or service, before, found[span][service])

    def _of(self, aspect: str) -> dict[Span, dict[str, Figure]]:
        if aspect not in self._shown:
            said = Counted(
                {span: self._figures(span, aspect) for span in Span},
                [self._counts(piece, aspect) for piece in self._pieces],
            )
            how = self._spans, self._pieces, self._threshold
            self._shown[aspect] = side_by_side(said, *how)
        return self._shown[aspect]

    def _figures(self, span: Span, aspect: str) -> dict[str, Figure]:
        days, services = self._spans[span], (ALL, *self.services)
        if span in MONTHS:
            # As the trend shows them: their half-year settles what is hidden in them.
            cube = self._period(half_of(days.first)).cube
            month = f"{days.first:%Y-%m}"
            return {one: cube.figure(Cell(one, month=month), aspect) for one in services}
        cube = self._period(days).cube
        return {one: cube.unhidden(Cell(one), aspect) for one in services}

    def _counts(self, piece: Period, aspect: str) -> dict[str, int]:
        counts = self._period(piece).cube.counts(aspect)
        return {cell.service: n for cell, n in counts.items() if cell == Cell(cell.service)}

    def _period(self, days: Period) -> Believed:
        return self._read(*days)
