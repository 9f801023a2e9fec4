"""Which questionnaires were asked in a period, how many answered each, and what changed between."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from server.domain.questionnaire import OVERALL, Questionnaire
from server.domain.suppression import Sum, hidden_among

TOGETHER = 0  # in place of a questionnaire's id


@dataclass(frozen=True, slots=True)
class Version:
    """One questionnaire asked in a period. `asked_from`: None for the one asked from the start.

    `answers` that count were given to it then; None where too few were, or where the others would
    tell it. `changed`: the aspects (or `overall`) that it asks otherwise than the one before it in
    the period, which has nothing to differ from if it is the first.
    """

    id: int
    code: str
    version: int
    asked_from: date | None
    answers: int | None
    changed: tuple[str, ...] = ()
    suppressed: bool = False


def answers_shown(answers: Mapping[int, int], threshold: int) -> dict[int, int | None]:
    """How many answered each questionnaire (by id), as it may be shown; all together are known."""
    counts = {one: n for one, n in answers.items() if n}
    together = Sum(TOGETHER, tuple(counts))
    hidden = hidden_among(counts | {TOGETHER: sum(counts.values())}, [together], threshold)
    return {one: None if one in hidden and n else n for one, n in answers.items()}


def changed(before: Questionnaire, after: Questionnaire) -> tuple[str, ...]:
    """The aspects whose answers of one are no answers to the other: other items, words or levels.

    `overall` is the one tap; an aspect that only one of them asks is not among them.
    """
    ways = [
        {OVERALL: (one.one_tap.question, ())} | {part.code: part.items for part in one.aspect}
        for one in (before, after)
    ]
    if before.levels != after.levels:
        return tuple(code for code in ways[1] if code in ways[0])
    return tuple(code for code, way in ways[1].items() if ways[0].get(code, way) != way)


def changed_in(versions: Sequence[Version]) -> frozenset[str]:
    """The aspects that were not asked the same way throughout."""
    return frozenset(code for one in versions for code in one.changed)
