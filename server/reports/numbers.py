"""How figures are written on the page: one decimal, halves up; a dash where nothing was counted."""

from decimal import ROUND_HALF_UP, Decimal

from server.domain.written import NOTHING, percent, points


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


FORMATS = {
    "count": count,
    "decimal": decimal,
    "minutes": minutes,
    "percent": percent,
    "points": points,
}
