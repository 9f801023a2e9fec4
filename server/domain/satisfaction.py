"""The figures of satisfaction, each defined once (contract section 6).

A respondent's score in an aspect is the mean of the items answered; it is kept as (sum, items), so
that means and roundings are exact.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from server.domain.figures import ALL, Service
from server.domain.suppression import Cell, hidden_cells

Z_95 = 1.959963984540054  # standard normal quantile of 0.975

NOWHERE = ""  # in place of a service's code: a press at a device that serves several

Key = tuple[str, str, str]  # service code, channel, aspect
Scores = Counter[tuple[int, int]]  # how many respondents gave this sum over so many items


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """One item answered, or one press (aspect `overall`). `respondent` is one answer or press.

    `service_id` is None for a press at a device that serves several.
    """

    respondent: str
    service_id: int | None
    channel: str
    aspect: str
    item: str
    score: int
    flag: str | None = None


@dataclass(frozen=True, slots=True)
class SatisfactionRow:
    """One aspect of one service in one channel. Numbers are None when suppressed.

    `percent` 0–100, `top2` and its interval 0–1, `level` 5 (best) to 1; `flagged` respondents are
    counted here and nowhere else.
    """

    service_code: str
    channel: str
    aspect: str
    n: int | None
    mean: float | None
    sd: float | None
    percent: float | None
    top2: float | None
    top2_low: float | None
    top2_high: float | None
    suppressed: bool
    level: int | None = None
    flagged: int | None = None


def mean_of(scores: Scores) -> Fraction:
    """The mean of respondents' scores. Raises `ZeroDivisionError` when there are none."""
    total = sum(Fraction(s, items) * n for (s, items), n in scores.items())
    return total / Fraction(scores.total())


def sd_of(scores: Scores) -> float | None:
    """Sample standard deviation (n − 1); None for fewer than two respondents."""
    if scores.total() < 2:  # noqa: PLR2004
        return None
    mean = mean_of(scores)
    squares = sum((Fraction(s, items) - mean) ** 2 * n for (s, items), n in scores.items())
    return math.sqrt(squares / (scores.total() - 1))


def top_two(scores: Scores) -> int:
    """How many scores round half up to 4 or 5: those of 3.5 and more."""
    return sum(n for (s, items), n in scores.items() if 2 * s >= 7 * items)


def wilson(successes: int, n: int) -> tuple[float, float]:
    """The 95 % score interval of a share (Wilson 1927), within 0 and 1. `n` is at least 1."""
    share, z2 = successes / n, Z_95**2
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = Z_95 / (1 + z2 / n) * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    low = 0.0 if successes == 0 else max(0.0, middle - half)
    high = 1.0 if successes == n else min(1.0, middle + half)
    return low, high


def level_of(mean: Fraction, bands: Sequence[float]) -> int:
    """5 to 1 by the lower bounds of 5, 4, 3, 2, on the mean rounded half up to 0.01."""
    hundredths = math.floor(mean * 100 + Fraction(1, 2))
    for level, bound in zip((5, 4, 3, 2), bands, strict=True):
        if hundredths >= Fraction(str(bound)) * 100:
            return level
    return 1


class ScoreTable:
    """All scores of a period, by service, channel and aspect."""

    def __init__(
        self, services: Sequence[Service], rows: Iterable[ScoreRow], bands: Sequence[float]
    ) -> None:
        codes: dict[int | None, str] = {service.id: service.code for service in services}
        self._codes = [*codes.values(), ALL]
        self._bands = bands
        self._counted: dict[Key, Scores] = defaultdict(Counter)
        self._flagged: Counter[Key] = Counter()
        given: dict[tuple[str, str, str, str, bool], tuple[int, int]] = defaultdict(lambda: (0, 0))
        flagged_ones = set()
        for row in rows:
            if row.flag is not None:
                flagged_ones.add(row.respondent)
            code = codes.get(row.service_id, NOWHERE)
            who = (row.respondent, code, row.channel, row.aspect, row.flag is not None)
            given[who] = (given[who][0] + row.score, given[who][1] + 1)
        self.flagged = len(flagged_ones)  # respondents left out of all other numbers
        for (_, code, channel, aspect, flagged), score in given.items():
            for key in (
                (code, channel, aspect),
                (code, ALL, aspect),
                (ALL, channel, aspect),
                (ALL, ALL, aspect),
            ):
                if flagged:
                    self._flagged[key] += 1
                else:
                    self._counted[key][score] += 1

    def rows(self, threshold: int) -> list[SatisfactionRow]:
        """A row per service, channel (and `all` channels) and aspect that somebody answered.

        Made to stand without totals over services: with those, use `rows_with_totals`.
        """
        of_service = (key for key in self._counted if key[0] not in (ALL, NOWHERE))
        table = {key: self._cell(key, column=None) for key in of_service}
        return self._shown(table, threshold)

    def rows_with_totals(self, threshold: int) -> list[SatisfactionRow]:
        """The same with rows of service `all`; so more is hidden, lest a service follow."""
        table = {key: self._cell(key, column=key[1]) for key in self._counted}
        return self._shown(table, threshold)

    def _cell(self, key: Key, column: str | None) -> Cell:
        code, channel, aspect = key
        of_service = ("service", aspect, code)
        of_channel = None if column is None else ("channel", aspect, column)
        totals = {of_service} if channel == ALL else set()
        if code == ALL:
            totals.add(("channel", aspect, channel))
        n = self._counted[key].total()
        # Presses without a service are in the totals only.
        return Cell(n, (of_service, of_channel), frozenset(totals), shown=code != NOWHERE)

    def _shown(self, table: Mapping[Key, Cell], threshold: int) -> list[SatisfactionRow]:
        hidden = hidden_cells(table, threshold)
        keys = sorted((key for key in table if table[key].shown), key=self._place)
        return [self._row(key, suppressed=key in hidden) for key in keys]

    def _place(self, key: Key) -> tuple[int, bool, str, bool, str]:
        code, channel, aspect = key
        return self._codes.index(code), channel != ALL, channel, aspect != "overall", aspect

    def _row(self, key: Key, *, suppressed: bool) -> SatisfactionRow:
        if suppressed:
            return SatisfactionRow(*key, None, None, None, None, None, None, None, suppressed=True)
        scores = self._counted[key]
        n, mean, top = scores.total(), mean_of(scores), top_two(scores)
        low, high = wilson(top, n)
        return SatisfactionRow(
            *key,
            n=n,
            mean=float(mean),
            sd=sd_of(scores),
            percent=float(mean * 20),
            top2=top / n,
            top2_low=low,
            top2_high=high,
            suppressed=False,
            level=level_of(mean, self._bands),
            flagged=self._flagged[key],
        )
