"""Erasing what was kept for long enough. `before`: an office day, itself not included."""

from sqlalchemy import Connection, delete, update

from server.store.schema import answers, protected_reports, survey_tokens


def reports(db: Connection, office_id: int, before: str) -> None:
    """One that is still open is a matter that is still looked into."""
    mine = (protected_reports.c.office_id == office_id) & (protected_reports.c.day < before)
    db.execute(delete(protected_reports).where(mine, protected_reports.c.closed_at.is_not(None)))


def comments(db: Connection, office_id: int, before: str) -> None:
    """With each the copy of it that was published."""
    mine = (answers.c.office_id == office_id) & (answers.c.day < before)
    nothing = {"comment": None, "comment_plain": None, "published": None}
    db.execute(update(answers).where(mine, answers.c.comment.is_not(None)).values(nothing))


def who_answered(db: Connection, office_id: int, closed_before: int) -> None:
    """Of surveys that closed before (Unix ms): by what a request that came again was known."""
    closed = (survey_tokens.c.office_id == office_id) & (survey_tokens.c.closes_at < closed_before)
    known = survey_tokens.c.answered_with.is_not(None)
    db.execute(update(survey_tokens).where(closed, known).values(answered_with=None))
