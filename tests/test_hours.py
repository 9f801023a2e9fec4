"""Opening hours, holidays and lunch as rules: no office, no clock, only days and times."""

from datetime import date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.holidays import country_days
from server.domain.hours import (
    WEEKDAYS,
    Opening,
    called_at,
    day_ends_at,
    gives_numbers,
    holiday_name,
    is_working_day,
    openings,
    opens_next,
    served_today,
)
from server.domain.settings import (
    AS_THE_OFFICE,
    Closing,
    ExtraHours,
    Holidays,
    Hours,
    Lunch,
    OwnHoliday,
    ServiceHours,
    ServiceRules,
    Settings,
    Words,
)
from tests.office import demo_file

BANGKOK = ZoneInfo("Asia/Bangkok")
THURSDAY = date(2026, 10, 1)
DEMO = demo_file().kept()
CLOSED_AT_NOON = Lunch(from_="12:00", to="13:00", served=False)

clocks = st.builds("{:02}:{:02}".format, st.integers(0, 23), st.sampled_from([0, 15, 30, 50]))
days = st.lists(st.sampled_from(WEEKDAYS), unique=True).map(tuple)
lunches = st.none() | st.builds(Lunch, from_=clocks, to=clocks, served=st.booleans())
extras = st.builds(
    ExtraHours,
    name=st.just(Words(th="เย็น", en="Evening")),
    days=days,
    months=st.sampled_from([(), (10,), (1, 2)]),
    open=clocks,
    close=clocks,
    counters=st.sampled_from([(), ("3",), ("1", "3")]),
)
all_hours = st.builds(
    Hours,
    days=days,
    kiosk_from=clocks,
    open=clocks,
    close=clocks,
    lunch=lunches,
    extra=st.lists(extras, max_size=3).map(tuple),
)
closings = st.builds(
    Closing,
    last_ticket_before_close_minutes=st.integers(0, 480),
    serve_waiting_after_close_minutes=st.integers(0, 120),
)
services = st.builds(
    ServiceRules,
    hours=st.lists(st.builds(ServiceHours, days=days, open=clocks, close=clocks), max_size=3).map(
        tuple
    ),
    at_lunch=st.sampled_from([None, True, False]),
)
dates = st.dates(date(2026, 9, 28), date(2026, 10, 20))
takers = st.sampled_from([None, frozenset(), frozenset({"3"}), frozenset({"1", "2"})])


def office(hours: Hours = DEMO.hours, closing: Closing = DEMO.closing, **more: object) -> Settings:
    return DEMO.model_copy(update={"hours": hours, "closing": closing, **more})


def at(clock: str, day: date = THURSDAY) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), BANGKOK)


def spans(found: list[Opening]) -> list[str]:
    """Numbers from and to, counters from and to."""
    return [
        f"{o.tickets_from:%H:%M}-{o.tickets_to:%H:%M} {o.open:%H:%M}-{o.close:%H:%M}" for o in found
    ]


# ---------------------------------------------------------------- any office


@given(all_hours, closings, services, dates, takers)
def test_whatever_is_set_stretches_follow_each_other_and_give_numbers_inside(
    hours: Hours, closing: Closing, rules: ServiceRules, day: date, takers: frozenset[str] | None
) -> None:
    found = openings(office(hours, closing), day, rules, takers)
    for one in found:
        assert one.tickets_from <= one.open < one.close
        assert one.tickets_from <= one.tickets_to <= one.close
    for before, after in pairwise(found):
        assert before.close <= after.open
        assert before.tickets_to <= after.tickets_from


@given(all_hours, closings, services, dates, st.integers(0, 1439))
def test_what_opens_next_gives_numbers_then_and_not_before(
    hours: Hours, closing: Closing, rules: ServiceRules, day: date, minute: int
) -> None:
    settings = office(hours, closing)
    now = at("00:00", day) + timedelta(minutes=minute)
    again = opens_next(settings, now, rules)
    if again is not None:
        assert again > now
        assert gives_numbers(settings, again, rules)
        if not gives_numbers(settings, now, rules):
            between = now + (again - now) * 0.5
            assert not gives_numbers(settings, between, rules)


