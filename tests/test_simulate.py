"""The simulated past: the same for a seed, and nothing in it that the desk could not have done."""

import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import Connection, Table, func, insert, select

from server.domain.daybook import Day
from server.domain.hall import Hall, follows_holiday
from server.domain.hours import is_working_day
from server.domain.order import Priority, queue_at, seen_from
from server.domain.refusals import NotAllowed
from server.domain.settings import ServiceHours
from server.domain.simulate import SimulatedDay, simulated_day
from server.domain.ticket import EVENT_KIND, Outcome, State, Step, Verb, after
from server.figures import Figures
from server.simulation import simulate
from server.store import offices, schema
from server.store.engine import Store
from server.store.migrate import migrate
from tests.office import Office
from tests.simulated import file, hall_of

HOUR = 3_600_000

MONDAY = date(2026, 3, 16)
NOW = 1_780_000_000_000
VERB_OF = {kind: verb for verb, kind in EVENT_KIND.items()}


@pytest.fixture(scope="module")
def hall() -> Hall:
    return hall_of(file())


@pytest.fixture(scope="module")
def week(hall: Hall) -> list[SimulatedDay]:
    return [simulated_day(hall, date(2026, 3, 16 + n), seed=7) for n in range(5)]


# ---------------------------------------------------------------- one day


def test_the_same_seed_gives_the_same_day_whatever_came_before(hall: Hall) -> None:
    once = simulated_day(hall, MONDAY, seed=7)
    simulated_day(hall, date(2026, 3, 13), seed=99)
    Random(1).random()
    assert simulated_day(hall, MONDAY, seed=7) == once
    assert simulated_day(hall, MONDAY, seed=8) != once


def test_every_state_follows_from_its_events_by_the_moves(week: list[SimulatedDay]) -> None:
    for day in (done.day for done in week):
        states: dict[int, State] = {}
        steps = {step.id: step for ticket in day.tickets for step in ticket.steps}
        of = {ticket.id: [step.id for step in ticket.steps] for ticket in day.tickets}
        for event in day.events:
            if event.kind == "issued":
                states |= dict.fromkeys(of[event.ticket], State.PLANNED)
                states[event.step] = State.WAITING
                continue
            verb = VERB_OF[event.kind]
            states[event.step] = after(states[event.step], verb)
            planned = [s for s in of[event.ticket] if states[s] is State.PLANNED]
            if verb is Verb.FINISH and planned:
                states[planned[0]] = State.WAITING
            if verb in (Verb.CANCEL, Verb.CLOSE):
                states |= dict.fromkeys(planned, State.CANCELLED)
        assert states == {step.id: step.state for step in steps.values()}


def test_times_are_those_of_the_events(week: list[SimulatedDay]) -> None:
    for day in (done.day for done in week):
        at: dict[tuple[int, str], list[int]] = defaultdict(list)
        for event in day.events:
            at[event.step, event.kind].append(event.at)
        for step in (step for ticket in day.tickets for step in ticket.steps):
            calls = at[step.id, "called"]
            assert step.first_called_at == (calls[0] if calls else None)
            last = max([*calls, *at[step.id, "recalled"]], default=None)
            assert step.called_at == last
            assert step.started_at == next(iter(at[step.id, "started"]), None)
            over = at[step.id, "finished"] + at[step.id, "no_show"] + at[step.id, "cancelled"]
            over += at[step.id, "closed"]
            assert step.ended_at == max(over, default=None)


def test_nobody_is_left_waiting_at_the_end_of_a_day(week: list[SimulatedDay]) -> None:
    over = {State.DONE, State.NO_SHOW, State.CANCELLED, State.CLOSED}
    for ticket in (ticket for done in week for ticket in done.day.tickets):
        assert {step.state for step in ticket.steps} <= over


def test_who_still_waits_when_the_office_goes_home_is_closed_with_a_reason() -> None:
    short = file()
    closing = short.closing.model_copy(update={"serve_waiting_after_close_minutes": 0})
    hall = hall_of(short.model_copy(update={"closing": closing}))
    day = simulated_day(hall, MONDAY, seed=1, typical=400).day
    closed = [event for event in day.events if event.kind == "closed"]
    assert closed
    assert {event.reason for event in closed} == {"day_end"}
    ended = {step.outcome for t in day.tickets for step in t.steps if step.state is State.CLOSED}
    assert ended == {Outcome.CLOSED_AT_DAY_END}


