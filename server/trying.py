"""A trial of other settings on the command line: what was asked for, and the table it prints."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from server.domain.order import LONGEST_HEAD_START_MIN, Priority
from server.domain.policy import Comparison, Side, Tried, Waits, month_key, month_of
from server.domain.settings import Rules
from server.domain.thai import Period, month_words
from server.policy import Trial

HEAD_START = re.compile(r"([a-z]+)=([0-9]{1,4})")
PENALTY = re.compile(r"([^:=]+):([^:=]+)=([0-9]{1,4}(?:\.[0-9]{1,2})?)")
MOST_PENALTY_MIN = 120
TRIED = [priority for priority in Priority if priority is not Priority.NONE]
LABEL = 28
WIDE = (6, 7, 6)  # a group's columns
SHOWN_S = 3  # as 0.1 minutes
NOBODY = "–"
GROUPS = ("half waited (p50)", "nine in ten (p90)", "longest wait", "passed over")


class Unclear(Exception):
    """What was typed names no month, priority, counter, service or minutes."""


def period_of(text: str) -> Period:
    """The dates of 2569-03 or 2026-03. Raises `Unclear`."""
    try:
        return month_of(text)
    except ValueError:
        raise Unclear(f"{text} is no month (2569-03, or 2026-03)") from None


def tried_of(
    head_starts: Iterable[str],
    penalties: Iterable[str],
    takes: Mapping[tuple[str, str], tuple[int, int]],
) -> Tried:
    """From `elderly=20` and `5:birth=10`, both in minutes. Raises `Unclear`.

    `takes`: ids of counter and service by number and code.
    """
    minutes = dict(_head_start(text) for text in head_starts)
    seconds = dict(_penalty(text, takes) for text in penalties)
    if not minutes and not seconds:
        raise Unclear("nothing to try: give --head-start or --penalty")
    return Tried(minutes, seconds)


def _head_start(text: str) -> tuple[Priority, int]:
    found = HEAD_START.fullmatch(text)
    if found is None:
        raise Unclear(f"{text} is no head start (elderly=20)")
    if found[1] not in TRIED:
        raise Unclear(f"{found[1]} is no priority; there are {', '.join(TRIED)}")
    if int(found[2]) > LONGEST_HEAD_START_MIN:
        raise Unclear(f"{text}: a head start has 0 to {LONGEST_HEAD_START_MIN} minutes")
    return Priority(found[1]), int(found[2])


def _penalty(
    text: str, takes: Mapping[tuple[str, str], tuple[int, int]]
) -> tuple[tuple[int, int], int]:
    found = PENALTY.fullmatch(text)
    if found is None:
        raise Unclear(f"{text} is no penalty (5:birth=10: counter, service, minutes)")
    ids = takes.get((found[1], found[2]))
    if ids is None:
        raise Unclear(f"counter {found[1]} takes no service {found[2]}")
    if float(found[3]) > MOST_PENALTY_MIN:
        raise Unclear(f"{text}: a penalty has 0 to {MOST_PENALTY_MIN} minutes")
    return ids, round(60 * float(found[3]))


def trial_lines(period: Period, tried: Tried, rules: Rules, trial: Trial) -> Iterator[str]:
    """`rules`: today's."""
    found = trial.comparison
    month = f"{month_words(period.first, 'en')} ({month_key(period)})"
    yield f"{month}: {found.days} days, {found.visits:,} visitors"
    yield f"Tried: {'; '.join(_tried(tried, rules))}. Nothing was changed."
    yield ""
    yield from _heads()
    yield _line("all", [side.every for side in _sides(found)])
    yield ""
    for priority in Priority:
        if any(priority in side.by_priority for side in _sides(found)):
            yield _line(_name(priority), [side.by_priority.get(priority) for side in _sides(found)])
    yield ""
    for service_id, name in trial.services.items():
        if any(service_id in side.by_service for side in _sides(found)):
            yield _line(name.en, [side.by_service.get(service_id) for side in _sides(found)])
    yield ""
    yield "Minutes that those waited who were called. real: as recorded; before: the month replayed"
    yield "under today's settings; after: replayed as tried. passed over: saw somebody called who"
    yield "had come later, by a counter that could have called them."
    yield ""
    yield from _sentences(found)


def _sides(found: Comparison) -> tuple[Side, Side, Side]:
    return found.really, found.before, found.after


def _tried(tried: Tried, rules: Rules) -> Iterator[str]:
    for priority, minutes in tried.head_starts.items():
        today = rules.head_start_min(priority)
        yield f"{priority} {minutes} minutes' head start instead of {today}"
    if tried.penalties:
        yield f"{len(tried.penalties)} other penalties"
    if not tried.head_starts and not tried.penalties:
        yield "today's settings"


def _heads() -> Iterator[str]:
    yield f"{'':{LABEL}}{'called':>7}" + "".join(f"  {name:>{sum(WIDE)}}" for name in GROUPS)
    yield f"{'':{LABEL + 7}}" + _group(("real", "before", "after")) * len(GROUPS)


def _line(label: str, waits: Sequence[Waits | None]) -> str:
    """One row: the same figure of the three tellings side by side."""
    short = label if len(label) < LABEL else f"{label[: LABEL - 2]}…"
    really = waits[0].called if waits[0] else 0
    cells = (
        [_minutes(one.p50_s if one else None) for one in waits],
        [_minutes(one.p90_s if one else None) for one in waits],
        [_minutes(one.worst_s if one else None) for one in waits],
        [f"{one.passed:,}" if one else NOBODY for one in waits],
    )
    return f"{short:{LABEL}}{really:>7,}" + "".join(_group(group) for group in cells)


def _group(cells: Sequence[str]) -> str:
    return "  " + "".join(f"{cell:>{wide}}" for cell, wide in zip(cells, WIDE, strict=True))


def _minutes(seconds: float | None) -> str:
    return NOBODY if seconds is None else f"{seconds / 60:.1f}"


def _sentences(found: Comparison) -> Iterator[str]:
    really, before, after = (side.every for side in _sides(found))
    changes = [
        f"{_name(priority)} {abs(change) / 60:.1f} minutes {'longer' if change > 0 else 'less'}"
        for priority in Priority
        if (change := found.change_s(priority)) is not None and abs(change) >= SHOWN_S
    ]
    yield f"On average would wait: {', '.join(changes) or 'everybody as long as before'}."
    left = f"{really.left:,} real, {before.left:,} before, {after.left:,} after"
    yield f"Went without a call: {left}."
    again = f"{_minutes(before.p50_s)} and {_minutes(before.p90_s)} minutes"
    recorded = f"{_minutes(really.p50_s)} and {_minutes(really.p90_s)}"
    yield f"How good the replay is: p50 and p90 come to {again}, where {recorded} were recorded;"
    if found.is_like_it_was:
        yield "near enough to take the minutes as they stand."
    else:
        yield "read the change from before to after, not the minutes themselves."


def _name(priority: Priority) -> str:
    return "no priority" if priority is Priority.NONE else str(priority)
