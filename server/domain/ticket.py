"""What a ticket is and which moves its steps may make. Knows no database, no web and no clock."""

from dataclasses import dataclass
from enum import StrEnum

from server.domain.order import Priority
from server.domain.refusals import NotAllowed


class State(StrEnum):
    PLANNED = "planned"  # a later step of the visit, or a booking: its turn has not come
    WAITING = "waiting"
    CALLED = "called"
    SERVING = "serving"
    HELD = "held"
    DONE = "done"
    NO_SHOW = "no_show"
    CANCELLED = "cancelled"
    CLOSED = "closed"


class Outcome(StrEnum):
    SERVED = "served"
    SERVED_ELSEWHERE = "served_elsewhere"
    TRANSFERRED = "transferred"
    NO_SHOW = "no_show"
    LEFT = "left"
    TURNED_AWAY = "turned_away"
    CLOSED_AT_DAY_END = "closed_at_day_end"
    ISSUED_IN_ERROR = "issued_in_error"


class Verb(StrEnum):
    CALL = "call"
    RECALL = "recall"
    START = "start"
    FINISH = "finish"
    HOLD = "hold"
    RESUME = "resume"
    TRANSFER = "transfer"
    NO_SHOW = "no_show"
    RETURN = "return"
    CANCEL = "cancel"
    CLOSE = "close"


class SlipState(StrEnum):
    NONE = "none"  # no printer is set, or nobody waits for it any more
    QUEUED = "queued"
    PRINTING = "printing"
    PRINTED = "printed"
    SENT = "sent"  # to a printer that cannot confirm
    FAILED = "failed"  # nothing went out: tried again by itself
    UNCERTAIN = "uncertain"  # something went out: only staff decide


MOVES: dict[tuple[State, Verb], State] = {
    (State.WAITING, Verb.CALL): State.CALLED,
    (State.CALLED, Verb.RECALL): State.CALLED,
    (State.CALLED, Verb.START): State.SERVING,
    (State.CALLED, Verb.FINISH): State.DONE,  # many counters never press "start"
    (State.SERVING, Verb.FINISH): State.DONE,
    (State.CALLED, Verb.HOLD): State.HELD,
    (State.SERVING, Verb.HOLD): State.HELD,
    (State.HELD, Verb.RESUME): State.SERVING,
    (State.WAITING, Verb.TRANSFER): State.WAITING,
    (State.CALLED, Verb.TRANSFER): State.WAITING,
    (State.SERVING, Verb.TRANSFER): State.WAITING,
    (State.HELD, Verb.TRANSFER): State.WAITING,
    (State.CALLED, Verb.NO_SHOW): State.NO_SHOW,
    (State.NO_SHOW, Verb.RETURN): State.WAITING,
    (State.CALLED, Verb.RETURN): State.WAITING,  # as an undo
    (State.PLANNED, Verb.CANCEL): State.CANCELLED,
    (State.WAITING, Verb.CANCEL): State.CANCELLED,
    (State.CALLED, Verb.CANCEL): State.CANCELLED,
    (State.HELD, Verb.CANCEL): State.CANCELLED,
    (State.NO_SHOW, Verb.CANCEL): State.CANCELLED,
    (State.PLANNED, Verb.CLOSE): State.CLOSED,
    (State.WAITING, Verb.CLOSE): State.CLOSED,
    (State.CALLED, Verb.CLOSE): State.CLOSED,
    (State.HELD, Verb.CLOSE): State.CLOSED,
}

# What is written down when a verb has been done: the kinds of contract section 3.
EVENT_KIND: dict[Verb, str] = {
    Verb.CALL: "called",
    Verb.RECALL: "recalled",
    Verb.START: "started",
    Verb.FINISH: "finished",
    Verb.HOLD: "held",
    Verb.RESUME: "resumed",
    Verb.TRANSFER: "transferred",
    Verb.NO_SHOW: "no_show",
    Verb.RETURN: "returned",
    Verb.CANCEL: "cancelled",
    Verb.CLOSE: "closed",
}

AT_COUNTER = (State.CALLED, State.SERVING)  # these occupy their counter; a held ticket does not
BEGUN = (State.WAITING, State.CALLED, State.SERVING, State.HELD, State.NO_SHOW)


def after(state: State, verb: Verb) -> State:
    """The state `verb` leads to. Raises `NotAllowed` where the table has no such move."""
    if (state, verb) not in MOVES:
        raise NotAllowed("no_such_move", state=state, verb=verb)
    return MOVES[state, verb]


@dataclass(frozen=True, slots=True)
class Step:
    """One service of a visit. Times are Unix ms; `issued_at` is when it began to wait."""

    id: int
    position: int
    service_id: int
    state: State
    queue_at: int
    counter_id: int | None = None
    outcome: Outcome | None = None
    issued_at: int | None = None
    slot_at: int | None = None
    first_called_at: int | None = None
    called_at: int | None = None
    started_at: int | None = None
    ended_at: int | None = None
    recalls: int = 0
    returns: int = 0  # into the line, after a no-show


@dataclass(frozen=True, slots=True)
class Ticket:
    """One visitor's number and the steps of the visit, in order. Times are Unix ms."""

    id: int
    day: str
    prefix: str
    place: int
    priority: Priority
    channel: str
    language: str
    issued_at: int
    slip_state: SlipState
    steps: tuple[Step, ...]

    @property
    def number(self) -> str:
        return number_text(self.prefix, self.place)

    @property
    def current(self) -> Step:
        """The step that counts now: begun and not over; else the next planned; else the last.

        A step that never began is nobody's last: a visit that was cancelled ended before it.
        """
        for step in self.steps:
            if step.state in BEGUN:
                return step
        for step in self.steps:
            if step.state is State.PLANNED:
                return step
        begun = [step for step in self.steps if step.issued_at is not None]
        return begun[-1] if begun else self.steps[-1]

    @property
    def state(self) -> State:
        return self.current.state

    @property
    def may_be_rated(self) -> bool:
        """Whether its survey has opened: then whoever holds the slip's code may answer it."""
        return any(step.outcome is Outcome.SERVED for step in self.steps)


def number_text(prefix: str, place: int) -> str:
    """A and 12 are A012; after A999 comes A1000 (contract section 3)."""
    return f"{prefix}{place:03}"
