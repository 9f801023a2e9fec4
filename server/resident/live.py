"""One visit as its phone shows it."""

from dataclasses import dataclass

from server.domain.rating import LOWEST  # noqa: F401
from server.domain.settings import Settings
from server.domain.shown import Service
from server.domain.ticket import State, Ticket
from server.phone import PhoneTicket, phone_ticket
from server.satisfaction import SurveyState
from server.store import boards
from server.tracking import survey_token
from server.web import house, settings_of
from server.wording import minutes

NEAR = 2  # with so many people before you, be in the hall
OVER = (State.DONE, State.NO_SHOW, State.CANCELLED, State.CLOSED)
