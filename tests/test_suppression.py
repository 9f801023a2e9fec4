"""No number that counts too few follows from others, for anybody who adds and subtracts."""

from collections.abc import Callable, Mapping, Sequence
from itertools import chain, combinations, product

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from server.domain.believed import Believed
from server.domain.cube import Cell, Cube
from server.domain.figures import ALL
from server.domain.response import Surveys, Visits, response_of
from server.domain.satisfaction import NOWHERE
from server.domain.suppression import Sum, follows, hidden_among
from tests.scores import BANDS, CODES, SERVICES, ScoreRow, cube_of, press, shown, tallies

DIVISIONS = {"7": frozenset({"move", "legal"}), "8": frozenset({"water-fee"})}
CHANNELS = ["device", "slip_qr", "paper"]
MONTHS = ["2026-03", "2026-04"]
Atom = tuple[str, str, str, str]  # service, channel, month, counter
Matrix = np.ndarray[tuple[int, int], np.dtype[np.float64]]


def test_a_small_cell_shows_no_number_at_all() -> None:
    row = shown(press(9, 5), threshold=10)["move", "device", "overall"]
    assert row.suppressed
    numbers = (row.n, row.mean, row.sd, row.percent, row.top2, row.top2_low, row.top2_high)
    assert (*numbers, row.level, row.flagged) == (None,) * 9


def test_a_cell_of_just_enough_people_is_shown() -> None:
    assert shown(press(10, 5), threshold=10)["move", "device", "overall"].n == 10


def test_the_smallest_cell_left_hides_with_a_lonely_one() -> None:
    rows = press(3, 5, channel="paper") + press(40, 5, channel="slip_qr") + press(90, 5)
    cells = shown(rows, threshold=10)
    hidden = {channel for (_, channel, _), row in cells.items() if row.suppressed}
    assert hidden == {"paper", "slip_qr"}
    assert cells["move", "all", "overall"].n == 133


def test_a_service_shown_to_programs_gives_no_other_away_beside_the_reports_total() -> None:
    """The rows of the API are those of the report: side by side they tell what each tells."""
    rows = shown(press(12, 5) + press(3, 2, service_id=2), threshold=10)
    assert rows["all", "all", "overall"].n == 15
    assert rows["move", "all", "overall"].suppressed
    assert rows["water-fee", "all", "overall"].suppressed


def test_a_few_who_named_no_service_are_not_the_total_less_all_services() -> None:
    rows = press(40, 5) + press(30, 4, service_id=2) + press(3, 1, service_id=None)
    cells = shown(rows, threshold=5)
    assert cells["", "all", "overall"].suppressed
    assert {code for code, *_ in cells if cells[code, "all", "overall"].suppressed} == {
        "",
        "water-fee",
    }
    many = shown(rows + press(9, 2, service_id=None), threshold=5)
    assert many["", "all", "overall"].n == 12


@pytest.mark.parametrize(("paper", "web"), [(1, 1), (1, 3), (2, 2)])
def test_hidden_cells_that_together_are_too_few_hide_a_further_one(paper: int, web: int) -> None:
    rows = press(paper, 5, channel="paper") + press(web, 2, channel="web")
    cells = shown(rows + press(7, 5, channel="slip_qr") + press(90, 5), threshold=5)
    hidden = {channel for _, channel, _ in cells if cells["move", channel, "overall"].suppressed}
    assert hidden == {"paper", "web", "slip_qr"}, "the smallest one left"


def test_hidden_cells_that_together_are_enough_need_no_further_one() -> None:
    rows = press(4, 5, channel="paper") + press(1, 2, channel="web") + press(90, 5)
    assert shown(rows, threshold=5)["move", "device", "overall"].n == 90


def test_a_small_month_is_not_the_half_year_less_the_other_months() -> None:
    rows = press(3, 1, month=MONTHS[0]) + press(40, 5, month=MONTHS[1])
    cube = cube_of(rows, 10)
    assert cube.figure(Cell(), "overall").n == 43
    assert [cube.figure(Cell(month=month), "overall").n for month in MONTHS] == [None, None]


def test_a_service_hidden_in_its_division_is_not_the_division_less_the_rest() -> None:
    rows = press(30, 5) + press(3, 1, service_id=3) + press(50, 4, service_id=2)
    told = Believed(cube_of(rows, 10, DIVISIONS), DIVISIONS)
    shown_of = {row.code: row.figure.n for row in told.by_service()}
    assert shown_of["legal"] is None
    division = told.overview({"move", "legal"}).n
    assert division is None or shown_of["move"] is None


