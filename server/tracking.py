"""Residents' links, as pages, slips and posters need them: the office's key makes them anew."""

from flask import current_app

from server.domain.settings import Settings
from server.links import SURVEY, TRACK, link
from server.store import offices
from server.web import house


def track_url(office_id: int, ticket_id: int) -> str:
    """The ticket's live page, as a phone outside the house can reach it."""
    return _link(office_id, TRACK, ticket_id)


def survey_url(office_id: int, ticket_id: int) -> str:
    """Where this ticket's visitor rates the visit."""
    return _link(office_id, SURVEY, ticket_id)


def _link(office_id: int, purpose: str, ticket_id: int) -> str:
    with house().store.reading() as db:
        row = offices.for_verb(db, office_id)
    own = Settings.read(row.settings).public_url
    return link(own or str(current_app.config["BASE_URL"]), row.secret, purpose, ticket_id)
