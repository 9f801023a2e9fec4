"""How a stored row is told in the file: times with the office's offset, reasons as codes."""

from collections.abc import Iterator
from itertools import groupby
from secrets import token_hex
from typing import Any

from sqlalchemy import Row

from server.domain.day import rfc3339
from server.domain.questionnaire import OVERALL
from server.domain.settings import Settings
from server.domain.ticket import number_text
from server.exporting.spans import Spans
from server.store.exported import Rows

# Codes of Khiu's own: a closed day or counter, a service added to a visit or taken out of it.
OUR_REASONS = frozenset(
    ("day_end", "emergency", "system_fault", "counter_closed", "added_step", "dropped_step")
)
OWN_WORDS = "other"  # in place of what somebody wrote: it may name a person

Told = tuple[str | int | None, ...]


class Telling:
    """Each method gives the columns of `tables` in their order."""

    def __init__(self, settings: Settings, spans: Spans) -> None:
        self._zone, self._spans = settings.zone, spans
        asked = settings.settings.reasons
        self._reasons = OUR_REASONS | {
            reason.code for name in type(asked).model_fields for reason in getattr(asked, name)
        }

    def services(self, rows: Rows) -> Iterator[Told]:
        return ((str(row.id), row.code, row.name_th, row.standard_minutes) for row in rows)

    def tickets(self, rows: Rows) -> Iterator[Told]:
        for row in rows:
            yield (
                *(str(row.id), number_text(row.prefix, row.number), row.day),
                *(row.priority, row.channel, row.language, self._at(row.issued_at)),
            )

    def steps(self, rows: Rows) -> Iterator[Told]:
        for row in rows:
            yield (
                *(str(row.id), str(row.ticket_id), str(row.service_id), _id(row.counter_id)),
                *(row.state, row.outcome, self._at(row.queue_at)),
                *(self._at(row.issued_at), self._at(row.slot_at)),
                *(self._at(row.first_called_at), self._at(row.called_at)),
                *(self._at(row.started_at), self._at(row.ended_at)),
            )

    def events(self, rows: Rows) -> Iterator[Told]:
        for row in rows:
            reason = row.reason
            if reason is not None and reason not in self._reasons:
                reason = OWN_WORDS
            yield (
                *(str(row.ticket_id), str(row.step_id), self._at(row.at)),
                *(row.kind, _id(row.counter_id), reason),
            )

    def answers(self, rows: Rows) -> Iterator[Told]:
        """One respondent's rows stand together; what they share is drawn here and kept nowhere."""
        for _, items in groupby(rows, key=lambda row: row.id):
            response_id = token_hex(8)
            for row in items:
                yield self._said(response_id, row, row.item, row.aspect)

    def presses(self, rows: Rows) -> Iterator[Told]:
        """A press is the answer of another respondent each, to the one tap."""
        return (self._said(token_hex(8), row, OVERALL, OVERALL) for row in rows)

    def _said(self, response_id: str, row: Row[Any], item: str, aspect: str) -> Told:
        began = self._spans.began(row.service_id, row.at).isoformat(timespec="milliseconds")
        return (
            *(response_id, _id(row.service_id), item, aspect, row.score),
            *(row.channel, began, row.flag),
        )

    def _at(self, at: int | None) -> str | None:
        return rfc3339(at, self._zone)


def _id(row_id: int | None) -> str | None:
    return None if row_id is None else str(row_id)