def test_a_choice_of_services_that_is_no_division_is_hidden() -> None:
    rows = press(30, 5) + press(33, 1, service_id=3) + press(50, 4, service_id=2)
    told = Believed(cube_of(rows, 10, DIVISIONS), DIVISIONS)
    assert told.overview({"move", "water-fee"}).suppressed
    assert told.overview({"move", "legal"}).n == 63
    assert told.overview(CODES.values()).n == told.overview().n == 113
    assert told.overview({"move"}).n == 30


def test_figures_with_flagged_ones_do_not_tell_what_a_few_flagged_ones_said() -> None:
    few = cube_of(press(30, 5) + press(2, 1, flag="burst"), 5).figure(Cell(), "overall")
    assert (few.n, few.flagged, few.with_flagged) == (30, 2, None)
    many = cube_of(press(30, 5) + press(10, 1, flag="burst"), 5).figure(Cell(), "overall")
    assert many.with_flagged is not None
    assert (many.with_flagged.n, many.with_flagged.top2) == (40, 0.75)
    none = cube_of(press(30, 5), 5).figure(Cell(), "overall")
    assert none.with_flagged is not None
    assert none.with_flagged.n == none.n == 30


# ---------------------------------------------------------------- those who subtract

said = st.dictionaries(
    st.tuples(
        st.sampled_from([1, 2, 3, None]),
        st.sampled_from(CHANNELS),
        st.sampled_from(MONTHS),
        st.sampled_from([4, 5, None]),
    ),
    st.integers(1, 30),
    max_size=14,
)
Said = dict[tuple[int | None, str, str, int | None], int]


def rows_of(table: Said, flag: str | None = None) -> list[ScoreRow]:
    return [
        row
        for (service, channel, month, counter), n in table.items()
        for row in press(n, 4, service, channel, flag, month=month, counter_id=counter)
    ]


EVERYWHERE = rows_of(dict.fromkeys(product([1, 2, 3, None], CHANNELS, MONTHS, [4, 5, None]), 20))


def atoms_of(table: Said) -> dict[Atom, int]:
    return {
        (CODES.get(service or 0, NOWHERE), channel, month, str(counter or NOWHERE)): n
        for (service, channel, month, counter), n in table.items()
    }


def holds(cell: Cell, atom: Atom) -> bool:
    service, channel, month, counter = atom
    return (
        cell.service in (ALL, service)
        and cell.channel in (ALL, channel)
        and cell.month in (ALL, month)
        and cell.counter in (ALL, counter)
        and (cell.division == ALL or service in DIVISIONS[cell.division])
    )


def cuts() -> list[Cell]:
    """Every number that any page shows of a period."""
    services, counters = [ALL, *CODES.values(), NOWHERE], ["4", "5", NOWHERE]
    cells = [Cell(s, channel=c) for s, c in product(services, [ALL, *CHANNELS])]
    cells += [Cell(s, month=m) for s, m in product(services, MONTHS)]
    cells += [Cell(counter=counter) for counter in counters]
    return cells + [Cell(division=name) for name in DIVISIONS]


@settings(max_examples=120)
@given(said, st.sampled_from([(5,), (10,), (5, 10)]))
def test_no_hidden_number_follows_from_any_cut_of_a_period(
    table: Said, circles: tuple[int, ...]
) -> None:
    cube = Cube(SERVICES, tallies(rows_of(table)), BANDS, circles, DIVISIONS)
    found = {cell: cube.figure(cell, "overall") for cell in cuts()}
    assert all(not 0 < (one.n or 0) < circles[-1] for one in found.values())
    follows_not({cell: one.n for cell, one in found.items()})
    tells_of_no_few(table, {cell: one.n for cell, one in found.items()}, circles[-1])
    counts, hidden = cube.counts("overall"), cube.hidden("overall", flagged=False)
    for one in cube.sums(counts):  # each table's row and column, by itself
        together = sum(counts[part] for part in one.parts if part in hidden)
        assert one.total in hidden or together == 0 or together >= circles[-1], one


