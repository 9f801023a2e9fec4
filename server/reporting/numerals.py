"""How a report writes figures: one decimal (means two), halves up; a dash where nothing was
counted."""

from decimal import ROUND_HALF_UP, Decimal

NOTHING = "–"


def count(n: int | None) -> str:
    """7,964."""
    return NOTHING if n is None else f"{n:,}"


def decimal(value: float | None, places: int = 1) -> str:
    """As the exact decimal that the number is written as: 4.205 becomes 4.21."""
    if value is None:
        return NOTHING
    return f"{Decimal(repr(value)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP):,}"


def minutes(seconds: float | None) -> str:
    """Seconds, as minutes."""
    return NOTHING if seconds is None else decimal(seconds / 60)


def percent(share: float | None) -> str:
    """A share (0–1), as percent without its sign."""
    if share is None:
        return NOTHING
    return f"{(Decimal(repr(share)) * 100).quantize(Decimal('0.1'), ROUND_HALF_UP)}"


def between(low: float | None, high: float | None) -> str:
    """An interval of shares: 84.6–87.5."""
    return NOTHING if low is None or high is None else f"{percent(low)}–{percent(high)}"


def signed(share: float | None) -> str:
    """A difference of shares in percentage points: +1.2, −0.4."""
    if share is None:
        return NOTHING
    found = percent(abs(share))
    if float(found) == 0:
        return found
    return f"{'+' if share > 0 else '−'}{found}"
