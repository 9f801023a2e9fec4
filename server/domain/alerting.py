"""When low presses at one place call the supervisor, and what is known of such a call."""

from collections.abc import Collection
from dataclasses import dataclass, field

from server.domain.rating import Pressed
from server.domain.settings import Alerting, Words

MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True)
class Raised:
    """When an alert's newest press was made as it was raised (Unix ms). `answered_at` None: nobody
    said yet what was done."""

    at: int
    answered_at: int | None


@dataclass(frozen=True, slots=True)
class Place:
    """Where the presses were made. `kind`: counter, device or whatever else pressed, area in place
    of a counter; `mark`: the counter's number, else empty; `name`: None where it has none, or is
    there no more."""

    kind: str
    mark: str = ""
    name: Words | None = None


@dataclass(frozen=True, slots=True)
class Alert:
    """`presses`: low ones so far; `reasons`: how often each code was given with them; `at`,
    `answered_at`: Unix ms; `done`: what was done about it, in the words of who answered, whose
    role now is `answered_role`."""

    id: int
    at: int
    day: str
    place: Place
    presses: int
    reasons: dict[str, int] = field(default_factory=dict)
    answered_at: int | None = None
    answered_by: Words | None = None
    answered_role: str = ""
    done: str = ""


def window_ms(rule: Alerting) -> int:
    return rule.minutes * MINUTE_MS


def is_low(rule: Alerting, pressed: Pressed) -> bool:
    """Whether the press counts here: low, and not flagged as one that nobody should believe."""
    return pressed.flag is None and pressed.score <= rule.low_up_to


def gathers(raised: Raised, rule: Alerting) -> tuple[int, int]:
    """Low presses from when until when (Unix ms, both included) belong to this alert and raise no
    other: a window before its newest press, until its answer, or a window after where that comes
    first."""
    ends = raised.at + window_ms(rule)
    answered = ends if raised.answered_at is None else raised.answered_at
    return raised.at - window_ms(rule), min(ends, answered)


def enough(lows: Collection[int], at: int, rule: Alerting) -> bool:
    """Whether the low press made `at` is one of so many within so short a time.

    `lows`: when low presses were made at the place (Unix ms), this one among them. Presses that a
    device kept come late and in any order, so the time before and after each is looked at.
    """
    span = window_ms(rule)
    near = sorted(low for low in lows if abs(low - at) <= span)
    last = len(near) - rule.presses
    # Of presses in order, so many lie within the span if the first and the last of them do.
    return any(
        near[i] <= at <= near[i + rule.presses - 1] and near[i + rule.presses - 1] - near[i] <= span
        for i in range(last + 1)
    )


def counted(reasons: Collection[str], before: dict[str, int] | None = None) -> dict[str, int]:
    """How often each code was given, with those of `before`."""
    found = dict(before or {})
    for code in reasons:
        found[code] = found.get(code, 0) + 1
    return found
