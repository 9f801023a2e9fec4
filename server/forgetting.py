"""What residents wrote is kept as long as the office says (`retention_days`), and then no more."""

from datetime import timedelta

from server.domain.settings import Settings
from server.office import Office, Turn
from server.store import forgetting
from server.store.requests import KEPT_MS

REPORTS, COMMENTS = "protected_reports", "survey_comments"
REPORTS_KEPT_DAYS = 5 * 365  # unless the office says otherwise
LONGEST_DAYS = 100 * 365  # for ever


def forget_due(office: Office) -> None:
    """Comments lose their words; protected reports go once they are closed, and old enough.

    An office that does not say how long keeps comments. Scores and reasons stay. A request that
    comes again is known as long as any other.
    """
    with office.verb(board=False) as turn:
        reports, comments = _kept_days(turn.settings)
        forgetting.reports(turn.db, turn.office_id, _before(turn, reports))
        forgetting.who_answered(turn.db, turn.office_id, turn.now - KEPT_MS)
        if comments is not None:
            forgetting.comments(turn.db, turn.office_id, _before(turn, comments))


def _kept_days(settings: Settings) -> tuple[int, int | None]:
    days = settings.settings.retention_days
    return days.get(REPORTS, REPORTS_KEPT_DAYS), days.get(COMMENTS)


def _before(turn: Turn, days: int) -> str:
    """The first office day of which everything is still kept; at least today's is."""
    kept = min(max(1, days), LONGEST_DAYS)
    return (turn.time.date() - timedelta(days=kept)).isoformat()
