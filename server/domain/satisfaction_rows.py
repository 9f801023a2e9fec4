"""The rows of satisfaction as reports, files and the API give them (contract section 6)."""

from collections.abc import Iterator

from server.domain.cube import Cell, Cube, Figure
from server.domain.figures import ALL
from server.domain.questionnaire import OVERALL
from server.domain.satisfaction import NOWHERE, SatisfactionRow


def satisfaction_rows(cube: Cube) -> list[SatisfactionRow]:
    """A row per service (or `all`), channel (or `all`) and aspect that somebody answered.

    Each may stand beside all that the cube shows, so any of them may be left out somewhere. By
    service in the office's order, then all of them, then who named none (an empty code); by
    channel, together first.
    """
    place = {code: at for at, code in enumerate((*cube.services, ALL, NOWHERE))}
    return sorted(
        _rows(cube),
        key=lambda row: (place[row.service_code], row.channel != ALL, row.channel),
    )


def _rows(cube: Cube) -> Iterator[SatisfactionRow]:
    for aspect in sorted(cube.aspects, key=lambda aspect: (aspect != OVERALL, aspect)):
        for cell in cube.answered(aspect):
            yield _row(cell, aspect, cube.figure(cell, aspect))


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
        with_flagged=figure.with_flagged,
    )
