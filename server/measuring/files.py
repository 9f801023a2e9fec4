"""The register of a half-year as CSV: a row a measure, with a mark for spreadsheets' UTF-8."""

import csv
from collections.abc import Iterable
from io import StringIO

from server.domain.measure import Finding, Measure
from server.domain.written import percent
from server.measuring.wording import about_words, interval, name_of, names
from server.web import language, say, settings

MARK = "\ufeff"
COLUMNS = (
    *("finding", "about", "figure", "interval", "n", "measure", "method", "responsible"),
    *("period", "due", "state", "why", "steps", "evidence"),
)
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet would work these out


def as_csv(findings: Iterable[Finding]) -> str:
    text = StringIO()
    writer = csv.writer(text)
    note = [say("common.simulated")] if settings().settings.demo else []
    writer.writerow([*(say(f"measuring.column.{one}") for one in COLUMNS), *note])
    for finding in findings:
        for measure in finding.measures or (None,):
            writer.writerow([_plain(cell) for cell in _row(finding, measure)])
    return MARK + text.getvalue()


def _row(finding: Finding, measure: Measure | None) -> list[str]:
    stood = finding.stood
    about = about_words(finding.about, name_of(names(), language()))
    first = [finding.body, about or say("measuring.kind.own")]
    first += [percent(stood.value), interval(stood), str(stood.n)] if stood else ["", "", ""]
    if measure is None:
        return first + [""] * (len(COLUMNS) - len(first))
    wish = measure.wish
    steps = [step for step in measure.steps if step.struck_why is None]
    evidence = [
        "; ".join(filter(None, (step.record, step.file.name if step.file else "")))
        for step in steps
    ]
    return [
        *first,
        *(wish.what, wish.method, wish.responsible, wish.due_words),
        "" if wish.due is None else wish.due.isoformat(),
        say(f"measuring.state.{wish.state}"),
        wish.why,
        "\n".join(f"{step.day.isoformat()} {step.body}" for step in steps),
        "\n".join(filter(None, evidence)),
    ]


def _plain(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA) else cell
