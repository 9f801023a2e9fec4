"""How the wall writes figures: whole percents where they are large, one decimal in tables."""

from decimal import ROUND_HALF_UP, Decimal

NOTHING = "–"
MINUS = "−"


def count(n: int | None) -> str:
    """7,964."""
    return NOTHING if n is None else f"{n:,}"


def whole(share: float | None) -> str:
    """A share (0–1) as percent without its sign, halves up: 88."""
    return _percent(share, "1")


def percent(share: float | None) -> str:
    """The same with one decimal: 87.6."""
    return _percent(share, "0.1")


def decimal(value: float | None, places: int = 1) -> str:
    """As the exact decimal that the number is written as: 4.205 becomes 4.21, not 4.2."""
    if value is None:
        return NOTHING
    return f"{Decimal(repr(value)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP):,}"


def points(difference: float | None) -> str:
    """The difference of two shares (-1 to 1) in percentage points with its sign: +2.1, −0.4."""
    if difference is None:
        return NOTHING
    written = _percent(abs(difference), "0.1")
    if not Decimal(written):
        return written
    return f"{MINUS if difference < 0 else '+'}{written}"


def _percent(share: float | None, step: str) -> str:
    if share is None:
        return NOTHING
    return str((Decimal(repr(share)) * 100).quantize(Decimal(step), ROUND_HALF_UP))


FORMATS = {
    "count": count,
    "whole": whole,
    "percent": percent,
    "decimal": decimal,
    "points": points,
}
