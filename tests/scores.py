"""Scores given by respondents, for tests of figures, and the rows they make."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from server.domain.cube import Cube, Tally
from server.domain.figures import Service
from server.domain.satisfaction import SatisfactionRow
from server.domain.satisfaction_rows import satisfaction_rows

BANDS = (4.21, 3.41, 2.61, 1.81)
SERVICES = [Service(1, "move", 10), Service(2, "water-fee", 3), Service(3, "legal", 30)]
CODES = {service.id: service.code for service in SERVICES}
MONTH = "2026-03"


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """One item answered, or one press (aspect `overall`), by `respondent`."""

    respondent: str
    service_id: int | None
    channel: str
    aspect: str
    item: str
    score: int
    flag: str | None = None
    month: str = MONTH
    counter_id: int | None = None


def press(
    n: int,
    score: int,
    service_id: int | None = 1,
    channel: str = "device",
    flag: str | None = None,
    *,
    month: str = MONTH,
    counter_id: int | None = None,
) -> list[ScoreRow]:
    name = f"{channel}-{service_id}-{score}-{flag}-{month}-{counter_id}"
    one = (service_id, channel, "overall", "overall", score, flag, month, counter_id)
    return [ScoreRow(f"{name}-{i}", *one) for i in range(n)]


def tallies(rows: Iterable[ScoreRow]) -> list[Tally]:
    """What the database makes of them."""
    given: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for row in rows:
        where = (row.service_id, row.channel, row.counter_id, row.month, row.aspect)
        given[row.respondent, *where, row.flag is not None].append(row.score)
    counts = Counter((*key[1:], sum(scores), len(scores)) for key, scores in given.items())
    return [Tally._make((*key, n)) for key, n in counts.items()]


def cube_of(
    rows: Iterable[ScoreRow],
    threshold: int = 1,
    divisions: Mapping[str, frozenset[str]] | None = None,
) -> Cube:
    return Cube(SERVICES, tallies(rows), BANDS, (threshold,), divisions)


def shown(
    rows: Iterable[ScoreRow], threshold: int = 1
) -> dict[tuple[str, str, str], SatisfactionRow]:
    found = satisfaction_rows(cube_of(rows, threshold))
    return {(r.service_code, r.channel, r.aspect): r for r in found}
