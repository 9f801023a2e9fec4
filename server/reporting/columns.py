"""The columns of report.xlsx (contract section 6), each with the words of its Thai header."""

from dataclasses import dataclass
from typing import Literal

Form = Literal["text", "count", "decimal", "share", "yes"]


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """`form`: how a cell is shown; what it holds is never rounded."""

    name: str
    form: Form

    @property
    def words(self) -> str:
        return f"reporting.column.{self.name}"


def _of(form: Form, *names: str) -> tuple[SheetColumn, ...]:
    return tuple(SheetColumn(name, form) for name in names)


SERVICES = (
    *_of("text", "service_code"),
    *_of("count", "issued", "served", "abandoned", "no_show"),
    *_of("decimal", "wait_p50_s", "wait_p90_s", "wait_p95_s", "service_p50_s", "service_p90_s"),
    *_of("share", "within_standard"),
)
MONTHS = (*_of("text", "month"), *SERVICES)
HOURS = _of("count", "weekday", "hour", "issued", "days")
SATISFACTION = (
    *_of("text", "service_code", "channel", "aspect"),
    *_of("count", "n"),
    *_of("decimal", "mean", "sd", "percent"),
    *_of("share", "top2", "top2_low", "top2_high"),
    *_of("yes", "suppressed"),
    *_of("count", "flagged", "with_flagged_n"),
    *_of("share", "with_flagged_top2"),
)
COMMENTS = _of("text", "month", "service_code", "comment")
METHOD = _of("text", "term", "definition")
