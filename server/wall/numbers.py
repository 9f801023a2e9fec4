"""How the wall writes figures: whole percents where they are large, one decimal in tables."""

from server.domain.written import count, decimal, percent, points, whole

FORMATS = {
    "count": count,
    "whole": whole,
    "percent": percent,
    "decimal": decimal,
    "points": points,
}
