"""What one period's cube tells, as pages and reports show it."""

from collections.abc import Collection
from dataclasses import dataclass

from server.domain.cube import HIDDEN, Cell, Cube, Figure
from server.domain.figures import ALL
from server.domain.praise import Praise, Unit, praise_of
from server.domain.questionnaire import OVERALL


@dataclass(frozen=True, slots=True)
class Row:
    """A service's, aspect's, channel's, month's or counter's code (or id) and its figure."""

    code: str
    figure: Figure


@dataclass(frozen=True, slots=True)
class Believed:
    """One period. `divisions`: their services' codes, by the division's id as text.

    All that it tells may be shown together: what is hidden is hidden from those who subtract.
    """

    cube: Cube
    divisions: dict[str, frozenset[str]]

    def overview(self, among: Collection[str] | None = None, aspect: str = OVERALL) -> Figure:
        """All services, one, or those of one division; any other choice is hidden.

        `among`: services' codes; None: all. Sums over a choice of one's own could be subtracted
        from each other.
        """
        return self.cube.figure(cell, aspect) if (cell := self._cell(among)) else HIDDEN

    def _cell(self, among: Collection[str] | None) -> Cell | None:
        if among is None or set(among) == set(self.cube.services):
            return Cell()
        if len(among) == 1:
            return Cell(service=next(iter(among)))
        chosen = frozenset(among)
        found = [name for name, codes in self.divisions.items() if codes == chosen]
        return Cell(division=found[0]) if found else None

    def by_service(self, aspect: str = OVERALL) -> tuple[Row, ...]:
        """A row a service in the office's order, also where nobody answered."""
        cell = self.cube.figure
        return tuple(Row(code, cell(Cell(service=code), aspect)) for code in self.cube.services)

    def by_aspect(self, service: str = ALL) -> tuple[Row, ...]:
        """A row an aspect that anybody answered, the one tap first."""
        aspects = sorted(self.cube.aspects, key=lambda aspect: (aspect != OVERALL, aspect))
        cell = Cell(service=service)
        return tuple(Row(aspect, self.cube.figure(cell, aspect)) for aspect in aspects)

    def by_channel(self, service: str = ALL, aspect: str = OVERALL) -> tuple[Row, ...]:
        """A row a channel that brought anything in this period."""
        return tuple(
            Row(channel, self.cube.figure(Cell(service=service, channel=channel), aspect))
            for channel in self.cube.values("channel")
        )

    def by_month(self, service: str = ALL, aspect: str = OVERALL) -> tuple[Row, ...]:
        """A row a month (2026-03) in which anything was said, oldest first."""
        return tuple(
            Row(month, self.cube.figure(Cell(service=service, month=month), aspect))
            for month in self.cube.values("month")
        )

    def counters(self, aspect: str = OVERALL) -> tuple[Row, ...]:
        """A row a counter (its id as text): for the roles that may see staff's figures."""
        return tuple(
            Row(counter, self.cube.figure(Cell(counter=counter), aspect))
            for counter in sorted(self.cube.values("counter"), key=int)
        )

    def best_unit(self, least: int) -> Praise:
        """Among services with `least` answers or more."""
        return praise_of((Unit(row.code, row.figure) for row in self.by_service()), least)
