"""Low presses at one place call the supervisor, who says what was done."""

import csv
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from io import StringIO
from itertools import combinations
from threading import Barrier
from typing import Any, cast

import pytest
from axe_playwright_python.sync_playwright import Axe
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import expect

from server.domain.alerting import Raised, enough, gathers
from server.domain.rating import Press, Pressed
from server.domain.refusals import BadField, NotAllowed, NotFound
from server.domain.roles import Role
from server.domain.settings import Alerting
from server.domain.wish import Actor
from server.store import schema
from tests.browser import Screens
from tests.office import MINUTE, PROGRAM, Office
from tests.pages import look, text_of
from tests.people.supervisor import Supervisor

DIRECTOR = Actor("staff", 1)
RULE = Alerting()


def press(office: Office, score: int = 1, counter: str = "3", **more: Any) -> Pressed:
    """One press, a minute after the one before."""
    office.clock.minutes(1)
    wish = Press(score, "device", office.counter(counter).id, **more)
    return office.rooms.satisfaction.press(wish, PROGRAM)


def alerts(office: Office) -> list[Any]:
    return cast(list[Any], office.contents()["alerts"])


def raise_one(office: Office, counter: str = "3") -> int:
    """Three low presses there; the alert's id."""
    for _ in range(3):
        press(office, counter=counter)
    return int(office.rooms.alerts.open()[0].id)


# ---------------------------------------------------------------- the rule

minutes = st.integers(0, 120).map(lambda minute: minute * MINUTE)


@given(st.lists(minutes, min_size=1, max_size=8), st.integers(0, 7))
def test_enough_are_as_many_as_wanted_within_the_window_with_this_one(
    lows: list[int], which: int
) -> None:
    at = lows[which % len(lows)]
    others = list(lows)
    others.remove(at)
    span = RULE.minutes * MINUTE
    by_trying_all = any(
        max(at, *pair) - min(at, *pair) <= span for pair in combinations(others, RULE.presses - 1)
    )
    assert enough(lows, at, RULE) == by_trying_all


def test_an_alert_gathers_from_a_window_before_until_its_answer_or_its_windows_end() -> None:
    span = RULE.minutes * MINUTE
    assert gathers(Raised(0, None), RULE) == (-span, span)
    assert gathers(Raised(0, 5), RULE) == (-span, 5)
    assert gathers(Raised(0, span + 5), RULE) == (-span, span)


# ---------------------------------------------------------------- what presses do


def test_the_third_low_press_raises_one_alert_with_its_reasons(office: Office) -> None:
    press(office, 1, reasons=("long_wait",))
    press(office, 2, reasons=("long_wait", "impolite"))
    assert alerts(office) == []
    press(office, 2)
    (row,) = alerts(office)
    assert (row.presses, json.loads(row.reasons)) == (3, {"long_wait": 2, "impolite": 1})
    (shown,) = office.rooms.alerts.open(counters=True)
    assert (shown.place.kind, shown.place.mark) == ("counter", "3")
    (unnamed,) = office.rooms.alerts.open()
    assert (unnamed.place.kind, unnamed.place.mark) == ("area", "")
    assert unnamed.place.name is None  # its division has no other counter
    assert shown.at == office.clock()


def test_another_place_a_good_press_and_a_flagged_one_do_not_count(small_office: Office) -> None:
    press(small_office, counter="1")
    press(small_office, 3)
    press(small_office)
    press(small_office)
    small_office.clock.now += 1000 - MINUTE  # a second later: a burst
    assert press(small_office).flag is not None
    assert alerts(small_office) == []
    press(small_office)
    assert len(alerts(small_office)) == 1


def test_presses_too_far_apart_call_nobody(small_office: Office) -> None:
    for _ in range(4):
        press(small_office)
        small_office.clock.minutes(15)
    assert alerts(small_office) == []


