"""Why this one was called: the facts, kept with the call; faces put them into a sentence."""

from enum import StrEnum

from typing_extensions import TypedDict  # pydantic asks for this one before Python 3.12

from server.domain.order import Priority


class Rule(StrEnum):
    FIRST = "first"  # nobody who waits for this counter came earlier
    HEAD_START = "head_start"  # a priority's minutes put this one before someone earlier
    OWN_WORK = "own_work"  # earlier ones wait for services this counter only helps with
    KEPT_PLACE = "kept_place"  # transferred or returned: the place was earned earlier
    OUT_OF_ORDER = "out_of_order"  # an officer chose, and gave a reason


class PassedOver(TypedDict):
    number: str
    arrived_at: int


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


def rule_for(
    passed_over: list[PassedOver],
    *,
    arrived_at: int,
    queue_at: int,
    head_start_min: int,
    reason: str | None,
) -> Rule:
    """Names the rule that decided, for a step that stands at `queue_at`."""
    if reason is not None:
        return Rule.OUT_OF_ORDER
    if not passed_over:
        return Rule.FIRST
    if queue_at < arrived_at - head_start_min * 60_000:
        return Rule.KEPT_PLACE
    return Rule.HEAD_START if head_start_min else Rule.OWN_WORK
