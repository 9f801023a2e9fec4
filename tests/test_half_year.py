"""Whether the figures can be believed: against a half-year of which everything is known."""

from collections import Counter
from datetime import date

from server.store.engine import Store
from tests.believing.half_year import HalfYear
from tests.office import Office

FIRST, LAST = date(2026, 4, 1), date(2026, 9, 30)
HELD_OUT = 20261122  # the rules were not tuned on it
CHANNELS = {"tablet", "exit", "kiosk", "counter_qr", "slip_qr", "paper"}


def test_true_satisfaction_lies_within_the_intervals_and_cheating_is_flagged(
    sqlite_store: Store,
) -> None:
    office = Office(sqlite_store)
    half = HalfYear(office, FIRST, LAST, HELD_OUT)
    channels = half.tell()
    assert set(channels) == CHANNELS
    every = Counter(one for said in channels.values() for one in said)
    assert share_flagged(every, planted=True) >= 0.90, every
    assert share_flagged(every, planted=False) <= 0.02, every
    held, cells = cells_that_hold(office, half)
    assert cells > 200
    assert held / cells >= 0.93


def share_flagged(every: Counter[tuple[str | None, str | None]], *, planted: bool) -> float:
    """Of the presses and answers of those who cheated, or of all others."""
    found = {one: n for one, n in every.items() if (one[0] is not None) is planted}
    return sum(n for (_, flag), n in found.items() if flag) / sum(found.values())


def cells_that_hold(office: Office, half: HalfYear) -> tuple[int, int]:
    """In how many cells of the tables the truth lies within the stated interval."""
    report = office.rooms.figures.between(FIRST, LAST, suppress_below=10)
    ids = {service.code: str(service.id) for service in office.reads.services()} | {"all": "all"}
    truth, held, cells = half.truth(), 0, 0
    for row in report.satisfaction_with_totals:
        if row.top2_low is None or row.top2_high is None:
            continue
        satisfied, asked = truth[ids[row.service_code], row.aspect]
        cells += 1
        held += row.top2_low <= satisfied / asked <= row.top2_high
    return held, cells