@settings(max_examples=60)
@given(said)
def test_nothing_said_by_a_few_flagged_ones_follows_from_figures_with_them(table: Said) -> None:
    """What stands with flagged ones, less what stands without them, is what they said."""
    cube = cube_of([*rows_of(table, "burst"), *EVERYWHERE], 5, DIVISIONS)
    found = {cell: cube.figure(cell, "overall") for cell in cuts()}
    told = {
        cell: None if one.with_flagged is None else one.with_flagged.n - (one.n or 0)
        for cell, one in found.items()
    }
    assert all(not 0 < (n or 0) < 5 for n in told.values())
    follows_not(told)
    tells_of_no_few(table, told, 5)


@settings(max_examples=60)
@given(said)
@example(  # of the limit for the public alone, other numbers would hide
    {
        (3, "device", "2026-04", 4): 25,
        (1, "slip_qr", "2026-03", 4): 16,
        (1, "slip_qr", "2026-04", 4): 1,
        (2, "slip_qr", "2026-04", 4): 9,
    }
)
def test_a_wider_circle_sees_no_number_that_a_narrower_one_does_not(table: Said) -> None:
    rows = tallies(rows_of(table))
    inside, public = (
        Cube(SERVICES, rows, BANDS, circles, DIVISIONS).hidden("overall", flagged=False)
        for circles in ((5,), (5, 10))
    )
    assert inside <= public


@settings(max_examples=60)
@given(said)
def test_who_answered_does_not_tell_what_came_by_a_hidden_channel(table: Said) -> None:
    """Slip and paper are answered, the device is pressed: how many answered is their sum."""
    cube = cube_of(rows_of(table), 5, DIVISIONS)
    surveys = [
        Surveys(CODES[service], str(counter or ""), 99, n, 99, n)
        for (service, channel, _, counter), n in table.items()
        if channel != "device" and service is not None
    ]
    visits = [Visits(code, counter, 99) for code in CODES.values() for counter in ("4", "5")]
    told = response_of(cube, visits, surveys, {"slip_qr", "paper"})
    assert all((one.answered or 0) == 0 or (one.answered or 0) >= 5 for one in told.services)
    numbers = {cell: cube.figure(cell, "overall").n for cell in cuts()}
    answered = {one.code: one for one in told.services if one.answered}
    follows_not(
        numbers,
        [
            lambda atom, code=code: atom[0] == code and atom[1] != "device"  # type: ignore[misc]
            for code in answered
        ],
    )


def follows_not(
    numbers: Mapping[Cell, int | None], more: Sequence[Callable[[Atom], bool]] = ()
) -> None:
    """Linear algebra's own answer, over single atoms of people as nobody but we count them: a
    hidden number (None) follows when all tables of atoms that fit what is shown agree on it.

    `more`: other sums of atoms that are known.
    """
    atoms, matrix = what_is_known(numbers, more)
    for cell, n in numbers.items():
        if n is None:
            asked = [float(holds(cell, atom)) for atom in atoms]
            assert not lies_in(matrix, asked), f"{cell} follows"


def what_is_known(
    numbers: Mapping[Cell, int | None], more: Sequence[Callable[[Atom], bool]] = ()
) -> tuple[list[Atom], Matrix]:
    """The atoms that may hold anybody, and the sums over them that a reader has (rows)."""
    services, counters = [*CODES.values(), NOWHERE], ["4", "5", NOWHERE]
    atoms = [  # a reader sees where nobody is
        atom
        for atom in product(services, CHANNELS, MONTHS, counters)
        if all(n != 0 or not holds(cell, atom) for cell, n in numbers.items())
    ]
    known = [
        [float(holds(cell, atom)) for atom in atoms] for cell, n in numbers.items() if n is not None
    ]
    known += [[float(one(atom)) for atom in atoms] for one in more]
    return atoms, np.array(known).reshape(len(known), len(atoms))


def lies_in(matrix: Matrix, asked: Sequence[float] | Matrix) -> bool:
    """Whether the row space holds this vector (SVD): what is asked follows from what is known."""
    if not matrix.size:
        return False
    _, sizes, rows = np.linalg.svd(matrix, full_matrices=False)
    basis = rows[sizes > 1e-9]
    vector = np.array(asked)
    return bool(np.abs(vector - basis.T @ (basis @ vector)).max() < 1e-9)