@given(all_hours, closings, services, st.integers(0, 1439), st.integers(0, 40_000))
def test_who_waits_longer_is_called_later_and_never_sooner_served(
    hours: Hours, closing: Closing, rules: ServiceRules, minute: int, wait_s: int
) -> None:
    settings, now = office(hours, closing), at("00:00") + timedelta(minutes=minute)
    less, more = (called_at(settings, now, one, rules) for one in (wait_s, wait_s + 600))
    assert now + timedelta(seconds=wait_s) <= less <= more
    if served_today(settings, now, wait_s + 600, rules):
        assert served_today(settings, now, wait_s, rules)


def test_a_day_on_which_the_clock_changes_keeps_its_hours() -> None:
    info = DEMO.office.model_copy(update={"timezone": "Europe/Berlin"})
    settings = office(office=info, holidays=Holidays(country=""))
    settings = settings.model_copy(
        update={"hours": settings.hours.model_copy(update={"days": WEEKDAYS, "extra": ()})}
    )
    usual = spans(openings(settings, date(2026, 10, 24)))
    assert spans(openings(settings, date(2026, 10, 25))) == usual  # it has 25 hours
    assert spans(openings(settings, date(2026, 3, 29))) == usual  # it has 23
    ends = day_ends_at(settings, date(2026, 10, 25))
    assert ends is not None
    assert ends.isoformat() == "2026-10-25T17:00:00+01:00"


# ---------------------------------------------------------------- this office


def test_the_usual_day_gives_numbers_before_the_counters_open_and_stops_before_they_close() -> None:
    assert spans(openings(DEMO, THURSDAY)) == ["08:00-16:15 08:30-16:30"]
    assert openings(DEMO, date(2026, 10, 3)) == []  # Saturday


def test_a_lunch_that_is_not_served_divides_the_day() -> None:
    settings = office(DEMO.hours.model_copy(update={"lunch": CLOSED_AT_NOON}))
    halves = ["08:00-12:00 08:30-12:00", "13:00-16:15 13:00-16:30"]
    assert spans(openings(settings, THURSDAY)) == halves
    assert not gives_numbers(settings, at("12:00"))
    assert opens_next(settings, at("12:00")) == at("13:00")
    whole = ServiceRules(at_lunch=True)
    assert spans(openings(settings, THURSDAY, whole)) == ["08:00-16:15 08:30-16:30"]
    assert spans(openings(DEMO, THURSDAY, ServiceRules(at_lunch=False))) == halves
    assert called_at(settings, at("11:50"), 20 * 60) == at("13:00")


def test_a_service_keeps_its_own_hours() -> None:
    rules = ServiceRules(
        hours=(
            ServiceHours(days=("tue", "thu"), open="09:00", close="11:30"),
            ServiceHours(days=("thu",), open="13:00", close="15:00"),
        )
    )
    found = spans(openings(DEMO, THURSDAY, rules))
    assert found == ["08:30-11:15 09:00-11:30", "12:30-14:45 13:00-15:00"]
    assert openings(DEMO, date(2026, 10, 2), rules) == []
    assert opens_next(DEMO, at("15:00"), rules) == at("08:30", date(2026, 10, 6))


def test_hours_in_season_are_for_the_work_of_the_counters_named() -> None:
    evening = date(2027, 1, 6)  # a Wednesday in January: 16:30 to 18:30 at counter 3
    assert spans(openings(DEMO, evening, takers={"3"})) == [
        "08:00-16:30 08:30-16:30",  # it goes on: nobody is sent away at 16:15
        "16:30-18:15 16:30-18:30",
    ]
    assert spans(openings(DEMO, evening, takers={"1"})) == ["08:00-16:15 08:30-16:30"]
    saturday = date(2027, 3, 6)
    assert spans(openings(DEMO, saturday, takers={"5"})) == ["09:00-11:45 09:00-12:00"]
    assert openings(DEMO, saturday, takers={"1"}) == []
    assert not is_working_day(DEMO, saturday)


