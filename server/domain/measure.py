"""The register: findings, the measures that answer them, the steps done, who changed what."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from server.domain.asked_days import Half
from server.domain.finding import About, Stood
from server.domain.refusals import BadField
from server.domain.thai_date import EARLIEST_BE, LATEST_BE
from server.domain.trend import half_before
from server.domain.wish import Actor

SOON = timedelta(days=14)
_HALF = re.compile(r"([0-9]{4})-([12])")
LISTED = 8  # half-years to choose from
LONGEST = {
    **{"body": 1000, "what": 1000, "method": 2000, "responsible": 200, "due_words": 200},
    **{"why": 500, "record": 500},
}


class Standing(StrEnum):
    """Of a finding. A dismissed one is kept, with why."""

    PROPOSED = "proposed"
    TAKEN = "taken"
    DISMISSED = "dismissed"


class State(StrEnum):
    """Of a measure."""

    PLANNED = "planned"
    UNDER_WAY = "under_way"
    DONE = "done"
    DROPPED = "dropped"


OPEN = (State.PLANNED, State.UNDER_WAY)


@dataclass(frozen=True, slots=True)
class By:
    """Who changes something, and as what."""

    actor: Actor
    role: str


@dataclass(frozen=True, slots=True)
class File:
    """Evidence. `kind`: pdf, jpg, png, xlsx, docx; `size` in bytes; `hash`: SHA-256 in hex."""

    name: str
    kind: str
    size: int
    hash: str

    def lies_as(self, step_id: int) -> str:
        """Its name in the office's folder of evidence."""
        return f"{step_id}.{self.kind}"


@dataclass(frozen=True, slots=True)
class Step:
    """Something done on `day`. `struck_why`: it was put down by mistake, and its file is gone."""

    id: int
    day: date
    body: str
    record: str
    figure: Stood | None
    file: File | None
    at: int
    role: str
    struck_why: str | None


@dataclass(frozen=True, slots=True)
class MeasureWish:
    """`due`: the day by which it is done; `due_words`: as an office's own table put it."""

    what: str
    method: str = ""
    responsible: str = ""
    due: date | None = None
    due_words: str = ""
    state: State = State.PLANNED
    why: str = ""


@dataclass(frozen=True, slots=True)
class Measure:
    id: int
    finding_id: int
    wish: MeasureWish
    version: int
    steps: tuple[Step, ...]

    def overdue(self, today: date) -> bool:
        return self._open and self.wish.due is not None and self.wish.due < today

    def due_soon(self, today: date) -> bool:
        due = self.wish.due
        return self._open and due is not None and today <= due <= today + SOON

    @property
    def _open(self) -> bool:
        return self.wish.state in OPEN

    @property
    def last_step(self) -> Step | None:
        return next((step for step in reversed(self.steps) if step.struck_why is None), None)


@dataclass(frozen=True, slots=True)
class Finding:
    """`stood`: the figure as it stood, where one is known; `why`: it was dismissed."""

    id: int
    half: Half
    about: About
    body: str
    stood: Stood | None
    state: Standing
    why: str
    version: int
    measures: tuple[Measure, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the history. `before`, `after`: what differs, by field."""

    at: int
    role: str
    measure_id: int | None
    action: str
    before: dict[str, str]
    after: dict[str, str]


@dataclass(frozen=True, slots=True)
class Reminder:
    """Measures that are not done yet: over their day, or due within two weeks; the oldest first."""

    overdue: tuple[Measure, ...]
    soon: tuple[Measure, ...]


def offered(today: date) -> list[Half]:
    """The half-year under way and those before it, newest first."""
    found = [Half.holding(today)]
    while len(found) < LISTED:
        found.append(Half.holding(half_before(found[-1].period).first))
    return found


def half_of_key(key: str) -> Half:
    """2569-2. Raises `BadField`."""
    found = _HALF.fullmatch(key)
    if found is None or not EARLIEST_BE <= int(found[1]) <= LATEST_BE:
        raise BadField(half="no_such_period")
    return Half(int(found[1]), 1 if found[2] == "1" else 2)