def test_while_one_stands_there_is_no_second_but_it_grows(office: Office) -> None:
    raise_one(office)
    press(office, reasons=("long_wait",))
    (row,) = alerts(office)
    assert (row.presses, json.loads(row.reasons)) == (4, {"long_wait": 1})


def test_no_press_counts_for_two_alerts(office: Office) -> None:
    first = raise_one(office)
    office.rooms.alerts.answer(first, "เปิดช่องเพิ่ม", DIRECTOR)
    for _ in range(2):
        press(office)
        assert len(alerts(office)) == 1
    press(office)
    assert [row.presses for row in alerts(office)] == [3, 3]


def test_one_that_nobody_answers_gives_way_when_its_window_has_passed(small_office: Office) -> None:
    raise_one(small_office)
    small_office.clock.minutes(RULE.minutes)
    for _ in range(3):
        press(small_office)
    assert len(alerts(small_office)) == 2


def test_low_presses_at_once_by_the_offices_poster_raise_one_alert(office: Office) -> None:
    """No counter's row and no device's makes them wait for each other there."""
    many, now = 8, office.clock()
    together = Barrier(many)

    def pressed(nth: int) -> None:
        together.wait()
        wish = Press(1, "web", at=now - nth * MINUTE, press_id=f"p{nth}")
        office.rooms.satisfaction.press(wish, Actor("resident"))

    with ThreadPoolExecutor(many) as phones:
        list(phones.map(pressed, range(many)))
    assert [row.presses for row in alerts(office)] == [many]


def test_presses_of_yesterday_kept_on_a_device_call_nobody(small_office: Office) -> None:
    for minute in range(3):
        at = small_office.clock() - 24 * 60 * MINUTE + minute * MINUTE
        press(small_office, at=at, press_id=f"p{minute}")
    assert alerts(small_office) == []


def test_presses_kept_for_a_while_call_when_they_come_in_any_order(office: Office) -> None:
    now = office.clock()
    for minute in (20, 0, 10):
        office.clock.now = now + 60 * MINUTE
        press(office, at=now + minute * MINUTE, press_id=f"p{minute}")
    (row,) = alerts(office)
    assert (row.presses, row.at) == (3, now + 20 * MINUTE)


def test_a_press_that_comes_late_belongs_to_the_alert_of_its_own_time(office: Office) -> None:
    began = office.clock()
    office.clock.minutes(240)
    stands = raise_one(office)

    def late(minute: int, **more: Any) -> list[int]:
        """Presses of each alert, the oldest first."""
        at, now = began + minute * MINUTE, office.clock.now
        press(office, at=at, press_id=f"p{minute}", **more)
        office.clock.now = now
        return [row.presses for row in sorted(alerts(office), key=lambda row: row.at)]

    assert [late(minute) for minute in (0, 10, 20)] == [[3], [3], [3, 3]]
    assert late(45, reasons=("long_wait",)) == [4, 3]
    assert late(235) == [4, 4]
    office.rooms.alerts.answer(stands, "เปิดช่องเพิ่ม", DIRECTOR)
    assert late(236) == [4, 4]  # before the answer
    again = Press(1, "device", office.counter("3").id, reasons=("long_wait",), press_id="p20")
    office.rooms.satisfaction.press_all([again], PROGRAM)
    (first, _) = sorted(alerts(office), key=lambda row: row.at)
    assert (first.at, json.loads(first.reasons)) == (began + 20 * MINUTE, {"long_wait": 2})


def test_reasons_that_follow_their_press_are_in_the_alert_too(office: Office) -> None:
    for n in range(3):
        press(office, press_id=f"p{n}")
    office.rooms.satisfaction.give_reasons("p2", ("long_wait",), "device")
    (row,) = alerts(office)
    assert (row.presses, json.loads(row.reasons)) == (3, {"long_wait": 1})


