"""How much a report shows where few people stand behind a number."""

from collections import Counter
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import replace

from server.domain.figures import ALL, ServiceRow
from server.domain.questionnaire import OVERALL
from server.domain.satisfaction import NOWHERE, SatisfactionRow
from server.domain.suppression import Sum, hidden_among
from server.domain.ticket import Outcome
from server.reporting.figures import Comment, Volume
from server.store.published import Published

# Each report has them for each service anyhow (contract section 6).
TOLD = frozenset({str(Outcome.SERVED), str(Outcome.LEFT), str(Outcome.NO_SHOW)})


def timed(rows: Iterable[ServiceRow], limit: int) -> tuple[ServiceRow, ...]:
    """Without the waits of fewer than `limit` calls, and without so few service times."""
    return tuple(_timed(row, limit) for row in rows)


def _timed(row: ServiceRow, limit: int) -> ServiceRow:
    if row.called < limit:
        row = replace(row, wait_p50_s=None, wait_p90_s=None, wait_p95_s=None)
    if row.timed < limit:
        row = replace(row, service_p50_s=None, service_p90_s=None)
    return row


def shown(
    found: Counter[str], limit: int, told: AbstractSet[str] = frozenset()
) -> tuple[Volume, ...]:
    """The most frequent first. Parts of a known total: a second small one hides with a first.

    `told` elsewhere in the report, so that hiding them would protect nothing.
    """
    rest = {code: n for code, n in found.items() if code not in told}
    hidden: set[str] = set()
    if rest:
        counts = {ALL: sum(rest.values()), **rest}
        hidden = hidden_among(counts, [Sum(ALL, tuple(rest))], limit)
    ordered = sorted(found, key=lambda code: (code in hidden, -found[code], code))
    return tuple(
        Volume(code, None, suppressed=True) if code in hidden else Volume(code, found[code])
        for code in ordered
    )


def comments_of(codes: Mapping[int, str], found: Iterable[Published]) -> tuple[Comment, ...]:
    return tuple(
        Comment(one.day[:7], codes.get(one.service_id or 0, NOWHERE), one.text) for one in found
    )


def comments_for_anybody(
    codes: Mapping[int, str], found: Iterable[Published], rows: Iterable[SatisfactionRow]
) -> tuple[Comment, ...]:
    """Without months, and without the service where so few answered that they are hidden."""
    named = {
        row.service_code
        for row in rows
        if (row.channel, row.aspect) == (ALL, OVERALL) and not row.suppressed
    }
    comments = (
        replace(one, month="", service_code=one.service_code if one.service_code in named else "")
        for one in comments_of(codes, found)
    )
    # Sorted again: their order would tell the services.
    return tuple(sorted(comments, key=lambda one: (one.service_code, one.text)))
