"""The rows of satisfaction as reports, files and the API give them (contract section 6)."""

from collections.abc import Iterable

from server.domain.cube import HIDDEN, Cell, Cube, Figure
from server.domain.figures import ALL
from server.domain.questionnaire import OVERALL
from server.domain.satisfaction import SatisfactionRow


def rows_alone(cube: Cube) -> list[SatisfactionRow]:
    """A row per service, channel (and `all` channels) and aspect that somebody answered.

    Made to stand without totals over services: with those, use `rows_with_totals`.
    """
    found = []
    for aspect in _aspects(cube):
        hidden = cube.hidden_within_services(aspect)
        for cell in cube.answered(aspect):
            if cell.service != ALL:
                shown = HIDDEN if cell in hidden else cube.unhidden(cell, aspect)
                found.append(_row(cell, aspect, shown))
    return _ordered(cube, found)


def rows_with_totals(cube: Cube) -> list[SatisfactionRow]:
    """The same with rows of service `all`, as they may stand beside all that a cube shows."""
    return _ordered(
        cube,
        [
            _row(cell, aspect, cube.figure(cell, aspect))
            for aspect in _aspects(cube)
            for cell in cube.answered(aspect)
        ],
    )


def _aspects(cube: Cube) -> list[str]:
    return sorted(cube.aspects, key=lambda aspect: (aspect != OVERALL, aspect))


def _ordered(cube: Cube, rows: Iterable[SatisfactionRow]) -> list[SatisfactionRow]:
    """By service in the office's order, all of them last; then by channel, together first."""
    place = {code: at for at, code in enumerate((*cube.services, ALL))}
    return sorted(rows, key=lambda row: (place[row.service_code], row.channel != ALL, row.channel))


def _row(cell: Cell, aspect: str, figure: Figure) -> SatisfactionRow:
    return SatisfactionRow(
        cell.service,
        cell.channel,
        aspect,
        n=figure.n,
        mean=figure.mean,
        sd=figure.sd,
        percent=figure.percent,
        top2=figure.top2,
        top2_low=figure.top2_low,
        top2_high=figure.top2_high,
        suppressed=figure.suppressed,
        level=figure.level,
        flagged=figure.flagged,
    )