def test_the_offices_own_rule_is_asked(small_office: Office) -> None:
    asking = small_office.reads.settings().settings.satisfaction
    rule = Alerting(low_up_to=3, presses=2, minutes=5)
    small_office.set(satisfaction=asking.model_copy(update={"alerting": rule}))
    press(small_office, 3)
    press(small_office, 3)
    assert len(alerts(small_office)) == 1


# ---------------------------------------------------------------- what was done


def test_an_answer_is_kept_once_and_listed_for_the_report(office: Office) -> None:
    alert_id, room = raise_one(office), office.rooms.alerts
    assert room.how_many_open() == 1
    room.answer(alert_id, "  เปิดช่องบริการเพิ่ม ", DIRECTOR)
    room.answer(alert_id, "เปิดช่องบริการเพิ่ม", DIRECTOR)  # the same press once more
    with pytest.raises(NotAllowed, match="alert_answered"):
        room.answer(alert_id, "อย่างอื่น", DIRECTOR)
    assert (room.how_many_open(), room.open()) == (0, [])
    (done,) = room.answered()
    today = date.fromisoformat(office.reads.today())
    assert room.between(today, today) == [done]
    assert (done.done, done.answered_at) == ("เปิดช่องบริการเพิ่ม", office.clock())


def test_an_answer_says_something_of_an_alert_that_is_there(small_office: Office) -> None:
    alert_id, room = raise_one(small_office), small_office.rooms.alerts
    for done, wrong in (("  ", "missing"), ("ก" * 501, "too_long")):
        with pytest.raises(BadField) as refused:
            room.answer(alert_id, done, DIRECTOR)
        assert refused.value.fields == {"done": wrong}
    with pytest.raises(NotFound, match="no_such_alert"):
        room.answer(1, "ทำแล้ว", DIRECTOR)


# ---------------------------------------------------------------- the page


def test_who_only_looks_finds_no_form_and_is_refused(small_office: Office) -> None:
    alert_id = raise_one(small_office, "1")
    for role in (Role.AUDITOR, Role.ADMIN):
        client = small_office.signed_in(role)
        page = look(client, "/alerts/")
        assert "ช่องบริการของสำนักปลัด" in text_of(page)
        assert "ช่องบริการ 1" not in text_of(page)  # an officer's own: for those who may see it
        assert [form for form in page.iter("form") if "answer" in form.get("action", "")] == []
        refused = client.post(f"/alerts/{alert_id}/answer", data={"done": "x"})
        assert refused.status_code == 403
    assert small_office.rooms.alerts.how_many_open() == 1


def test_a_form_with_nothing_in_it_comes_back_and_a_late_one_says_who_was_first(
    small_office: Office,
) -> None:
    alert_id, client = raise_one(small_office), small_office.signed_in(Role.EXECUTIVE)
    back = client.post(f"/alerts/{alert_id}/answer", data={"done": ""})
    assert (back.status_code, "กรุณากรอกช่องนี้" in back.text) == (422, True)
    assert client.post(f"/alerts/{alert_id}/answer", data={"done": "ทำแล้ว"}).status_code == 303
    client.post(f"/alerts/{alert_id}/answer", data={"done": "อย่างอื่น"})
    words = text_of(look(client, "/alerts/"))
    assert "มีผู้บันทึกการดำเนินการของแจ้งเตือนนี้แล้ว" in words
    assert "ทำแล้ว" in words


def test_reports_say_that_somebody_is_wanted(small_office: Office) -> None:
    client = small_office.signed_in(Role.MANAGER)
    assert "รอดำเนินการ 1 จุด" not in text_of(look(client, "/reports/"))
    raise_one(small_office)
    assert "รอดำเนินการ 1 จุด" in text_of(look(client, "/reports/"))
    assert "รอดำเนินการ 1 จุด" in client.get("/alerts/notice").text