def test_a_counter_calls_whoever_stands_first_for_it(hall: Hall, week: list[SimulatedDay]) -> None:
    penalties = {counter.id: counter.penalties for counter in hall.counters}
    called = 0
    for day in (done.day for done in week):
        for waiting, step, counter_id in calls_of(day):
            mine = penalties[counter_id]
            best = min(
                seen_from(s.queue_at, mine[s.service_id]) for s in waiting if s.service_id in mine
            )
            assert seen_from(step.queue_at, mine[step.service_id]) == best
            called += 1
    assert called > 300


def calls_of(day: Day) -> Iterator[tuple[list[Step], Step, int]]:
    """Each call with all who waited then, from the events alone."""
    steps = {step.id: step for ticket in day.tickets for step in ticket.steps}
    waiting: set[int] = set()
    for event in day.events:
        ticket = day.tickets[event.ticket]
        if event.kind == "called":
            assert event.counter_id is not None
            yield [steps[s] for s in waiting], steps[event.step], event.counter_id
        if event.kind in ("issued", "returned"):
            waiting.add(event.step)
        else:
            waiting.discard(event.step)
        if event.kind == "finished":
            position = steps[event.step].position
            waiting |= {step.id for step in ticket.steps if step.position == position + 1}


def test_a_place_in_line_is_the_arrival_less_the_head_start(
    hall: Hall, week: list[SimulatedDay]
) -> None:
    rules = hall.settings.settings
    seen = set()
    for ticket in (ticket for done in week for ticket in done.day.tickets):
        place = queue_at(ticket.issued_at, rules.head_start_min(ticket.priority))
        assert {step.queue_at for step in ticket.steps} == {place}
        seen.add(ticket.priority)
    assert {Priority.NONE, Priority.ELDERLY, Priority.DISABLED} <= seen


def test_a_call_that_passes_somebody_over_says_whom_and_why(week: list[SimulatedDay]) -> None:
    whys = [event.why for done in week for event in done.day.events if event.why]
    passing = [why for why in whys if why["passed_over"]]
    assert passing
    for why in passing:
        assert why["rule"] != "first"
        assert all(other["arrived_at"] < why["arrived_at"] for other in why["passed_over"])


def test_a_counter_has_one_visitor_at_a_time(week: list[SimulatedDay]) -> None:
    for day in (done.day for done in week):
        present: dict[int, int] = {}
        for event in day.events:
            if event.kind == "called" and event.counter_id is not None:
                assert event.counter_id not in present
                present[event.counter_id] = event.step
            if event.kind in ("finished", "no_show", "cancelled"):
                for counter_id in [c for c, step in present.items() if step == event.step]:
                    del present[counter_id]
        assert not present


def test_a_counter_calls_only_while_it_is_open_and_is_closed_at_the_end(
    hall: Hall, week: list[SimulatedDay]
) -> None:
    reasons = {reason.code for reason in hall.settings.settings.reasons.pause}
    for day in (done.day for done in week):
        state: dict[int, str] = {counter.id: "closed" for counter in hall.counters}
        sittings = [(one.at, 0, one.counter_id, one.state) for one in day.sittings]
        calls = [(e.at, 1, e.counter_id, "") for e in day.events if e.kind == "called"]
        for _, _, counter_id, became in sorted(sittings + calls):
            assert counter_id is not None
            if became:
                assert state[counter_id] != became
                state[counter_id] = became
            else:
                assert state[counter_id] == "open"
        assert set(state.values()) == {"closed"}
        assert {one.reason for one in day.sittings if one.state == "paused"} == reasons
        assert all(one.reason is None for one in day.sittings if one.state != "paused")


def test_numbers_of_each_prefix_run_from_one_without_a_gap(week: list[SimulatedDay]) -> None:
    for day in (done.day for done in week):
        places: dict[str, list[int]] = defaultdict(list)
        for ticket in day.tickets:
            places[ticket.prefix].append(ticket.place)
        assert all(given == list(range(1, len(given) + 1)) for given in places.values())


def test_only_the_rota_calls_during_lunch(hall: Hall, week: list[SimulatedDay]) -> None:
    lunch = hall.settings.hours.lunch
    assert lunch is not None
    rota = {counter.id for counter in hall.counters if counter.number in lunch.counters}
    for done in week:
        since, until = hall.at(done.day.date, lunch.from_), hall.at(done.day.date, lunch.to)
        calling = {e.counter_id for e in done.day.events if e.why and since <= e.at < until}
        assert calling <= rota