def test_a_day_ends_when_the_last_with_a_number_has_been_called() -> None:
    assert day_ends_at(DEMO, THURSDAY) == at("17:00")
    late = ServiceRules(hours=(ServiceHours(days=("thu",), open="13:00", close="19:00"),))
    assert day_ends_at(DEMO, THURSDAY, [late]) == at("19:30")
    assert day_ends_at(DEMO, date(2026, 10, 3)) is None
    rules = DEMO.settings.model_copy(update={"always_open": True})
    assert day_ends_at(office(settings=rules), THURSDAY) is None


def test_who_can_still_be_called_after_closing_is_served_today() -> None:
    assert served_today(DEMO, at("16:00"), 60 * 60)
    assert not served_today(DEMO, at("16:00"), 60 * 60 + 1)
    assert not served_today(DEMO, at("16:45"), 0)
    assert served_today(DEMO, at("08:00"), 9 * 3600)
    assert not served_today(DEMO, at("08:00"), 9 * 3600 + 1)


# ---------------------------------------------------------------- holidays


@pytest.mark.parametrize(
    ("day", "name"),
    [
        ("2026-01-01", "วันขึ้นปีใหม่"),
        ("2026-03-03", "วันมาฆบูชา"),
        ("2026-05-13", "วันพืชมงคล"),  # of government offices only
        ("2026-06-01", "ชดเชยวันวิสาขบูชา"),
        ("2026-12-31", "วันสิ้นปี"),
        ("2026-04-16", "วันหยุดที่สำนักงานประกาศเอง (ตัวอย่าง)"),
        ("2026-05-01", None),  # Labour Day: government offices work
        ("2027-05-03", None),  # and take no day instead
        ("2026-03-04", None),
    ],
)
def test_holidays_of_the_country_and_the_office(day: str, name: str | None) -> None:
    found = holiday_name(DEMO, date.fromisoformat(day))
    assert (found.th if found else None) == name
    assert (openings(DEMO, date.fromisoformat(day)) == []) == (name is not None)


def test_a_holiday_has_its_name_in_english_too() -> None:
    makha = holiday_name(DEMO, date(2026, 3, 3))
    assert makha is not None
    assert makha.en == "Makha Bucha"
    lieu = country_days(DEMO.holidays, 2026)[date(2026, 12, 7)]
    assert "ชดเชยวันชาติ" in lieu.th
    assert "(in lieu)" in lieu.en


def test_an_office_may_work_on_a_holiday_of_one_year_or_of_all() -> None:
    once = office(holidays=Holidays(work_anyway=("2026-10-23",)))
    assert is_working_day(once, date(2026, 10, 23))
    assert not is_working_day(once, date(2028, 10, 23))
    always = office(holidays=Holidays(work_anyway=("10-23",)))
    assert is_working_day(always, date(2028, 10, 23))


def test_what_the_office_declares_stands_above_what_the_country_has() -> None:
    own = OwnHoliday(date=date(2026, 10, 23), name=Words(th="หยุดเอง", en="Ours"))
    settings = office(holidays=Holidays(own=(own,), work_anyway=("10-23",)))
    assert holiday_name(settings, date(2026, 10, 23)) == own.name


@pytest.mark.parametrize(
    "holidays",
    [Holidays(country="XX"), Holidays(categories=()), Holidays(categories=("no such",))],
)
def test_a_country_that_is_not_known_has_no_holidays(holidays: Holidays) -> None:
    assert holiday_name(office(holidays=holidays), date(2026, 1, 1)) is None
    assert gives_numbers(office(holidays=holidays), at("10:00", date(2026, 1, 1)), AS_THE_OFFICE)
