"""How shares are written wherever they stand: one decimal, halves up, the same everywhere."""

from decimal import ROUND_HALF_UP, Decimal

NOTHING = "–"
MINUS = "−"


def percent(share: float | None) -> str:
    """A share (0–1), as percent without its sign."""
    if share is None:
        return NOTHING
    rounded = (Decimal(repr(share)) * 100).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return str(rounded + 0)  # no -0.0


def points(difference: float | None) -> str:
    """The difference of two shares (-1 to 1) in percentage points with its sign: +2.1, −0.4."""
    if difference is None:
        return NOTHING
    written = percent(abs(difference))
    if not Decimal(written):
        return written
    return f"{MINUS if difference < 0 else '+'}{written}"
