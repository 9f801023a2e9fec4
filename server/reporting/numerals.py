"""How a report writes intervals; single figures as everywhere (`domain/written.py`)."""

from server.domain.written import NOTHING, percent


def between(low: float | None, high: float | None) -> str:
    """An interval of shares: 84.6–87.5."""
    return NOTHING if low is None or high is None else f"{percent(low)}–{percent(high)}"
