"""How many answers a fiscal year needs, how many there are, and whether the rest will come."""

import math
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from server.domain.settings import SampleRule


@dataclass(frozen=True, slots=True)
class Sample:
    """One fiscal year's answers. Numbers of people; paces are people a week.

    `needed_now` follows from the visits so far, `needed` from those to be expected by `last`.
    `expected`: answers by then at this pace. `weeks_left` counts from the day of the look. Where so
    few answered (or pressed) that their number is hidden, `have_few` (`presses_few`) is true and
    all else is told as if it were nobody.
    """

    fiscal_year: int
    visits: int
    visits_expected: int
    needed_now: int
    needed: int
    have: int
    missing: int
    presses: int
    last: date
    weeks_left: float
    pace: float
    pace_needed: float
    expected: int
    enough: bool
    on_course: bool
    rule: SampleRule
    have_few: bool = False
    presses_few: bool = False


def needed_of(visits: int, rule: SampleRule) -> int:
    """The smallest sample for so many people: a share of them, and never under the least.

    Everybody, where fewer came than the least; the share is rounded up.
    """
    share = math.ceil(Fraction(str(rule.share)) * visits)
    least = rule.large_least if visits > rule.large_from else rule.least
    return min(visits, max(share, least))


def sample_of(
    fiscal_year: int,
    first: date,
    last: date,
    today: date,
    *,
    visits: int,
    have: int,
    presses: int,
    rule: SampleRule,
    begun: date | None = None,
    threshold: int = 1,
) -> Sample:
    """`visits` and `have` are those from `first` to `today`; what is to come is taken as even.

    `begun`: the first day with a visit, of an office that began within the year. `threshold`: the
    fewest people whose number is told.
    """
    have_few, presses_few = 0 < have < threshold, 0 < presses < threshold
    have, presses = 0 if have_few else have, 0 if presses_few else presses
    since = max(first, begun or first)
    days = (last - since).days + 1
    passed = min(days, max(0, (today - since).days + 1))
    ahead = days - passed
    visits_expected = visits * days // passed if passed else 0
    expected = have * days // passed if passed else 0
    needed = needed_of(visits_expected, rule)
    missing = max(0, needed - have)
    return Sample(
        fiscal_year=fiscal_year,
        visits=visits,
        visits_expected=visits_expected,
        needed_now=needed_of(visits, rule),
        needed=needed,
        have=have,
        missing=missing,
        presses=presses,
        last=last,
        weeks_left=ahead / 7,
        pace=have * 7 / passed if passed else 0.0,
        pace_needed=missing * 7 / ahead if ahead else 0.0,
        expected=expected,
        enough=have >= needed,
        on_course=expected >= needed,
        rule=rule,
        have_few=have_few,
        presses_few=presses_few,
    )
