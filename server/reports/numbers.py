"""How figures are written on the page."""

from server.domain.written import count, decimal, minutes, percent, points

FORMATS = {
    "count": count,
    "decimal": decimal,
    "minutes": minutes,
    "percent": percent,
    "points": points,
}
