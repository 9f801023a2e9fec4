"""Which days the wall is asked for: a half-year, or today, this week, this month."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from server.domain.asked_days import Half, half_asked
from server.domain.recent import BEFORE, Span
from server.domain.refusals import BadField


@dataclass(frozen=True, slots=True)
class Chosen:
    """`span`: None for the whole half-year. What is told of half-years only is told of `half`."""

    half: Half
    span: Span | None

    @property
    def key(self) -> str:
        """The days' word in the addresses of other faces."""
        return self.half.key if self.span is None else str(self.span)


def chosen(args: Mapping[str, str], today: date) -> Chosen:
    """Raises `BadField` for what is not offered."""
    span = args.get("span", "")
    if span and span not in {str(one) for one in BEFORE}:
        raise BadField(span="no_such_period")
    return Chosen(half_asked(args, today), Span(span) if span else None)
