"""The report's tables as CSV: machine names, unrounded numbers, a mark for spreadsheets' UTF-8."""

import csv
from collections.abc import Iterable
from dataclasses import asdict
from io import StringIO
from typing import Any

# Contract section 6's columns.
SERVICES = (
    *("service_code", "issued", "served", "abandoned", "no_show"),
    *("wait_p50_s", "wait_p90_s", "wait_p95_s", "service_p50_s", "service_p90_s"),
    "within_standard",
)
SATISFACTION = (
    *("service_code", "channel", "aspect", "n", "mean", "sd", "percent"),
    *("top2", "top2_low", "top2_high", "suppressed"),
)
MARK = "\ufeff"


def as_csv(columns: Iterable[str], rows: Iterable[Any], note: str = "") -> str:
    """`rows`: dataclasses with these fields. `note` stands in each row of a column of its own."""
    text = StringIO()
    names = list(columns)
    writer = csv.writer(text)
    writer.writerow([*names, "note"] if note else names)
    for row in rows:
        fields = asdict(row)
        line = [_written(fields[name]) for name in names]
        writer.writerow([*line, note] if note else line)
    return MARK + text.getvalue()


def _written(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value
