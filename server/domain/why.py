"""Why this one was called: the facts, kept with the call; faces put them into a sentence."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import NotRequired

from typing_extensions import TypedDict  # pydantic asks for this one before Python 3.12

from server.domain.order import MINUTE_MS, Priority


class Rule(StrEnum):
    FIRST = "first"  # nobody who waits for this counter came earlier
    HEAD_START = "head_start"  # a priority's minutes put this one before someone earlier
    OWN_WORK = "own_work"  # earlier ones wait for services this counter only helps with
    KEPT_PLACE = "kept_place"  # transferred or returned: the place was earned earlier
    OUT_OF_ORDER = "out_of_order"  # an officer chose, and gave a reason


PASSED_OVER_BOUND = 5  # as many are named; more would not be read


class PassedOver(TypedDict):
    """Somebody who came earlier, and the rule that put another first."""

    number: str
    arrived_at: int
    rule: NotRequired[Rule]  # calls written down by the first release have none


class Why(TypedDict):
    """Times are Unix ms; `head_start_min` is minutes, `penalty_s` seconds."""

    rule: Rule
    arrived_at: int
    queue_at: int
    priority: Priority
    head_start_min: int
    penalty_s: int
    reason: str | None
    passed_over: list[PassedOver]


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one who waits stands for a counter. Times are Unix ms."""

    number: str
    arrived_at: int
    queue_at: int
    penalty_s: int = 0


def why_for(
    chosen: Standing,
    waiting: Iterable[Standing],
    *,
    priority: Priority,
    head_start_min: int,
    reason: str | None = None,
) -> Why:
    """The facts of a call. `waiting`: others this counter could have called, in any order.

    `head_start_min` is what `chosen` was given with its number; `reason` an officer's, who chose.
    """
    earlier = sorted(
        (one for one in waiting if one.arrived_at < chosen.arrived_at),
        key=lambda one: (one.arrived_at, one.number),
    )
    passed: list[PassedOver] = [
        {
            "number": one.number,
            "arrived_at": one.arrived_at,
            "rule": _rule_over(chosen, one, head_start_min, reason),
        }
        for one in earlier[:PASSED_OVER_BOUND]
    ]
    rule = Rule.FIRST if reason is None else Rule.OUT_OF_ORDER
    return {
        "rule": passed[0]["rule"] if passed else rule,
        "arrived_at": chosen.arrived_at,
        "queue_at": chosen.queue_at,
        "priority": priority,
        "head_start_min": head_start_min,
        "penalty_s": chosen.penalty_s,
        "reason": reason,
        "passed_over": passed,
    }


def _rule_over(chosen: Standing, other: Standing, head_start_min: int, reason: str | None) -> Rule:
    """What put `chosen` before `other`, who came earlier."""
    if reason is not None:
        return Rule.OUT_OF_ORDER
    if other.queue_at <= chosen.queue_at:  # stands before it in line, and not for this counter
        return Rule.OWN_WORK
    if chosen.queue_at < chosen.arrived_at - head_start_min * MINUTE_MS:
        return Rule.KEPT_PLACE
    return Rule.HEAD_START if head_start_min else Rule.KEPT_PLACE
