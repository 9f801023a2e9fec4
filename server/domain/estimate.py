"""How long it will take: an interval, never a promise."""

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Wait:
    """Whole seconds: one in ten is called before `low_s`, nine in ten before `high_s`."""

    low_s: int
    likely_s: int
    high_s: int


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a pool moves: its mean service time and its spread (s), and counters at work."""

    mean_s: float
    sd_s: float
    counters: float


def wait_for(ahead: int, pace: Pace) -> Wait:
    """The wait behind `ahead` people: their work shared by the counters, plus what is under way.

    The sum of n service times has mean n·m and standard deviation √n·s; 1.2816 standard
    deviations either side hold eight in ten (normal approximation).
    """
    counters = max(pace.counters, 0.5)
    work = ahead + 0.5  # on average half a visit is still going on at the counter
    likely = work * pace.mean_s / counters
    spread = 1.2816 * math.sqrt(work * (pace.sd_s**2 + (0.25 * pace.mean_s) ** 2)) / counters
    low, high = max(0.0, likely - spread), likely + spread
    return Wait(int(low), int(likely), math.ceil(high))
