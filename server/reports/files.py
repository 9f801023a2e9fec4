"""The report's tables as CSV: machine names, unrounded numbers, a mark for spreadsheets' UTF-8."""

import csv
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict
from io import StringIO
from typing import Any

from server.domain.satisfaction import SatisfactionRow

# Contract section 6's columns, then ours.
SERVICES = (
    *("service_code", "issued", "served", "abandoned", "no_show"),
    *("wait_p50_s", "wait_p90_s", "wait_p95_s", "service_p50_s", "service_p90_s"),
    "within_standard",
)
SATISFACTION = (
    *("service_code", "channel", "aspect", "n", "mean", "sd", "percent"),
    *("top2", "top2_low", "top2_high", "suppressed", "flagged"),
    *("with_flagged_n", "with_flagged_percent", "with_flagged_top2"),
    *("with_flagged_top2_low", "with_flagged_top2_high", "questions_changed"),
)
MARK = "\ufeff"


def satisfaction_fields(row: SatisfactionRow, changed: Collection[str]) -> dict[str, Any]:
    """`changed`: the aspects that were not asked the same way throughout."""
    fields = asdict(row)
    beside = fields.pop("with_flagged") or {}
    names = (name for name in SATISFACTION if name.startswith("with_flagged_"))
    fields |= {name: beside.get(name.removeprefix("with_flagged_")) for name in names}
    return fields | {"questions_changed": row.aspect in changed}


def as_csv(columns: Iterable[str], rows: Iterable[Mapping[str, Any]], note: str = "") -> str:
    """`rows` have these columns. `note` stands in each row of a column of its own."""
    text = StringIO()
    names = list(columns)
    writer = csv.writer(text)
    writer.writerow([*names, "note"] if note else names)
    for fields in rows:
        line = [_written(fields[name]) for name in names]
        writer.writerow([*line, note] if note else line)
    return MARK + text.getvalue()


def _written(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value
