"""Who may answer: a token for each ticket, of which only the hash is known here."""

from sqlalchemy import Connection, insert, text

from server.store.schema import survey_tokens

_ADD = insert(survey_tokens)
# Opened once, by the first step that was served.
OPEN = text("""
    UPDATE survey_tokens SET opened_at = :now, closes_at = :until, service_id = :service_id
    WHERE office_id = :office_id AND token_hash = :token_hash AND opened_at IS NULL""")


def add_token(db: Connection, office_id: int, token_hash: str, service_id: int) -> None:
    """A ticket was given: its survey is known, and not open yet."""
    db.execute(_ADD, {"office_id": office_id, "token_hash": token_hash, "service_id": service_id})


def open_token(
    db: Connection, office_id: int, token_hash: str, service_id: int, now: int, until: int
) -> None:
    """The service was given: the survey is open until `until` (Unix ms)."""
    key = {"office_id": office_id, "token_hash": token_hash, "service_id": service_id}
    db.execute(OPEN, {**key, "now": now, "until": until})
