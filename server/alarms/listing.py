"""What was done about each alert, as a table for a report: by role, never by person."""

import csv
from collections.abc import Iterable, Mapping
from io import StringIO

from server.domain.alerting import Alert
from server.domain.day import rfc3339
from server.domain.roles import ANSWER_ALERTS
from server.domain.settings import Settings
from server.web import language, say, words
from server.wording import place_words

COLUMNS = ("raised_at", "place", "presses", "reasons", "answered_at", "done", "answered_by")
MARK = "\ufeff"  # spreadsheets know UTF-8 by it
FORMULA = ("=", "+", "-", "@")


def as_csv(found: Iterable[Alert], kept: Settings, reasons: Mapping[str, str]) -> str:
    """A line an alert; `reasons`: their words by code. Of a demo office each line says so."""
    text, note = StringIO(), say("common.simulated") if kept.settings.demo else ""
    writer = csv.writer(text)
    writer.writerow([*COLUMNS, "note"] if note else COLUMNS)
    for one in found:
        line = [
            rfc3339(one.at, kept.zone),
            place_words(words(), one.place, language()),
            one.presses,
            ", ".join(f"{reasons.get(code, code)} ({n})" for code, n in one.reasons.items()),
            rfc3339(one.answered_at, kept.zone) or "",
            _plain(one.done),
            role_words(one.answered_role) if one.answered_at else "",
        ]
        writer.writerow([*line, note] if note else line)
    return MARK + text.getvalue()


def role_words(role: str) -> str:
    """Whoever answered may have another role by now, or be here no more."""
    return say(f"alarms.role.{role}" if role in ANSWER_ALERTS else "alarms.somebody")


def _plain(text: str) -> str:
    """A spreadsheet would reckon with what begins like a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text