def test_numbers_are_given_in_kiosk_hours_and_called_in_office_hours(
    hall: Hall, week: list[SimulatedDay]
) -> None:
    for done in week:
        day = done.day.date
        assert all(
            hall.at(day, "08:00") <= t.issued_at < hall.at(day, "16:15") for t in done.day.tickets
        )
        calls = [e.at for e in done.day.events if e.kind == "called"]
        assert hall.at(day, "08:30") <= min(calls)
        assert max(calls) < hall.at(day, "17:00")


def test_a_services_own_hours_and_its_limit_hold_in_the_past_too() -> None:
    made = file()
    hours = (ServiceHours(days=("mon",), open="09:00", close="11:00"),)
    of: dict[str, dict[str, object]] = {"land-tax": {"hours": hours}, "water-fee": {"day_limit": 3}}
    parts = [part.model_copy(update=of.get(part.code, {})) for part in made.service]
    hall = hall_of(made.model_copy(update={"service": tuple(parts)}))
    ids = {part.code: at for at, part in enumerate(made.service, 1)}
    done = simulated_day(hall, MONDAY, seed=1, typical=200)
    numbers = [(t.issued_at, step.service_id) for t in done.day.tickets for step in t.steps]
    water = [at for at, service_id in numbers if service_id == ids["water-fee"]]
    land = [at for at, service_id in numbers if service_id == ids["land-tax"]]
    assert len(water) == 3
    assert len(land) > 5
    assert all(hall.at(MONDAY, "08:30") <= at < hall.at(MONDAY, "10:45") for at in land)


def test_two_presses_at_one_counter_are_never_a_burst(week: list[SimulatedDay]) -> None:
    pressed = 0
    for done in week:
        last: dict[int, int] = {}
        for press in done.presses:
            pressed += 1
            assert press.at - last.get(press.counter_id, 0) > 5000
            last[press.counter_id] = press.at
    assert pressed > 50


def test_presses_stand_apart_as_far_as_the_offices_own_setting_asks() -> None:
    made = file()
    far = made.settings.satisfaction.model_copy(update={"rating_burst_seconds": 900})
    rules = made.settings.model_copy(update={"satisfaction": far})
    done = simulated_day(hall_of(made.model_copy(update={"settings": rules})), MONDAY, seed=7)
    last: dict[int, int] = {}
    for press in done.presses:
        assert press.at - last.get(press.counter_id, 0) > 900_000
        last[press.counter_id] = press.at


def test_low_scores_have_reasons_but_never_one_that_accuses_anybody(hall: Hall) -> None:
    busy = simulated_day(hall, MONDAY, seed=7, typical=200)
    assert any(press.reasons for press in busy.presses)
    made = file()
    accusing = [r.model_copy(update={"protected": True}) for r in made.questionnaire.reason]
    form = made.questionnaire.model_copy(update={"reason": tuple(accusing)})
    hall = hall_of(made.model_copy(update={"questionnaire": form}))
    for n in range(16, 21):
        done = simulated_day(hall, date(2026, 3, n), seed=7)
        assert not any(press.reasons for press in done.presses)
        assert not any(answer.reasons for answer in done.answers)


def test_long_waits_are_liked_less(hall: Hall) -> None:
    scores: dict[bool, list[int]] = {True: [], False: []}
    for n in range(2, 28):
        day = date(2026, 3, n)
        if not is_working_day(hall.settings, day):
            continue
        done = simulated_day(hall, day, seed=3)
        for press in done.presses:
            ticket = max(
                (
                    (step.ended_at, t)
                    for t in done.day.tickets
                    for step in t.steps
                    if step.counter_id == press.counter_id
                    and step.ended_at is not None
                    and step.ended_at < press.at
                ),
                key=lambda pair: pair[0],
            )[1]
            first = ticket.steps[0].first_called_at or ticket.issued_at
            scores[first - ticket.issued_at > 20 * 60_000].append(press.score)
    means = {long: sum(given) / len(given) for long, given in scores.items()}
    assert means[True] < means[False] - 0.3


def test_an_office_without_counters_has_an_empty_day(hall: Hall) -> None:
    alone = Hall(hall.settings, hall.arrivals, hall.services, (), hall.questionnaire)
    assert simulated_day(alone, MONDAY, seed=1).day.tickets == ()


def test_weekends_the_offices_own_days_and_new_year_are_closed(hall: Hall) -> None:
    settings = hall.settings
    assert is_working_day(settings, MONDAY)
    assert not is_working_day(settings, date(2026, 3, 14))  # Saturday
    assert not is_working_day(settings, date(2026, 4, 16))  # the office's own
    assert not is_working_day(settings, date(2026, 1, 1))
    assert is_working_day(settings, date(2026, 5, 1))  # Labour Day: government works
    assert follows_holiday(settings, date(2026, 1, 2))
    assert not follows_holiday(settings, MONDAY)


