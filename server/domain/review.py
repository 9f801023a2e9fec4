"""Comments and suspicious answers as staff see them, and what they may ask for."""

from dataclasses import dataclass
from enum import StrEnum

from server.domain.refusals import BadField
from server.domain.typed import typed

MOST_TAGS, LONGEST_TAG = 8, 30
LOW_UP_TO, HIGH_FROM = 2.5, 3.5  # of a mean; as scores round half up


class State(StrEnum):
    """How far the review of a comment has come."""

    NEW = "new"
    REVIEWED = "reviewed"  # read, and not published
    PUBLISHED = "published"


class Mood(StrEnum):
    """By the score the person gave; never guessed from words."""

    LOW = "low"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of the comments is asked for; None or empty: all.

    `aspect`: of those who answered it; their score, and so the mood, is then the aspect's.
    """

    words: str = ""
    service_id: int | None = None
    channel: str = ""
    aspect: str = ""
    mood: Mood | None = None
    tag: str = ""
    state: State | None = None


@dataclass(frozen=True, slots=True)
class Comment:
    """`score`: the one tap, else the mean of what was answered; None: nothing was scored."""

    id: int
    day: str
    service_id: int
    channel: str
    text: str
    score: float | None
    reasons: tuple[str, ...]
    tags: tuple[str, ...]
    flag: str | None
    reviewed_at: int | None
    reviewed_by: str | None
    published: str | None

    @property
    def state(self) -> State:
        if self.published is not None:
            return State.PUBLISHED
        return State.NEW if self.reviewed_at is None else State.REVIEWED


@dataclass(frozen=True, slots=True)
class Note:
    """A flag that somebody set, or lifted (None)."""

    at: int
    actor: str
    flag: str | None
    note: str


@dataclass(frozen=True, slots=True)
class Doubtful:
    """An answer or a press with what makes it doubtful. `about`: answer, press."""

    about: str
    id: int
    at: int
    day: str
    score: float | None
    channel: str
    service_id: int | None
    counter_id: int | None
    flag: str | None
    notes: tuple[Note, ...]


def tags_from(text: str) -> tuple[str, ...]:
    """Words that staff sort by, a comma between; each once. Raises `BadField`."""
    parts = (typed("tags", part, LONGEST_TAG) for part in text.replace("\n", ",").split(","))
    tags = tuple(dict.fromkeys(" ".join(part.split()) for part in parts if part.strip()))
    if len(tags) > MOST_TAGS:
        raise BadField(tags="too_many_tags")
    return tags
