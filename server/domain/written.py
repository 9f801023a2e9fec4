"""How figures are written wherever they stand: one decimal, halves up, the same everywhere; a dash
where nothing was counted."""

from decimal import ROUND_HALF_UP, Decimal

NOTHING = "–"
MINUS = "−"


def count(n: int | None) -> str:
    """7,964."""
    return NOTHING if n is None else f"{n:,}"


def decimal(value: float | None, places: int = 1) -> str:
    """As the exact decimal that the number is written as: 4.205 becomes 4.21, not 4.2."""
    if value is None:
        return NOTHING
    return f"{Decimal(repr(value)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP):,}"


def minutes(seconds: float | None) -> str:
    """Seconds, as minutes."""
    return NOTHING if seconds is None else decimal(seconds / 60)


def whole(share: float | None) -> str:
    """A share (0–1) as percent without its sign and decimals, where it stands large: 88."""
    return NOTHING if share is None else _percent(share, "1")


def percent(share: float | None) -> str:
    """A share (0–1) as percent without its sign: 87.6."""
    return NOTHING if share is None else _percent(share, "0.1")


def points(difference: float | None) -> str:
    """The difference of two shares (-1 to 1) in percentage points with its sign: +2.1, −0.4."""
    if difference is None:
        return NOTHING
    written = percent(abs(difference))
    if not Decimal(written):
        return written
    return f"{MINUS if difference < 0 else '+'}{written}"


def _percent(share: float, step: str) -> str:
    return str((Decimal(repr(share)) * 100).quantize(Decimal(step), ROUND_HALF_UP) + 0)  # no -0.0
