"""Who waits for this counter, and why the first of them come next."""

from dataclasses import dataclass

from server.domain.settings import Words
from server.domain.shown import InLine
from server.domain.why import Standing, Why, why_for

MINUTE_MS = 60_000
LINE_SHOWN = 60
EXPLAINED = 3  # as many have their sentence


@dataclass(frozen=True, slots=True)
class Waiting:
    """`why`: what its call will write down, for the first few."""

    one: InLine
    service: Words
    waited_min: int
    why: Why | None


def waiting(line: list[InLine], names: dict[int, Words], now: int) -> list[Waiting]:
    """The first of the line, as the console shows them."""
    told = whys_next(line)
    return [
        Waiting(
            one,
            names[one.service_id],
            (now - one.issued_at) // MINUTE_MS,
            told[at] if at < len(told) else None,
        )
        for at, one in enumerate(line[:LINE_SHOWN])
    ]


def whys_next(line: list[InLine]) -> list[Why]:
    """Why the first few are next, each once those before it are called."""
    return [why_of(one, line[at + 1 :]) for at, one in enumerate(line[:EXPLAINED])]


def why_of(one: InLine, others: list[InLine], reason: str | None = None) -> Why:
    """The facts of the call if `one` were called now and `others` went on waiting."""
    return why_for(
        _standing(one),
        map(_standing, others),
        priority=one.priority,
        head_start_min=one.head_start_min,
        reason=reason,
    )


def _standing(one: InLine) -> Standing:
    return Standing(one.number, one.issued_at, one.queue_at, one.penalty_s)
