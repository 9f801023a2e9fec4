"""How officers and passers-by cheat, and when."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from random import Random

from server.domain.questionnaire import OVERALL
from server.domain.ticket import Step, Ticket

SECOND, MINUTE, HOUR, DAY = 1000, 60_000, 3_600_000, 24 * 3_600_000
SUNDAY = 6
OFTEN = 0.12  # part of the days on which somebody finds this way
GRANTED = 3 * MINUTE  # after a visit its visitor may still be at the tablet


@dataclass(frozen=True, slots=True)
class Said:
    """`scores`: by item. `planted`: how somebody cheated; None: an honest visitor."""

    at: int
    channel: str
    service_id: int | None
    counter_id: int | None
    scores: dict[str, int]
    planted: str | None = None


@dataclass(frozen=True, slots=True)
class Visit:
    """One step that was served, and what its visitor thought of it, by item."""

    ticket: Ticket
    step: Step
    thought: dict[str, int]

    @property
    def ended_at(self) -> int:
        return self.step.ended_at or self.ticket.issued_at


def cheating(visits: Sequence[Visit], honest: Sequence[Said], chance: Random) -> list[Said]:
    """What is pressed on one day by those who were not served, or not asked again."""
    pressed = [said for said in honest if said.channel == "tablet"]
    ways = (
        own_finger(visits, chance),
        once_more(pressed, chance),
        child_at_the_exit(visits, chance),
        one_phone(visits, chance),
        alone_there(visits, chance),
    )
    return [said for way in ways if visits and chance.random() < OFTEN for said in way]


def own_finger(visits: Sequence[Visit], chance: Random) -> Iterator[Said]:
    """The officer presses five while nobody is there."""
    counter_id = chance.choice([visit.step.counter_id for visit in visits])
    here = [visit for visit in visits if visit.step.counter_id == counter_id]
    times = sorted((visit.step.called_at or 0, visit.ended_at) for visit in here)
    gaps = [(end + GRANTED + MINUTE, begin - MINUTE) for (_, end), (begin, _) in pairwise(times)]
    idle = [(begin, end) for begin, end in gaps if begin < end]
    for begin, end in chance.sample(idle, k=min(len(idle), 6)):
        yield _press(chance.uniform(begin, end), "tablet", counter_id, "own_finger")


def once_more(pressed: Sequence[Said], chance: Random) -> Iterator[Said]:
    """After a visitor who pressed the officer presses again, some seconds later."""
    for said in chance.sample(pressed, k=min(len(pressed), 5)):
        for nth in range(1, chance.randrange(2, 4)):
            at = said.at + nth * chance.uniform(6, 12) * SECOND
            yield _press(at, "tablet", said.counter_id, "once_more")


def child_at_the_exit(visits: Sequence[Visit], chance: Random) -> Iterator[Said]:
    """Every face, again and again."""
    at = float(chance.choice(visits).ended_at)
    for _ in range(chance.randrange(15, 40)):
        at += chance.uniform(0.4, 3) * SECOND
        yield _press(at, "exit", None, "child", chance.randrange(1, 6))


def one_phone(visits: Sequence[Visit], chance: Random) -> Iterator[Said]:
    """The same link opened again and again by one phone."""
    visit = chance.choice(visits)
    at = float(visit.ended_at)
    for _ in range(chance.randrange(15, 30)):
        at += chance.uniform(8, 40) * SECOND
        yield _press(at, "counter_qr", visit.step.counter_id, "one_phone", 1)


def alone_there(visits: Sequence[Visit], chance: Random) -> Iterator[Said]:
    """The officer presses five before the day's first visit, and on the Sunday that follows."""
    counter_id = chance.choice([visit.step.counter_id for visit in visits])
    first = min(
        visit.step.called_at or 0 for visit in visits if visit.step.counter_id == counter_id
    )
    sunday = first + (SUNDAY - datetime.fromtimestamp(first / SECOND, UTC).weekday()) * DAY
    for _ in range(3):
        yield _press(first - chance.uniform(5, 60) * MINUTE, "tablet", counter_id, "alone_there")
        yield _press(sunday + chance.uniform(0, 5) * HOUR, "tablet", counter_id, "alone_there")


def _press(at: float, channel: str, counter_id: int | None, planted: str, score: int = 5) -> Said:
    return Said(round(at), channel, None, counter_id, {OVERALL: score}, planted)
