"""A ticket as somebody sees it now."""

from dataclasses import dataclass

from server.domain.estimate import Wait
from server.domain.ticket import Ticket
from server.domain.why import Why


@dataclass(frozen=True, slots=True)
class Seen:
    """`ahead` and `wait` while the ticket waits, `why` when it has just been called."""

    ticket: Ticket
    ahead: int | None = None
    wait: Wait | None = None
    why: Why | None = None
