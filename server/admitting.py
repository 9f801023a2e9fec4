"""Who is given a number: opening hours, the day's limits, and what can still be served today."""

from server.domain.estimate import Wait
from server.domain.hours import gives_numbers
from server.domain.refusals import NotAllowed
from server.domain.wish import Wish
from server.office import Turn
from server.store import services


def admit(turn: Turn, wish: Wish, asked: list[services.Asked], wait: Wait | None) -> None:  # noqa: ARG001
    """Raises `NotAllowed` when no number is given now."""
    if wish.bound_by_hours and not gives_numbers(turn.settings, turn.time):
        raise NotAllowed("office_closed")