# ---------------------------------------------------------------- in the database


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(f"sqlite:///{tmp_path}/khiu.db")
    migrate(made)
    yield made
    made.close()


def open_office(store: Store, *, demo: bool = True) -> int:
    with store.writing() as db:
        return offices.add(db, file(), NOW, demo=demo)


def test_only_a_demo_office_gets_a_simulated_past(store: Store) -> None:
    office_id = open_office(store, demo=False)
    with pytest.raises(NotAllowed, match="not_a_demo"):
        simulate(store, office_id, MONDAY, MONDAY, seed=1)


def test_days_with_tickets_are_refused_and_nothing_is_written(store: Store) -> None:
    office_id = open_office(store)
    used = date(2026, 3, 18)  # later than the first lot of days that is written
    simulate(store, office_id, used, used, seed=1)
    before = table(store, schema.tickets)
    with pytest.raises(NotAllowed) as refused:
        simulate(store, office_id, date(2026, 2, 2), date(2026, 3, 20), seed=1)
    assert (refused.value.code, refused.value.facts) == ("day_has_tickets", {"day": "2026-03-18"})
    assert table(store, schema.tickets) == before


def test_days_simulated_one_by_one_are_the_same_as_together(store: Store, tmp_path: Path) -> None:
    other = Store(f"sqlite:///{tmp_path}/other.db")
    migrate(other)
    one, two = open_office(store), open_office(other)
    together = simulate(store, one, MONDAY, date(2026, 3, 18), seed=5)
    apart = sum(
        simulate(other, two, date(2026, 3, n), date(2026, 3, n), seed=5) for n in (18, 16, 17)
    )
    assert together == apart > 100
    for name in (schema.tickets, schema.steps, schema.ticket_events, schema.presses):
        assert without_ids(store, name) == without_ids(other, name)
    other.close()


def test_the_written_past_agrees_with_itself_and_with_its_figures(store: Store) -> None:
    office_id = open_office(store)
    first, last = date(2026, 3, 2), date(2026, 3, 13)
    written = simulate(store, office_id, first, last, seed=5)
    found = table(store, schema.tickets)
    assert written == len(found) > 500
    tickets = {row["id"]: row for row in found}
    for row in table(store, schema.numbers):
        same = [
            t["number"] for t in found if (t["day"], t["prefix"]) == (row["day"], row["prefix"])
        ]
        assert sorted(same) == list(range(1, row["last"] + 1))
    steps = table(store, schema.steps)
    assert all((step["day"] is None) == (step["issued_at"] is None) for step in steps)
    last_at: dict[int, int] = {}
    for event in table(store, schema.ticket_events):  # by id
        assert event["at"] >= last_at.get(
            event["ticket_id"], tickets[event["ticket_id"]]["issued_at"]
        )
        last_at[event["ticket_id"]] = event["at"]
    report = Figures(store, office_id).between(first, last, suppress_below=1)
    assert report.days == 9  # Makha Bucha falls on 3 March
    assert report.total.served == sum(step["outcome"] == "served" for step in steps)
    assert report.total.served == sum(row.served for row in report.services)
    pressed = table(store, schema.presses)
    asked = [row for row in table(store, schema.answer_items) if row["item"] == "overall"]
    everyone = next(
        row
        for row in report.satisfaction_with_totals
        if (row.service_code, row.channel, row.aspect) == ("all", "all", "overall")
    )
    assert everyone.n == len(pressed) + len(asked)
    assert all(isinstance(json.loads(row["reasons"]), list) for row in pressed)


def test_each_step_that_began_keeps_the_wait_that_was_told(store: Store) -> None:
    office_id = open_office(store)
    simulate(store, office_id, MONDAY, date(2026, 3, 20), seed=5)
    steps = table(store, schema.steps)
    within = []
    for step in steps:
        told = [step[f"told_{name}_s"] for name in ("low", "likely", "high")]
        if step["issued_at"] is None:
            assert told == [None, None, None]
            continue
        assert told == sorted(told)
        if step["position"] == 1 and step["first_called_at"]:
            waited_s = (step["first_called_at"] - step["issued_at"]) / 1000
            within.append(told[0] <= waited_s <= told[2])
    assert len(within) > 250
    assert 0.65 < sum(within) / len(within) < 0.95