def test_an_alert_appears_by_itself_and_what_is_being_written_stays(screens: Screens) -> None:
    director = Supervisor(screens.open("desk", role=Role.EXECUTIVE), screens.site).watches()
    raise_one(screens.office, "3")
    director.begins_to_say("ช่องบริการ 3", "เปิดช่องเพิ่ม")
    raise_one(screens.office, "1")
    director.sees("ช่องบริการ 1")
    press(screens.office, counter="3")
    expect(director.sees("ช่องบริการ 3")).to_contain_text("คะแนนต่ำ 4 ครั้ง")
    assert Axe().run(director.page).response["violations"] == []
    director.saves("ช่องบริการ 3")
    done = screens.office.rooms.alerts.answered()
    assert [alert.done for alert in done] == ["เปิดช่องเพิ่ม"]
    assert director.page.get_by_role("row").filter(has_text="เปิดช่องเพิ่ม").count() == 1
    director.page.goto(f"{screens.site}/alerts/list?when=today")
    assert Axe().run(director.page).response["violations"] == []


def test_what_was_done_is_listed_for_days_and_as_a_file(small_office: Office) -> None:
    done = "=เปิดช่องบริการเพิ่ม"
    executive = small_office.signed_in(Role.EXECUTIVE)
    executive.post(f"/alerts/{raise_one(small_office)}/answer", data={"done": done})
    raise_one(small_office, "1")
    words = text_of(look(executive, "/alerts/list?when=today"))
    assert "แจ้งเตือน 2 ครั้ง ดำเนินการแล้ว 1 ครั้ง" in words
    assert "ช่องบริการ 3" in words and done in words
    assert "ช่วงเวลานี้ไม่มีการแจ้งเตือน" in text_of(look(executive, "/alerts/list"))  # the half before
    assert executive.get("/alerts/list?when=2026-13").status_code == 422

    auditor = small_office.signed_in(Role.AUDITOR)
    assert "ช่องบริการ 1" not in text_of(look(auditor, "/alerts/list?when=today"))
    file = auditor.get("/alerts/list.csv?when=today&lang=en").text.removeprefix("\ufeff")
    head, first, second = csv.reader(StringIO(file))
    assert head[:7] == [
        *("raised_at", "place", "presses", "reasons", "answered_at", "done", "answered_by")
    ]
    assert first[4:7] == ["", "", ""]
    assert second[:3] == ["2026-10-01T08:03:00.000+07:00", "A counter", "3"]
    # What a spreadsheet would take for a formula is none any more; a role stands for the person.
    assert second[5:7] == [f"'{done}", "Executive"]


def test_the_report_lists_what_was_done(small_office: Office) -> None:
    small_office.rooms.alerts.answer(raise_one(small_office), "เปิดช่องบริการเพิ่ม", DIRECTOR)
    raise_one(small_office, "1")
    words = text_of(look(small_office.signed_in(Role.EXECUTIVE), "/reports/?length=today"))
    assert "แจ้งเตือน 2 ครั้ง บันทึกการดำเนินการแล้ว 1 ครั้ง" in words
    assert "เปิดช่องบริการเพิ่ม" in words
    assert "ยังไม่มีผู้บันทึกการดำเนินการ" in words


# ---------------------------------------------------------------- two offices, one rule


def test_no_alert_can_be_answered_from_another_office(office: Office) -> None:
    alert_id = raise_one(office)
    with office.store.writing() as db:
        db.execute(schema.offices.insert().values(**_another(office)))
    with pytest.raises(NotFound):
        office.house.rooms(office.id + 1).alerts.answer(alert_id, "x", DIRECTOR)


def _another(office: Office) -> dict[str, Any]:
    row = cast(Any, office.contents()["offices"][0])._asdict()
    return {**row, "id": office.id + 1, "slug": "other"}


def test_the_manage_page_is_one_of_the_set_up(small_office: Office) -> None:
    page = look(small_office.signed_in(Role.ADMIN), "/manage/alerts")
    assert "แจ้งเมื่อใด" in text_of(page)
