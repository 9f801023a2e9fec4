"""Alerts as those see them who must act: what stands, and what was done about each."""

import json
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, Row

from server import alerting
from server.domain.alerting import Alert
from server.domain.day import office_time
from server.domain.refusals import BadField, NotAllowed, NotFound
from server.domain.settings import Settings
from server.domain.typed import typed
from server.domain.wish import Actor
from server.office import Office
from server.store import alerts, offices, places, webhooks

LISTED_DAYS = 30  # how far back the page goes; reports ask for their own days
LONGEST_DONE = 500
DAY_MS = 24 * 3600 * 1000
LAST_DAY = "9999-12-31"


class Alerts:
    """Bound to one office. No verb here changes what the hall's screens show.

    `counters`: the reader may see what was said at a counter (`roles.STAFF_FIGURES`); others see
    the division in its place.
    """

    def __init__(self, office: Office) -> None:
        self._office = office

    def open(self, *, counters: bool = False) -> list[Alert]:
        """Those that nobody answered yet, the newest first."""
        with self._office.store.reading() as db:
            rows = alerts.unanswered(db, self._office.id, self._since(db))
            return self._alerts(db, rows, counters=counters)

    def how_many_open(self) -> int:
        with self._office.store.reading() as db:
            return alerts.how_many_unanswered(db, self._office.id, self._since(db))

    def answered(self, *, counters: bool = False) -> list[Alert]:
        """Those of the last 30 days that were answered, the newest first."""
        with self._office.store.reading() as db:
            rows = alerts.between(db, self._office.id, (self._since(db), LAST_DAY))
            done = [row for row in rows if row.answered_at is not None]
            return self._alerts(db, done, counters=counters)

    def between(self, first: date, last: date, *, counters: bool = False) -> list[Alert]:
        """All alerts of these days (both included), the newest first, for a report."""
        with self._office.store.reading() as db:
            days = (first.isoformat(), last.isoformat())
            rows = alerts.between(db, self._office.id, days)
            return self._alerts(db, rows, counters=counters)

    def answer(self, alert_id: int, done: str, actor: Actor) -> None:
        """Says what was done about it, once.

        Raises `BadField`, `NotFound`, `NotAllowed` (a colleague answered it otherwise).
        """
        done = typed("done", done, LONGEST_DONE)
        if not done:
            raise BadField(done="missing")
        with self._office.verb(board=False) as turn:
            row = alerts.find(turn.db, turn.office_id, alert_id)
            if row is None:
                raise NotFound("no_such_alert")
            if row.answered_at is not None:
                if (row.answered_by, row.done) == (str(actor), done):
                    return  # the same press once more
                raise NotAllowed("alert_answered")
            alerts.answer(turn.db, turn.office_id, alert_id, turn.now, str(actor), done)
            reasons = json.loads(row.reasons)
            facts = alerting.facts_of(turn, alert_id, row.source, row.presses, reasons)
            alerting.tell(turn, alerting.ANSWERED, facts | {"done": done})

    def forget_messages(self) -> None:
        """The outbox keeps a month of what the other system was told; alerts stay."""
        before = self._office.clock() - LISTED_DAYS * DAY_MS
        with self._office.store.reading() as db:
            if not webhooks.any_before(db, self._office.id, before):
                return
        with self._office.verb(board=False) as turn:
            webhooks.forget_before(turn.db, turn.office_id, before)

    def _alerts(self, db: Connection, rows: Sequence[Row[Any]], *, counters: bool) -> list[Alert]:
        mine = db, self._office.id
        where = places.place_named(*mine, {row.source for row in rows}, counters=counters)
        actors = {row.answered_by or "" for row in rows}
        who, roles = places.people(*mine, actors), places.roles(*mine, actors)
        return [
            Alert(
                id=row.id,
                at=row.at,
                day=row.day,
                place=where[row.source],
                presses=row.presses,
                reasons=json.loads(row.reasons),
                answered_at=row.answered_at,
                answered_by=who.get(row.answered_by or ""),
                answered_role=roles.get(row.answered_by or "", ""),
                done=row.done or "",
            )
            for row in rows
        ]

    def _since(self, db: Connection) -> str:
        settings = Settings.read(offices.for_verb(db, self._office.id).settings)
        today = office_time(self._office.clock(), settings.zone).date()
        return (today - timedelta(days=LISTED_DAYS)).isoformat()
