"""Today, this week, this month: one service beside the other, and what may be shown of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from server.domain.cube import HIDDEN, Figure
from server.domain.figures import ALL
from server.domain.recent import Span, settled
from server.domain.satisfaction import NOWHERE
from server.domain.suppression import Sum, hidden_among
from server.domain.thai import Period

MONTHS = (Span.MONTH, Span.LAST_MONTH)
LAST = 10**9  # added to what a month counts: whatever else could be hidden is hidden before it

Of = tuple[Span | int, str]  # a span, or a piece of days by its place in the list; a service or all


@dataclass(frozen=True, slots=True)
class Counted:
    """Of one aspect: each span's figures by service and for `all`, and how many spoke in each piece
    of days, by service, `all` and those of no service.

    Months are hidden already where their half-years hide them; the others are as they are.
    """

    figures: Mapping[Span, Mapping[str, Figure]]
    pieces: Sequence[Mapping[str, int]]


def side_by_side(
    said: Counted, spans: Mapping[Span, Period], pieces: Sequence[Period], threshold: int
) -> dict[Span, dict[str, Figure]]:
    """The figures that may stand on one wall, the others hidden.

    First each service by itself: its spans less each other tell of no few days. Then all together:
    what is hidden of a service follows from no total less the other services, nor from any other
    adding and subtracting of services and days.
    """
    services = list(said.figures[Span.MONTH])
    shown: dict[Span, dict[str, Figure]] = {span: {} for span in Span}
    for service in services:
        own = {span: _enough(said.figures[span][service], threshold) for span in Span}
        for span, figure in settled(own, spans, threshold).items():
            shown[span][service] = figure
    for when, service in _told(said, shown, spans, pieces, threshold):
        if isinstance(when, Span) and when not in MONTHS and service in shown[when]:
            shown[when][service] = HIDDEN
    return shown


def _enough(figure: Figure, threshold: int) -> Figure:
    return HIDDEN if 0 < (figure.n or 0) < threshold else figure


def _told(
    said: Counted,
    shown: Mapping[Span, Mapping[str, Figure]],
    spans: Mapping[Span, Period],
    pieces: Sequence[Period],
    threshold: int,
) -> set[Of]:
    """All to hide. Pieces of few are hidden numbers; those of more are shown nowhere, and nobody
    need be kept from them."""
    inside = {
        span: [n for n, piece in enumerate(pieces) if _holds(spans[span], piece)] for span in Span
    }
    counts: dict[Of, int] = {
        (n, service): count
        for n, counted in enumerate(said.pieces)
        for service, count in counted.items()
        if count
    }
    for span in Span:
        for service in {service for n in inside[span] for service in said.pieces[n]}:
            whole = sum(said.pieces[n].get(service, 0) for n in inside[span])
            if whole:
                counts[span, service] = whole + (LAST if span in MONTHS else 0)
    unseen = {
        of for of, n in counts.items() if of[1] == NOWHERE or (_is_piece(of) and n >= threshold)
    }
    hidden = {
        (span, service)
        for span in Span
        for service, figure in shown[span].items()
        if figure.suppressed and (span, service) in counts
    }
    sums = [*_over_services(counts), *_over_days(counts, inside)]
    return hidden_among(counts, sums, threshold, unseen=unseen, beside=hidden)


def _over_services(counts: Mapping[Of, int]) -> list[Sum[Of]]:
    parts: dict[Of, list[Of]] = {of: [] for of in counts if of[1] == ALL}
    for of in counts:
        if of[1] != ALL:
            parts[of[0], ALL].append(of)
    return [Sum(total, tuple(found)) for total, found in parts.items()]


def _over_days(counts: Mapping[Of, int], inside: Mapping[Span, Sequence[int]]) -> list[Sum[Of]]:
    return [
        Sum((when, service), tuple((n, service) for n in inside[when] if (n, service) in counts))
        for when, service in counts
        if isinstance(when, Span)
    ]


def _is_piece(of: Of) -> bool:
    return not isinstance(of[0], Span)


def _holds(span: Period, piece: Period) -> bool:
    return span.first <= piece.first and piece.last <= span.last