def tells_of_no_few(table: Said, numbers: Mapping[Cell, int | None], limit: int) -> None:
    """No two or three hidden cells that count fewer together are told as a group: by one sum, by
    two together, or by any other adding and subtracting."""
    people = {
        cell: sum(n for atom, n in atoms_of(table).items() if holds(cell, atom))
        for cell, n in numbers.items()
        if n is None
    }
    atoms, matrix = what_is_known(numbers)
    small = sorted((cell for cell in people if people[cell] < limit), key=lambda c: people[c])[:14]
    for group in chain(combinations(small, 2), combinations(small, 3)):
        if sum(people[cell] for cell in group) < limit:
            asked = [float(sum(holds(cell, atom) for cell in group)) for atom in atoms]
            assert not lies_in(matrix, asked), f"{group} are told together"


@settings(max_examples=100)
@given(
    st.dictionaries(
        st.tuples(st.sampled_from([1, 2, 3]), st.sampled_from(CHANNELS)), st.integers(1, 7)
    )
)
def test_whoever_tries_every_table_that_fits_finds_two_for_each_hidden_number(
    table: dict[tuple[int, str], int],
) -> None:
    """Brute force, whole people only: each hidden number has at least two values that fit."""
    rows = [row for (service, channel), n in table.items() for row in press(n, 4, service, channel)]
    cells = shown(rows, 3)
    for code in CODES.values():
        mine = {c: row for (s, c, _), row in cells.items() if s == code and c != "all"}
        total = cells.get((code, "all", "overall"))
        unknown = [channel for channel, row in mine.items() if row.suppressed]
        if total is None or total.n is None or not unknown:
            continue
        left = total.n - sum(row.n or 0 for row in mine.values())
        fits = [way for way in product(range(1, left + 1), repeat=len(unknown)) if sum(way) == left]
        for at, channel in enumerate(unknown):
            assert len({way[at] for way in fits}) > 1, f"{code} {channel} is {fits[0][at]}"


def test_a_hidden_cell_on_a_bridge_between_two_rings_is_found() -> None:
    """Each sum has two hidden cells or more, and one of them still follows (Gusfield 1988)."""
    ring = {("a", 1), ("a", 2), ("b", 1), ("b", 2), ("c", 3), ("c", 4), ("d", 3), ("d", 4)}
    small = ring | {("b", 3)}
    counts: dict[tuple[str, int], int] = {
        (row, column): 3 if (row, column) in small else 50
        for row in "abcd"
        for column in (1, 2, 3, 4)
    }
    sums = [Sum((row, 0), tuple((row, column) for column in (1, 2, 3, 4))) for row in "abcd"]
    sums += [Sum(("", c), tuple((row, c) for row in "abcd")) for c in (1, 2, 3, 4)]
    for one in sums:
        counts[one.total] = sum(counts[part] for part in one.parts)
    assert follows(counts, sums, small) == {("b", 3)}
    assert len(hidden_among(counts, sums, 10)) > len(small)


@settings(max_examples=150)
@given(
    st.lists(st.integers(1, 12), min_size=4, max_size=9),
    st.lists(st.sets(st.integers(0, 8), min_size=1), min_size=1, max_size=6),
    st.sampled_from([4, 8]),
)
def test_any_sums_at_all_keep_what_is_hidden(
    leaves: list[int], groups: list[set[int]], threshold: int
) -> None:
    """Totals that overlap in no order: as reports are that nobody thought of together."""
    counts = {f"leaf {at}": n for at, n in enumerate(leaves)}
    sums = []
    for nth, group in enumerate(groups):
        parts = tuple(f"leaf {at}" for at in sorted(group) if at < len(leaves))
        if parts:
            sums.append(Sum(f"total {nth}", parts))
            counts[f"total {nth}"] = sum(counts[part] for part in parts)
    hidden = hidden_among(counts, sums, threshold)
    assert {key for key, n in counts.items() if n < threshold} <= hidden
    names = [f"leaf {at}" for at in range(len(leaves))]
    vectors = {
        key: [
            float(name == key or any(one.total == key and name in one.parts for one in sums))
            for name in names
        ]
        for key in counts
    }
    known = [vectors[key] for key in counts if key not in hidden]
    matrix = np.array(known).reshape(len(known), len(names))
    for key in hidden:
        assert not lies_in(matrix, vectors[key]), key
    for one, two in combinations(sorted(hidden), 2):
        if counts[one] + counts[two] < threshold:
            assert not lies_in(matrix, np.add(vectors[one], vectors[two])), (one, two)