def test_who_sat_where_has_a_past(store: Store) -> None:
    office_id = open_office(store)
    simulate(store, office_id, MONDAY, MONDAY, seed=5)
    sittings = table(store, schema.counter_events)
    sits = {row["counter_id"]: row["staff_id"] for row in sittings}
    assert len(sits) == len(set(sits.values())) == 5
    assert {row["state"] for row in sittings} == {"open", "paused", "closed"}
    called = [step for step in table(store, schema.steps) if step["counter_id"]]
    assert called
    assert all(step["staff_id"] == sits[step["counter_id"]] for step in called)


def test_figures_of_one_service_are_its_rows_among_all(store: Store) -> None:
    office_id = open_office(store)
    simulate(store, office_id, MONDAY, date(2026, 3, 20), seed=5)
    figures = Figures(store, office_id)
    everything = figures.between(MONDAY, date(2026, 3, 20), suppress_below=5)
    with store.reading() as db:
        service_id = db.scalar(
            select(schema.services.c.id).where(schema.services.c.code == "water-fee")
        )
    one = figures.between(MONDAY, date(2026, 3, 20), service_id, suppress_below=5)
    assert one.services == tuple(r for r in everything.services if r.service_code == "water-fee")
    assert one.satisfaction == tuple(
        row for row in everything.satisfaction if row.service_code == "water-fee"
    )
    assert "all" not in {row.service_code for row in everything.services + everything.satisfaction}


def test_days_outside_the_dates_and_other_offices_are_not_counted(store: Store) -> None:
    office_id = open_office(store)
    simulate(store, office_id, MONDAY, date(2026, 3, 17), seed=5)
    figures = Figures(store, office_id)
    one = figures.between(MONDAY, MONDAY, suppress_below=1).total.issued
    two = figures.between(date(2026, 3, 17), date(2026, 3, 17), suppress_below=1).total.issued
    assert figures.between(MONDAY, date(2026, 3, 17), suppress_below=1).total.issued == one + two
    made = file()
    twin = made.model_copy(update={"office": made.office.model_copy(update={"slug": "twin"})})
    with store.writing() as db:
        other_id = offices.add(db, twin, NOW, demo=True)
    assert Figures(store, other_id).between(MONDAY, MONDAY, suppress_below=1).total.issued == 0


def test_a_press_without_a_service_counts_in_the_totals_only(store: Store) -> None:
    office_id = open_office(store)
    with store.writing() as db:
        for n in range(12):
            add_press(db, office_id, n, score=5)
        add_press(db, office_id, 99, score=1, flag="burst")
    report = Figures(store, office_id).between(MONDAY, MONDAY, suppress_below=5)
    assert report.satisfaction == ()
    assert {(r.channel, r.n, r.mean) for r in report.satisfaction_with_totals} == {
        ("all", 12, 5.0),
        ("tablet", 12, 5.0),
    }
    assert report.flagged == 1


def add_press(db: Connection, office_id: int, n: int, score: int, flag: str | None = None) -> None:
    db.execute(
        insert(schema.presses).values(
            office_id=office_id,
            id=n,
            at=NOW + n,
            day=MONDAY.isoformat(),
            score=score,
            channel="tablet",
            source="device:1",
            reasons="[]",
            flag=flag,
        )
    )


def table(store: Store, name: Table) -> list[dict[str, Any]]:
    order = [column for column in name.primary_key.columns if column.name != "office_id"]
    with store.reading() as db:
        return [dict(row._mapping) for row in db.execute(select(name).order_by(*order))]


def without_ids(store: Store, name: Table) -> list[dict[str, Any]]:
    hidden = {"id", "office_id", "ticket_id", "step_id", "service_id", "counter_id"}
    hidden |= {"staff_id", "track_hash", "source"}
    return [{k: v for k, v in row.items() if k not in hidden} for row in table(store, name)]


def test_simulated_surveys_are_answered_once_and_answers_know_the_hour_only(
    sqlite_store: Store,
) -> None:
    office = Office(sqlite_store)
    simulate(sqlite_store, office.id, date(2026, 6, 1), date(2026, 6, 30), seed=5)
    with sqlite_store.reading() as db:
        surveys = db.execute(schema.survey_tokens.select()).all()
        answers = db.execute(schema.answers.select()).all()
        served = db.scalar(
            select(func.count(schema.steps.c.ticket_id.distinct())).where(
                schema.steps.c.outcome == "served"
            )
        )
    by_phone = [answer for answer in answers if answer.channel == "slip_qr"]
    assert sum(one.opened_at is not None for one in surveys) == served
    assert sum(one.answered_at is not None for one in surveys) == len(by_phone) > 20
    assert {one.answered_at for one in surveys} <= {None, *(one.closes_at for one in surveys)}
    assert {answer.at % HOUR for answer in answers} == {0}
