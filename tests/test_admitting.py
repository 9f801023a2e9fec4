"""Who is given a number, and what somebody who is given none is told."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime

import pytest

from server.catalogue import LANGUAGES, Catalogue
from server.domain.admission import Shut
from server.domain.order import Priority
from server.domain.refusals import NotAllowed
from server.domain.settings import (
    Holidays,
    Lunch,
    OwnHoliday,
    ServiceHours,
    ServiceRules,
    Words,
)
from server.domain.ticket import Outcome
from server.domain.wish import Wish
from server.timer import Timer
from tests.office import PROGRAM, Office
from tests.test_statements import counted

BOUND = {"channel": "kiosk", "bound_by_hours": True}


def visitor(office: Office, code: str = "birth", **more: object) -> str:
    """Somebody at the kiosk: the number, or why there is none."""
    wish = replace(Wish(office.service(code).id, **BOUND), **more)  # type: ignore[arg-type]
    try:
        return office.desk.issue(wish, PROGRAM).ticket.number
    except NotAllowed as refused:
        return refused.code


def told(office: Office, code: str) -> NotAllowed:
    with pytest.raises(NotAllowed) as refused:
        office.desk.issue(Wish(office.service(code).id, bound_by_hours=True), PROGRAM)
    return refused.value


@pytest.fixture
def strict(office: Office) -> Office:
    """The demo office with its real hours; it is Thursday 1 October 2026, 10:00."""
    office.set(always_open=False)
    office.clock.minutes(120)
    return office


# ---------------------------------------------------------------- hours


def test_outside_the_hours_only_programs_get_a_number(strict: Office) -> None:
    assert visitor(strict) == "A001"
    strict.clock.minutes(6 * 60 + 15)  # 16:15
    assert visitor(strict) == "office_closed"
    assert strict.issue().ticket.number == "A002"
    facts = told(strict, "birth").facts
    assert str(facts["opens"]) == "2026-10-02 08:00:00+07:00"
    assert strict.service("birth").open is False


def test_a_service_with_hours_of_its_own_is_closed_in_an_open_office(strict: Office) -> None:
    tuesday = ServiceHours(days=("tue",), open="13:00", close="16:00")
    strict.rule("birth", ServiceRules(hours=(tuesday,)))
    refused = told(strict, "birth")
    assert refused.code == "service_closed"
    assert str(refused.facts["opens"]) == "2026-10-06 12:30:00+07:00"
    assert visitor(strict, "move") == "A001"
    both = (strict.service("birth").id,)
    assert visitor(strict, "move", more_service_ids=both) == "service_closed"


def test_staff_may_still_give_a_number_in_the_last_minutes_but_not_to_a_closed_office(
    strict: Office,
) -> None:
    strict.clock.minutes(6 * 60 + 20)  # 16:20
    assert visitor(strict, override="frail") == "A001"
    strict.clock.minutes(10)
    assert visitor(strict, override="frail") == "office_closed"


def test_a_lunch_not_served_gives_no_numbers_but_where_a_service_says_so(strict: Office) -> None:
    lunch = Lunch(from_="12:00", to="13:00", served=False)
    hours = strict.reads.settings().hours.model_copy(update={"lunch": lunch})
    strict.set(hours=hours)
    strict.rule("land-tax", ServiceRules(at_lunch=True))
    strict.clock.minutes(130)  # 12:10
    assert visitor(strict) == "office_closed"
    assert str(told(strict, "birth").facts["opens"]) == "2026-10-01 13:00:00+07:00"
    assert visitor(strict, "land-tax") == "R001"
    strict.clock.minutes(50)
    assert visitor(strict) == "A001"


def test_in_evening_hours_only_the_work_of_the_counters_named_is_given(strict: Office) -> None:
    wednesday = datetime.fromisoformat("2027-01-06T17:00+07:00")
    strict.clock.now = int(wednesday.timestamp() * 1000)
    assert visitor(strict, "land-tax") == "R001"  # counter 3 stays
    assert visitor(strict, "birth") == "service_closed"
    opened = {one.code for one in strict.reads.services() if one.open}
    taken = set(strict.counter("3").service_ids)
    assert opened == {one.code for one in strict.reads.services() if one.id in taken}


def test_a_holiday_declared_at_noon_gives_no_more_numbers_and_serves_who_has_one(
    strict: Office,
) -> None:
    strict.clock.minutes(120)
    visitor(strict)
    today = OwnHoliday(date=date(2026, 10, 1), name=Words(th="หยุด", en="Holiday"))
    strict.set(holidays=Holidays(own=(today,)))
    assert visitor(strict) == "office_closed"
    called = strict.call_next("1")
    assert called is not None
    assert called.ticket.number == "A001"
    assert strict.desk.finish(called.ticket.id, PROGRAM).ticket.current.outcome == Outcome.SERVED


def test_the_day_ends_by_itself_only_when_the_last_service_has_closed(strict: Office) -> None:
    late = ServiceHours(days=("thu",), open="13:00", close="19:00")
    strict.rule("birth", ServiceRules(hours=(late,)))
    strict.clock.minutes(6 * 60)  # 16:00
    waiting = strict.issue("land-tax").ticket.id
    strict.clock.minutes(70)
    Timer(strict.house).tick()
    assert strict.reads.ticket(waiting).ticket.state == "waiting"
    strict.clock.minutes(150)  # 19:40
    Timer(strict.house).tick()
    assert strict.reads.ticket(waiting).ticket.state == "closed"


def test_an_office_that_is_always_open_has_no_hours(office: Office) -> None:
    sunday = ServiceHours(days=("sun",), open="09:00", close="10:00")
    office.rule("birth", ServiceRules(hours=(sunday,)))
    office.clock.minutes(12 * 60)
    assert visitor(office) == "A001"


# ---------------------------------------------------------------- the day's limit


def test_a_limit_counts_the_days_numbers_of_one_service(office: Office) -> None:
    office.rule("birth", ServiceRules(day_limit=2))
    wrong = office.issue().ticket
    office.issue()
    with pytest.raises(NotAllowed) as refused:  # it binds programs too
        office.issue()
    assert (refused.value.code, refused.value.facts["limit"]) == ("day_limit_reached", 2)
    assert office.service("birth").shut == "day_limit_reached"
    assert visitor(office, "move") == "A003"  # the letter is shared, the limit is not
    office.desk.cancel(wrong.id, "duplicate", PROGRAM, Outcome.ISSUED_IN_ERROR)
    assert visitor(office) == "A004"
    assert visitor(office) == "day_limit_reached"
    office.clock.minutes(24 * 60)
    assert visitor(office) == "A001"


def test_a_later_step_of_a_visit_counts_before_its_turn_has_come(office: Office) -> None:
    office.rule("birth", ServiceRules(day_limit=1))
    office.issue("land-tax", more=("birth",))
    assert visitor(office) == "day_limit_reached"
    assert visitor(office, "move", more_service_ids=(office.service("birth").id,)) == (
        "day_limit_reached"
    )


def test_staff_may_pass_the_limit_with_a_reason_that_is_kept(office: Office) -> None:
    office.rule("birth", ServiceRules(day_limit=1))
    office.issue()
    assert visitor(office, override="came_far") == "A002"
    (event,) = office.reads.events(office.reads.find_tickets()[1].ticket.id)
    assert (event.kind, event.reason) == ("issued", "came_far")


def test_kiosks_that_touch_at_once_never_pass_the_limit(office: Office) -> None:
    office.rule("birth", ServiceRules(day_limit=5))
    with ThreadPoolExecutor(8) as kiosks:
        answers = list(kiosks.map(lambda _: visitor(office), range(16)))
    assert sorted(answers) == [f"A{n:03}" for n in range(1, 6)] + ["day_limit_reached"] * 11


# ---------------------------------------------------------------- closing by forecast


def test_who_would_not_be_served_is_told_before_the_number_is_given(strict: Office) -> None:
    strict.clock.minutes(6 * 60)  # 16:00; who waits is called until 17:00
    for _ in range(30):
        strict.issue("elderly-allowance")
    strict.rooms.desk.refresh_board()
    refused = told(strict, "elderly-allowance")
    assert refused.code == "would_not_be_served"
    assert str(refused.facts["opens"]) == "2026-10-02 08:00:00+07:00"
    assert strict.service("elderly-allowance").shut == "would_not_be_served"
    assert visitor(strict, "land-tax") == "R001"
    strict.issue("elderly-allowance", Priority.ELDERLY)  # a program is not bound
    assert visitor(strict, "elderly-allowance", override="due_today") == "W032"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_is_worded_on_the_kiosk_at_reception_and_in_a_refusal(language: str) -> None:
    catalogue = Catalogue()
    for why in Shut:
        for name in ("refusal", "kiosk.choose", "kiosk.shut", "reception.shut"):
            assert catalogue.say(f"{name}.{why}", language) != f"{name}.{why}"


# ---------------------------------------------------------------- what it costs


def test_hours_and_forecast_cost_no_statement_and_a_limit_one_more(small_office: Office) -> None:
    office = small_office
    plain = Wish(office.service("birth").id, bound_by_hours=True)
    with counted(office) as always:
        office.desk.issue(plain, PROGRAM)
    office.set(always_open=False)
    office.clock.minutes(120)
    with counted(office) as strictly:
        office.desk.issue(plain, PROGRAM)
    assert len(strictly) == len(always)
    office.rule("birth", ServiceRules(day_limit=9))
    with counted(office) as limited:
        office.desk.issue(plain, PROGRAM)
    assert len(limited) == len(always) + 1
