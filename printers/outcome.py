"""What becomes of a slip at its printer."""

from dataclasses import dataclass

FAULT = "fault"
"""The reason that is ours: this slip cannot be laid out, whatever its printer does."""

STUCK = frozenset({"hung_up", "paper_out_after", "silent", "stalled", "too_slow"})
"""Reasons after which the printer may still be as it was: it is asked before it gets a slip."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The slip is with the printer."""

    confirmed: bool
    """The printer said that it printed; False: it cannot say."""
    near_end: bool = False
    """The paper roll is nearly used up."""


class PrinterError(Exception):
    """The slip is not known to be printed.

    `sent`: some of its image bytes went out, so it may lie in the tray. `reason`: unreachable
    offline cover_open paper_out error silent hung_up stalled too_slow paper_out_after no_driver
    none fault.
    """

    def __init__(self, message: str, *, sent: bool, reason: str) -> None:
        super().__init__(message)
        self.sent = sent
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Limits:
    """How long each part of the conversation may take, in seconds."""

    connect: float = 3
    status: float = 1
    """For the answer to each question before the image."""
    stall: float = 10
    """Without a single byte taken."""
    confirm: float = 5
    """For the answer after the image, beside the time its bytes need at the printer's rate."""
    total: float = 90
